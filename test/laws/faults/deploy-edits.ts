// The integrations name an alias that nobody made; they were edited back, and not deployed.
import { at, ref, type Fault } from '../fault.ts';
import { withoutDeployments } from '../deployments.ts';

const routes = ['GET', 'POST'].map((method) => ({ method, path: '/orders', functionName: 'orders', qualifier: 'live' }));

export default {
  fix: 'deploy-edits',
  cause: 'lambda-not-found',
  breakIt: (account) => {
    account.repoint({ ...at, qualifier: 'next' });
    account.editApi(at, routes);
  },
  facts: { functions: [{ ref: { ...ref, qualifier: 'next' }, what: 'alias', routes: ['GET /orders', 'POST /orders'] }] },
  drift: async () => undefined,
  compared: withoutDeployments,
} satisfies Fault;

// A table behind a route is given less capacity than its callers ask for.
import type { ThrottlingTarget } from '../../../lib/settings/stage-throttling.ts';
import type { Fault } from '../fault.ts';
import { serveItems, table } from '../services-behind.ts';

export default {
  fix: 'shed-load',
  cause: 'service-throttled',
  prepare: serveItems,
  breakIt: (account) => account.services.putTable(table, { key: 'id', writeUnits: 3 }),
  facts: { targets: [{ service: 'dynamodb', action: 'PutItem', target: table, routes: ['POST /orders/items'], throttled: 99 }] },
  drift: (attempt, { target }) => {
    const { apiId, stage, route } = target as ThrottlingTarget;
    const [method = '', path = ''] = route.split(' ');
    return attempt('apigateway:UpdateStage', {
      restApiId: apiId,
      stageName: stage,
      patchOperations: [{ op: 'replace', path: `/${path.replaceAll('/', '~1')}/${method}/throttling/rateLimit`, value: '77' }],
    });
  },
} satisfies Fault;

// A deploy drops the stage variable that names the alias of every integration.
import { at, type Fault } from '../fault.ts';

const name = 'alias';

export default {
  fix: 'restore-stage-variable',
  cause: 'stage-variable-missing',
  prepare: (account) => {
    account.setVariable({ ...at, name, value: 'live', trailDelayMs: 60_000 });
    account.repoint({ ...at, qualifier: `\${stageVariables.${name}}` });
  },
  breakIt: (account) => account.setVariable({ ...at, name, by: { kind: 'stack', stack: 'orders-stack' }, trailDelayMs: 60_000 }),
  facts: { variables: [{ name, why: 'absent', routes: ['GET /orders', 'POST /orders'] }] },
  drift: (attempt) =>
    attempt('apigateway:UpdateStage', {
      restApiId: at.apiId,
      stageName: at.stage,
      patchOperations: [{ op: 'replace', path: `/variables/${name}`, value: 'canary' }],
    }),
} satisfies Fault;

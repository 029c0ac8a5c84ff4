// A table behind a route is given less capacity than its callers ask for.
import { at, type Fault } from '../fault.ts';
import { serveItems, table } from '../services-behind.ts';

export default {
  fix: 'shed-load',
  cause: 'service-throttled',
  prepare: serveItems,
  breakIt: (account) => account.services.putTable(table, { key: 'id', writeUnits: 3 }),
  facts: { targets: [{ service: 'dynamodb', action: 'PutItem', target: table, routes: ['POST /orders/items'], throttled: 99 }] },
  drift: (attempt) =>
    attempt('apigateway:UpdateStage', {
      restApiId: at.apiId,
      stageName: at.stage,
      patchOperations: [{ op: 'replace', path: '/~1orders~1items/POST/throttling/rateLimit', value: '77' }],
    }),
} satisfies Fault;

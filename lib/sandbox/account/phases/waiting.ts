// The gateway loses patience with whatever stands behind a route: 504 on REST, 503 on HTTP APIs (cortex#1226).
import type { ServedStage } from '../apis.ts';
import type { Fault } from '../exchange.ts';

export const timeoutFault = (api: ServedStage): Fault => ({
  name: 'timeout',
  status: api.apiType === 'HTTP' ? 503 : 504,
  responseType: 'INTEGRATION_TIMEOUT',
  lines: () => ['Execution failed due to a timeout error'],
  ...(api.apiType === 'HTTP' ? { says: () => 'Service Unavailable' } : { message: 'Endpoint request timed out' }),
});

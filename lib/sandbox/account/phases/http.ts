// An HTTP backend outside the account: slow, unreachable, or failing by itself.
import type { RouteSpec, ServedStage } from '../apis.ts';
import type { Fault, Reply } from '../exchange.ts';
import type { Phase } from './phase.ts';
import { timeoutFault } from './waiting.ts';

const networkFault = (api: ServedStage): Fault =>
  api.apiType === 'REST'
    ? {
        name: 'network',
        status: 504,
        responseType: 'INTEGRATION_FAILURE',
        lines: () => ['Execution failed due to a network error communicating with endpoint'],
        message: 'Network error communicating with endpoint',
      }
    : { name: 'network', status: 503, responseType: 'INTEGRATION_NETWORK_FAILURE', lines: () => [], says: () => 'Service Unavailable' };

const failedWith = (fault: Fault, integrationMs: number): Reply => ({ status: fault.status, fault, integrationMs });

export const httpBackend = (): Phase => ({
  answer({ api, route, limitMs }) {
    return route?.httpBackend && backendReply(api, route.httpBackend, limitMs);
  },
});

function backendReply(api: ServedStage, backend: NonNullable<RouteSpec['httpBackend']>, limitMs: number): Reply {
  if (backend.unreachable) return failedWith(networkFault(api), 30);
  if (backend.ms > limitMs) return failedWith(timeoutFault(api), limitMs);
  return { status: backend.status ?? 200, integrationMs: backend.ms, backendStatus: backend.status ?? 200 };
}

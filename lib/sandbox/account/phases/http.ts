// An HTTP backend outside the account: slow, unreachable, failing by itself, with a certificate nobody should trust, or asked for what it
// does not have.
import type { ServedStage } from '../apis.ts';
import type { Fault, Reply } from '../exchange.ts';
import { answeredStatus, backendStatus, tlsWords, unfilled, type HttpBackend } from '../http-backends.ts';
import type { Phase } from './phase.ts';
import { timeoutFault } from './waiting.ts';

/** HTTP APIs tell no reason (messages.md §6). */
const networkOnHttp: Fault = {
  name: 'network',
  status: 503,
  responseType: 'INTEGRATION_NETWORK_FAILURE',
  lines: () => [],
  says: () => 'Service Unavailable',
};

const networkFault = (api: ServedStage): Fault =>
  api.apiType === 'REST'
    ? {
        name: 'network',
        status: 504,
        responseType: 'INTEGRATION_FAILURE',
        lines: () => ['Execution failed due to a network error communicating with endpoint'],
        message: 'Network error communicating with endpoint',
      }
    : networkOnHttp;

/** What the gateway calls a configuration error of the integration. */
export const configurationFault = (api: ServedStage, name: string, words: string): Fault =>
  api.apiType === 'REST'
    ? {
        name,
        status: 500,
        responseType: 'API_CONFIGURATION_ERROR',
        lines: () => [`Execution failed due to configuration error: ${words}`],
      }
    : { ...networkOnHttp, name };

const failedWith = (fault: Fault, integrationMs: number): Reply => ({ status: fault.status, fault, integrationMs });

export const httpBackend = (): Phase => ({
  answer({ api, route, limitMs, at }) {
    return route?.httpBackend && backendReply(api, route.httpBackend, limitMs, at);
  },
});

function backendReply(api: ServedStage, backend: HttpBackend, limitMs: number, at: number): Reply {
  const open = unfilled(api, backend);
  if (open !== undefined)
    return failedWith(configurationFault(api, 'address', `Illegal character in path at index ${open}: ${backend.uri ?? ''}`), 1);
  // that an unknown name is told so is not proven (messages.md §2, U)
  if (backend.unreachable === 'unknownName') return failedWith(configurationFault(api, 'address', 'Invalid endpoint address'), 5);
  if (backend.unreachable) return failedWith(networkFault(api), 30);
  const words = tlsWords(backend);
  if (words !== undefined) return failedWith(configurationFault(api, 'tls', words), 60);
  // a server ends the handshake with an alert (RFC 8446 §6.2); which words the gateway has for it is not proven (messages.md §2, U)
  if (backend.asksForCertificate && (api.around.clientCertificate?.expiresAt ?? 0) <= at)
    return failedWith(configurationFault(api, 'tls', 'Received fatal alert: handshake_failure'), 60);
  if (backend.ms > limitMs) return failedWith(timeoutFault(api), limitMs);
  const status = backendStatus(backend);
  return { status: answeredStatus(backend, status), integrationMs: backend.ms, backendStatus: status };
}

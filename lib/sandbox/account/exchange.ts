// One request as API Gateway saw it: what failed, which status the client got, and what access logs can say of it.
import type { ApiSpec, RouteSpec, ServedStage } from './apis.ts';
import type { Base } from './base.ts';
import { lambdaRequestId, timedOutText } from './function-lines.ts';
import type { Invoked } from './invoke.ts';

export type GatewayFault =
  | 'permission'
  | 'not-found'
  | 'throttled'
  | 'unavailable'
  | 'function-error'
  | 'malformed'
  | 'timeout'
  | 'network'
  | 'no-route';

export interface Exchange {
  readonly n: number;
  readonly api: ServedStage;
  readonly at: number;
  readonly endAt: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly route: RouteSpec | undefined;
  readonly status: number;
  readonly fault: GatewayFault | undefined;
  readonly integrationMs: number | undefined;
  readonly invoked: Invoked | undefined;
  /** Status of an HTTP backend that answered. */
  readonly backendStatus: number | undefined;
  readonly timeoutMs: number;
}

interface Told {
  readonly status: number;
  readonly responseType: string;
}

/** Status and gateway response type by fault; sources: AWS "Supported gateway response types", azul#7470 #7824 #7883 #8301, flashcards#1675, a lab on a REST API of 2025-05. */
const rest: Readonly<Record<GatewayFault, Told>> = {
  permission: { status: 500, responseType: 'API_CONFIGURATION_ERROR' },
  'not-found': { status: 502, responseType: 'INTEGRATION_FAILURE' },
  throttled: { status: 500, responseType: 'INTEGRATION_FAILURE' },
  unavailable: { status: 503, responseType: 'INTEGRATION_FAILURE' },
  'function-error': { status: 502, responseType: 'INTEGRATION_FAILURE' },
  malformed: { status: 502, responseType: 'INTEGRATION_FAILURE' },
  timeout: { status: 504, responseType: 'INTEGRATION_TIMEOUT' },
  network: { status: 504, responseType: 'INTEGRATION_FAILURE' },
  'no-route': { status: 403, responseType: 'MISSING_AUTHENTICATION_TOKEN' },
};
/** HTTP APIs: 500 for whatever Lambda did, 503 for waiting and network (AWS "Troubleshooting HTTP API Lambda integrations", cortex#1226, deno_registry2#87). */
const http: Readonly<Record<GatewayFault, Told>> = {
  permission: { status: 500, responseType: 'INTEGRATION_FAILURE' },
  'not-found': { status: 500, responseType: 'INTEGRATION_FAILURE' },
  throttled: { status: 503, responseType: 'INTEGRATION_FAILURE' },
  unavailable: { status: 503, responseType: 'INTEGRATION_FAILURE' },
  'function-error': { status: 500, responseType: 'INTEGRATION_FAILURE' },
  malformed: { status: 500, responseType: 'INTEGRATION_FAILURE' },
  timeout: { status: 503, responseType: 'INTEGRATION_TIMEOUT' },
  network: { status: 503, responseType: 'INTEGRATION_NETWORK_FAILURE' },
  'no-route': { status: 404, responseType: '-' },
};
export const toldBy = (apiType: ApiSpec['apiType'], fault: GatewayFault): Told => (apiType === 'REST' ? rest : http)[fault];

/** The errorMessage Lambda handed to the gateway. */
export function functionErrorText(base: Base, invoked: Invoked | undefined): string {
  if (invoked?.is !== 'ran') return '';
  return invoked.outcome === 'timeout' ? timedOutText(base, invoked, invoked.timeoutSeconds) : invoked.errorText;
}

/** What the execution log calls the failure (the lines' wording, messages.md §2). */
export function executionFailure(base: Base, x: Exchange): readonly string[] {
  const request = x.invoked && 'n' in x.invoked ? lambdaRequestId(base, x.invoked.n) : '';
  const by: Readonly<Record<GatewayFault, readonly string[]>> = {
    permission: ['Execution failed due to configuration error: Invalid permissions on Lambda function'],
    'not-found': [
      `Lambda invocation failed with status: 404. Lambda request id: ${request}`,
      `Execution failed due to configuration error: Function not found: ${x.invoked?.is === 'notFound' ? x.invoked.arn : ''}`,
    ],
    throttled: [
      `Lambda invocation failed with status: 429. Lambda request id: ${request}`,
      'Execution failed due to configuration error: Rate Exceeded.',
    ],
    unavailable: [`Lambda invocation failed with status: 503. Lambda request id: ${request}`],
    'function-error': [
      `Lambda execution failed with status 200 due to customer function error: ${functionErrorText(base, x.invoked)}. Lambda request id: ${request}`,
    ],
    malformed: ['Execution failed due to configuration error: Malformed Lambda proxy response'],
    timeout: ['Execution failed due to a timeout error'],
    network: ['Execution failed due to a network error communicating with endpoint'],
    'no-route': [],
  };
  return x.fault === undefined ? [] : by[x.fault];
}

/** `$context.integration.error`; HTTP API wording from messages.md §6. */
export function integrationError(base: Base, x: Exchange): string {
  if (x.fault === undefined || x.fault === 'no-route') return '-';
  if (x.api.apiType === 'HTTP') return httpIntegrationError(base, x, x.fault);
  return x.fault === 'function-error'
    ? `Lambda Customer Function Error:${functionErrorText(base, x.invoked)}`
    : (executionFailure(base, x).at(-1) ?? '-');
}

function httpIntegrationError(base: Base, x: Exchange, fault: GatewayFault): string {
  if (fault === 'permission' || fault === 'not-found')
    return "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again.";
  if (fault === 'function-error')
    return `The Lambda function returned the following error: ${functionErrorText(base, x.invoked)}. Check your Lambda function code and try again.`;
  if (fault === 'malformed')
    return `The response from the Lambda function doesn't match the format that API Gateway expects. Lambda body contains the wrong type for field "body"`;
  return fault === 'throttled' ? 'Too Many Requests' : 'Service Unavailable';
}

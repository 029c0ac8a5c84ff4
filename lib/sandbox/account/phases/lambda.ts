// A Lambda proxy integration: the invocation, and how the gateway tells what Lambda answered. Statuses and response types: AWS
// "Supported gateway response types", azul#7470 #7824 #7883 #8301, flashcards#1675, a lab on a REST API of 2025-05; HTTP APIs answer
// 500 for whatever Lambda did (AWS "Troubleshooting HTTP API Lambda integrations", deno_registry2#87).
import { sourceArn, withVariables, type ServedStage } from '../apis.ts';
import type { Base } from '../base.ts';
import type { Fault } from '../exchange.ts';
import { lambdaRequestId, timedOutText } from '../function-lines.ts';
import type { Invoked } from '../invoke.ts';
import type { Phase, PhaseParts } from './phase.ts';
import { timeoutFault } from './waiting.ts';

export const lambdaProxy = ({ base, invoker }: PhaseParts): Phase => ({
  answer({ api, route, method, path, limitMs, at }) {
    if (route?.functionName === undefined) return undefined;
    const qualifier = route.qualifier === undefined ? undefined : withVariables(api, route.qualifier);
    const invoked = invoker.invoke({
      name: route.functionName,
      ...(qualifier ? { qualifier } : {}),
      sourceArn: sourceArn(base, api, route, method),
      byRole: route.role !== undefined,
      at,
      path,
      sends: route.payloadFormat ?? (api.apiType === 'HTTP' ? '2.0' : '1.0'),
    });
    const fault = invoked.ms > limitMs ? timeoutFault(api) : faultOf(base, api, invoked);
    return { status: fault?.status ?? 200, ...(fault ? { fault } : {}), integrationMs: Math.min(invoked.ms, limitMs), invoked };
  },
});

/** The errorMessage Lambda handed to the gateway. */
export function functionErrorText(base: Base, invoked: Invoked | undefined): string {
  if (invoked?.is !== 'ran') return '';
  return invoked.outcome === 'timeout' ? timedOutText(base, invoked, invoked.timeoutSeconds) : invoked.errorText;
}

const noPermissionsOnHttp =
  "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again.";
const family = (api: ServedStage, rest: number, http: number): number => (api.apiType === 'HTTP' ? http : rest);
const failure = 'INTEGRATION_FAILURE';

/** What went wrong between the gateway and Lambda, in the gateway's words; undefined when the function answered well. */
function faultOf(base: Base, api: ServedStage, invoked: Invoked): Fault | undefined {
  const request = 'n' in invoked ? lambdaRequestId(base, invoked.n) : '';
  const failedWith = (status: number): string => `Lambda invocation failed with status: ${status}. Lambda request id: ${request}`;
  const http = (text: string): Pick<Fault, 'says'> => (api.apiType === 'HTTP' ? { says: () => text } : {});
  switch (invoked.is) {
    case 'denied':
      return {
        name: 'permission',
        status: 500,
        responseType: api.apiType === 'HTTP' ? failure : 'API_CONFIGURATION_ERROR',
        lines: () => ['Execution failed due to configuration error: Invalid permissions on Lambda function'],
        ...http(noPermissionsOnHttp),
      };
    case 'notFound':
      return {
        name: 'not-found',
        status: family(api, 502, 500),
        responseType: failure,
        serviceStatus: 404,
        lines: () => [failedWith(404), `Execution failed due to configuration error: Function not found: ${invoked.arn}`],
        ...http(noPermissionsOnHttp),
      };
    case 'throttled':
      return {
        name: 'throttled',
        status: family(api, 500, 503),
        responseType: failure,
        serviceStatus: 429,
        lines: () => [failedWith(429), 'Execution failed due to configuration error: Rate Exceeded.'],
        ...http('Too Many Requests'),
      };
    case 'unavailable':
      return {
        name: 'unavailable',
        status: 503,
        responseType: failure,
        serviceStatus: 503,
        lines: () => [failedWith(503)],
        ...http('Service Unavailable'),
      };
    case 'refused':
      return {
        name: 'refused',
        status: 500,
        responseType: failure,
        serviceStatus: invoked.status,
        lines: () => [failedWith(invoked.status), `Execution failed due to configuration error: ${invoked.says}`],
        ...http(invoked.says),
      };
    case 'ran':
      return ranFault(base, api, invoked);
  }
}

function ranFault(base: Base, api: ServedStage, invoked: Extract<Invoked, { is: 'ran' }>): Fault | undefined {
  if (invoked.outcome === 'ok') return undefined;
  const common = { status: family(api, 502, 500), responseType: failure, serviceStatus: 200 };
  const rest = api.apiType !== 'HTTP';
  if (invoked.outcome === 'malformed')
    return {
      ...common,
      name: 'malformed',
      lines: () => ['Execution failed due to configuration error: Malformed Lambda proxy response'],
      ...(rest
        ? {}
        : {
            says: () =>
              `The response from the Lambda function doesn't match the format that API Gateway expects. Lambda body contains the wrong type for field "body"`,
          }),
    };
  const text = (): string => functionErrorText(base, invoked);
  return {
    ...common,
    name: 'function-error',
    lines: () => [
      `Lambda execution failed with status 200 due to customer function error: ${text()}. Lambda request id: ${lambdaRequestId(base, invoked.n)}`,
    ],
    says: () =>
      rest
        ? `Lambda Customer Function Error:${text()}`
        : `The Lambda function returned the following error: ${text()}. Check your Lambda function code and try again.`,
  };
}

// A Lambda authorizer before the route: it is asked before "Starting execution", and what it fails with never reaches the integration.
// Lines: ExpanseLLC/lambda_authorizer#1, aws-lambda-java-libs#184, serverless#1784 and a public log of 2023 (messages.md §2, §9); HTTP APIs
// tell by `$context.authorizer.error` only (mantil#52; the wording of a missing permission is not confirmed in English).
import { authorizerArn, withVariables, type AuthorizerSpec, type ServedStage } from '../apis.ts';
import type { Fault } from '../exchange.ts';
import type { Invoked } from '../invoke.ts';
import { functionErrorText } from './lambda.ts';
import type { Asked, Phase, PhaseParts } from './phase.ts';

/** An HTTP API gives its authorizer ten seconds (causes.md); REST says no number, so that only the function's own timeout counts. */
const httpLimitMs = 10_000;
const configuration = 'Execution failed due to configuration error: ';

export const authorizer = (parts: PhaseParts): Phase => ({
  answer(asked) {
    const spec = asked.api.authorizers.find((a) => a.name === asked.route?.authorizer);
    if (!spec) return undefined;
    const kept = asked.api.kept.get(spec.name);
    if (kept && kept.until > asked.at) return kept.fault && { status: kept.fault.status, fault: kept.fault };
    const invoked = ask(parts, asked, spec);
    const words = wordsFor(parts, asked.api, invoked) ?? formWords(asked.api, spec);
    const fault = words && faultOf(asked.api, words);
    keep(asked, spec, invoked, fault);
    return fault && { status: fault.status, fault };
  },
});

/**
 * All callers of the sandbox carry one token. What a function answered is kept, usable or not (mantil#52: only the kept answer failed); what it
 * did not answer is not. AWS documents neither (fixes.md §12, U).
 */
function keep({ api, at }: Asked, { name, ttlSeconds = 0 }: AuthorizerSpec, invoked: Invoked, fault: Fault | undefined): void {
  const answered = invoked.is === 'ran' && (fault === undefined || invoked.outcome === 'malformed' || invoked.outcome === 'ok');
  if (answered && ttlSeconds > 0) api.kept.set(name, { until: at + ttlSeconds * 1000, ...(fault ? { fault } : {}) });
}

function ask({ base, invoker }: PhaseParts, { api, at, path }: Asked, spec: AuthorizerSpec): Invoked {
  const qualifier = spec.qualifier === undefined ? undefined : withVariables(api, spec.qualifier);
  return invoker.invoke({
    name: spec.functionName,
    ...(qualifier ? { qualifier } : {}),
    sourceArn: authorizerArn(base, api, spec.name),
    at,
    path,
  });
}

interface Words {
  /** The execution log, REST and WebSocket. */
  readonly lines: readonly string[];
  /** `$context.authorizer.error` of an HTTP API. */
  readonly http: string;
  readonly serviceStatus?: number;
}
const badFormat = "The response from the Lambda Authorizer function doesn't match the format that API Gateway expects.";
const noPermission =
  "The IAM role configured on the authorizer or API Gateway doesn't have permissions to call the authorizer. Check the permissions and try again.";

/** What the gateway says of an authorizer it got nothing usable from; undefined when it let the request through. */
function wordsFor(parts: PhaseParts, api: ServedStage, invoked: Invoked): Words | undefined {
  switch (invoked.is) {
    case 'denied':
    case 'notFound':
    case 'refused':
      return { lines: ['Invalid permissions on Lambda function', 'Authorizer error'], http: noPermission };
    case 'throttled':
      return { lines: ['Rate Exceeded.', 'Authorizer error'], http: badFormat, serviceStatus: 429 };
    case 'unavailable':
      return { lines: ['Authorizer error'], http: badFormat, serviceStatus: 503 };
    case 'ran':
      return ranWords(parts, api, invoked);
  }
}

/** An answer in the form the authorizer is not set to: simple responses are for HTTP APIs, and must be switched on (messages.md §9). */
function formWords(api: ServedStage, spec: AuthorizerSpec): Words | undefined {
  if (spec.answers !== 'simple' || (api.apiType === 'HTTP' && spec.simpleResponses === true)) return undefined;
  return {
    lines: ['Invalid JSON in response: Unrecognized field "isAuthorized" , not marked as ignorable'],
    http: `${badFormat} Invalid json in authorizer response`,
    serviceStatus: 200,
  };
}

function ranWords({ base }: PhaseParts, api: ServedStage, invoked: Extract<Invoked, { is: 'ran' }>): Words | undefined {
  if (invoked.outcome === 'malformed')
    return { lines: ['Could not parse policy'], http: `${badFormat} Invalid json in authorizer response`, serviceStatus: 200 };
  const late = api.apiType === 'HTTP' && invoked.ms > httpLimitMs;
  if (invoked.outcome === 'ok' && !late) return undefined;
  const text = functionErrorText(base, invoked);
  const type = /^([A-Za-z.]{1,60}): /.exec(text)?.[1] ?? 'Error';
  return {
    lines: [
      `Authorizer result body before parsing: ${JSON.stringify({ errorType: type, errorMessage: text })}`,
      'Invalid JSON in response: Unrecognized field "errorType" , not marked as ignorable',
    ],
    http: badFormat,
    serviceStatus: 200,
  };
}

function faultOf(api: ServedStage, words: Words): Fault {
  const rest = api.apiType !== 'HTTP';
  return {
    name: 'authorizer',
    status: 500,
    responseType: rest ? 'AUTHORIZER_CONFIGURATION_ERROR' : 'AUTHORIZER_FAILURE',
    early: true,
    lines: () => [
      ...words.lines.map((line) => (line.startsWith('Authorizer result') ? line : `${configuration}${line}`)),
      'AuthorizerConfigurationException',
    ],
    ...(rest ? { message: 'null' } : {}),
    variables: {
      'authorizer.error': words.http,
      ...(words.serviceStatus === undefined ? {} : { 'authorizer.integrationStatus': words.serviceStatus }),
    },
  };
}

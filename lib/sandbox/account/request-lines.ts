// What API Gateway writes about one request: execution log lines by level, in AWS's order and cut at 1,024 bytes, and the access line by format.
import { lambdaUri, routeKeyOf } from './apis.ts';
import { type Base, hexOf, uuidOf } from './base.ts';
import { type Exchange, integrationError } from './exchange.ts';
import { lambdaRequestId } from './function-lines.ts';
import { serviceAddress } from './mapped.ts';
import { functionErrorText } from './phases/lambda.ts';
import type { Line } from './logs.ts';

/** An execution log event is at most 1,024 bytes; longer ones end so (AWS "Important notes for REST APIs"). */
const limitBytes = 1024;
const mark = ' [TRUNCATED]';

function cut(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length <= limitBytes
    ? text
    : `${bytes
        .subarray(0, limitBytes - mark.length)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')}${mark}`;
}

/** A UUID; on a WebSocket API the short id stands in its place (messages.md §9). */
const requestId = (base: Base, x: Exchange): string =>
  x.api.apiType === 'WEBSOCKET' ? extendedId(base, x) : uuidOf(base.seed, 'request', x.n);
const extendedId = (base: Base, x: Exchange): string =>
  `${Buffer.from(hexOf(22, base.seed, 'extended', x.n), 'hex')
    .toString('base64url')
    .slice(0, 15)}=`;

/** Only statuses above 499 are failures to the ERROR level. */
export const failed = (x: Exchange): boolean => x.status >= 500;

interface Timed {
  readonly late: boolean;
  readonly text: string;
}
const early = (text: string): Timed => ({ late: false, text });
const late = (text: string): Timed => ({ late: true, text });

function opening(base: Base, x: Exchange, id: string): Timed[] {
  const stage = `${x.api.apiId}/${x.api.stage}`;
  const [path = '', query] = x.path.split(/\?(.*)/s);
  const trace = x.api.dataTrace
    ? [
        'Method request path: {}',
        `Method request query string: {${query ?? ''}}`,
        `Method request headers: {User-Agent=client, Host=${x.api.apiId}.execute-api.${base.here.region}.amazonaws.com}`,
        `Method request body before transformations: ${x.body}`,
      ]
    : [];
  return [
    `Extended Request Id: ${extendedId(base, x)}`,
    `Verifying Usage Plan for request: ${id}. API Key:  API Stage: ${stage}`,
    `API Key  authorized because method '${x.method} ${x.route?.path ?? x.path}' does not require API Key. Request will not contribute to throttle or quota limits`,
    `Usage Plan check succeeded for API Key  and API Stage ${stage}`,
    `Starting execution for request: ${id}`,
    `HTTP Method: ${x.method}, Resource Path: ${path}`,
    ...trace,
  ].map(early);
}

function sending(base: Base, x: Exchange): Timed[] {
  const uri =
    x.route?.functionName === undefined
      ? ((x.route?.mapped && serviceAddress(base, x.route.mapped)) ??
        x.route?.httpBackend?.uri ??
        (x.route?.privateBackend ? `http://${x.route.path.split('/')[1] ?? 'backend'}.internal${x.route.path}` : ''))
      : `https://lambda.${base.here.region}.amazonaws.com/${lambdaUri(base, x.route).split('path/')[1] ?? ''}`;
  // A real line of 2019 held API Gateway's live token in clear beside the SourceArn; this token is made up.
  const headers = `Endpoint request headers: {x-amzn-lambda-integration-tag=${requestId(base, x)}, Authorization=****, X-Amz-Security-Token=${hexOf(64, base.seed, 'token')}}`;
  const trace = x.api.dataTrace
    ? [`Endpoint request URI: ${uri}`, headers, `Endpoint request body after transformations: ${x.sentBody ?? x.body}`]
    : [];
  return [...trace, `Sending request to ${uri}`].map(early);
}

/** The backend answered: its service status, which for a crashed function is still 200. */
function received(base: Base, x: Exchange): Timed[] {
  const status = x.backendStatus ?? serviceStatus(x);
  if (status === undefined) return [];
  const body =
    x.answerBody ??
    (x.fault?.name === 'function-error'
      ? JSON.stringify({ errorMessage: functionErrorText(base, x.invoked) })
      : x.fault?.name === 'malformed'
        ? '"ok"'
        : '{"statusCode":200,"body":"{}"}');
  const trace = x.api.dataTrace
    ? [
        `Endpoint response headers: {${x.fault?.name === 'function-error' ? 'X-Amz-Function-Error=Unhandled' : 'Connection=keep-alive'}}`,
        `Endpoint response body before transformations: ${body}`,
      ]
    : [];
  return [`Received response. Status: ${status}, Integration latency: ${Math.round(x.integrationMs ?? 0)} ms`, ...trace].map(late);
}

/** `$context.integration.integrationStatus`: what the service behind the integration answered. */
const serviceStatus = (x: Exchange): number | undefined => (x.fault ? x.fault.serviceStatus : x.invoked ? 200 : x.backendStatus);

const lambdaId = (base: Base, x: Exchange): string | undefined =>
  x.invoked && 'n' in x.invoked && x.fault?.name !== 'timeout' ? lambdaRequestId(base, x.invoked.n) : undefined;

function closing(base: Base, x: Exchange): Timed[] {
  const end =
    x.fault === undefined
      ? ['Successfully completed execution']
      : [`Gateway response type: ${x.fault.responseType} with status code: ${x.status}`];
  const lambda = lambdaId(base, x);
  return [...end, `Method completed with status: ${x.status}`, ...(lambda ? [`AWS Integration Endpoint RequestId : ${lambda}`] : [])].map(
    late,
  );
}

function lines(base: Base, x: Exchange, id: string): Timed[] {
  const failure = (x.fault?.lines() ?? []).map(late);
  const upstream = (x.received?.() ?? []).map(late);
  if (x.api.executionLogging === 'ERROR')
    return failed(x) ? [...upstream, ...failure, late(`Method completed with status: ${x.status}`)] : [];
  if (x.fault?.early) return [...failure, ...closing(base, x)];
  return [
    ...opening(base, x, id),
    ...(x.route && (!x.route.mapped || x.sentBody !== undefined) ? sending(base, x) : []),
    ...received(base, x),
    ...upstream,
    ...failure,
    ...closing(base, x),
  ];
}

/** The request's execution log lines, at the level the stage has. */
export function executionLines(base: Base, x: Exchange): Line[] {
  const id = requestId(base, x);
  return lines(base, x, id).map((line) => ({ at: line.late ? x.endAt : x.at, text: cut(`(${id}) ${line.text}`) }));
}

type Variable = (base: Base, x: Exchange) => string | number | undefined;

const latency: Variable = (_base, x) =>
  x.integrationMs === undefined || x.fault?.name === 'permission' ? undefined : Math.round(x.integrationMs);
const codeStatus: Variable = (_base, x) =>
  x.fault === undefined ? (x.backendStatus ?? (x.invoked?.is === 'ran' ? x.status : undefined)) : undefined;

function errorMessage(x: Exchange): string | undefined {
  if (x.fault === undefined) return undefined;
  if (x.fault.message) return x.fault.message;
  return x.api.apiType === 'HTTP' ? 'Internal Server Error' : 'Internal server error';
}

/** The variables of an access log (AWS "API Gateway access log variables"); absent ones print `-`. */
const variables: Readonly<Record<string, Variable>> = {
  requestId,
  extendedRequestId: (base, x) => (x.api.apiType === 'REST' ? extendedId(base, x) : requestId(base, x)),
  status: (_base, x) => x.status,
  apiId: (_base, x) => x.api.apiId,
  stage: (_base, x) => x.api.stage,
  httpMethod: (_base, x) => x.method,
  path: (_base, x) => `${x.api.apiType === 'REST' ? `/${x.api.stage}` : ''}${x.path.split('?', 1)[0] ?? ''}`,
  resourcePath: (_base, x) => x.route?.path,
  routeKey: (_base, x) => x.route && routeKeyOf(x.route),
  requestTimeEpoch: (_base, x) => x.at,
  requestTime: (_base, x) => new Date(x.at).toUTCString(),
  responseLatency: (_base, x) => Math.round(x.endAt - x.at),
  responseLength: () => 36,
  protocol: () => 'HTTP/1.1',
  domainName: (base, x) => `${x.api.apiId}.execute-api.${base.here.region}.amazonaws.com`,
  'identity.sourceIp': () => '203.0.113.10',
  'identity.userAgent': () => 'client',
  accountId: (base) => base.here.accountId,
  'error.message': (_base, x) => errorMessage(x),
  'error.messageString': (_base, x) => (x.fault === undefined ? undefined : `"${errorMessage(x)}"`),
  'error.responseType': (_base, x) => x.fault?.responseType,
  'integration.error': (_base, x) => integrationError(x),
  integrationErrorMessage: (_base, x) => integrationError(x),
  'integration.status': codeStatus,
  'integration.integrationStatus': (_base, x) => serviceStatus(x),
  integrationStatus: (base, x) => (x.api.apiType === 'REST' ? serviceStatus(x) : (codeStatus(base, x) ?? serviceStatus(x))),
  'integration.latency': latency,
  integrationLatency: latency,
  'integration.requestId': lambdaId,
  awsEndpointRequestId: lambdaId,
};

/** One access log line: variables put in as they are (a quote in a value breaks a JSON format, as it does in AWS). */
export function accessLine(base: Base, x: Exchange, format: string): Line {
  const text = format.replaceAll(/\$context\.([A-Za-z][A-Za-z0-9_.]{0,63})/g, (_all, name: string) => {
    const value = x.fault?.variables?.[name] ?? variables[name]?.(base, x);
    return value === undefined || value === '' ? '-' : String(value);
  });
  return { at: x.endAt, text };
}

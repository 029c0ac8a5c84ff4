// One recorded case as an account: an `Attempt` that answers from what was reported, and *not recorded* for everything else. So
// `diagnose --input` runs the very collectors and causes of production. Format: test/corpus/README.md.
import * as v from 'valibot';
import { apiTypes, functionArn, parseFunctionArn, type FunctionRef, type StageRef } from '../model/api.ts';
import { asObject, asText, parseJson, type JsonObject } from '../model/json.ts';
import { err, ok, type Result } from '../model/result.ts';
import type { LogLine } from '../model/signal.ts';
import type { Attempt, CallError, CallName } from './calls.ts';
import { cutLine, redactText } from './redact.ts';

const answer = v.object({
  call: v.string(),
  input: v.optional(v.unknown()),
  output: v.optional(v.unknown()),
  error: v.optional(v.string()),
});
const metric = v.object({ namespace: v.string(), name: v.string(), statistic: v.string(), value: v.number() });
const log = v.object({ kind: v.string(), lines: v.array(v.string()) });

/** What the program sees of a case; other fields are for people and scorers. */
const recordedCase = v.object({
  id: v.string(),
  apiType: v.optional(v.nullable(v.picklist(apiTypes))),
  integration: v.optional(v.nullable(v.string())),
  response: v.optional(v.nullable(v.looseObject({ status: v.optional(v.nullable(v.number())), body: v.optional(v.unknown()) }))),
  logs: v.optional(v.nullable(v.array(log))),
  metrics: v.optional(v.nullable(v.array(metric))),
  answers: v.optional(v.nullable(v.array(answer))),
});
export type RecordedCase = v.InferOutput<typeof recordedCase>;

/** Reads a case from JSON text; the error names the field. */
export function readCase(text: string): Result<RecordedCase, string> {
  const json = parseJson(text);
  if (!json.ok) return err(`the case is not JSON: ${json.error}`);
  const read = v.safeParse(recordedCase, json.value);
  return read.success
    ? ok(read.output)
    : err(`the case's ${v.getDotPath(read.issues[0]) ?? 'content'} is wrong: ${read.issues[0].message}`);
}

/** The instant a case is looked at; nothing in a case has a date of its own. */
export const recordedAt = Date.parse('2026-01-01T12:00:00Z');
const firstAt = recordedAt - 10 * 60_000;

export interface Recorded {
  readonly at: StageRef;
  readonly lines: readonly LogLine[];
  readonly attempt: Attempt;
  readonly window: { readonly from: number; readonly to: number };
}

/** A case as a place, its lines, and what AWS would answer. */
export function recorded(one: RecordedCase): Recorded {
  const at = placeOf(one);
  return { at, lines: linesOf(one), attempt: attemptOf(one), window: { from: firstAt, to: recordedAt } };
}

const unknownPlace = { accountId: '000000000000', region: 'us-east-1', apiId: 'recorded', stage: 'recorded', apiName: 'recorded' };

/** Account, Region and API as the recorded ARNs name them; otherwise placeholders that match nothing. */
function placeOf(one: RecordedCase): StageRef {
  const text = JSON.stringify(one.answers ?? []);
  const source = /arn:aws:execute-api:([a-z0-9-]{1,30}):(\d{12}):([a-z0-9]{4,20})/.exec(text);
  const region = /arn:aws:apigateway:([a-z0-9-]{1,30}):lambda:path/.exec(text)?.[1] ?? source?.[1] ?? functionIn(one)?.region;
  return {
    ...unknownPlace,
    apiType: one.apiType ?? 'REST',
    ...(source?.[2] ? { accountId: source[2] } : {}),
    ...(source?.[3] ? { apiId: source[3] } : {}),
    ...(region ? { region } : {}),
  };
}

const kinds: Readonly<Record<string, LogLine['log']>> = {
  execution: 'execution',
  access: 'access',
  function: 'function',
  authorizerFunction: 'authorizer',
  backend: 'backend',
  loadBalancer: 'loadBalancer',
  flow: 'flow',
};

/** Recorded lines in their order, and the client's answer as the access log would hold it. */
function linesOf(one: RecordedCase): readonly LogLine[] {
  const texts = (one.logs ?? []).flatMap(({ kind, lines }) => {
    const written = kinds[kind];
    return written ? lines.map((text) => ({ log: written, text })) : [];
  });
  return [...texts, ...reportLine(one), ...responseLine(one)].map(({ log: written, text }, n) => ({
    at: firstAt + n,
    log: written,
    text: cutLine(redactText(text)),
  }));
}

/** An init duration is told by REPORT lines only; a report that gives the number gives such a line. */
function reportLine(one: RecordedCase): readonly { readonly log: 'function'; readonly text: string }[] {
  const init = (one.metrics ?? []).find((m) => m.namespace === 'logs' && m.name === 'InitDuration');
  return init ? [{ log: 'function', text: `REPORT Init Duration: ${init.value.toFixed(2)} ms` }] : [];
}

function responseLine({ response }: RecordedCase): readonly { readonly log: 'access'; readonly text: string }[] {
  const body = response?.body;
  if (body === undefined || body === null) return [];
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return [{ log: 'access', text: `status=${response?.status ?? '-'} body=${text}` }];
}

const notRecorded = (call: string): CallError => ({
  kind: 'notRecorded',
  call,
  name: 'NotRecorded',
  message: 'this call was not recorded',
});

function attemptOf(one: RecordedCase): Attempt {
  const given = async (name: CallName, input: unknown): Promise<Result<unknown, CallError>> => {
    const found = (one.answers ?? []).find((a) => a.call === name && agrees(a.input, input));
    if (found) return found.error === undefined ? ok(found.output ?? {}) : err(errorOf(name, found.error));
    if (name === 'apigateway:GetExport' || name === 'apigatewayv2:ExportApi') return exported(one, name);
    if (name === 'cloudwatch:GetMetricData') return metricData(one, input);
    return name === 'logs:FilterLogEvents' ? logEvents(one, input) : err(notRecorded(name));
  };
  return given as Attempt;
}

/** A report gives one number for the burst: one datapoint in its minute. What it does not give stays without a datapoint. */
function metricData(one: RecordedCase, input: unknown): Result<unknown, CallError> {
  const queries = v.parse(metricQueries, input).MetricDataQueries;
  const results = queries.map(({ Id, MetricStat: { Metric, Stat } }) => {
    const values = (one.metrics ?? [])
      .filter((m) => m.namespace === Metric.Namespace && m.name === Metric.MetricName && m.statistic === Stat)
      .map((m) => m.value);
    return { Id, StatusCode: 'Complete', Timestamps: values.slice(0, 1).map(() => new Date(firstAt)), Values: values.slice(0, 1) };
  });
  return results.some((r) => r.Values.length > 0) ? ok({ MetricDataResults: results }) : err(notRecorded('cloudwatch:GetMetricData'));
}
const metricQueries = v.object({
  MetricDataQueries: v.array(
    v.object({
      Id: v.string(),
      MetricStat: v.object({ Metric: v.object({ Namespace: v.string(), MetricName: v.string() }), Stat: v.string() }),
    }),
  ),
});

/** The recorded lines under the group they would stand in; an access log's group is never recorded. */
function logEvents(one: RecordedCase, input: unknown): Result<unknown, CallError> {
  const group = asText(asObject(input)?.['logGroupName']) ?? '';
  const written = group.startsWith('/aws/lambda/')
    ? 'function'
    : group.startsWith('API-Gateway-Execution-Logs_') || group.startsWith('/aws/apigateway/')
      ? 'execution'
      : undefined;
  const lines = linesOf(one).filter((line) => line.log === written);
  return lines.length === 0
    ? err(notRecorded('logs:FilterLogEvents'))
    : ok({ events: lines.map((line) => ({ timestamp: line.at, message: line.text })) });
}

/** The fields that a report states must be those of the call; it may state few or none. A stated qualifier is another policy than the plain function's. */
function agrees(stated: unknown, input: unknown): boolean {
  const asked = asObject(input) ?? {};
  return Object.entries(asObject(stated) ?? {}).every(
    ([key, value]) => (asked[key] === undefined && key !== 'Qualifier') || JSON.stringify(asked[key]) === JSON.stringify(value),
  );
}

function errorOf(call: string, name: string): CallError {
  const kind = /NotFound/.test(name)
    ? 'gone'
    : /AccessDenied|Unauthorized/.test(name)
      ? 'denied'
      : /Throttl|TooMany/.test(name)
        ? 'throttled'
        : 'refused';
  return { kind, call, name, message: 'as recorded' };
}

/** Reporters state GetIntegration, seldom an export. What they found at fault is taken as deployed, since they say it is what failed. */
function exported(one: RecordedCase, call: string): Result<unknown, CallError> {
  const raw = integrationOf(one);
  const target = functionIn(one);
  if (!raw && !(target && (one.integration ?? 'AWS_PROXY') === 'AWS_PROXY')) return err(notRecorded(call));
  const integration = raw ?? { type: 'aws_proxy', httpMethod: 'POST', uri: target ? functionArn(target) : undefined };
  const { method, path } = routeOf(one);
  const paths = { [path]: { [method]: { 'x-amazon-apigateway-integration': integration } } };
  return ok({ body: new TextEncoder().encode(JSON.stringify({ openapi: '3.0.1', paths })) });
}

function integrationOf(one: RecordedCase): JsonObject | undefined {
  const stated = (one.answers ?? []).find((a) => a.call === 'apigateway:GetIntegration' || a.call === 'apigatewayv2:GetIntegration');
  const o = asObject(stated?.output);
  if (!o) return undefined;
  const field = (rest: string, http: string): unknown => o[rest] ?? o[http];
  return {
    type: field('type', 'IntegrationType') ?? one.integration ?? undefined,
    uri: field('uri', 'IntegrationUri'),
    httpMethod: field('httpMethod', 'IntegrationMethod'),
    timeoutInMillis: field('timeoutInMillis', 'TimeoutInMillis'),
    payloadFormatVersion: field('payloadFormatVersion', 'PayloadFormatVersion'),
    credentials: field('credentials', 'CredentialsArn'),
  };
}

/** The route that a report names (`GET /hr/job/{id}`), else any method of the root. */
function routeOf(one: RecordedCase): { readonly method: string; readonly path: string } {
  const key = asText(asObject((one.answers ?? []).find((a) => a.call === 'apigatewayv2:GetRoute')?.output)?.['RouteKey']);
  const [method, path] = key?.split(' ') ?? [];
  return method && path ? { method: method.toLowerCase(), path } : { method: 'x-amazon-apigateway-any-method', path: '/' };
}

/** The function a case speaks of: out of the recorded integration, or a placeholder where answers or metrics of Lambda were recorded. */
function functionIn(one: RecordedCase): FunctionRef | undefined {
  const uri = asText(integrationOf(one)?.['uri']) ?? '';
  const arn = /arn:aws:lambda:[a-z0-9-]{1,30}:\d{12}:function:[\w-]{1,64}(?::[\w-]{1,128})?/.exec(uri)?.[0];
  const named = arn === undefined ? undefined : parseFunctionArn(arn);
  if (named) return named;
  const spoken =
    (one.answers ?? []).some((a) => a.call.startsWith('lambda:')) || (one.metrics ?? []).some((m) => m.namespace === 'AWS/Lambda');
  return spoken ? { accountId: unknownPlace.accountId, region: unknownPlace.region, name: 'recorded' } : undefined;
}

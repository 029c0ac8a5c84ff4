// What AWS would answer in a recorded case: the answers that were reported or saved, by call and input; metrics and log lines in the
// form of their own calls; and *not recorded* for everything else.
import * as v from 'valibot';
import type { StageRef } from '../../model/api.ts';
import { asObject, asText, type JsonObject } from '../../model/json.ts';
import { err, ok, type Result } from '../../model/result.ts';
import type { LogLine } from '../../model/signal.ts';
import type { Attempt, CallError, CallName } from '../calls.ts';
import type { RecordedAnswer, RecordedCase } from './case.ts';
import { plain } from './plain.ts';
import { securityGroupsOf } from './security-groups.ts';
import { definitionOf } from './deployed.ts';
import { presupposedBy, withIds } from './presupposed.ts';

export interface Told {
  readonly one: RecordedCase;
  readonly at: StageRef;
  readonly lines: readonly LogLine[];
  /** When the one datapoint of each reported metric was. */
  readonly firstAt: number;
}

/** An account that knows what the case tells. */
export function attemptOf(told: Told): Attempt {
  const given = async (name: CallName, input: unknown): Promise<Result<unknown, CallError>> => {
    const groups = name === 'ec2:DescribeSecurityGroups' && !told.one.saved ? securityGroupsOf(told.one) : undefined;
    if (groups) return ok(groups);
    const stated = statedFor(told.one, name, asObject(input) ?? {}) ?? insideOf(told.one, name, asObject(input) ?? {});
    if (stated) return stated.error === undefined ? ok(outputOf(told, stated)) : err(errorOf(name, stated));
    return told.one.saved ? err(notRecorded(name)) : derived(told, name, input);
  };
  return given as Attempt;
}

function derived(told: Told, name: CallName, input: unknown): Result<unknown, CallError> {
  if (name === 'cloudwatch:GetMetricData') return metricData(told, input);
  if (name === 'logs:FilterLogEvents') return logEvents(told, input);
  if (name === 'apigateway:GetExport' || name === 'apigatewayv2:ExportApi') {
    const definition = definitionOf(told.one);
    return definition ? ok({ body: new TextEncoder().encode(JSON.stringify(definition)) }) : err(notRecorded(name));
  }
  const presupposed = presupposedBy(told, name);
  return presupposed ? ok(presupposed) : err(notRecorded(name));
}

const notRecorded = (call: string): CallError => ({
  kind: 'notRecorded',
  call,
  name: 'NotRecorded',
  message: 'this call was not recorded',
});

/** Services by the names people use for them. */
const serviceNames: Readonly<Record<string, string>> = {
  elasticloadbalancing: 'elbv2',
  elasticloadbalancingv2: 'elbv2',
  'elastic-load-balancing-v2': 'elbv2',
  events: 'eventbridge',
  stepfunctions: 'sfn',
  states: 'sfn',
};
function sameCall(a: string, b: string): boolean {
  if (a === b) return true;
  const [of = '', operation = ''] = a.split(':');
  const [at = '', asked = ''] = b.split(':');
  return operation === asked && (serviceNames[of] ?? of) === (serviceNames[at] ?? at);
}

/** The answer whose stated input is the one asked for; where only the instants differ, that answer all the same. */
function statedFor(one: RecordedCase, name: string, asked: JsonObject): RecordedAnswer | undefined {
  const same = (one.answers ?? []).filter((a) => sameCall(a.call, name));
  if (!one.saved) return same.find((a) => agrees(a.input, asked, true)) ?? same.find((a) => agrees(a.input, asked, false));
  const question = asObject(plain(asked)) ?? {};
  return same.find((a) => isSame(a.input, question, true)) ?? same.find((a) => isSame(a.input, question, false));
}

/** GetFunction answers the configuration too, and that there is no such function. */
function insideOf(one: RecordedCase, name: string, asked: JsonObject): RecordedAnswer | undefined {
  const whole = name === 'lambda:GetFunctionConfiguration' && !one.saved ? statedFor(one, 'lambda:GetFunction', asked) : undefined;
  return whole && (whole.error === undefined ? { ...whole, output: asObject(whole.output)?.['Configuration'] ?? {} } : whole);
}

/** A saved question has all of its fields: a page's token too. */
const isSame = (stated: unknown, question: JsonObject, exactly: boolean): boolean => {
  const saved = asObject(stated) ?? {};
  const keys = new Set([...Object.keys(saved), ...Object.keys(question)]);
  return [...keys].every((key) => (!exactly && instants.has(key)) || JSON.stringify(saved[key]) === JSON.stringify(question[key]));
};
const instants = new Set(['startTime', 'endTime', 'StartTime', 'EndTime']);

/** The fields that a report states must be those of the call; it may state few or none. A stated qualifier is another policy than the plain function's. */
function agrees(stated: unknown, asked: JsonObject, exactly: boolean): boolean {
  return Object.entries(asObject(stated) ?? {}).every(
    ([key, value]) =>
      (asked[key] === undefined && key !== 'Qualifier') ||
      (!exactly && instants.has(key)) ||
      JSON.stringify(asked[key]) === JSON.stringify(value) ||
      (key === 'FunctionName' && plainName(value) !== undefined && plainName(asked[key]) === plainName(value)),
  );
}
/** Reports name a function without its account, which the call has to name where the API is in another, or in none that is told. */
const plainName = (name: unknown): string | undefined => /(?:^|:function:)([\w-]{1,64})$/.exec(asText(name) ?? '')?.[1];

function errorOf(call: string, { error = '', errorKind, message }: RecordedAnswer): CallError {
  return { kind: errorKind ?? kindOf(error), call, name: error, message: message ?? 'as recorded' };
}
function kindOf(name: string): CallError['kind'] {
  if (/NotFound|NoSuch|NonExistent|DoesNotExist/.test(name)) return 'gone';
  if (/AccessDenied|Unauthorized|Forbidden|NotAuthorized/.test(name)) return 'denied';
  return /Throttl|TooMany|RequestLimit|SlowDown/.test(name) ? 'throttled' : 'refused';
}

/** JSON has no bytes and no dates: an export's body and AWS's date fields become them again. */
function outputOf({ one, at }: Told, stated: RecordedAnswer): unknown {
  const output = dated(one.saved ? stated.output : withIds(at, stated));
  const body = asObject(output)?.['body'];
  if (!/:(?:GetExport|ExportApi)$/.test(stated.call) || body === undefined) return output ?? {};
  return { ...asObject(output), body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)) };
}
const dateField = /(?:Timestamps?|Time|Date|NotAfter|NotBefore|At)$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)$/;
function dated(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return dateField.test(key) && instant.test(value) ? new Date(value) : value;
  if (Array.isArray(value)) return value.map((one) => dated(one, key));
  const object = asObject(value);
  return object ? Object.fromEntries(Object.entries(object).map(([k, one]) => [k, dated(one, k)])) : value;
}

/** A report gives one number for the burst: one datapoint in its minute. What it does not give stays without a datapoint. */
function metricData({ one, firstAt }: Told, input: unknown): Result<unknown, CallError> {
  const queries = v.parse(metricQueries, input).MetricDataQueries;
  // a search over the whole account finds nothing in a report of one API
  const results = queries.map(({ Id, MetricStat }) => {
    const { Metric, Stat } = MetricStat ?? {};
    const values = (one.metrics ?? [])
      .filter((m) => m.namespace === Metric?.Namespace && m.name === Metric.MetricName && (m.statistic === Stat || nothingOf(m)))
      .map((m) => m.value);
    return { Id, StatusCode: 'Complete', Timestamps: values.slice(0, 1).map(() => new Date(firstAt)), Values: values.slice(0, 1) };
  });
  return results.some((r) => r.Values.length > 0) ? ok({ MetricDataResults: results }) : err(notRecorded('cloudwatch:GetMetricData'));
}
/** A count whose largest value, sum or mean is 0 is 0 by every statistic; whoever reports it names one of them. */
const nothingOf = ({ statistic, value }: { readonly statistic: string; readonly value: number }): boolean =>
  value === 0 && (statistic === 'Maximum' || statistic === 'Sum' || statistic === 'Average');
const metricQueries = v.object({
  MetricDataQueries: v.array(
    v.object({
      Id: v.string(),
      MetricStat: v.optional(v.object({ Metric: v.object({ Namespace: v.string(), MetricName: v.string() }), Stat: v.string() })),
    }),
  ),
});

/** The recorded lines under the group they would stand in; the groups of access logs and authorizers are never recorded. */
function logEvents({ lines }: Told, input: unknown): Result<unknown, CallError> {
  const group = asText(asObject(input)?.['logGroupName']) ?? '';
  const written = group.startsWith('/aws/lambda/')
    ? 'function'
    : group.startsWith('API-Gateway-Execution-Logs_') || group.startsWith('/aws/apigateway/')
      ? 'execution'
      : undefined;
  const found = lines.filter((line) => line.log === written);
  return found.length === 0
    ? err(notRecorded('logs:FilterLogEvents'))
    : ok({ events: found.map((line) => ({ timestamp: line.at, message: line.text })) });
}

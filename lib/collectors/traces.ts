// Traces of failed requests, where the stage or its functions send any: which call behind the function failed, was refused or never
// came back. At most five are read; X-Ray samples, so none does not mean that nothing failed.
import type { Answer, Aws } from '../aws/calls.ts';
import { functionsToLookAt } from '../model/deployed.ts';
import { got, missing, type Evidence } from '../model/evidence.ts';
import { asObject, asText, parseJson, type JsonObject } from '../model/json.ts';
import type { TraceCall, TraceFact, Traces } from '../model/kinds/around-function.ts';
import { minuteMs } from '../model/series.ts';
import type { StageRef } from '../model/api.ts';
import { collector, notHad } from './collector.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    traces: Traces;
  }
}

/** BatchGetTraces takes five ids a call (evidence.md §5). */
const tracesRead = 5;
/** Traces of the last minutes speak of the present fault. */
const lookBackMs = 15 * minuteMs;
const calls = ['xray:GetTraceSummaries', 'xray:BatchGetTraces'] as const;

export default collector({
  kind: 'traces',
  title: 'X-Ray traces of failed requests',
  trust: 'aws',
  calls,
  needs: ['deployedApi', 'functionConfig'],
  round: 'suspect',
  maxCalls: 2,
  async read(aws, { at, have, lines, window }): Promise<Evidence<Traces>> {
    if (have.deployedApi.state === 'missing') return have.deployedApi;
    const config = have.functionConfig.state === 'got' ? have.functionConfig.value.functions : {};
    const traced = functionsToLookAt(have.deployedApi.value, lines).filter((f) => config[f.key]?.tracing === 'Active');
    const filter = filterOf(
      at,
      have.deployedApi.value.tracing === true,
      traced.map((f) => f.ref.name),
    );
    if (filter === undefined) return missing('notEnabled', 'neither the stage nor its functions send traces to X-Ray');
    const from = Math.max(window.from, window.to - lookBackMs);
    const summaries = await aws.call('xray:GetTraceSummaries', {
      StartTime: new Date(from),
      EndTime: new Date(window.to),
      FilterExpression: filter,
      Sampling: false,
    });
    if (!summaries.ok) return notHad(summaries.error);
    const ids = newestOf(summaries.value);
    return ids.length === 0
      ? missing('empty', 'X-Ray has no trace of a failed request in this span')
      : readTraces(aws, ids, { from, to: window.to });
  },
});

/** Failed requests of the stage, else of the function behind it; a name in a filter stands in quotes. */
function filterOf(at: StageRef, stageTraced: boolean, functions: readonly string[]): string | undefined {
  const [first] = functions;
  if (stageTraced && at.apiName !== undefined)
    return `service(id(name: "${quoted(`${at.apiName}/${at.stage}`)}", type: "AWS::ApiGateway::Stage")) { fault = true }`;
  return first === undefined ? undefined : `service(id(name: "${quoted(first)}", type: "AWS::Lambda::Function")) { fault = true }`;
}
const quoted = (name: string): string => name.replace(/["\\]/g, '');

type Summaries = Extract<Answer<'xray:GetTraceSummaries'>, { ok: true }>['value'];
/** Whole traces, newest first: an id begins with its second of birth. */
const newestOf = ({ TraceSummaries: list }: Summaries): readonly string[] =>
  (list ?? [])
    .flatMap((s) => (s?.Id === undefined || s.IsPartial === true ? [] : [s.Id]))
    .toSorted((a, b) => (a < b ? 1 : -1))
    .slice(0, tracesRead);

async function readTraces(
  aws: Aws<'xray:BatchGetTraces'>,
  ids: readonly string[],
  span: { from: number; to: number },
): Promise<Evidence<Traces>> {
  const answer = await aws.call('xray:BatchGetTraces', { TraceIds: [...ids] });
  if (!answer.ok) return notHad(answer.error);
  const traces = (answer.value.Traces ?? []).flatMap((t) => {
    if (t?.Id === undefined) return [];
    const segments = (t.Segments ?? []).flatMap((s) => documentOf(s?.Document));
    return [traceOf(t.Id, (t.Duration ?? 0) * 1000, segments)];
  });
  return traces.length === 0 ? missing('empty', 'X-Ray listed traces and had none of them') : got({ traces }, span, 'aws');
}

function documentOf(text: string | undefined): readonly JsonObject[] {
  const json = text === undefined ? undefined : parseJson(text);
  const document = json?.ok ? asObject(json.value) : undefined;
  return document ? [document] : [];
}

const traceOf = (id: string, durationMs: number, segments: readonly JsonObject[]): TraceFact => ({
  id,
  durationMs,
  calls: segments.flatMap((s) => callsIn(s, endOf(segments))),
});
const seconds = (o: JsonObject, key: string): number | undefined => (typeof o[key] === 'number' ? o[key] : undefined);
const endOf = (segments: readonly JsonObject[]): number => Math.max(0, ...segments.map((s) => seconds(s, 'end_time') ?? 0));

/** Subsegments that leave the function: `aws` for a service, `remote` for anything else (X-Ray segment documents). Those between are passed through. */
function callsIn(o: JsonObject, traceEnd: number): readonly TraceCall[] {
  const inside: readonly unknown[] = Array.isArray(o['subsegments']) ? o['subsegments'] : [];
  return inside.flatMap((one) => {
    const sub = asObject(one);
    if (!sub) return [];
    const leaves = sub['namespace'] === 'aws' || sub['namespace'] === 'remote';
    return leaves ? [callOf(sub, traceEnd)] : callsIn(sub, traceEnd);
  });
}

function callOf(sub: JsonObject, traceEnd: number): TraceCall {
  const operation = asText(asObject(sub['aws'])?.['operation']);
  const status = asObject(asObject(sub['http'])?.['response'])?.['status'];
  const says = exceptionIn(sub);
  const startedAt = seconds(sub, 'start_time') ?? traceEnd;
  return {
    name: asText(sub['name']) ?? 'an unnamed call',
    ...(operation === undefined ? {} : { operation }),
    ms: Math.max(0, Math.round(((seconds(sub, 'end_time') ?? traceEnd) - startedAt) * 1000)),
    ...(sub['fault'] === true ? { fault: true as const } : {}),
    ...(sub['error'] === true ? { error: true as const } : {}),
    ...(sub['throttle'] === true ? { throttled: true as const } : {}),
    ...(sub['in_progress'] === true || sub['end_time'] === undefined ? { unfinished: true as const } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    ...(says === undefined ? {} : { says: says.slice(0, 300) }),
  };
}

function exceptionIn(sub: JsonObject): string | undefined {
  const list: unknown = asObject(sub['cause'])?.['exceptions'];
  const first = asObject(Array.isArray(list) ? (list as readonly unknown[])[0] : undefined);
  return asText(first?.['message']);
}

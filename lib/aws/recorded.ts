// One recorded case as an account: an `Attempt` that answers from what was reported, and *not recorded* for everything else. So
// `diagnose --input` runs the very collectors and causes of production. Format: test/corpus/README.md.
import type { StageRef } from '../model/api.ts';
import type { LogLine } from '../model/signal.ts';
import { asObject, asText } from '../model/json.ts';
import type { Attempt } from './calls.ts';
import type { Allowed } from './probe.ts';
import { attemptOf } from './recorded/answers.ts';
import type { RecordedCase } from './recorded/case.ts';
import { filed, type Pasted } from './recorded/filed.ts';
import { decoded, joined, parted } from './recorded/pasted.ts';
import { placeOf } from './recorded/place.ts';
import { cutLine, redactText } from './redact.ts';

export { readCase, type RecordedCase } from './recorded/case.ts';
export { writeCase, type SavedCase } from './recorded/save.ts';

/** The instant a reported case is looked at; nothing in it has a date of its own. */
const recordedAt = Date.parse('2026-01-01T12:00:00Z');
const firstAt = recordedAt - 10 * 60_000;

export interface Recorded {
  readonly at: StageRef;
  readonly lines: readonly LogLine[];
  readonly attempt: Attempt;
  readonly window: { readonly from: number; readonly to: number };
  /** The instant it is looked at. */
  readonly now: number;
  readonly firstFailureAt?: number;
  readonly lastFailureAt?: number;
  /** What was tried out when it was recorded: in a recorded case a probe is an answer like any other. */
  readonly probes: Allowed;
}

/** A case as a place, its lines, and what AWS would answer. */
export function recorded(one: RecordedCase): Recorded {
  const at = one.saved ? savedPlace(one.saved.at) : placeOf(one);
  const lines = one.saved ? savedLines(one.saved.lines) : linesOf(one);
  const times = one.saved
    ? { window: one.saved.window, now: one.saved.now, ...given('firstFailureAt', one.saved), ...given('lastFailureAt', one.saved) }
    : { window: { from: firstAt, to: recordedAt }, now: recordedAt };
  return { at, lines, attempt: attemptOf({ one, at, lines, firstAt }), probes: one.saved?.probes ?? triedIn(one), ...times };
}

function triedIn(one: RecordedCase): Allowed {
  const inputs = (call: string) => (one.answers ?? []).filter((a) => a.call === call).map((a) => asObject(a.input));
  return {
    hosts: inputs('probe:Tls').flatMap((input) => asText(input?.['Host']) ?? []),
    methods: inputs('apigateway:TestInvokeMethod').flatMap((input) => {
      const [method, path] = [asText(input?.['httpMethod']), asText(input?.['pathWithQueryString'])];
      return method === undefined || path === undefined ? [] : [`${method} ${path}`];
    }),
  };
}

type Saved = NonNullable<RecordedCase['saved']>;
const given = <K extends 'firstFailureAt' | 'lastFailureAt'>(key: K, saved: Saved): { readonly [P in K]?: number } =>
  saved[key] === undefined ? {} : ({ [key]: saved[key] } as { [P in K]: number });
const savedPlace = ({ apiName, ...at }: Saved['at']): StageRef => ({ ...at, ...(apiName === undefined ? {} : { apiName }) });
const savedLines = (lines: Saved['lines']): readonly LogLine[] =>
  lines.map(({ requestId, ...line }) => ({ ...line, text: fit(line.text), ...(requestId === undefined ? {} : { requestId }) }));

const fit = (text: string): string => cutLine(redactText(text));

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
  const texts = (one.logs ?? []).flatMap(({ kind, lines }): readonly Pasted[] => {
    const log = kinds[kind];
    return log ? asWritten(log, lines.map(decoded)).map((text) => ({ log, text })) : [];
  });
  const all = [...texts, ...reportLine(one), ...responseLine(one)].flatMap(filed);
  return all.map(({ log, text }, n) => ({ at: firstAt + n, log, text: fit(text) }));
}
const asWritten = (log: LogLine['log'], lines: readonly string[]): readonly string[] =>
  log === 'execution' ? lines.flatMap(parted) : joined(lines);

/** An init duration is told by REPORT lines only; a report that gives the number gives such a line. */
function reportLine(one: RecordedCase): readonly Pasted[] {
  const init = (one.metrics ?? []).find((m) => m.namespace === 'logs' && m.name === 'InitDuration');
  return init ? [{ log: 'function', text: `REPORT Init Duration: ${init.value.toFixed(2)} ms` }] : [];
}

/** Status, the headers that tell families and authorizers apart (messages.md §0), body. */
function responseLine({ response }: RecordedCase): readonly Pasted[] {
  if (!response) return [];
  const headers = Object.entries(response.headers ?? {}).flatMap(([name, value]) =>
    toldHeaders.has(name.toLowerCase()) && typeof value === 'string' ? [`${name.toLowerCase()}=${value}`] : [],
  );
  const body = response.body === undefined || response.body === null ? [] : [`body=${textOf(response.body)}`];
  const status = typeof response.status === 'number' ? [`status=${response.status}`] : [];
  const parts = [...status, ...headers, ...body];
  return parts.length === 0 ? [] : [{ log: 'access', text: status.length === 0 ? `status=- ${parts.join(' ')}` : parts.join(' ') }];
}
const toldHeaders = new Set(['x-amzn-errortype', 'apigw-requestid', 'x-amz-apigw-id', 'x-cache', 'server']);
const textOf = (body: unknown): string => decoded(typeof body === 'string' ? body : JSON.stringify(body));

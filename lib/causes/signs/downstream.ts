// What a function called and did not get: out of traces, which no caller can write, and out of the words of an error.
import type { DependencyFacts, DependencyFault } from '../../model/facts/code.ts';
import type { TraceCall, Traces } from '../../model/kinds/around-function.ts';

/** A call that fills this share of a slow trace is what it waited for. */
const mostOfIt = 0.8;
const slowMs = 1000;

export type Downstream = Pick<DependencyFacts, 'what' | 'name'> & { readonly traces: number; readonly of: number; readonly detail: string };

/** The call that failed or hung in most of the traces; undefined when none stands out. */
export function downstreamIn({ traces }: Traces): Downstream | undefined {
  const culprits = traces.flatMap((t) => {
    const call = t.calls.find(failed) ?? t.calls.find((c) => hung(c, t.durationMs));
    return call ? [call] : [];
  });
  const names = [...new Set(culprits.map((c) => c.name))].sort();
  const most = names.map((name) => culprits.filter((c) => c.name === name)).toSorted((a, b) => b.length - a.length)[0];
  const [first] = most ?? [];
  if (!first || !most || most.length * 2 <= traces.length) return undefined;
  const what = faultOf(first);
  return { what, name: first.name, traces: most.length, of: traces.length, detail: inWords(first, what) };
}

const failed = (c: TraceCall): boolean => c.fault === true || c.throttled === true || c.error === true;
const hung = (c: TraceCall, durationMs: number): boolean =>
  (c.unfinished === true || c.ms >= mostOfIt * durationMs) && c.ms >= slowMs && durationMs >= slowMs;

function faultOf(c: TraceCall): DependencyFault {
  if (c.throttled === true) return 'throttled';
  if (c.status === 403 || /not authorized|AccessDenied/.test(c.says ?? '')) return 'denied';
  if (c.fault === true || c.error === true) return /ECONNREFUSED|onnection refused/.test(c.says ?? '') ? 'refused' : 'failing';
  return 'slow';
}

function inWords(c: TraceCall, what: DependencyFault): string {
  const call = c.operation === undefined ? c.name : `${c.name} ${c.operation}`;
  if (what === 'slow') return c.unfinished ? `${call} had not answered after ${c.ms} ms` : `${call} took ${c.ms} ms`;
  return `${call} failed${c.status === undefined ? '' : ` with ${c.status}`}${c.says === undefined ? '' : `: ${c.says}`}`;
}

const throttledWords = /Throughput|Throttl|RequestLimitExceeded|Rate exceeded|TooManyRequests|LimitExceededException|\b429\b/;
const deniedWords = /not authorized|AccessDenied|Access denied for user|authentication failed|ogin failed|UnrecognizedClient|ExpiredToken/;
const refusedWords = /ECONNREFUSED|onnection refused|oo many connections|connection slots|ER_CON_COUNT/;
const failingWords = /status code 5|Response code 5|Server Error|ResourceNotFound|NoSuchBucket|QueueDoesNotExist/;

/** What kind of failure a line's error is. */
export function faultIn(text: string): DependencyFault {
  if (throttledWords.test(text)) return 'throttled';
  if (deniedWords.test(text)) return 'denied';
  if (refusedWords.test(text)) return 'refused';
  return failingWords.test(text) ? 'failing' : 'unreachable';
}

/** The IAM action and the resource, or the host, that an error names. */
export function namedIn(text: string): Pick<DependencyFacts, 'name' | 'action'> {
  const denied = /is not authorized to perform: ([\w-]{1,40}:[\w*]{1,80})(?: on resource: ([\w:/.*+=,@-]{1,300}))?/.exec(text);
  if (denied?.[1]) return { action: denied[1], ...(denied[2] ? { name: denied[2] } : {}) };
  const host = /(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH) ([\w.:-]{3,253})/.exec(text)?.[1];
  return host === undefined ? {} : { name: host };
}

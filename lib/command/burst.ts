// Where in the span a person gave the newest burst lies: metrics of the whole span are read once, then the look goes to the burst, as an
// investigation of it would have.
import { blipOf } from '../model/blip.ts';
import type { Aws, CallName } from '../aws/calls.ts';
import { metricNames, dimensionsOf } from '../collectors/gateway-metrics.ts';
import { readMetrics, type Wanted } from '../collectors/reading/metrics.ts';
import type { StageRef } from '../model/api.ts';
import type { Window } from '../model/evidence.ts';
import type { Series } from '../model/kinds/api.ts';
import { minuteMs, sum } from '../model/series.ts';
import type { Looked } from './look.ts';

export interface Burst {
  readonly span: Window;
  /** `unseen`: the metrics could not be read. `silent`: no datapoint, so no request. */
  readonly read: 'seen' | 'silent' | 'unseen';
  readonly requests: number;
  /** In the whole span. */
  readonly failures: number;
  /** What the look is given. */
  readonly times: { readonly window: Window; readonly firstFailureAt?: number; readonly lastFailureAt?: number };
}

/** Failures further apart than this are two bursts. */
const gapMs = 10 * minuteMs;
/** What the burst is compared with, and where it is seen to end. */
const beforeMs = 10 * minuteMs;
const afterMs = 5 * minuteMs;
/** A long burst is looked at in its last hour, as in an investigation. */
const longestMs = 60 * minuteMs;

export async function burstIn(aws: Aws<CallName>, at: StageRef, span: Window): Promise<Burst> {
  const unseen: Burst = {
    span,
    read: 'unseen',
    requests: 0,
    failures: 0,
    times: { window: { from: Math.max(span.from, span.to - longestMs), to: span.to } },
  };
  const dimensions = dimensionsOf(at);
  if (!dimensions) return unseen;
  const wanted = (id: string, name: string): Wanted => ({ id, namespace: 'AWS/ApiGateway', name, stat: 'Sum', dimensions });
  const { count, serverErrors } = metricNames[at.apiType];
  const read = await readMetrics(aws, [wanted('count', count), wanted('bad', serverErrors)], span);
  if (!read.ok) return unseen;
  const [all, bad] = [read.value.get('count'), read.value.get('bad')].map((series) => series ?? { at: [], values: [] });
  return all && bad ? placed(span, all, bad, unseen.times) : unseen;
}

function placed(span: Window, all: Series, bad: Series, whole: Burst['times']): Burst {
  const numbers = {
    span,
    requests: sum(all),
    failures: sum(bad),
    read: all.at.length + bad.at.length === 0 ? ('silent' as const) : ('seen' as const),
  };
  const failing = bad.at.filter((_, i) => (bad.values[i] ?? 0) > 0);
  const last = failing.at(-1);
  if (last === undefined) return { ...numbers, times: whole };
  const first = failing.reduceRight((start, minute) => (start - minute <= gapMs ? minute : start), last);
  const to = Math.min(span.to, last + minuteMs + afterMs);
  return {
    ...numbers,
    times: {
      window: { from: Math.max(first - beforeMs, to - longestMs), to },
      firstFailureAt: first,
      lastFailureAt: Math.min(span.to, last + minuteMs),
    },
  };
}

const clock = (atMs: number): string => `${new Date(atMs).toISOString().slice(11, 16)} UTC`;
const number = (n: number): string => n.toLocaleString('en-US');

/** `60 of 1,200 requests failed since 11:32 UTC; the burst began at 11:50 UTC, and it fails now`. */
export function trafficSentence({ span, read, requests, failures, times }: Burst, { diagnosis }: Pick<Looked, 'diagnosis'>): string {
  const since = `since ${clock(span.from)}`;
  if (read === 'unseen') return `its metrics ${since} could not be read`;
  if (read === 'silent') return `no request reached it ${since}, by its metrics`;
  if (failures === 0) return `none of ${number(requests)} requests failed ${since}`;
  const { firstFailureAt = span.from, lastFailureAt = span.to } = times;
  const passed = blipOf(diagnosis);
  const state =
    diagnosis.failing === true
      ? 'it fails now'
      : diagnosis.failing === false
        ? `the last failed before ${clock(lastFailureAt)}${passed === undefined ? '' : `: ${passed}`}`
        : 'whether it fails now is not known yet';
  return `${number(failures)} of ${number(requests)} requests failed ${since}; the burst began at ${clock(firstFailureAt)}, and ${state}`;
}

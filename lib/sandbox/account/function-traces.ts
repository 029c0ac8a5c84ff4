// What X-Ray gets of a failed run, where the function sends traces: one segment of the function with the call it made.
import { type Base, hexOf } from './base.ts';
import type { FunctionTrace } from './functions.ts';
import type { Run } from './invoke.ts';

/** X-Ray shows a trace some seconds after its last segment (evidence.md §5: 10 to 60). */
const delayMs = 15_000;
/** Enough for a burst; a real account keeps thirty days. */
const kept = 200;
/** X-Ray's default sampling takes the first request of each second; the five in a hundred beside it are left out here. */
const everyMs = 1000;

export function trace(base: Base, traces: FunctionTrace[], run: Run): void {
  const last = traces.findLast((t) => t.functionName === run.fn.name);
  if (last && run.at < last.at + everyMs) return;
  const { downstream } = run.release.work;
  const [start, end] = [run.at / 1000, run.endAt / 1000];
  const hangs = run.outcome === 'timeout';
  const call = downstream && {
    id: hexOf(16, base.seed, 'call', run.n),
    name: downstream,
    namespace: 'remote',
    start_time: start + 0.005,
    ...(hangs ? { in_progress: true } : { end_time: end, fault: true, cause: { exceptions: [{ message: run.errorText }] } }),
  };
  const document = JSON.stringify({
    id: hexOf(16, base.seed, 'segment', run.n),
    name: run.fn.name,
    origin: 'AWS::Lambda::Function',
    start_time: start,
    end_time: end,
    fault: true,
    subsegments: [
      {
        id: hexOf(16, base.seed, 'invocation', run.n),
        name: 'Invocation',
        start_time: start,
        end_time: end,
        subsegments: call ? [call] : [],
      },
    ],
  });
  const id = `1-${Math.floor(start).toString(16)}-${hexOf(24, base.seed, 'trace', run.n)}`;
  traces.push({ id, functionName: run.fn.name, at: run.at, visibleAt: run.endAt + delayMs, durationMs: run.endAt - run.at, document });
  if (traces.length > kept) traces.shift();
}

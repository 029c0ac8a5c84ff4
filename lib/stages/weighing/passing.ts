// Trouble that seems to pass: no cause is found and no failure is seen any more. Metrics lag by minutes, so it is watched whether that
// lasts instead of being called an unknown cause. Pure.
import { blipOf } from '../../model/blip.ts';
import type { Diagnosis } from '../../model/cause.ts';
import type { Gathered } from '../../model/evidence.ts';
import type { Incident } from '../../model/incident.ts';
import { lastFailingMinuteEnd } from '../../model/recovery.ts';

/** Log lines come within seconds, yet an incident's row takes news once a minute; metrics show a minute up to three after it began. */
const unseenMs = { log: 90_000, alarm: 4 * 60_000 };
/** What was mended takes a while to be in force everywhere, and requests under way still fail. */
const inForceMs = 30_000;

/** Why it is only watched; undefined while requests fail of something unknown, and while a cause is named. */
export function passing(
  incident: Pick<Incident, 'from' | 'lines' | 'lastFailureAt' | 'named' | 'goneAt'>,
  diagnosis: Diagnosis,
  evidence: Gathered,
  now: number,
): string | undefined {
  if (diagnosis.cause !== 'unknown') return undefined;
  const seenAt = newestFailureAt(incident, evidence);
  const quiet = now - seenAt;
  const { named, goneAt, from } = incident;
  const blip = blipOf(diagnosis);
  if (diagnosis.failing === false) return `no request has failed for ${Math.round(quiet / 1000)} s${blip === undefined ? '' : `: ${blip}`}`;
  const visible = from === 'log' || evidence.gatewayMetrics?.state === 'got';
  if (visible && quiet > unseenMs[from]) return `no failed request was seen for ${Math.round(quiet / 1000)} s`;
  if (named && goneAt !== undefined && visible && seenAt <= goneAt + inForceMs)
    return `${named.cause} is not found any more, and no request was seen to fail since`;
  return undefined;
}

/** By the start of the newest minute that failed, for its end may lie after the failure; by log lines to the millisecond. */
function newestFailureAt({ lines, lastFailureAt }: Pick<Incident, 'lines' | 'lastFailureAt'>, { gatewayMetrics }: Gathered): number {
  const end = gatewayMetrics?.state === 'got' ? lastFailingMinuteEnd(gatewayMetrics.value) : undefined;
  const byMetrics = end === undefined || gatewayMetrics?.state !== 'got' ? 0 : end - gatewayMetrics.value.periodMs;
  return Math.max(lastFailureAt, byMetrics, ...lines.map((line) => line.at));
}

// When an incident is over, and how it ended: the stage has not failed for a while, by what nobody can forge where that can be
// had. No traffic is not proof of health, so without a clear answer it waits longer. Pure.
import type { Outcome } from '../../model/change.ts';
import type { Gathered } from '../../model/evidence.ts';
import type { Incident } from '../../model/incident.ts';

const minute = 60_000;
/** Above the two-minute rhythm of spikes, and of metrics that lag. */
const quietMs = 5 * minute;
/** Where metrics do not say whether it fails. */
const quietUnknownMs = 10 * minute;
/** An alarm speaks only when it changes: its silence says less. */
const quietAlarmMs = 30 * minute;
const oldestMs = 24 * 60 * minute;
/** A burst this short passed by itself, whatever was said about it meanwhile. */
const passingMs = minute;
/** A burst of up to a minute falls into at most two minutes of metrics. */
const passingMinutes = 2;

/** Why it is over; undefined while it is not. */
export function over(incident: Incident, lastFailureAt: number, now: number): string | undefined {
  const quiet = now - lastFailureAt;
  const minutes = Math.round(quiet / minute);
  const failing = incident.diagnosis?.failing;
  if (failing === false && quiet > quietMs) return `no request has failed for ${minutes} minutes`;
  if (failing === undefined && quiet > (incident.from === 'alarm' ? quietAlarmMs : quietUnknownMs))
    return `no failure was seen for ${minutes} minutes; metrics do not say more`;
  return now - incident.openedAt > oldestMs ? 'it is a day old: a new burst opens a new incident' : undefined;
}

/** How it ended by itself. What was asked or advised about a burst that was gone within a minute does not count. */
export function outcomeOf(incident: Incident, evidence: Gathered): Outcome {
  const standing = incident.standing ?? 'none';
  return (standing === 'asked' || standing === 'advised') && passed(incident, evidence) ? 'none' : standing;
}

/** By metrics where they are there, and by the failing lines; an alarm's own times are those of its transitions, not of failures. */
function passed(incident: Incident, evidence: Gathered): boolean {
  if (incident.changes.length > 0) return false;
  const metrics = evidence.gatewayMetrics;
  const minutes = metrics?.state === 'got' ? metrics.value.serverErrors.values.filter((n) => n > 0).length : undefined;
  const lines = incident.lines.map((line) => line.at);
  const byLines = lines.length === 0 ? undefined : Math.max(...lines) - Math.min(...lines) <= passingMs;
  if (minutes === undefined) return byLines ?? incident.lastFailureAt - incident.firstFailureAt <= passingMs;
  return minutes <= passingMinutes && byLines !== false;
}

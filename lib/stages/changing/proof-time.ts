// When a change can be judged: only by whole minutes that began after it was in force, and only once their metrics are there.
const minute = 60_000;
/** IAM and Lambda's control plane take seconds until a change is in force everywhere (fixes.md §1); the minute after that counts. */
const inForceMs = 10_000;
/** CloudWatch shows a minute's datapoint one to two minutes after its end (evidence.md: ask until now − 120 s). */
export const metricsLagMs = 2 * minute;

/** The first look is short: it asks whether the settings are in force. */
export const firstLookMs = 30_000;
export const nextLookMs = minute;

export const wholeMinuteAfter = (ms: number): number => Math.ceil(ms / minute) * minute;
export const wholeMinuteBefore = (ms: number): number => Math.floor(ms / minute) * minute;

/** Proof counts from here. */
export const provenFrom = (settledAt: number): number => wholeMinuteAfter(settledAt + inForceMs);

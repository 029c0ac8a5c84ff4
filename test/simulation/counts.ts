// What a number of worlds came to, added up.
import type { Breach } from './laws/index.ts';
import type { World } from './open.ts';

export interface Counts {
  readonly worlds: number;
  readonly changes: number;
  readonly asked: number;
  readonly undone: number;
  readonly stuck: number;
  readonly clicks: number;
  readonly crashes: number;
  /** Of the simulated stories. */
  readonly hours: number;
  readonly byFix: Readonly<Record<string, number>>;
}
export interface Failed {
  readonly seed: number;
  readonly breaches: readonly Breach[];
}
export interface Tally {
  readonly counts: Counts;
  readonly failed: readonly Failed[];
}

const begun = (c: { readonly entries: readonly { readonly step: string }[] }): boolean => c.entries.some((e) => e.step === 'applying');

export function countsOf({ witness, people, strikes, clock, startAt }: World): Counts {
  const changes = [...witness.changes.values()].filter(begun);
  const byFix: Record<string, number> = {};
  for (const { plan } of changes) byFix[plan.fix] = (byFix[plan.fix] ?? 0) + 1;
  return {
    worlds: 1,
    changes: changes.length,
    asked: changes.filter((c) => c.approvedBy !== undefined).length,
    undone: changes.filter((c) => c.step === 'undone').length,
    stuck: changes.filter((c) => c.entries.some((e) => e.step === 'stuck')).length,
    clicks: people.clicks.length,
    crashes: strikes.crashes,
    hours: (clock.now() - startAt) / 3_600_000,
    byFix,
  };
}

export const nothing: Tally = {
  counts: { worlds: 0, changes: 0, asked: 0, undone: 0, stuck: 0, clicks: 0, crashes: 0, hours: 0, byFix: {} },
  failed: [],
};

export function together(a: Tally, b: Tally): Tally {
  const keys = ['worlds', 'changes', 'asked', 'undone', 'stuck', 'clicks', 'crashes', 'hours'] as const;
  const sums = Object.fromEntries(keys.map((k) => [k, a.counts[k] + b.counts[k]])) as Record<(typeof keys)[number], number>;
  const byFix = { ...a.counts.byFix };
  for (const [fix, n] of Object.entries(b.counts.byFix)) byFix[fix] = (byFix[fix] ?? 0) + n;
  return { counts: { ...sums, byFix }, failed: [...a.failed, ...b.failed] };
}

export const told = ({ counts: c, failed }: Tally, seconds: number): string =>
  [
    `${c.worlds} worlds (${Math.round(c.hours)} simulated hours), ${c.changes} changes made (${c.asked} asked), ${c.undone} undone, ${c.stuck} stuck, ${c.clicks} clicks, ${c.crashes} crashes injected, ${failed.length} violations, ${seconds.toFixed(1)} s`,
    ...Object.entries(c.byFix)
      .toSorted(([, x], [, y]) => y - x)
      .map(([fix, n]) => `  ${String(n).padStart(6)} ${fix}`),
  ].join('\n');

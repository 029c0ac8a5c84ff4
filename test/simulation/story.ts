// Tells a world in a few lines: what a person needs to see the bug.
import type { Breach } from './laws/index.ts';
import type { Event, Plan } from './events.ts';

const clock = (ms: number): string => `${Math.floor(ms / 60_000)}:${String(Math.floor((ms % 60_000) / 1000)).padStart(2, '0')}`;

function said(e: Event): string {
  const { atMs: _, is, ...rest } = e;
  const words = Object.entries(rest).map(([key, value]) => {
    if (typeof value === 'number' && key.endsWith('Ms')) return `${key.slice(0, -2)} ${clock(value)}`;
    return value === true ? key : `${key} ${typeof value === 'number' ? Number(value.toFixed(2)) : String(value)}`;
  });
  return `${clock(e.atMs).padStart(6)}  ${is} ${words.join(', ')}`;
}

export const story = (plan: Plan, breaches: readonly Breach[]): string =>
  [
    `seed ${plan.seed}: ${plan.stages} stages${plan.unlisted ? ' (the last not listed)' : ''}, ${plan.logs ? 'with' : 'without'} logs, delivered ${plan.deliveredTimes}×, owner ${JSON.stringify(plan.owner)}${plan.firstFix === undefined ? '' : `, ${plan.firstFix} first`}`,
    ...(plan.past ?? []).map((p) => `before  ${p.is} on stage ${p.stage}, ${clock(p.agoMs)} ago`),
    ...plan.events.map(said),
    ...breaches.slice(0, 5).map((b) => `  ✗ ${b.law}: ${b.says}`),
  ].join('\n');

// What mode `act` would do, weighed by the very plan, guards and objections of the decision: only the mode's own word is left out. Pure.
import type { Diagnosis } from '../../model/cause.ts';
import type { Objection, Plan } from '../../model/change.ts';
import type { Shadow } from '../../model/shadow.ts';

/** The guards that speak of nothing but the mode. */
const ofMode = new Set(['observe-mode', 'ask-mode']);

interface Looking {
  readonly now: number;
  /** When a decision to wait looks again. */
  readonly nextLook: (objections: readonly Objection[], now: number) => number;
}

/** Over a plan; undefined in mode `act`, where the decision says it itself. */
export function shadowOf(mode: string, plan: Plan, objections: readonly Objection[], { now, nextLook }: Looking): Shadow | undefined {
  if (mode === 'act') return undefined;
  const against = objections.filter((o) => !ofMode.has(o.id));
  const has = (lowersTo: Objection['lowersTo']): boolean => against.some((o) => o.lowersTo === lowersTo);
  const { fix, hash, preview, usdPerHour } = plan;
  const would = has('advise') ? 'advise' : has('ask') ? 'ask' : has('wait') ? 'wait' : 'act';
  return {
    at: now,
    would,
    ...(would === 'wait' ? { untilAt: nextLook(against, now) } : {}),
    plan: { fix, hash, preview, ...(usdPerHour === undefined ? {} : { usdPerHour }) },
    against: against.map(({ id, says }) => ({ id, says })),
  };
}

/** Without a plan: why there is none. A cause that is not known has no shadow. */
export function shadowWithout(mode: string, { cause, certainty }: Diagnosis, because: readonly string[], now: number): Shadow | undefined {
  if (mode === 'act' || cause === 'unknown') return undefined;
  const why =
    because.length > 0 ? because : [certainty === 'confirmed' ? `no installed fix treats ${cause}` : `${cause} is only suspected`];
  return { at: now, would: 'advise', against: why.map((says) => ({ id: 'no-plan', says })) };
}

// The choice itself: act, ask, wait, advise, or close. Questions a person answered come first, then whether it is over, then the
// plan and all that speaks against it. Reads the world and writes nothing: decide stores the answer in one conditional write.
import type { CallName } from '../../aws/calls.ts';
import type { Diagnosis } from '../../model/cause.ts';
import type { Objection, Plan } from '../../model/change.ts';
import type { Gathered } from '../../model/evidence.ts';
import type { Incident, Question } from '../../model/incident.ts';
import type { Shadow } from '../../model/shadow.ts';
import { rows, stageId } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { advise, adviceOf, kept, lookAgain } from './advise.ts';
import { weighApproval } from './approval.ts';
import { approvedChangeId } from './change-id.ts';
import type { Draft } from './draft.ts';
import { outcomeOf, over } from './over.ts';
import { passing } from './passing.ts';
import { makePlan } from './plan.ts';
import { shadowOf, shadowWithout } from './shadow.ts';
import { ask, isRuledOut, settle, withdrawn } from './question.ts';
import { takesTwo } from './consent.ts';
import { lastFailureOf, objectionsTo, returnedOf, situationOf } from './situation.ts';

const minute = 60_000;
/** The first seconds of a stage are silent, so that an outage of many stages becomes one message. */
export const quietMs = 20_000;
/** While evidence is on its way (metrics lag one to two minutes, CloudTrail five to fifteen) it looks more often. */
const earlyMs = 10 * minute;
/** A wait never lasts longer than this without another look. */
const longestWaitMs = 2 * minute;

/** The plan of a cause, weighed. */
type Weighed = { readonly shadow?: Shadow | undefined } & (
  | { readonly is: 'act'; readonly plan: Plan; readonly because: readonly string[] }
  | {
      readonly is: 'against';
      readonly plan: Plan;
      readonly lowersTo: Objection['lowersTo'];
      readonly because: readonly string[];
      readonly untilAt: number;
    }
  | { readonly is: 'noPlan'; readonly refused: boolean; readonly because: readonly string[] }
);

export async function weigh(world: World<CallName>, incident: Incident): Promise<Draft> {
  const now = world.now();
  const evidence = (await rows.evidence.get(world.store, incident.id))?.value.gathered ?? {};
  const { question, notes } = settle(incident, now);
  const draft = await choose(world, { ...incident, ...(question ? { question } : {}) }, evidence, now);
  const dismissed = question?.state === 'dismissed' ? [...new Set([...(incident.dismissed ?? []), question.plan.fix])] : incident.dismissed;
  return { ...(question ? { question } : {}), ...(dismissed ? { dismissed } : {}), ...draft, notes: [...notes, ...draft.notes] };
}

async function choose(world: World<CallName>, incident: Incident, evidence: Gathered, now: number): Promise<Draft> {
  const { question, diagnosis } = incident;
  if (question?.state === 'approved' && !incident.changes.includes(approvedChangeId(incident, question)))
    return await weighApproval(world, incident, { question, evidence }, now);
  const ended = over(incident, lastFailureOf(incident, evidence), now);
  if (ended !== undefined) return close(incident, evidence, ended, now);
  if (now - incident.openedAt < quietMs) return wait(['the first seconds: more stages may follow'], incident.openedAt + quietMs, now);
  if (!diagnosis) return wait(['there is no diagnosis yet'], now + quietMs, now);
  if (incident.outageOf)
    return advise(incident, diagnosis, [`${incident.outageOf.length} stages fail at once: nothing is changed`], now, {
      looks: lookAgain.later,
    });
  const weighed = await weighPlan(world, incident, diagnosis, evidence);
  const draft = conclude(world, incident, { diagnosis, evidence, weighed }, now);
  const { shadow } = weighed;
  return shadow ? { ...inStep(draft, shadow), shadow } : draft;
}

/** Where mode `act` would only wait, it is looked at again when act would look: or the shadow would miss what act then did. */
function inStep(draft: Draft, { untilAt }: Shadow): Draft {
  const { decision } = draft;
  if (decision.do !== 'advise' || untilAt === undefined || untilAt >= draft.untilAt) return draft;
  return { ...draft, untilAt, decision: { ...decision, untilAt } };
}

function close(incident: Incident, evidence: Gathered, why: string, now: number): Draft {
  return {
    decision: { at: now, because: [why], do: 'close', outcome: outcomeOf(incident, evidence) },
    next: 'close',
    untilAt: now,
    ...withdrawn(incident, why, now),
  };
}

const wait = (because: readonly string[], untilAt: number, now: number, plan?: Plan): Draft => ({
  decision: { at: now, because, do: 'wait', untilAt, ...(plan ? { plan } : {}) },
  next: 'wait',
  untilAt,
  notes: [],
});

/** Nothing is known to be wrong and no failure is seen: how the incident stands is left as it is. */
const watch = (calm: string, now: number): Draft => ({
  decision: { at: now, because: [`${calm}: it is watched whether that lasts`], do: 'wait', untilAt: now + lookAgain.early, passing: true },
  next: 'wait',
  untilAt: now + lookAgain.early,
  notes: [],
});

async function weighPlan(world: World<CallName>, incident: Incident, diagnosis: Diagnosis, evidence: Gathered): Promise<Weighed> {
  const { installation, aws } = world;
  const now = world.now();
  const planned = await makePlan({ id: incident.id, aws, at: incident.at, diagnosis, evidence, installation, now });
  if (planned.is !== 'planned') {
    const { is, because } = planned;
    return { is: 'noPlan', refused: is === 'refused', because, shadow: shadowWithout(installation.mode, diagnosis, because, now) };
  }
  const { plan, fix } = planned;
  const situation = await situationOf(world, { incident, diagnosis, evidence, plan, fix });
  const stageRow = await rows.stage.get(world.store, stageId(incident.at));
  const objections = objectionsTo(situation, fix, {
    deployPrincipals: installation.deployPrincipals,
    returned: returnedOf(stageRow?.value, now),
  });
  const shadow = shadowOf(installation.mode, plan, objections, { now, nextLook });
  if (objections.length === 0)
    return {
      is: 'act',
      plan,
      because: [
        `${plan.gains ? 'it would show what is wrong' : `${diagnosis.cause} is confirmed`}, this installation acts, and nothing speaks against it`,
      ],
    };
  const lowersTo = lowest(objections);
  // whoever is asked hears of a deploy under way, too; what only waits does not explain advice
  const told = objections.filter((o) => o.lowersTo === lowersTo || (lowersTo === 'ask' && o.lowersTo === 'wait'));
  const because = told.toSorted((a, b) => order.indexOf(b.lowersTo) - order.indexOf(a.lowersTo)).map((o) => o.says);
  return { is: 'against', plan, lowersTo, because, untilAt: nextLook(objections, now), shadow };
}

/** When all that waits may be over; an objection whose time has passed and which still stands does not make us look every second. */
function nextLook(objections: readonly Objection[], now: number): number {
  const latest = Math.max(0, ...objections.map((o) => o.untilAt ?? 0));
  return latest > now ? Math.min(latest, now + longestWaitMs) : now + quietMs;
}

/** A guard only ever lowers: act → wait → ask → advise. */
const order = ['wait', 'ask', 'advise'] as const;
const lowest = (objections: readonly Objection[]): Objection['lowersTo'] =>
  objections.reduce<Objection['lowersTo']>((low, o) => (order.indexOf(o.lowersTo) > order.indexOf(low) ? o.lowersTo : low), 'wait');

/** What this round found, and what it comes to. */
interface Found {
  readonly diagnosis: Diagnosis;
  readonly evidence: Gathered;
  readonly weighed: Weighed;
}

function conclude(world: World<CallName>, incident: Incident, { diagnosis, evidence, weighed }: Found, now: number): Draft {
  const pending = incident.question?.state === 'pending' ? incident.question : undefined;
  if (weighed.is === 'noPlan') return withoutPlan(incident, { diagnosis, evidence, weighed }, pending, now);
  const { plan, because } = weighed;
  // nobody is asked for the means to see what has passed
  const calm = plan.gains ? passing(incident, diagnosis, evidence, now) : undefined;
  if (calm !== undefined) return { ...watch(calm, now), ...withdrawn(incident, calm, now) };
  const otherPlan = 'the changes it asked about are not the ones needed now';
  if (weighed.is === 'against' && weighed.lowersTo === 'advise')
    return {
      ...advise(incident, diagnosis, because, now, { plan, looks: lookAgain.later }),
      ...withdrawn(incident, because.join('; '), now),
    };
  // a person's no holds against every later proof
  if (wasDismissed(incident, plan))
    return {
      ...advise(incident, diagnosis, [`a person dismissed ${plan.fix}: it is neither made nor asked again for this burst`], now, {
        plan,
        looks: lookAgain.later,
      }),
      ...kept(incident),
    };
  if (weighed.is === 'act')
    return {
      decision: { at: now, because, do: 'act', plan },
      next: 'carry-out',
      untilAt: now,
      ...withdrawn(incident, 'it is proven now, and mended unasked', now),
    };
  const advice = plan.gains && diagnosis.cause !== 'unknown' ? { advice: adviceOf(incident, diagnosis) } : {};
  if (pending?.plan.hash === plan.hash) return ask(incident, pending, { because, ...advice }, now);
  const old = withdrawn(incident, otherPlan, now);
  if (weighed.lowersTo === 'wait') return { ...wait(because, weighed.untilAt, now, plan), ...old };
  return ask(
    incident,
    {
      id: world.id(),
      plan,
      askedAt: now,
      expiresAt: now + world.installation.questionMs,
      state: 'pending',
      ...(takesTwo(world.installation, plan.fix) ? { needs: 2 } : {}),
    },
    { because, notes: old.notes, ...advice },
    now,
  );
}

const wasDismissed = ({ dismissed, question }: Incident, plan: Plan): boolean =>
  dismissed?.includes(plan.fix) === true || (question?.state === 'dismissed' && question.plan.fix === plan.fix);

function withoutPlan(
  incident: Incident,
  { diagnosis, evidence, weighed }: Found & { readonly weighed: Extract<Weighed, { is: 'noPlan' }> },
  pending: Question | undefined,
  now: number,
): Draft {
  // evidence that failed to come for once takes no question back; a cause that was ruled out, another cause, or a plan that has nothing left to change, does
  if (pending && diagnosis.certainty !== 'confirmed' && !isRuledOut(diagnosis, pending.plan.cause))
    return ask(incident, pending, { because: ['what was asked could not be confirmed again just now; the question stands'] }, now);
  const calm = passing(incident, diagnosis, evidence, now);
  if (calm !== undefined) return { ...watch(calm, now), ...withdrawn(incident, calm, now) };
  const because =
    weighed.because.length > 0
      ? weighed.because
      : [
          diagnosis.certainty === 'confirmed'
            ? `no installed fix treats ${diagnosis.cause}`
            : diagnosis.certainty === 'suspected'
              ? `${diagnosis.cause} is only suspected`
              : 'the cause is not known',
        ];
  const settled = diagnosis.certainty === 'confirmed' && !weighed.refused;
  return {
    ...advise(incident, diagnosis, because, now, {
      looks: settled || now - incident.openedAt > earlyMs ? lookAgain.later : lookAgain.early,
    }),
    ...withdrawn(incident, because.join('; '), now),
  };
}

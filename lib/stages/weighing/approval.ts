// An approval, weighed before it is carried out: a person decides about what was shown. Only reads; decide stores the answer.
import type { CallName } from '../../aws/calls.ts';
import { fixes } from '../../fixes/index.ts';
import type { Plan } from '../../model/change.ts';
import type { Gathered } from '../../model/evidence.ts';
import type { Incident, Question } from '../../model/incident.ts';
import type { World } from '../../world.ts';
import { changedSince } from '../changing/as-planned.ts';
import { illegible } from '../changing/legible.ts';
import { advise, kept, lookAgain } from './advise.ts';
import type { Draft } from './draft.ts';
import { approved, notCarriedOut } from './question.ts';
import { despite, forbids, situationOf } from './situation.ts';

/** A person's word is enough for what was shown; what the owner forbids, has no money left for, or nobody finds any more, it is not. */
export async function weighApproval(
  world: World<CallName>,
  incident: Incident,
  { question, evidence }: { readonly question: Question; readonly evidence: Gathered },
  now: number,
): Promise<Draft> {
  const { diagnosis } = incident;
  const { plan } = question;
  const fix = fixes.find((f) => f.id === plan.fix);
  // without a diagnosis there is nothing to weigh by; carry-out looks at all of it once more
  if (!diagnosis) return approved(question, now);
  const refused = (because: readonly string[], more: { readonly plan?: Plan } = {}): Draft => ({
    ...advise(incident, diagnosis, because, now, { ...more, looks: lookAgain.later }),
    ...notCarriedOut(question, because, now),
    ...kept(incident),
  });
  const odd = illegible(plan);
  if (odd !== undefined) return refused([odd]);
  // before the guards: of what is gone they could only say that its tags do not allow it
  const changed = await changedSince(world.aws, plan);
  // another plan may be what helps now: nobody waits for it
  if (changed !== undefined) return { ...refused([changed]), next: 'investigate', untilAt: now };
  if (!fix) return approved(question, now);
  const situation = await situationOf(world, { incident, diagnosis, evidence, plan, fix });
  const against = forbids(situation);
  if (against.length === 0) return approved(question, now, despite(situation));
  return refused(
    against.map((o) => o.says),
    { plan },
  );
}

// What an installation in mode `act`, with the default settings, would do about this diagnosis: the very plan, objections and guards of
// production, asked on this evidence. Nothing is written. So what is said here of fixes is what would happen, and nothing else.
import type { Answer, Aws, CallName, In } from '../aws/calls.ts';
import { fixes as catalogue } from '../fixes/index.ts';
import type { StageRef } from '../model/api.ts';
import type { Diagnosis } from '../model/cause.ts';
import type { Fix, Objection, Plan } from '../model/change.ts';
import type { Gathered, Window } from '../model/evidence.ts';
import type { Incident } from '../model/incident.ts';
import { defaults, type Installation } from '../model/installation.ts';
import type { LogLine } from '../model/signal.ts';
import { moveOf } from '../stages/changing/moves.ts';
import { gather } from '../stages/looking/gather.ts';
import { makePlan } from '../stages/weighing/plan.ts';
import { planningLooksAt } from '../stages/weighing/looks-at.ts';
import { objectionsTo, situationOf } from '../stages/weighing/situation.ts';
import { MemoryStore } from '../store/memory.ts';
import type { World } from '../world.ts';

/** A fix that treats the cause, and what would become of it. */
export interface Treatment {
  readonly fix: string;
  readonly treats: readonly string[];
  /** `from → to`, in words. */
  readonly changes: readonly string[];
  /** What speaks against doing it unasked. */
  readonly because?: readonly string[];
}
export interface WouldDo {
  readonly unasked: readonly Treatment[];
  readonly asked: readonly Treatment[];
  /** It would wait and look again: a deploy still runs, nothing fails any more. */
  readonly waiting: readonly Treatment[];
  /** It would only advise, though there is something to change. */
  readonly advised: readonly Treatment[];
  /** Why no fix has anything to change. */
  readonly refused: readonly string[];
}
export const nothing: WouldDo = { unasked: [], asked: [], waiting: [], advised: [], refused: [] };

export interface About {
  readonly at: StageRef;
  readonly window: Window;
  readonly lines: readonly LogLine[];
  readonly gathered: Gathered;
  readonly diagnosis: Diagnosis;
  readonly now: number;
  readonly firstFailureAt: number;
  readonly lastFailureAt: number;
}

export async function wouldDo(aws: Aws<CallName>, about: About): Promise<WouldDo> {
  const { diagnosis, at, now } = about;
  if (diagnosis.certainty !== 'confirmed') return nothing;
  const kinds = planningLooksAt(catalogue.filter((f) => f.treats.includes(diagnosis.cause)));
  if (kinds.length === 0) return nothing;
  const evidence = await gather(
    { aws, now: () => now },
    { at, window: about.window, lines: about.lines, kinds, have: about.gathered, budget: defaults.callBudget },
  );
  const planned = await makePlan({ id: 'inc-command-line', aws, at, diagnosis, evidence, installation: installationAt(at, []), now });
  if (planned.is !== 'planned') return { ...nothing, refused: planned.because };
  const { plan, fix } = planned;
  const writesTo = plan.changes.map(moveOf).map((m) => m.setting.writesTo(m.target));
  const incident = incidentOf(about);
  const situation = await situationOf(worldOf(aws, installationAt(at, writesTo), now), { incident, diagnosis, evidence, plan, fix });
  return placed(plan, fix, objectionsTo(situation, fix, { deployPrincipals: [], returned: 0 }));
}

function placed(plan: Plan, fix: Fix, objections: readonly Objection[]): WouldDo {
  const because = objections.map((o) => o.says);
  const treatment: Treatment = { fix: fix.id, treats: fix.treats, changes: plan.preview, ...(because.length > 0 ? { because } : {}) };
  const has = (lowersTo: Objection['lowersTo']): boolean => objections.some((o) => o.lowersTo === lowersTo);
  if (has('advise')) return { ...nothing, advised: [treatment] };
  if (has('ask')) return { ...nothing, asked: [treatment] };
  return has('wait') ? { ...nothing, waiting: [treatment] } : { ...nothing, unasked: [treatment] };
}

/** Mode `act`, defaults everywhere, and the functions it would write to are listed: all that an owner can open is open. */
const installationAt = ({ accountId, region }: StageRef, functions: readonly string[]): Installation => ({
  ...defaults,
  fixes: [...defaults.fixes],
  deployPrincipals: [],
  accountId,
  region,
  mode: 'act',
  stages: [],
  functions: [...functions],
  approvers: [],
  slack: { channel: 'C000000000', teamId: 'T000000000', appId: 'A000000000' },
});

/** One watched stage in trouble, and nothing happened before. */
const incidentOf = ({ at, lines, firstFailureAt, lastFailureAt }: About): Incident => ({
  id: 'inc-command-line',
  at,
  watched: true,
  phase: 'live',
  openedAt: firstFailureAt,
  firstFailureAt,
  lastFailureAt,
  failures: 1,
  signals: 1,
  from: 'alarm',
  lines,
  rounds: 1,
  changes: [],
  notes: [],
});

/** The world decide would see: this evidence, an empty store, no brake on. Nothing is sent, started or told. */
function worldOf(aws: Aws<CallName>, installation: Installation, now: number): World<CallName> {
  const closed = new Proxy({} as World['slack'] & World['topic'] & World['workflow'] & World['deadLetter'] & World['identity'], {
    get: (_, name) => {
      throw new Error(`weighing used ${String(name)} of an edge that the command line has not; it must only read`);
    },
  });
  const edges = { slack: closed, topic: closed, workflow: closed, deadLetter: closed, identity: closed };
  return {
    ...edges,
    aws: unbraked(aws),
    store: new MemoryStore(),
    installation,
    now: () => now,
    timeLeftMs: () => Infinity,
    id: () => '',
    log: () => undefined,
  };
}

/** The kill switch is off; tags that a recorded case does not hold are none. */
const unbraked = (aws: Aws<CallName>): Aws<CallName> => ({
  async call<N extends CallName>(name: N, input: In<N>): Promise<Answer<N>> {
    if (name === 'ssm:GetParameter') return { ok: true, value: { Parameter: { Value: 'off' } } } as Answer<N>;
    const answer = await aws.call(name, input);
    const untold = name === 'lambda:ListTags' && !answer.ok && answer.error.kind === 'notRecorded';
    return untold ? ({ ok: true, value: { Tags: {} } } as Answer<N>) : answer;
  },
});

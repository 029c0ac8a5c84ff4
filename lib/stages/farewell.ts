// Farewell: the stack is being removed. What was lent for a while goes back, as an undo takes it back; whatever else is in force stays, and is listed
// with the command that takes it away, because nobody will after this. It never holds the removal up: what cannot be done in its time is told.
import * as v from 'valibot';
import type { CallName } from '../aws/calls.ts';
import { stageKey } from '../model/api.ts';
import type { Change, ChangeRecord } from '../model/change.ts';
import { boundedCopy } from '../signals/shape.ts';
import { rows, type Odd } from '../store/rows.ts';
import { WorldError, type Workflow, type World } from '../world.ts';
import { byHand, moveOf } from './changing/moves.ts';
import { takeBack } from './changing/take-back.ts';
import { tried } from './telling/outbox.ts';
import { stage } from './stage.ts';

/** CloudFormation's word for what happens to the stack; the rest of its request is answered by lib/live/deployment.ts. */
const farewellInput = v.looseObject({ RequestType: v.picklist(['Create', 'Update', 'Delete']) });
type FarewellInput = v.InferOutput<typeof farewellInput>;

/** Nothing is begun with less left: CloudFormation is answered before the function's end (lib/live/deployment.ts), and one change takes some seconds. */
const beginWithMs = 50_000;
/** What was kept for good is listed as far back as its incident is known. */
const keptWithinMs = 90 * 24 * 3_600_000;
const keptAtMost = 50;

/** A change that stays in force, and how a person takes it away. */
export interface Stays {
  readonly changeId: string;
  readonly stage: string;
  readonly step: ChangeRecord['step'];
  readonly changes: readonly string[];
  readonly why: string;
  readonly byHand: readonly string[];
}
export interface Parted {
  readonly takenBack: readonly string[];
  readonly stays: readonly Stays[];
  /** In one sentence, for CloudFormation's own record. */
  readonly says: string;
}

async function run(world: World<CallName>, { RequestType }: FarewellInput): Promise<Parted> {
  if (RequestType !== 'Delete') return { takenBack: [], stays: [], says: 'nothing to take back: the stack stays' };
  const { open, kept, odd } = await inForce(world);
  const takenBack: string[] = [];
  const stays: Stays[] = [];
  // the newest first: it stands on what was before it
  for (const record of open.toReversed()) {
    const why = await parted(world, record);
    if (why === undefined) takenBack.push(`${stageKey(record.at)}: ${record.plan.preview.join('; ')}`);
    else stays.push(staying(record, why));
  }
  stays.push(...kept.map((record) => staying(record, 'it was kept for good')), ...odd.map(unreadable));
  const says = saysOf(takenBack.length, stays.length);
  await tell(world, { takenBack, stays, says });
  return { takenBack, stays, says };
}

/** Every change that is, or may be, in force. */
async function inForce(world: World<CallName>): Promise<InForce> {
  const [open, settled] = await Promise.all([
    rows.change.listed(world.store, 'open-changes'),
    rows.change.listed(world.store, 'changes', { from: world.now() - keptWithinMs }),
  ]);
  const kept = settled.rows.map((row) => row.value).filter((record) => record.step === 'kept');
  const standing = open.rows.map((row) => row.value).filter((record) => record.step !== 'planned');
  return { open: standing, kept: kept.slice(-keptAtMost), odd: open.odd };
}
interface InForce {
  readonly open: readonly ChangeRecord[];
  readonly kept: readonly ChangeRecord[];
  readonly odd: readonly Odd[];
}

/** What it changed may stand; its row is all that is known of it. */
const unreadable = ({ key, why, value }: Odd): Stays => ({
  changeId: key,
  stage: 'not known',
  step: 'stuck',
  changes: [JSON.stringify(boundedCopy(value)).slice(0, 1000)],
  why: `its row cannot be read by this version (${why})`,
  byHand: [],
});

/** Takes one back where that is right; otherwise why it stays. */
async function parted(world: World<CallName>, record: ChangeRecord): Promise<string | undefined> {
  try {
    const stands = staysBecause(record);
    if (stands !== undefined) return stands;
    if (world.timeLeftMs() < beginWithMs) return 'there was no time left to take it back';
    const by = { kind: 'gatemedic' } as const;
    const done = await takeBack({ ...world, workflow: ended }, record, by, 'the installation is being removed', `farewell-${record.id}`);
    return done === 'undone' ? undefined : `it could not be taken back: ${done}`;
  } catch (error) {
    // whatever it is, a bug too: the others must be looked at, the removal must go on, and this is the last word about it
    const says = error instanceof Error ? error.message : String(error);
    world.log('farewell failed', { changeId: record.id, error: says });
    return `it could not be taken back: ${says}`;
  }
}

/** Only what was lent for a time is ours to take: traffic may rely on the rest by now, and a person has not said otherwise. */
function staysBecause({ step, plan }: ChangeRecord): string | undefined {
  if (step === 'stuck') return 'it is stuck: a person has to set it by hand';
  if (plan.leaseMs === undefined) return 'it was made to last, and requests may rely on it';
  return plan.changes.some((change) => moveOf(change).setting.keptWhenUsed) ? 'requests rely on it' : undefined;
}

const over = async (): Promise<never> =>
  Promise.reject(new WorldError('gone', 'scheduler:CreateSchedule', 'the installation is being removed: nothing is tried again later'));
/** Nothing that is put off would ever happen. */
const ended: Workflow = { startIncident: over, startUndo: over, wake: over, scheduleUndo: over, status: over };

function staying(record: ChangeRecord, why: string): Stays {
  const { id, at, step, plan } = record;
  return { changeId: id, stage: stageKey(at), step, changes: plan.preview, why, byHand: plan.changes.flatMap(commandOf) };
}

/** None for what cannot be taken back; a change that this version cannot read has only its words. */
function commandOf(change: Change): readonly string[] {
  try {
    const move = moveOf(change);
    return move.setting.oneWay === undefined ? [byHand(move, 'undo')] : [];
  } catch {
    return [];
  }
}

function saysOf(back: number, left: number): string {
  const things = (n: number): string => `${n} ${n === 1 ? 'change' : 'changes'}`;
  if (back + left === 0) return 'the installation is being removed; nothing of it is in force';
  const rest =
    left === 0 ? 'nothing else is in force' : `${things(left)} stay in force: the topic and the log of farewell list each with its command`;
  return `the installation is being removed; ${things(back)} taken back, ${rest}`;
}

/** To the topic, and to the log, which outlives neither: CloudFormation's record keeps the sentence. */
async function tell(world: World<CallName>, { takenBack, stays, says }: Parted): Promise<void> {
  const urgent = stays.length > 0;
  world.log('farewell', { takenBack, stays });
  const at = new Date(world.now()).toISOString();
  const message = { version: 1, kind: 'farewell', key: `farewell/${at}`, at, urgent, says, takenBack, stays: stays.slice(0, keptAtMost) };
  const sent = await tried(() => world.topic.publish(urgent ? 'removed, with changes still in force' : 'removed', message));
  if (!sent.ok) world.log('topic refused', { call: sent.error.call, kind: sent.error.kind });
}

export default stage({ id: 'farewell', input: farewellInput, run });

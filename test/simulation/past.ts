// What stands in the journal from before the story: changes that failed, one made unasked, a lease that is paid for, and rows that this version
// cannot read, as an older or a later one wrote them. So the hour that brakes look back on need not be played.
import type { ShopStage } from '../../lib/demo/shop.ts';
import { place } from '../../lib/demo/run.ts';
import { hashOf } from '../../lib/journal/hash.ts';
import type { StageRef } from '../../lib/model/api.ts';
import type { Actor, Change, ChangeRecord, JournalEntry, Plan as Changes, Step } from '../../lib/model/change.ts';
import { warmUsdPerHour } from '../../lib/settings/provisioned-concurrency.ts';
import { rows } from '../../lib/store/rows.ts';
import type { Past } from './events.ts';
import { slackIds } from './shop.ts';
import { stageOf, type World } from './open.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** What the lease of before costs an hour: the caps of an owner who has one are set by it. */
const leasedEnvironments = 45;
export const leasedUsdPerHour = warmUsdPerHour(512, leasedEnvironments);

const gatemedic: Actor = { kind: 'gatemedic' };
const robin: Actor = { kind: 'person', id: slackIds.robin };

interface Draft {
  readonly fix: Changes['fix'];
  readonly cause: Changes['cause'];
  readonly change: Change;
  readonly more?: Partial<Changes>;
}
/** A step, how long after the first, and whose. */
type Steps = readonly (readonly [step: Step, afterMs: number, by: Actor])[];

const functionAt = ({ functionName }: ShopStage) => ({ accountId: place.accountId, region: place.region, functionName });
const configured = { timeoutSeconds: 10, memoryMb: 512 };

/** No fix twice: Gatemedic would not try again what did not help. */
const tried = (stage: ShopStage): readonly Draft[] => [
  {
    fix: 'set-reserved-concurrency',
    cause: 'lambda-throttled',
    change: { setting: 'reserved-concurrency', target: functionAt(stage), from: { reserved: 5 }, to: { reserved: 20 } },
  },
  {
    fix: 'set-function-memory',
    cause: 'lambda-out-of-memory',
    change: { setting: 'function-configuration', target: functionAt(stage), from: configured, to: { ...configured, memoryMb: 1024 } },
  },
  {
    fix: 'set-function-timeout',
    cause: 'lambda-timeout',
    change: { setting: 'function-configuration', target: functionAt(stage), from: configured, to: { ...configured, timeoutSeconds: 20 } },
  },
];
const failing: Steps = [
  ['planned', 0, gatemedic],
  ['applying', second, robin],
  ['applied', 3 * second, gatemedic],
  ['failed', 5 * minute, gatemedic],
  ['undoing', 5 * minute + second, gatemedic],
  ['undone', 5 * minute + 3 * second, gatemedic],
];

const logged = (stage: ShopStage): Draft => ({
  fix: 'turn-on-error-logging',
  cause: 'unknown',
  change: { setting: 'stage-logging', target: refOf(stage), from: 'absent', to: { level: 'ERROR' } },
  more: { gains: true, leaseMs: 20 * minute },
});
const lent: Steps = [
  ['planned', 0, gatemedic],
  ['applying', second, gatemedic],
  ['applied', 3 * second, gatemedic],
  ['verified', minute, gatemedic],
  ['undoing', 20 * minute, { kind: 'lease' }],
  ['undone', 20 * minute + second, { kind: 'lease' }],
];

const warm = (stage: ShopStage): Draft => ({
  fix: 'warm-concurrency',
  cause: 'lambda-cold-start',
  change: {
    setting: 'provisioned-concurrency',
    target: { ...functionAt(stage), qualifier: stage.alias ?? 'live', memoryMb: 512 },
    from: 'absent',
    to: { environments: leasedEnvironments },
  },
  more: { usdPerHour: leasedUsdPerHour, leaseMs: 2 * hour },
});
const standing = lent.slice(0, 4);

const unknown = (stage: ShopStage): Draft => ({
  fix: 'warm-concurrency',
  cause: 'lambda-cold-start',
  change: { setting: 'snap-start', target: functionAt(stage), from: 'absent', to: 'absent' },
});
const stuck: Steps = [...failing.slice(0, 5), ['stuck', 6 * minute, gatemedic]];

const refOf = ({ apiType, apiId, apiName, stage }: ShopStage): StageRef & { apiName: string } => ({
  accountId: place.accountId,
  region: place.region,
  apiType,
  apiId,
  apiName,
  stage,
});

function recordOf(id: string, from: number, stage: ShopStage, draft: Draft, steps: Steps): ChangeRecord {
  const { fix, cause, change, more } = draft;
  const entries: readonly JournalEntry[] = steps.map(([step, afterMs, by], n) => ({ n: n + 1, step, at: from + afterMs, by }));
  const appliedAt = entries.find((e) => e.step === 'applied')?.at ?? from;
  const asked = entries.find((e) => e.step === 'applying')?.by;
  const leaseMs = more?.leaseMs;
  return {
    id,
    version: 1,
    incidentId: `inc-of-${id}`,
    at: refOf(stage),
    plan: { fix, cause, changes: [change], hash: hashOf(fix, [change]), preview: [`${change.setting} of before`], snippets: [], ...more },
    step: entries.at(-1)?.step ?? 'planned',
    entries,
    ...(asked?.kind === 'person' ? { approvedBy: asked } : {}),
    appliedAt,
    undoUntilAt: appliedAt + 24 * hour,
    ...(leaseMs === undefined ? {} : { leaseEndsAt: appliedAt + leaseMs }),
    sent: { at: appliedAt, as: 'apply', changes: [0] },
  };
}

/** Puts it into the journal; what the laws have to know of it, they are told. */
export async function remember(world: World, past: readonly Past[]): Promise<void> {
  for (const [n, one] of past.entries()) {
    const stage = stageOf(world.shop, one.stage);
    await kinds[one.is](world, { stage, id: `before-${n}`, from: world.startAt - Math.round(one.agoMs), n });
  }
}

interface Place {
  readonly stage: ShopStage;
  readonly id: string;
  readonly from: number;
  readonly n: number;
}

async function keep({ installed, known }: World, record: ChangeRecord): Promise<void> {
  await rows.change.create(installed.store, record.id, record);
  known.before.push(record);
}

const kinds: { readonly [I in Past['is']]: (world: World, p: Place) => Promise<void> } = {
  async failed(world, { stage, id, from, n }) {
    const drafts = tried(stage);
    const draft = drafts[n % drafts.length];
    if (draft) await keep(world, recordOf(id, from, stage, draft, failing));
  },
  made: (world, { stage, id, from }) => keep(world, recordOf(id, from, stage, logged(stage), lent)),
  async leased(world, { stage, id, from }) {
    await keep(world, recordOf(id, from, stage, warm(stage), standing));
    // the call takes its time, and the clock stands until the story begins
    world.clock.start(async () => {
      await world.shop.account.attempt('admin')('lambda:PutProvisionedConcurrencyConfig', {
        FunctionName: stage.functionName,
        Qualifier: stage.alias ?? 'live',
        ProvisionedConcurrentExecutions: leasedEnvironments,
      });
    });
  },
  async 'unknown-setting'({ installed, known }, { stage, id, from }) {
    await rows.change.create(installed.store, id, recordOf(id, from, stage, unknown(stage), stuck));
    known.unreadable.push(id);
  },
  async 'later-shape'({ installed, known }, { stage, id, from }) {
    const value = { ...recordOf(id, from, stage, warm(stage), standing), version: 2 };
    await installed.store.putIfAbsent({ key: rows.change.key(id), value, list: { name: 'open-changes', at: from } });
    known.unreadable.push(id);
  },
};

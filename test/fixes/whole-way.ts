// A breakage's whole way through the stages: looked at until a fix is decided, approved where it must be, carried out, proven, and taken back.
// The account, its evidence, the diagnosis and the proof are real; only the order of steps is written here, as the workflow has it.
import { expect } from 'vitest';
import { awsClient } from '../../lib/aws/client.ts';
import type { CallName } from '../../lib/aws/calls.ts';
import { duties, type DutyId } from '../../lib/duties.ts';
import { fixes } from '../../lib/fixes/index.ts';
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { defaults, readInstallation, type Installation } from '../../lib/model/installation.ts';
import answer from '../../lib/stages/answer.ts';
import carryOut from '../../lib/stages/carry-out.ts';
import decide from '../../lib/stages/decide.ts';
import investigate from '../../lib/stages/investigate.ts';
import prove from '../../lib/stages/prove.ts';
import type { Routed, Undone } from '../../lib/stages/stage.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { rows } from '../../lib/store/rows.ts';
import type { StageRef } from '../../lib/model/api.ts';
import type { Account } from '../../lib/sandbox/account/index.ts';
import type { Store } from '../../lib/store/store.ts';
import type { World } from '../../lib/world.ts';
import { brokenShop, type Broken } from '../stages/broken-shop.ts';

const id = 'inc-way';
const minuteMs = 60_000;
/** Asked one after the other: a change that takes two people is approved by both. */
const approvers = ['U012AB3CD', 'U045EF6GH'] as const;

export interface Way {
  readonly broken: Broken;
  readonly incident: () => Promise<Incident>;
  readonly change: () => Promise<ChangeRecord>;
  /** The account just before the change, as undo must leave it. */
  readonly before: unknown;
  /** What the proof came to. */
  readonly proof: Routed['next'];
  undo(): Promise<Undone['end']>;
  look(): Promise<Incident>;
}

export interface WayOptions {
  readonly fix: string;
  readonly logs?: boolean;
  readonly installation?: Partial<Installation>;
  /** The longest from the first failure until the fix is decided. */
  readonly decidedWithinMs?: number;
  /** False: nobody answers; it must come to be done unasked. */
  readonly approves?: false;
  /** What Gatemedic did while all was still well. */
  readonly before?: (store: Store, account: Account, at: StageRef) => Promise<void>;
}

function installationOf({ at }: Broken, { fix, installation = {} }: WayOptions): Installation {
  const { consent } = fixes.find((f) => f.id === fix) ?? {};
  return readInstallation({
    ...defaults,
    accountId: at.accountId,
    region: at.region,
    mode: 'act',
    stages: [{ apiType: at.apiType, apiId: at.apiId, apiName: at.apiName ?? '', stage: at.stage }],
    functions: [],
    approvers: [...approvers],
    slack: { channel: 'C012AB3CD', teamId: 'T012AB3CD', appId: 'A012AB3CD' },
    fixes: [consent === 'allowed' ? { id: fix, unasked: true } : { id: fix }],
    ...installation,
  });
}

/** From the breakage to the proof of the fix; throws, with what was decided instead, where it is another. */
export async function wholeWay(breakage: string, options: WayOptions): Promise<Way> {
  const store = memoryStore(() => undefined);
  const { before: early } = options;
  const broken = await brokenShop(breakage, {
    logs: options.logs ?? true,
    ...(early ? { before: (shop, at) => early(store, shop.account, at) } : {}),
  });
  const { shop, clock, at, firstFailureAt } = broken;
  const within = <T>(work: () => Promise<T>): Promise<T> => broken.within(work);
  shop.account.putParameter('/gatemedic/kill-switch', 'off');
  const installation = installationOf(broken, options);
  let ids = 0;
  const world = (duty: DutyId): World<CallName> => ({
    aws: awsClient<CallName>({
      attempt: shop.account.attempt('admin'),
      clock,
      random: () => 0.5,
      declared: duties.find((d) => d.id === duty)?.calls(installation) ?? [],
      duty,
    }),
    store,
    slack: { post: async () => ({ ts: '1' }), update: async () => undefined, whisper: async () => undefined },
    topic: { publish: async () => undefined },
    workflow: {
      startIncident: async () => 'started',
      startUndo: async () => 'started',
      wake: async () => 'gone',
      status: async () => 'running',
      scheduleUndo: async () => undefined,
    },
    deadLetter: { put: async () => undefined },
    identity: { callerOf: async () => ({ refused: 'nobody orders anything here' }) },
    timeLeftMs: () => Infinity,
    installation,
    now: () => clock.now(),
    id: () => `way${++ids}`,
    log: () => undefined,
  });
  const incident = async (): Promise<Incident> => {
    const row = await rows.incident.get(store, id);
    if (!row) throw new Error('no incident');
    return row.value;
  };
  const change = async (): Promise<ChangeRecord> => {
    const row = await rows.change.get(store, (await incident()).changes.at(-1) ?? '');
    if (!row) throw new Error('no change');
    return row.value;
  };
  await rows.incident.create(store, id, {
    id,
    at,
    watched: true,
    phase: 'live',
    openedAt: firstFailureAt,
    firstFailureAt,
    lastFailureAt: firstFailureAt,
    failures: 9,
    signals: 1,
    from: 'log',
    lines: [],
    rounds: 1,
    changes: [],
    notes: [],
  });
  const look = async (): Promise<Incident> => {
    await rows.incident.update(store, id, (i) => ({ ...i, lastFailureAt: clock.now() }));
    await within(() => investigate.run(world('investigate'), { incidentId: id }));
    return await incident();
  };
  let clicks = 0;
  const click = async (): Promise<void> => {
    const message = { channel: 'C012AB3CD', ts: '1' };
    const { question } = (await rows.incident.update(store, id, (i) => ({ ...i, message }))) ?? {};
    if (!question) throw new Error('nothing was asked');
    await within(() =>
      answer.run(world('answer'), {
        origin: 'slack',
        act: 'approve',
        incidentId: id,
        about: question.id,
        hash: question.plan.hash,
        userId: approvers[clicks++ % approvers.length] ?? '',
        userName: 'ada',
        teamId: 'T012AB3CD',
        channel: message.channel,
        messageTs: message.ts,
        at: clock.now(),
      }),
    );
  };
  const until = firstFailureAt + (options.decidedWithinMs ?? 20 * minuteMs);
  await clock.runUntil(firstFailureAt + 150_000);
  for (;;) {
    await look();
    let routed = (await within(() => decide.run(world('decide'), { incidentId: id }))) as Routed;
    for (let asked = 0; asked < approvers.length && options.approves !== false; asked++) {
      if (routed.next !== 'ask' && routed.next !== 'keep-asking') break;
      await click();
      routed = (await within(() => decide.run(world('decide'), { incidentId: id }))) as Routed;
    }
    if (routed.next === 'carry-out') break;
    const { decision, diagnosis } = await incident();
    if (clock.now() > until)
      throw new Error(`${options.fix} was not decided: ${diagnosis?.certainty} ${diagnosis?.cause}; ${JSON.stringify(decision)}`);
    await clock.runUntil(clock.now() + minuteMs);
  }
  const before = shop.account.snapshot();
  for (;;) {
    const routed = (await within(() => carryOut.run(world('carry-out'), { do: 'apply', incidentId: id }))) as Routed;
    if (routed.next !== 'carry-on') {
      expect(routed.next, JSON.stringify((await incident()).notes)).toBe('wait-for-proof');
      break;
    }
    await clock.runUntil(Date.parse(routed.untilAt));
  }
  let proof = 'wait-for-proof' as Routed['next'];
  for (let n = 0; n < 60 && proof === 'wait-for-proof'; n++) {
    const routed = (await within(() => prove.run(world('prove'), { incidentId: id }))) as Routed;
    proof = routed.next;
    if (proof === 'wait-for-proof') await clock.runUntil(Math.max(clock.now() + 1000, Date.parse(routed.untilAt)));
  }
  return {
    broken,
    incident,
    change,
    before,
    proof,
    look,
    undo: async () => {
      const changeId = (await change()).id;
      const undone = (await within(() =>
        carryOut.run(world('carry-out'), { do: 'undo', changeId, why: 'person', name: 'undo-1', by: { id: approvers[0], name: 'Ada' } }),
      )) as Undone;
      return undone.end;
    },
  };
}

// The stack is removed: what was lent goes back exactly, what requests rely on stays and is listed with its command, and nothing holds the removal up.
import { beforeEach, describe, expect, test } from 'vitest';
import farewell, { type Parted } from '../../lib/stages/farewell.ts';
import type { World } from '../../lib/world.ts';
import { WorldError } from '../../lib/world.ts';
import type { CallName } from '../../lib/aws/calls.ts';
import type { ChangeRecord, Plan } from '../../lib/model/change.ts';
import type { Result } from '../../lib/model/result.ts';
import { err, ok } from '../../lib/model/result.ts';
import { hashOf } from '../../lib/journal/hash.ts';
import { rows } from '../../lib/store/rows.ts';
import { changeAt, fixed, hour, minute, plan, t0, warm } from '../messages/incidents.ts';
import { tellingWorld } from './telling-world.ts';

const target = { accountId: '111122223333', region: 'us-east-1', functionName: 'orders', qualifier: 'live', memoryMb: 512 };
const warmed8 = { environments: 8 };
const honest = (one: Plan): Plan => ({ ...one, hash: hashOf(one.fix, one.changes) });
const lent: Plan = honest({ ...warm, changes: [{ setting: 'provisioned-concurrency', target, from: 'absent', to: warmed8 }] });
const lasting: Plan = honest({
  ...plan,
  changes: [
    {
      setting: 'invoke-permission',
      target: { accountId: '111122223333', region: 'us-east-1', functionName: 'orders', qualifier: 'live', statementId: 'gatemedic-1' },
      from: 'absent',
      to: {
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
        sourceArn: 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/prod/GET/orders',
      },
    },
  ],
});

type W = ReturnType<typeof tellingWorld>;
let w: W;
/** Provisioned concurrency as AWS answers it: 8 environments, until they are taken away. */
let warmed: boolean;
let calls: CallName[];
let refuse: ((name: CallName) => Result<never, never> | undefined) | undefined;
beforeEach(() => {
  w = tellingWorld(t0 + 10 * minute);
  warmed = true;
  calls = [];
  refuse = undefined;
});

const aws: World<CallName>['aws'] = {
  call: async (name) => {
    calls.push(name);
    const no = refuse?.(name);
    if (no) return no;
    if (name === 'lambda:DeleteProvisionedConcurrencyConfig') return ((warmed = false), ok({}) as never);
    if (name !== 'lambda:GetProvisionedConcurrencyConfig') throw new Error(`not expected: ${name}`);
    return (
      warmed
        ? ok({ RequestedProvisionedConcurrentExecutions: 8, AvailableProvisionedConcurrentExecutions: 8, Status: 'READY' })
        : err({ kind: 'gone', call: name, name: 'ProvisionedConcurrencyConfigNotFoundException', message: 'none' })
    ) as never;
  },
};
const part = (RequestType = 'Delete', more: Partial<World<CallName>> = {}) =>
  farewell.run({ ...w.world, aws, ...more }, { RequestType: RequestType as 'Delete' }) as Promise<Parted>;
const leased = (more: Partial<ChangeRecord> = {}) =>
  changeAt('verified', { id: 'chg-warm', plan: lent, leaseEndsAt: t0 + 2 * hour, ...more });

test('what was lent goes back, what was made to last stays, and both are told with the command', async () => {
  await w.have(
    fixed,
    leased(),
    changeAt('verified', { id: 'chg-grant', plan: lasting }),
    changeAt('kept', { id: 'chg-kept', plan: lasting }),
    changeAt('undone', { id: 'chg-old', plan: lasting }),
  );
  const parted = await part();
  expect(warmed).toBe(false);
  expect((await rows.change.get(w.store, 'chg-warm'))?.value).toMatchObject({
    step: 'undone',
    entries: expect.arrayContaining([expect.objectContaining({ step: 'undoing', why: 'the installation is being removed' })]) as unknown,
  });
  expect(parted.takenBack).toEqual([`a1b2c3d4e5/prod: ${warm.preview[0] ?? ''}`]);
  expect(parted.stays.map(({ changeId, why, byHand }) => [changeId, why, byHand])).toEqual([
    [
      'chg-grant',
      'it was made to last, and requests may rely on it',
      [expect.stringMatching(/^aws lambda remove-permission .*--statement-id gatemedic-1/)],
    ],
    ['chg-kept', 'it was kept for good', [expect.stringMatching(/^aws lambda remove-permission /)]],
  ]);
  expect(parted.says).toBe(
    'the installation is being removed; 1 change taken back, 2 changes stay in force: the topic and the log of farewell list each with its command',
  );
  expect(w.published).toMatchObject([
    {
      subject: 'removed, with changes still in force',
      message: { version: 1, kind: 'farewell', urgent: true, takenBack: parted.takenBack, stays: parted.stays },
    },
  ]);
});

test.each(['Create', 'Update'])('%s does nothing at all', async (type) => {
  await w.have(fixed, leased());
  expect(await part(type)).toMatchObject({ takenBack: [], stays: [] });
  expect([calls, w.published, warmed]).toEqual([[], [], true]);
});

test('nothing in force is said, and is not urgent', async () => {
  expect(await part()).toMatchObject({ says: 'the installation is being removed; nothing of it is in force' });
  expect(w.published).toMatchObject([{ subject: 'removed', message: { urgent: false } }]);
});

describe('what cannot be done is told, and the removal goes on', () => {
  test('somebody else’s value: never written over', async () => {
    await w.have(
      fixed,
      leased({
        plan: honest({ ...lent, changes: [{ setting: 'provisioned-concurrency', target, from: 'absent', to: { environments: 5 } }] }),
      }),
    );
    expect((await part()).stays).toMatchObject([
      {
        changeId: 'chg-warm',
        why: 'it could not be taken back: drift',
        byHand: [expect.stringContaining('delete-provisioned-concurrency-config')],
      },
    ]);
    expect(warmed).toBe(true);
  });
  test('denied', async () => {
    refuse = (name) => err({ kind: 'denied', call: name, name: 'AccessDeniedException', message: 'no' }) as never;
    await w.have(fixed, leased());
    expect((await part()).stays).toMatchObject([{ why: 'it could not be taken back: stuck' }]);
  });
  test('AWS is away: nothing is put off to a time that will not come', async () => {
    refuse = (name) => err({ kind: 'down', call: name, name: 'ServiceException', message: 'no' }) as never;
    await w.have(fixed, leased());
    expect((await part()).stays).toMatchObject([{ why: 'it could not be taken back: later' }]);
    expect(w.undos.size).toBe(0);
  });
  test('stuck before', async () => {
    await w.have(fixed, changeAt('stuck', { plan: lasting }));
    expect((await part()).stays).toMatchObject([{ step: 'stuck', why: 'it is stuck: a person has to set it by hand' }]);
    expect(calls).toEqual([]);
  });
  test('a change that this version cannot read, before one that it can', async () => {
    await w.have(
      fixed,
      leased(),
      changeAt('verified', { id: 'chg-odd', plan: { ...warm, changes: [{ setting: 'gone-by-now', target: {}, from: 1, to: 2 }] } }),
    );
    const { takenBack, stays } = await part();
    expect(takenBack).toHaveLength(1);
    expect(stays).toMatchObject([
      { changeId: 'chg-odd', why: expect.stringContaining('there is no setting gone-by-now') as string, byHand: [] },
    ]);
  });
  test('a row of another shape keeps nobody from the others, and is listed as it stands', async () => {
    await w.have(fixed, leased());
    await w.store.putIfAbsent({ key: 'change#chg-odd', value: { step: 'rebooting' }, list: { name: 'open-changes', at: t0 } });
    const { takenBack, stays } = await part();
    expect(takenBack).toHaveLength(1);
    expect(stays).toMatchObject([
      {
        changeId: 'change#chg-odd',
        changes: ['{"step":"rebooting"}'],
        why: expect.stringMatching(/cannot be read by this version/) as string,
      },
    ]);
  });
  test('no time left: what was not begun stays', async () => {
    await w.have(fixed, leased());
    expect((await part('Delete', { timeLeftMs: () => 45_000 })).stays).toMatchObject([{ why: 'there was no time left to take it back' }]);
    expect(warmed).toBe(true);
  });
  test('the topic is away: the removal goes on, and the log has it', async () => {
    w.topic.refusing = true;
    await w.have(fixed, changeAt('verified', { plan: lasting }));
    expect((await part()).stays).toHaveLength(1);
    expect(w.logged.map((l) => l.event)).toEqual(expect.arrayContaining(['farewell', 'topic refused']));
  });
  test('held by another change', async () => {
    await w.have(fixed, leased());
    await rows.lock.create(w.store, 'function-warmth:111122223333:us-east-1:orders', {
      owner: 'chg-other:apply',
      expiresAt: w.clock.at + minute,
    });
    expect((await part()).stays).toMatchObject([{ why: 'it could not be taken back: later' }]);
    expect(warmed).toBe(true);
  });
  test('the table is away: told to CloudFormation by its own answer (test/live/deployment.test.ts)', async () => {
    const store = {
      ...w.world.store,
      list: async () => Promise.reject(new WorldError('down', 'dynamodb:Query', 'x')),
    } as unknown as typeof w.world.store;
    await expect(part('Delete', { store })).rejects.toThrow(WorldError);
  });
});

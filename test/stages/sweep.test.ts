import { describe, expect, test } from 'vitest';
import type { Step } from '../../lib/model/change.ts';
import sweep from '../../lib/stages/sweep.ts';
import { rows } from '../../lib/store/rows.ts';
import { WorldError } from '../../lib/world.ts';
import { at, changeRow, incidentRow, key, t } from './upkeep-rows.ts';
import { upkeepWorld } from './upkeep-world.ts';

type W = ReturnType<typeof upkeepWorld>;
const minute = 60_000;
const run = (w: W, input: Parameters<typeof sweep.run>[1] = {}) => sweep.run(w.world, input);
const ended = (name: string) => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: `arn:aws:states:us-east-1:123456789012:execution:m:${name}`, name, status: 'TIMED_OUT' },
});

async function given(incident = incidentRow(), execution: 'running' | 'ended' | 'never' = 'ended'): Promise<W> {
  const w = upkeepWorld({ startAt: t });
  await rows.incident.create(w.store, incident.id, incident);
  await rows.stage.create(w.store, key, { key, closedAts: [], live: { incidentId: incident.id, openedAt: incident.openedAt, at } });
  if (execution !== 'never') w.executions.set(incident.id, execution);
  return w;
}
const incident = async (w: W) => (await rows.incident.get(w.store, 'inc-1'))?.value;
const urgent = (w: W) => w.published.filter((p) => p['kind'] === 'upkeep');

describe('incidents', () => {
  test('one whose execution runs is left alone', async () => {
    const w = await given(incidentRow(), 'running');
    const puts = w.counts.puts;
    await run(w);
    expect(w.counts.puts).toBe(puts);
  });

  test('one whose execution never started is started', async () => {
    const w = await given(incidentRow(), 'never');
    await run(w);
    expect(w.executions.get('inc-1')).toBe('running');
    expect((await incident(w))?.phase).toBe('live');
  });

  test.each([
    ['the schedule', {}],
    ['the execution’s own end', ended('inc-1')],
  ])('one whose execution ended early is settled by %s: told, closed, its stage freed', async (_, input) => {
    const w = await given();
    await run(w, input);
    expect(await incident(w)).toMatchObject({ phase: 'closed', outcome: 'failed', closedAt: t });
    expect((await rows.stage.get(w.store, key))?.value.live).toBeUndefined();
    expect(urgent(w)).toMatchObject([
      { urgent: true, incidentId: 'inc-1', says: expect.stringContaining('orders/prod ended before its time') },
    ]);
    await run(w, input);
    await run(w);
    expect(urgent(w)).toHaveLength(1);
  });

  test('what stands stays: a proven fix is an outcome', async () => {
    const w = await given(incidentRow({ standing: 'fixed' }));
    await run(w);
    expect((await incident(w))?.outcome).toBe('fixed');
  });

  test('a proof whose journal a crash kept from being written is none', async () => {
    const w = await given(incidentRow({ standing: 'fixed', changes: ['chg-1'] }));
    await rows.change.create(w.store, 'chg-1', changeRow(['planned', 'applying', 'applied']));
    await run(w);
    expect((await incident(w))?.outcome).toBe('failed');
  });

  test('the next signal can open anew', async () => {
    const w = await given();
    await run(w, ended('inc-1'));
    expect((await rows.stage.get(w.store, key))?.value).toEqual({ key, closedAts: [t], lastClosedAt: t, sweptAts: [t] });
  });

  test.each(['put outbox', 'publish', 'put told', 'put incident', 'put stage', 'startUndo'])(
    'a crash before or after "%s" is mended by the next sweep',
    async (step) => {
      for (const when of ['before', 'after'] as const) {
        const w = await given(incidentRow({ changes: ['chg-1'] }));
        await rows.change.create(w.store, 'chg-1', changeRow(['planned', 'applying']));
        w.crashWhen(when, (what) => what === step);
        await run(w).catch(() => {});
        w.calm();
        await run(w).catch(() => {});
        w.pass(5 * minute);
        await run(w);
        expect(await incident(w), `${when} ${step}`).toMatchObject({ phase: 'closed' });
        expect((await rows.stage.get(w.store, key))?.value.live, `${when} ${step}`).toBeUndefined();
        expect(urgent(w).length, `${when} ${step}`).toBeGreaterThanOrEqual(1);
        expect(w.undos.size, `${when} ${step}`).toBe(1);
      }
    },
  );

  test('an incident that ended as part of an outage is settled silently', async () => {
    const w = await given(incidentRow({ parentId: 'inc-p' }));
    await run(w);
    expect(urgent(w)).toEqual([]);
    expect((await incident(w))?.phase).toBe('closed');
  });
});

describe('stages', () => {
  test('a row younger than half a minute is left to intake', async () => {
    const w = upkeepWorld({ startAt: t });
    await rows.stage.create(w.store, key, { key, closedAts: [], live: { incidentId: 'inc-9', openedAt: t - 10_000, at } });
    await run(w);
    expect(w.executions.size).toBe(0);
    w.pass(minute);
    await run(w);
    expect(w.executions.get('inc-9')).toBe('running');
    expect((await rows.incident.get(w.store, 'inc-9'))?.value).toMatchObject({ at, openedAt: t - 10_000, watched: true });
  });

  test('a stage that still names a closed incident is freed', async () => {
    const w = await given(incidentRow({ phase: 'closed', closedAt: t - minute }));
    await run(w);
    expect((await rows.stage.get(w.store, key))?.value).toEqual({ key, closedAts: [t - minute], lastClosedAt: t - minute });
  });
});

describe('changes', () => {
  const crashed = async (steps: readonly Step[], change: Parameters<typeof changeRow>[1] = {}) => {
    const w = await given(incidentRow({ changes: ['chg-1'] }));
    await rows.change.create(w.store, 'chg-1', changeRow(steps, change));
    return w;
  };

  test.each([
    [['planned', 'applying'], 1],
    [['planned', 'applying', 'applied'], 1],
    [['planned', 'applying', 'applied', 'failed'], 1],
    [['planned', 'applying', 'applied', 'failed', 'undoing'], 1],
    [['planned', 'applying', 'applied', 'verified'], 0],
    [['planned', 'applying', 'applied', 'verified', 'kept'], 0],
    [['planned'], 0],
  ] as const)('of a crashed incident, %s: taken back %i times', async (steps, undos) => {
    const w = await crashed(steps);
    await run(w);
    await run(w);
    expect([...w.undos.values()].map((u) => [u.changeId, u.why])).toEqual(Array.from({ length: undos }, () => ['chg-1', 'sweeper']));
    for (const name of w.undos.keys()) expect(name.length).toBeLessThanOrEqual(80);
  });

  test('planned and never begun is dropped', async () => {
    const w = await crashed(['planned']);
    await run(w);
    expect((await rows.change.get(w.store, 'chg-1'))?.value.step).toBe('dropped');
  });

  test('an undo that does not get on is tried again every half hour, then a person hears of it', async () => {
    const w = await crashed(['planned', 'applying', 'applied', 'failed', 'undoing']);
    for (let n = 0; n < 12; n++) {
      await run(w);
      w.pass(10 * minute);
    }
    expect(w.undos.size).toBeGreaterThanOrEqual(4);
    expect(w.undos.size).toBeLessThanOrEqual(5);
    w.pass(6 * 60 * minute);
    await run(w);
    expect(w.published.some((p) => String(p['says']).includes('does not get on'))).toBe(true);
  });

  test('applied on an incident that closed by itself stays: nobody could judge it', async () => {
    const w = await given(incidentRow({ phase: 'closed', closedAt: t - minute, changes: ['chg-1'] }));
    await rows.change.create(
      w.store,
      'chg-1',
      changeRow(['planned', 'applying', 'applied'], { lastAt: t - 60 * minute, undoUntilAt: t + minute }),
    );
    await run(w);
    expect(w.undos.size).toBe(0);
  });

  test('an undo under way is left alone', async () => {
    const w = await given(incidentRow({ phase: 'closed', closedAt: t, changes: ['chg-1'] }));
    await rows.change.create(
      w.store,
      'chg-1',
      changeRow(['planned', 'applying', 'applied', 'verified', 'undoing'], { lastAt: t - minute }),
    );
    await run(w);
    expect(w.undos.size).toBe(0);
  });

  test('a lease past its end is ended under the schedule’s own name, then under others', async () => {
    const w = await given(incidentRow(), 'running');
    await rows.change.create(w.store, 'chg-1', changeRow(['planned', 'applying', 'applied', 'verified'], { leaseEndsAt: t, extended: 1 }));
    await run(w);
    expect(w.undos.size).toBe(0);
    w.pass(6 * minute);
    await run(w);
    await run(w);
    expect([...w.undos.values()]).toEqual([{ name: 'lease-chg-1-1', changeId: 'chg-1', why: 'lease' }]);
    w.pass(30 * minute);
    await run(w);
    expect([...w.undos.keys()]).toEqual(['lease-chg-1-1', 'lease-chg-1-1-1']);
  });

  test('stuck is told again once a day, with exact from and to', async () => {
    const w = await given(incidentRow(), 'running');
    await rows.change.create(w.store, 'chg-1', changeRow(['planned', 'applying', 'applied', 'undoing', 'stuck']));
    for (let n = 0; n < 300; n++) {
      await run(w);
      w.pass(5 * minute);
    }
    expect(urgent(w)).toHaveLength(2);
    expect(urgent(w)[0]).toMatchObject({ urgent: true, changes: [{ from: 'absent', to: { sid: 'x' } }] });
  });
});

describe('outbox and one broken row', () => {
  test('what Slack refused is sent again', async () => {
    const w = upkeepWorld({ startAt: t });
    await rows.outbox.create(w.store, 'topic-1', {
      id: 'topic-1',
      firstAt: t - minute,
      tries: 1,
      what: 'topic',
      payload: { subject: 's', message: { a: 1 } },
    });
    await run(w);
    expect(w.published).toEqual([{ a: 1 }]);
    expect(await rows.outbox.get(w.store, 'topic-1')).toBeUndefined();
  });

  test('messages that are refused again and again do not keep a later one waiting', async () => {
    const w = upkeepWorld({ startAt: t });
    const refusing = { ...w.world.slack, post: () => Promise.reject(new WorldError('gone', 'slack:chat.postMessage', 'x')) };
    const world = { ...w.world, slack: refusing };
    for (let n = 0; n < 25; n++)
      await rows.outbox.create(w.store, `message-${n}`, {
        id: `message-${n}`,
        firstAt: t - 60 * minute + n,
        tries: 3,
        what: 'message',
        payload: { channel: 'C', message: { text: 'x', blocks: [] } },
      });
    await rows.outbox.create(w.store, 'topic-1', {
      id: 'topic-1',
      firstAt: t - minute,
      tries: 0,
      what: 'topic',
      payload: { subject: 's', message: { a: 1 } },
    });
    await sweep.run(world, {});
    expect(w.published).toEqual([{ a: 1 }]);
    const tries = (await rows.outbox.list(w.store, 'outbox')).map((r) => r.value.tries);
    expect(
      tries.filter((n) => n === 4),
      'and no more in one sweep than it may send',
    ).toHaveLength(19);
  });

  test('a row of another shape keeps nobody from being swept, and is heard of', async () => {
    const w = await given();
    await w.store.putIfAbsent({ key: 'incident#bad', value: { nonsense: true }, list: { name: 'open-incidents', at: 1 } });
    await w.store.putIfAbsent({ key: 'change#bad', value: 7, list: { name: 'open-changes', at: 1 } });
    await expect(run(w)).rejects.toThrow('failed');
    expect((await incident(w))?.phase).toBe('closed');
  });

  test('what a topic that is down refused waits and is told later; the stage is free meanwhile', async () => {
    const w = await given();
    const down = { ...w.world, topic: { publish: () => Promise.reject(new WorldError('down', 'sns:Publish', 'x')) } };
    await sweep.run(down, {});
    expect((await incident(w))?.phase).toBe('closed');
    expect(urgent(w)).toHaveLength(0);
    w.pass(5 * minute);
    await run(w);
    expect(urgent(w)).toHaveLength(1);
  });
});

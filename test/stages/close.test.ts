import { describe, expect, test } from 'vitest';
import { everyStage } from '../../lib/model/api.ts';
import close from '../../lib/stages/close.ts';
import { rows } from '../../lib/store/rows.ts';
import { at, changeRow, closeDecision, incidentRow, key, plan, t } from './upkeep-rows.ts';
import { upkeepWorld } from './upkeep-world.ts';

const live = (incidentId = 'inc-1') => ({ incidentId, openedAt: t - 300_000, at });
async function given(incident = incidentRow({ decision: closeDecision(t - 60_000) })) {
  const w = upkeepWorld({ startAt: t });
  await rows.incident.create(w.store, incident.id, incident);
  await rows.stage.create(w.store, key, { key, closedAts: [], live: live(incident.id) });
  return w;
}
const run = (w: ReturnType<typeof upkeepWorld>, incidentId = 'inc-1') => close.run(w.world, { incidentId });
const row = async (w: ReturnType<typeof upkeepWorld>, k = key) => (await rows.stage.get(w.store, k))?.value;
const incident = async (w: ReturnType<typeof upkeepWorld>, id = 'inc-1') => (await rows.incident.get(w.store, id))?.value;

describe('close', () => {
  test('closes with the decision’s outcome and frees the stage; twice is once', async () => {
    const w = await given();
    expect(await run(w)).toMatchObject({ incidentId: 'inc-1', next: 'end' });
    const [after, freed] = [await incident(w), await row(w)];
    expect(after).toMatchObject({ phase: 'closed', outcome: 'none', closedAt: t });
    expect(freed).toEqual({ key, closedAts: [t], lastClosedAt: t });
    w.pass(1000);
    expect(await run(w)).toMatchObject({ next: 'end' });
    expect([await incident(w), await row(w)]).toEqual([after, freed]);
  });

  test('the standing outcome where the decision was not to close; none where nothing stands', async () => {
    const w = await given(incidentRow({ standing: 'fixed', decision: { at: t - 150_000, because: [], do: 'act', plan } }));
    await run(w);
    expect((await incident(w))?.outcome).toBe('fixed');
    const bare = await given(incidentRow({ diagnosis: { cause: 'unknown', certainty: 'unknown', at: t, suspects: [], missing: [] } }));
    await run(bare);
    expect((await incident(bare))?.outcome).toBe('none');
  });

  test('a failure newer than the decision is looked at once more', async () => {
    const w = await given(incidentRow({ decision: closeDecision(t - 60_000), lastFailureAt: t - 59_999 }));
    expect(await run(w)).toMatchObject({ next: 'investigate' });
    expect(await incident(w)).toMatchObject({ phase: 'live' });
    expect((await row(w))?.live).toBeDefined();
  });

  test('failures before the proof of a change do not hold it open; later ones do', async () => {
    const decision = { at: t - 250_000, because: [], do: 'act', plan } as const;
    for (const [lastFailureAt, next] of [
      [t - 120_000, 'end'],
      [t - 99_999, 'investigate'],
    ] as const) {
      const w = await given(incidentRow({ decision, lastFailureAt, changes: ['chg-1'] }));
      await rows.change.create(w.store, 'chg-1', changeRow(['planned', 'applying', 'applied', 'verified']));
      expect(await run(w)).toMatchObject({ next });
    }
  });

  test('a question nobody answered is withdrawn', async () => {
    const w = await given(
      incidentRow({ decision: closeDecision(t - 1), question: { id: 'q', plan, askedAt: t - 9, expiresAt: t + 9, state: 'pending' } }),
    );
    await run(w);
    expect((await incident(w))?.question?.state).toBe('withdrawn');
  });

  test.each(['before', 'after'] as const)('a crash %s freeing is mended by running again', async (when) => {
    const w = await given();
    w.crashWhen(when, (what) => what === 'put stage');
    await expect(run(w)).rejects.toThrow('put stage');
    w.calm();
    w.pass(5000);
    expect(await run(w)).toMatchObject({ next: 'end' });
    expect(await row(w)).toEqual({ key, closedAts: [t], lastClosedAt: t });
  });

  test('a stage that names another incident is left alone', async () => {
    const w = await given();
    await rows.stage.update(w.store, key, (r) => ({ ...r, live: live('inc-2') }));
    await run(w);
    expect((await row(w))?.live?.incidentId).toBe('inc-2');
  });

  test('closes of the last day are kept, older ones go; a burst’s tail is no return', async () => {
    const day = 24 * 3_600_000;
    const w = await given();
    await rows.stage.update(w.store, key, (r) => ({ ...r, lastClosedAt: t - 3_600_000, closedAts: [t - 3_600_000, t - day - 1] }));
    await run(w);
    expect((await row(w))?.closedAts).toEqual([t, t - 3_600_000]);
    const tail = await given();
    await rows.stage.update(tail.store, key, (r) => ({ ...r, lastClosedAt: t - 305_000, closedAts: [t - 305_000] }));
    await run(tail);
    expect(await row(tail)).toMatchObject({ closedAts: [t - 305_000], lastClosedAt: t });
  });

  test('a parent frees every stage that joined it, and only those', async () => {
    const parent = incidentRow({ id: 'inc-p', at: { ...at, apiId: '*', stage: '*' }, outageOf: ['a/1'], decision: closeDecision(t - 1) });
    const w = await given(parent);
    await rows.stage.create(w.store, everyStage, { key: everyStage, closedAts: [], live: live('inc-p') });
    for (const k of ['a/1', 'b/2']) await rows.stage.create(w.store, k, { key: k, closedAts: [], live: live('inc-p') });
    await rows.stage.create(w.store, 'c/3', { key: 'c/3', closedAts: [], live: live('inc-other') });
    await run(w, 'inc-p');
    for (const k of [everyStage, key, 'a/1', 'b/2']) expect(await row(w, k)).toMatchObject({ lastClosedAt: t });
    expect((await row(w, 'b/2'))?.live).toBeUndefined();
    expect((await row(w, 'c/3'))?.live).toBeDefined();
  });

  test('no such incident: end, nothing written', async () => {
    const w = upkeepWorld();
    expect(await run(w, 'inc-none')).toMatchObject({ next: 'end' });
    expect(w.counts.puts).toBe(0);
  });
});

// Investigate: what it writes into the incident and its evidence, how an outage ends children silently, how late CloudTrail is told.
import { describe, expect, it } from 'vitest';
import { everyStage, stageKey } from '../../lib/model/api.ts';
import { defaults, type Installation } from '../../lib/model/installation.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import { MemoryStore } from '../../lib/store/memory.ts';
import { rows, stageId } from '../../lib/store/rows.ts';
import investigate, { evidenceBytes, fitting, windowOf } from '../../lib/stages/investigate.ts';
import type { World } from '../../lib/world.ts';
import type { CallName } from '../../lib/aws/calls.ts';
import { brokenShop, type Broken } from './broken-shop.ts';

const installation: Installation = {
  ...defaults,
  accountId: '111122223333',
  region: 'us-east-1',
  mode: 'act',
  stages: [],
  functions: [],
  approvers: [],
  deployPrincipals: [],
  fixes: [...defaults.fixes],
  slack: { channel: 'C012AB3CD', teamId: 'T012AB3CD', appId: 'A012AB3CD' },
};
/** A World with what investigate may use; everything else is a bug to touch. */
function worldOf(broken: Broken): World<CallName> {
  const store = new MemoryStore();
  return { aws: broken.aws, store, now: () => broken.clock.now(), installation, log: () => {} } as unknown as World<CallName>;
}
const incidentOf = (broken: Broken, more: Partial<Incident> = {}): Incident => ({
  id: 'inc-1',
  at: broken.at,
  watched: true,
  phase: 'live',
  openedAt: broken.firstFailureAt,
  firstFailureAt: broken.firstFailureAt,
  lastFailureAt: broken.firstFailureAt,
  failures: 3,
  signals: 1,
  from: 'log',
  lines: [
    {
      log: 'execution',
      at: broken.firstFailureAt,
      text: '(r) Execution failed due to configuration error: Invalid permissions on Lambda function',
    },
  ],
  rounds: 0,
  changes: [],
  notes: [],
  ...more,
});
const opened = async (id: string, more: Partial<Incident> = {}) => {
  const broken = await brokenShop(id, { logs: true });
  const world = worldOf(broken);
  const incident = incidentOf(broken, more);
  await rows.incident.create(world.store, incident.id, incident);
  await rows.stage.create(world.store, stageId(incident.at), {
    key: stageKey(incident.at),
    closedAts: [],
    live: { incidentId: incident.id, openedAt: incident.openedAt },
  });
  const run = () => broken.within(() => investigate.run(world, { incidentId: incident.id }));
  const stored = async () => (await rows.incident.get(world.store, incident.id))?.value;
  return { broken, world, incident, run, stored };
};

describe('a stage in trouble', () => {
  it('writes diagnosis, evidence and what the installed fix looks at', async () => {
    const { world, run, stored, broken } = await opened('permission-removed-by-deploy');
    expect(await run()).toMatchObject({ incidentId: 'inc-1', next: 'decide', untilAt: expect.stringMatching(/^2026-.*Z$/) });
    const first = await stored();
    expect(first).toMatchObject({ rounds: 1, diagnosis: { cause: 'lambda-permission-missing', certainty: 'confirmed' } });
    const kept = (await rows.evidence.get(world.store, 'inc-1'))?.value.gathered;
    expect(kept?.stackEvents).toMatchObject({ state: 'got' });
    expect(kept).toHaveProperty('changeTrail');
    await broken.clock.runUntil(broken.clock.now() + 60_000);
    await run();
    expect(await stored()).toMatchObject({ rounds: 2, firstDiagnosedAt: first?.firstDiagnosedAt });
  });
  it('gathers nothing for a fix that is not installed', async () => {
    const { world, run } = await opened('permission-removed-by-deploy');
    Object.assign(world, { installation: { ...installation, fixes: [] } });
    await run();
    expect((await rows.evidence.get(world.store, 'inc-1'))?.value.gathered).not.toHaveProperty('stackEvents');
  });
  it('tells once who removed the grant, when CloudTrail comes', async () => {
    const { broken, run, stored } = await opened('permission-removed-on-purpose');
    await run();
    expect((await stored())?.notes).toEqual([]);
    await broken.clock.runUntil(broken.clock.now() + 20 * 60_000);
    await run();
    await run();
    const notes = (await stored())?.notes ?? [];
    expect(notes).toHaveLength(1);
    expect(notes[0]?.key).toMatch(/^trail:/);
    expect(notes[0]?.says).toMatch(/^alice removed the statement \S+ from orders:live at 2026-/);
  });
});

describe('an outage', () => {
  it('ends a child silently and leaves the row pointing at the parent', async () => {
    const { broken, world, incident, run, stored } = await opened('permission-removed-by-deploy');
    const parent = { incidentId: 'inc-parent', openedAt: incident.openedAt };
    await rows.incident.create(world.store, 'inc-parent', incidentOf(broken, { id: 'inc-parent', outageOf: [stageKey(incident.at)] }));
    await rows.stage.create(world.store, everyStage, { key: everyStage, closedAts: [], live: parent });
    await rows.stage.update(world.store, stageId(incident.at), (row) => ({ ...row, live: parent }));
    expect(await run()).toMatchObject({ next: 'end' });
    expect(await stored()).toMatchObject({ phase: 'closed', parentId: 'inc-parent', rounds: 0 });
    expect((await rows.stage.get(world.store, stageId(incident.at)))?.value.live?.incidentId).toBe('inc-parent');
  });
  it('asks AWS Health for the parent, and gathers nothing stage by stage', async () => {
    const { broken, world, run, stored } = await opened('permission-removed-by-deploy', { outageOf: ['a/prod', 'b/prod'] });
    const before = [...broken.shop.account.wire];
    expect(await run()).toMatchObject({ next: 'decide' });
    expect((await stored())?.diagnosis).toMatchObject({
      cause: 'aws-incident',
      certainty: 'suspected',
      nextProbe: expect.stringContaining('AWS Health'),
    });
    expect([...broken.shop.account.wire]).toEqual([...before, ['health', 1]]);
    expect((await rows.evidence.get(world.store, 'inc-1'))?.value.gathered).toMatchObject({
      awsHealth: { state: 'got', value: { events: [] } },
    });
  });
  it('is sure of AWS once AWS Health says so', async () => {
    const { broken, run, stored } = await opened('permission-removed-by-deploy', { outageOf: ['a/prod', 'b/prod'] });
    broken.shop.account.reportIncident('LAMBDA');
    await run();
    expect((await stored())?.diagnosis).toMatchObject({ cause: 'aws-incident', certainty: 'confirmed' });
  });
  it('says that AWS Health is not enabled, where the account has no support plan', async () => {
    const { broken, run, stored } = await opened('permission-removed-by-deploy', { outageOf: ['a/prod', 'b/prod'] });
    broken.shop.account.setSupportPlan(false);
    broken.shop.account.reportIncident('LAMBDA');
    await run();
    expect((await stored())?.diagnosis?.certainty).toBe('suspected');
    expect((await stored())?.diagnosis?.missing).toContainEqual(expect.objectContaining({ kind: 'awsHealth', why: 'notEnabled' }));
  });
});

it('ends for an incident that is closed, and throws for one that is not there', async () => {
  const { world, run } = await opened('permission-removed-by-deploy', { phase: 'closed' });
  expect(await run()).toMatchObject({ next: 'end' });
  await expect(investigate.run(world, { incidentId: 'inc-none' })).rejects.toThrow('no incident inc-none');
});

describe('sizes', () => {
  const big = (n: number) =>
    got({ lines: [{ at: 1, log: 'function' as const, text: 'x'.repeat(n) }], cut: false }, { from: 0, to: 1 }, 'forgeable');
  it('drops the largest kinds and says so', () => {
    const kept = fitting({ functionLog: big(400_000), executionLog: big(100_000), accessLog: big(10) }, evidenceBytes);
    expect(kept.functionLog).toMatchObject({ state: 'missing', why: 'overBudget' });
    expect(kept.executionLog?.state).toBe('got');
    expect(JSON.stringify(kept).length).toBeLessThan(evidenceBytes);
  });
  it('keeps what fits as it is', () => {
    const all = { accessLog: big(10), functionLog: missing('denied', 'x') };
    expect(fitting(all, evidenceBytes)).toEqual(all);
  });
  it('looks back ten minutes before the first failure, and an hour at most', () => {
    const now = 10_000_000_000;
    expect(windowOf({ firstFailureAt: now - 60_000 }, now)).toEqual({ from: now - 660_000, to: now });
    expect(windowOf({ firstFailureAt: now - 7_200_000 }, now)).toEqual({ from: now - 3_600_000, to: now });
  });
});

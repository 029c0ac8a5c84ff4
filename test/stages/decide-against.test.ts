// Decide, where something speaks against a change: what lowers it to advice, and the brakes.
import { describe, expect, test } from 'vitest';
import { everyStage } from '../../lib/model/api.ts';
import type { Decision, Plan } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { hashOf } from '../../lib/journal/hash.ts';
import type { Installation } from '../../lib/model/installation.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed } from '../../lib/stages/stage.ts';
import { rows } from '../../lib/store/rows.ts';
import { faultOf } from '../laws/faults.ts';
import { at, openWorkshop, region, accountId, type Workshop } from '../laws/workshop.ts';
import { id, incidentOf } from '../laws/workshop-rows.ts';

const permissionFault = faultOf('re-add-invoke-permission');
const coldFault = faultOf('warm-concurrency');
const minute = 60_000;
let shop: Workshop;

const open = () => incidentOf(shop);
const run = () => shop.run(decide.run(shop.world('decide'), { incidentId: id })) as Promise<Routed>;
const set = (more: Partial<Incident>) => rows.incident.update(shop.store, id, (i) => ({ ...i, ...more }));
const opened = async (installation: Partial<Installation> = {}, fault = permissionFault, afterMs?: number) =>
  void (shop = await openWorkshop({ fault, installation, ...(afterMs === undefined ? {} : { afterMs }) }));
const planOf = (d: Decision | undefined): Plan => {
  if (!d || !('plan' in d) || !d.plan) throw new Error(`no plan in ${JSON.stringify(d)}`);
  return d.plan;
};

describe('advise', () => {
  test.each([
    ['observe mode', { mode: 'observe' }, undefined, /only observes/],
    [
      'a fix that is not listed',
      { fixes: [{ id: 'warm-concurrency' }] },
      undefined,
      /re-add-invoke-permission would treat this; it is not listed in fixes/,
    ],
    ['a function neither listed nor tagged', { functions: [] }, undefined, /may not write/],
    ['hands off', {}, () => shop.account.tagFunction('orders', { 'gatemedic:hands-off': 'true' }), /hands-off/],
    ['the kill switch', {}, () => shop.account.putParameter('/gatemedic/kill-switch', 'on'), /kill switch is on/],
    ['a kill switch that cannot be read', {}, () => shop.account.putParameter('/gatemedic/kill-switch', undefined), /could not be read/],
    ['a stage nobody listed', {}, () => set({ watched: false }), /not listed/],
  ] as const)('%s', async (_, installation, prepare, because) => {
    await opened(installation as Partial<Installation>);
    await prepare?.();
    const before = shop.account.snapshot();
    const routed = await run();
    const { decision, standing } = await open();
    expect(routed.next).toBe('wait');
    expect(decision).toMatchObject({ do: 'advise', because: expect.arrayContaining([expect.stringMatching(because)]) });
    expect(standing).toBe('advised');
    expect(shop.account.snapshot()).toEqual(before);
  });
  test('a function tagged gatemedic=allowed may be written', async () => {
    await opened({ functions: [] });
    shop.account.tagFunction('orders', { gatemedic: 'allowed' });
    expect((await run()).next).toBe('carry-out');
  });
  test('many stages at once', async () => {
    await opened({ outage: { stages: 2, withinMs: 5 * minute } });
    for (const n of [1, 2, 3])
      await rows.stage.create(shop.store, `api${n}/prod`, {
        key: `api${n}/prod`,
        live: { incidentId: `inc-${n}`, openedAt: shop.clock.now() },
        closedAts: [],
      });
    await run();
    expect((await open()).decision).toMatchObject({ do: 'advise', because: [expect.stringContaining('outage')] });
  });
  test('an outage that stands longer than the time in which it was declared', async () => {
    await opened({ outage: { stages: 2, withinMs: 5 * minute } });
    const longAgo = shop.clock.now() - 20 * minute;
    for (const key of [everyStage, 'api1/prod', 'api2/prod', 'api3/prod'])
      await rows.stage.create(shop.store, key, { key, live: { incidentId: 'inc-parent', openedAt: longAgo }, closedAts: [] });
    await run();
    expect((await open()).decision).toMatchObject({ do: 'advise', because: [expect.stringContaining('outage')] });
  });
  test('the parent of an outage is told, and nothing is planned', async () => {
    await opened();
    await set({ outageOf: ['a/prod', 'b/prod'] });
    shop.wire.length = 0;
    expect((await run()).next).toBe('wait');
    expect((await open()).decision).toMatchObject({ do: 'advise' });
    expect(shop.wire).toEqual([]);
  });
  test('a ready plan comes with the commands that do it by hand', async () => {
    await opened({ mode: 'observe' });
    await run();
    const { decision } = await open();
    expect(decision?.do === 'advise' && decision.advice.snippets[0]).toMatchObject({
      title: 'By hand',
      code: expect.stringContaining('aws lambda add-permission --function-name orders --qualifier live'),
    });
  });
  test('it looks again in a minute while evidence is on its way, later every five', async () => {
    await opened();
    await set({ diagnosis: { ...shop.diagnosis, cause: 'lambda-timeout', certainty: 'suspected' }, lastFailureAt: shop.clock.now() });
    expect((await run()).untilAt).toBe(new Date(shop.clock.now() + minute).toISOString());
    await set({ openedAt: shop.clock.now() - 11 * minute });
    expect((await run()).untilAt).toBe(new Date(shop.clock.now() + 5 * minute).toISOString());
  });
  test('a person’s undo stays how it ends', async () => {
    await opened({ mode: 'observe' });
    await set({ standing: 'undone' });
    await run();
    expect((await open()).standing).toBe('undone');
  });
});

describe('brakes', () => {
  const record = async (more: object) => {
    await run();
    const plan = planOf((await open()).decision);
    const now = shop.clock.now();
    await rows.change.create(shop.store, 'chg-old', {
      id: 'chg-old',
      incidentId: 'inc-old',
      at,
      plan,
      step: 'undone',
      entries: [{ n: 1, step: 'undone', at: now - 10 * minute, by: { kind: 'gatemedic' } }],
      ...more,
    });
    await set({ decision: undefined as never });
  };
  test('the same change, tried lately without success', async () => {
    await opened();
    await record({});
    await run();
    expect((await open()).decision).toMatchObject({ do: 'advise', because: [expect.stringContaining('did not help')] });
  });
  test('a person took it back', async () => {
    await opened();
    await record({ entries: [{ n: 1, step: 'undone', at: shop.clock.now() - 5 * 60 * minute, by: { kind: 'person', id: 'U1' } }] });
    await run();
    expect((await open()).decision).toMatchObject({ do: 'advise', because: [expect.stringContaining('a person took this same fix back')] });
  });
  test.each([
    ['three of this stage', 3, at, '3 changes of this stage failed'],
    [
      'six on other stages',
      6,
      { accountId, region, apiType: 'REST', apiId: 'other', stage: 'prod' },
      '6 changes failed within the last hour',
    ],
  ] as const)('%s failed within an hour: a person is asked', async (_, count, where, says) => {
    await opened();
    const plan = { fix: 'x', cause: 'y', changes: [], hash: 'other', preview: [], snippets: [] };
    for (let n = 1; n <= count; n++)
      await rows.change.create(shop.store, `chg-${n}`, {
        id: `chg-${n}`,
        incidentId: 'inc-x',
        at: where,
        plan,
        step: 'undone',
        entries: [
          { n: 1, step: 'failed', at: shop.clock.now() - 20 * minute, by: { kind: 'gatemedic' } },
          { n: 2, step: 'undone', at: shop.clock.now() - 19 * minute, by: { kind: 'gatemedic' } },
        ],
      });
    await run();
    expect((await open()).decision).toMatchObject({ do: 'ask', because: [expect.stringContaining(says)] });
  });
  test('the same target, changed a short while ago for another stage by another fix: a person is asked', async () => {
    await opened();
    await record({
      at: { accountId, region, apiType: 'HTTP', apiId: 'other', stage: 'prod' },
      step: 'verified',
      entries: [{ n: 1, step: 'verified', at: shop.clock.now() - 10 * minute, by: { kind: 'gatemedic' } }],
    });
    await rows.change.update(shop.store, 'chg-old', (c) => {
      const { changes } = c.plan;
      return { ...c, plan: { ...c.plan, fix: 'warm-concurrency', hash: hashOf('warm-concurrency', changes) } };
    });
    await run();
    expect((await open()).decision).toMatchObject({
      do: 'ask',
      because: [expect.stringMatching(/warm-concurrency changed the same target 10 minutes ago/)],
    });
  });
  test('whoever is asked hears of a deploy under way, too', async () => {
    await opened({ mode: 'ask' });
    await rows.evidence.upsert(shop.store, id, (row) => {
      const found = row?.gathered.stackEvents;
      if (!row || found?.state !== 'got') throw new Error('no stack events');
      const stacks = Object.fromEntries(Object.entries(found.value.stacks).map(([key, stack]) => [key, { ...stack, inProgress: true }]));
      return { ...row, gathered: { ...row.gathered, stackEvents: { ...found, value: { stacks } } } };
    });
    await run();
    expect((await open()).decision).toMatchObject({
      do: 'ask',
      because: [expect.stringContaining('asks before every change'), expect.stringContaining('stack orders-stack is being updated')],
    });
  });
  test('leases that stand count against the cap on dollars an hour', async () => {
    await opened({ caps: { usdPerHour: 0.06, usdPerDay: 10, warmEnvironments: 50 } }, coldFault);
    await set({ lastFailureAt: shop.clock.now(), firstFailureAt: shop.clock.now() - 10 * minute });
    expect((await run()).next).toBe('carry-out');
    const now = shop.clock.now();
    await rows.change.create(shop.store, 'chg-lease', {
      id: 'chg-lease',
      incidentId: 'inc-x',
      at,
      plan: {
        fix: 'warm-concurrency',
        cause: 'lambda-cold-start',
        changes: [],
        hash: 'other',
        preview: [],
        snippets: [],
        usdPerHour: 0.04,
        leaseMs: 1,
      },
      step: 'verified',
      appliedAt: now - minute,
      entries: [{ n: 1, step: 'verified', at: now, by: { kind: 'gatemedic' } }],
    });
    await run();
    expect((await open()).decision).toMatchObject({ do: 'advise', because: [expect.stringContaining('cap $0.06')] });
  });
  test('a wait whose time has passed does not look every second', async () => {
    await opened({}, coldFault);
    await set({
      firstFailureAt: shop.clock.now() - 20 * minute,
      lastFailureAt: shop.clock.now() - 19 * minute,
      lines: [{ at: shop.clock.now() - 19 * minute, text: 'x', log: 'execution' }],
    });
    const gathered = { ...shop.evidence, gatewayMetrics: { state: 'missing', why: 'late', detail: '' } } as never;
    await rows.evidence.upsert(shop.store, id, () => ({ at: 0, gathered }));
    const routed = await run();
    expect(routed.next).toBe('wait');
    expect(Date.parse(routed.untilAt) - shop.clock.now()).toBeGreaterThanOrEqual(20_000);
  });
});

// What a stage serves is kept once a deployment, only while all is well, and only for the fix that needs it.
import { expect, test } from 'vitest';
import { duties } from '../../lib/duties.ts';
import type { StageRow } from '../../lib/model/incident.ts';
import { definitionsOf } from '../../lib/stages/looking/kept.ts';
import { keepDefinitions } from '../../lib/stages/upkeep/definitions.ts';
import putBack from '../../lib/fixes/put-back-deployment.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { rows, stageId } from '../../lib/store/rows.ts';
import { room } from '../settings/gateway-room.ts';

const minute = 60_000;

function keeping(fixes: readonly { id: string }[] = [{ id: putBack.id }]) {
  const r = room({ calls: { read: ['apigateway:GetExport'], write: ['apigateway:GetStage'] } });
  const store = memoryStore(() => undefined);
  const { accountId, region, apiId, stage, apiType } = r.at;
  const installation = { accountId, region, fixes, stages: [{ apiType, apiId, apiName: 'orders', stage }] };
  const world = { aws: r.aws, store, installation, now: () => r.clock.now(), log: () => undefined };
  return {
    ...r,
    store,
    run: async () => expect(await keepDefinitions(world as never)).toEqual([]),
    kept: async () => (await definitionsOf({ store }, r.at)).map((d) => d.deploymentId),
    later: (ms: number) => r.clock.runUntil(r.clock.now() + ms),
  };
}

test('the call it takes is granted with the fix that looks at it, and with no other', () => {
  const calls = (fix: string) => duties.find((d) => d.id === 'subscribe')?.calls({ fixes: [{ id: fix }] });
  expect(calls(putBack.id)).toContain('apigateway:GetExport');
  expect(calls('warm-concurrency')).not.toContain('apigateway:GetExport');
});

test('once a deployment, after ten minutes without an incident', async () => {
  const k = keeping();
  await k.run();
  expect(await k.kept()).toEqual([]);
  await k.later(11 * minute);
  await k.run();
  await k.run();
  expect(await k.kept()).toHaveLength(1);
  k.account.deployApi(k.at);
  await k.run();
  expect(await k.kept()).toHaveLength(1);
  await k.later(11 * minute);
  await k.run();
  expect(await k.kept()).toHaveLength(2);
  expect((await definitionsOf({ store: k.store }, k.at))[0]?.routes).toMatchObject([
    { name: 'GET /orders', leadsTo: 'https://old.example.com/' },
  ]);
});

test('not while an incident lives, nor right after one', async () => {
  const k = keeping();
  await k.later(11 * minute);
  const key = stageId(k.at);
  const row = (more: Partial<StageRow>): StageRow => ({ key, closedAts: [], ...more });
  await rows.stage.create(k.store, key, row({ live: { incidentId: 'inc-1', openedAt: k.clock.now() } }));
  await k.run();
  expect(await k.kept()).toEqual([]);
  await rows.stage.update(k.store, key, () => row({ closedAts: [k.clock.now() - 10 * minute] }));
  await k.run();
  expect(await k.kept()).toEqual([]);
  await k.later(25 * minute);
  await k.run();
  expect(await k.kept()).toHaveLength(1);
});

test('not where the fix is not installed', async () => {
  const k = keeping([]);
  await k.later(11 * minute);
  await k.run();
  expect(await k.kept()).toEqual([]);
});

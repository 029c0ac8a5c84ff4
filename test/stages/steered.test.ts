// Warm environments that Application Auto Scaling steers: nothing is planned beside it, and nothing is made when it was registered meanwhile.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Incident } from '../../lib/model/incident.ts';
import carryOut from '../../lib/stages/carry-out.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed } from '../../lib/stages/stage.ts';
import { rows } from '../../lib/store/rows.ts';
import { faultOf } from '../laws/faults.ts';
import { openWorkshop, type Workshop } from '../laws/workshop.ts';

const coldFault = faultOf('warm-concurrency');
const id = 'inc-law';
let shop: Workshop;
const read = async (): Promise<Incident> => {
  const row = await rows.incident.get(shop.store, id);
  if (!row) throw new Error('no incident');
  return row.value;
};
const decided = () => shop.run(decide.run(shop.world('decide'), { incidentId: id })) as Promise<Routed>;
beforeEach(async () => {
  shop = await openWorkshop({ fault: coldFault });
  await rows.incident.update(shop.store, id, (i) => ({ ...i, firstFailureAt: shop.clock.now() - 600_000 }));
});

describe('warm concurrency', () => {
  test('of an alias that nothing steers is made', async () => {
    expect((await decided()).next).toBe('carry-out');
  });
  test('steps aside for Application Auto Scaling, even while it keeps nothing warm', async () => {
    shop.account.steerWarmth('orders', 'live');
    expect((await decided()).next).toBe('wait');
    expect((await read()).decision).toMatchObject({
      do: 'advise',
      because: [expect.stringMatching(/^warm-concurrency: Application Auto Scaling steers .*function:orders/)],
    });
  });
  test('of another alias that is steered does not matter', async () => {
    shop.account.steerWarmth('orders', 'next');
    expect((await decided()).next).toBe('carry-out');
  });
  test('is not planned when that cannot be read', async () => {
    shop.answer = (name) => (name === 'application-autoscaling:DescribeScalableTargets' ? 'denied' : undefined);
    await decided();
    expect((await read()).decision).toMatchObject({ do: 'advise', because: [expect.stringContaining('could not be read')] });
  });
  test('is dropped before the first write when it was registered since', async () => {
    await decided();
    shop.account.steerWarmth('orders', 'live');
    const before = shop.account.snapshot();
    const routed = (await shop.run(carryOut.run(shop.world('carry-out'), { do: 'apply', incidentId: id }))) as Routed;
    expect(routed.next).toBe('investigate');
    expect((await read()).notes.at(-1)?.says).toMatch(/nothing was changed: Application Auto Scaling steers/);
    expect(shop.account.snapshot()).toEqual(before);
  });
});

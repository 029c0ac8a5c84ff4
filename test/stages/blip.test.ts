// A deploy that takes the permission away and puts it back: requests fail for half a minute, and later looks say that it passed, and why.
import { expect, it } from 'vitest';
import { grantAgain } from '../../lib/demo/breakages/breakage.ts';
import { blipOf } from '../../lib/model/blip.ts';
import { brokenShop } from './broken-shop.ts';

const second = 1000;
const gap = (logs: boolean) =>
  brokenShop('permission-removed-by-deploy', {
    logs,
    shop: (shop) => void shop.account.clock.after(40 * second, () => grantAgain(shop, shop.victim)),
  });

it('is told by the gateway’s words once the permission is there again and requests succeed', async () => {
  const { diagnosis } = await (await gap(true)).look(480 * second);
  expect([diagnosis.cause, diagnosis.failing]).toEqual(['unknown', false]);
  expect(blipOf(diagnosis)).toContain('permission was missing for a moment');
});
it('is no more than unknown without logs: metrics do not say what failed', async () => {
  const { diagnosis } = await (await gap(false)).look(480 * second);
  expect([diagnosis.cause, diagnosis.failing]).toEqual(['unknown', false]);
  expect(blipOf(diagnosis)).toBeUndefined();
});

// remove-canary: only the canary that was seen to fail and that could be attached again; the whole way, and what an undo meets meanwhile.
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import fix from '../../lib/fixes/remove-canary.ts';
import canary from '../../lib/settings/canary.ts';
import { ok } from '../../lib/model/result.ts';
import { deployedApi, fifth, notIt, planned, reason, unread } from './canaries.ts';
import { wholeWay, type Way } from './whole-way.ts';

describe('plan', () => {
  test('gone, by what the stage serves beside it', async () =>
    expect(await planned(fix)).toMatchObject({ value: [{ target: { beside: 'd1' }, from: fifth, to: 'absent' }] }));
  test.each(notIt)('steps aside for %s', async (_what, over, says) => expect(await reason(fix, over)).toMatch(says));
  test.each([
    [
      'a canary without a deployment',
      { facts: { percent: 20 }, read: async () => ok({ value: { ...fifth, deploymentId: '' } }) },
      /could not be put back/,
    ],
    ['a stage that was not read', unread, /could not be read: GetExport denied/],
    ['a stage whose deployment is not known', deployedApi(), /the stage itself serves is not known/],
  ])('steps aside for %s', async (_what, over, says) => expect(await reason(fix, over)).toMatch(says));
});

const removed = (logs = true): Promise<Way> => wholeWay('canary-broken', { fix: 'remove-canary', logs });

test.each([true, false])('a broken canary is gone, proven, and attached again by an undo (logs: %s)', async (logs) => {
  const way = await removed(logs);
  expect((await way.change()).plan.preview.join()).toMatch(/20 % of the requests to deployment \w+, with its own alias → no canary/);
  expect((await way.change()).plan.snippets.map((s) => s.code).join()).toMatch(/leave CanarySetting out/);
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
  expect(await way.undo()).toBe('undone');
  expect(way.broken.shop.account.snapshot()).toEqual(way.before);
});

const told = async (way: Way): Promise<string> => (await way.incident()).notes.at(-1)?.says ?? '';

describe('an undo attaches nothing, and calls a person, where', () => {
  test('somebody made another canary', async () => {
    const way = await removed();
    const { at, shop } = way.broken;
    shop.account.setCanary({ ...at, canary: { percent: 20, variables: { alias: 'next' } } });
    const others = shop.account.snapshot();
    expect(await way.undo()).toBe('drift');
    expect((await way.change()).step).toBe('stuck');
    expect(await told(way)).toMatch(/a person is needed: .*somebody else changed it to/);
    expect(shop.account.snapshot()).toEqual(others);
  });
  test('the canary’s deployment was deleted', async () => {
    const way = await removed();
    const { at, shop } = way.broken;
    const from = v.parse(canary.value, (await way.change()).plan.changes[0]?.from);
    shop.account.deleteDeployment({ ...at, deploymentId: from.deploymentId });
    const without = shop.account.snapshot();
    expect(await way.undo()).toBe('stuck');
    expect((await way.change()).step).toBe('stuck');
    expect(await told(way)).toMatch(/BadRequestException: Deployment id does not exist; by hand: aws apigateway update-stage/);
    expect(shop.account.snapshot()).toEqual(without);
  });
  test('the stage serves another deployment by now', async () => {
    const way = await removed();
    const { at, shop } = way.broken;
    shop.account.deployApi(at);
    const deployed = shop.account.snapshot();
    expect(await way.undo()).toBe('stuck');
    expect(await told(way)).toMatch(/serves deployment \w+ by now, not \w+, beside which the canary stood/);
    expect(shop.account.snapshot()).toEqual(deployed);
  });
});

// The week's end in the sandbox: what happened on Friday stands in the digest that the schedule's function sends.
import { expect, test } from 'vitest';
import { breakage } from '../../lib/demo/breakages/find.ts';
import { openRun } from '../../lib/demo/run.ts';

test('the digest tells the week: what broke, what was done, how long it took', async () => {
  const run = await openRun({ seed: 2, logs: true, onEvent: () => undefined });
  breakage('permission-removed-by-deploy').breakIt(run.shop, run.shop.victim);
  await run.clock.runUntil(run.clock.now() + 10 * 60_000);
  run.installed.invokeLater('digest', {});
  await run.clock.runUntil(run.clock.now() + 10_000);
  const digest = JSON.stringify(run.slack.messages.at(-1)?.blocks);
  expect(run.slack.messages).toHaveLength(2);
  expect(digest).toMatch(/orders/);
  expect(digest).toMatch(/not allowed to call the Lambda function: 1, on `orders/);
  expect(digest).toMatch(/1 fixed, 0 left to people/);
  expect(run.installed.topic.some((t) => t.message['kind'] === 'digest')).toBe(true);
});

// Worlds of chance with warm environments: money is spent for no longer than its lease, whatever fails, and what somebody else set by hand
// meanwhile is theirs. A world that breaks this prints its seed.
import { expect, test } from 'vitest';
import type { ChangeRecord } from '../../lib/model/change.ts';
import { breakage } from '../../lib/demo/breakages/find.ts';
import { openRun, type Run } from '../../lib/demo/run.ts';
import { rows } from '../../lib/store/rows.ts';
import { diceOf } from '../simulation/dice.ts';

const minute = 60_000;
const hour = 60 * minute;
const byHand = 3;

const warmOf = (run: Run): unknown => {
  const { functions } = run.account.snapshot() as { functions: Readonly<Record<string, { provisioned: unknown }>> };
  return functions[run.shop.victim.functionName]?.provisioned;
};
const changesOf = async ({ installed: { store } }: Run): Promise<readonly ChangeRecord[]> =>
  [...(await rows.change.list(store, 'open-changes')), ...(await rows.change.list(store, 'changes'))].map((row) => row.value);

/** Bursts that meet cold starts, calls that fail now and then and processes that die; an hour and a half after the lease began, all is mended. */
async function play(seed: number, somebodyChangesIt: boolean): Promise<Run> {
  const dice = diceOf(seed);
  const run = await openRun({
    seed,
    logs: dice.is(0.5),
    owner: { fixes: [{ id: 'warm-concurrency', unasked: true }] },
    onEvent: () => undefined,
  });
  const { clock, account, shop } = run;
  const from = clock.now();
  breakage('cold-start-burst').breakIt(shop, shop.victim);
  clock.after(dice.between(60, 90) * minute, () => breakage('cold-start-burst').mend(shop, shop.victim));
  account.inject({ kind: 'throttled', probability: dice.between(0, 0.1) });
  const calls = [
    'lambda:PutProvisionedConcurrencyConfig',
    'lambda:DeleteProvisionedConcurrencyConfig',
    'cloudwatch:GetMetricData',
  ] as const;
  for (const call of calls)
    if (dice.is(0.5)) account.inject({ kind: dice.one(['crash-before', 'crash-after', 'down']), call, times: dice.one([1, 2]) });
  if (somebodyChangesIt) clock.after(hour, () => clock.start(() => setByHand(run)));
  await clock.runUntil(from + 4.5 * hour);
  return run;
}

/** The faults strike an owner's calls, too: tried until it is done. */
async function setByHand({ account, shop, clock }: Run): Promise<void> {
  const { functionName: FunctionName, alias: Qualifier } = shop.victim;
  const input = { FunctionName, Qualifier, ProvisionedConcurrentExecutions: byHand };
  for (let tries = 0; tries < 20; tries++) {
    const done = await account
      .attempt('admin')('lambda:PutProvisionedConcurrencyConfig', input)
      .catch(() => ({ ok: false }));
    if (done.ok) return;
    await clock.sleep(5000);
  }
  throw new Error('the owner could not set it by hand');
}

test.each([11, 12, 13])('the world of seed %i: nothing is warm after its lease', async (seed) => {
  const run = await play(seed, false);
  const changes = await changesOf(run);
  expect(
    changes.map((c) => c.plan.fix),
    `seed ${seed}`,
  ).toContain('warm-concurrency');
  for (const c of changes) {
    expect(['undone', 'dropped'], `seed ${seed}: ${c.id}`).toContain(c.step);
    const [made, gone] = [c.appliedAt, c.entries.at(-1)?.at];
    if (c.step === 'undone' && made !== undefined) expect((gone ?? 0) - made, `seed ${seed}: ${c.id}`).toBeLessThan(2.2 * hour);
  }
  expect(warmOf(run), `seed ${seed}`).toEqual({});
});

test.each([21, 22])('the world of seed %i: what somebody set by hand meanwhile stays, and a person is told', async (seed) => {
  const run = await play(seed, true);
  const changes = (await changesOf(run)).filter((c) => c.appliedAt !== undefined);
  expect(warmOf(run), `seed ${seed}`).toEqual({ [run.shop.victim.alias ?? '']: byHand });
  expect(
    changes.map((c) => c.step),
    `seed ${seed}`,
  ).toEqual(changes.map(() => 'stuck'));
  expect(JSON.stringify(run.installed.topic), `seed ${seed}`).toContain(changes[0]?.id ?? 'a change');
});

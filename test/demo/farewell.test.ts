// The stack is removed while something stands that was lent: taken back by the installed function under its own role, exactly, and told.
import { expect, test } from 'vitest';
import { openRun } from '../../lib/demo/run.ts';
import { scenarios } from '../../lib/demo/scenarios/index.ts';
import type { Parted } from '../../lib/stages/farewell.ts';
import { rows } from '../../lib/store/rows.ts';
import { pumped } from './pumped.ts';

const minute = 60_000;

test('warm environments go back before the table, under the role that the template gives', async () => {
  const scenario = scenarios.find((s) => s.id === 'cold-start-burst');
  if (!scenario) throw new Error('no such scenario');
  const run = await openRun({ seed: 5, logs: true, ...(scenario.owner ? { owner: scenario.owner } : {}), onEvent: () => undefined });
  scenario.play(run.shop);
  const before = run.account.snapshot();
  const standing = async () =>
    (await rows.change.list(run.installed.store, 'open-changes'))
      .map(({ value }) => value)
      .filter((c) => c.step === 'applied' || c.step === 'verified');
  for (let n = 0; n < 60 && (await standing()).length === 0; n++) await run.clock.runUntil(run.clock.now() + minute);
  const lent = await standing();
  expect(lent.map((c) => c.plan.fix)).toEqual(['warm-concurrency']);
  expect(run.account.snapshot()).not.toEqual(before);
  const parted = (await pumped(run.clock, run.installed.invoke('farewell', { RequestType: 'Delete' }))) as Parted;
  expect(parted).toMatchObject({ takenBack: [expect.stringContaining(lent[0]?.plan.preview[0] ?? 'none')], stays: [] });
  expect(run.account.snapshot()).toEqual(before);
  expect((await rows.change.get(run.installed.store, lent[0]?.id ?? ''))?.value.step).toBe('undone');
  expect(run.installed.topic.at(-1)?.message).toMatchObject({ kind: 'farewell', urgent: false });
});

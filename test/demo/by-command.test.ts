// People without Slack, against the installation as its template makes it: roles enforced, the real machines, the account as it behaves. Orders are
// signed by the command line and checked by an STS of the sandbox's own.
import { describe, expect, test } from 'vitest';
import type { InstalledAccount } from '../../lib/command/command.ts';
import { incidents } from '../../lib/command/incidents.ts';
import type { Judged } from '../../lib/command/judged.ts';
import { approve, undo } from '../../lib/command/order.ts';
import { replay } from '../../lib/command/replay.ts';
import type { Standing } from '../../lib/command/standing.ts';
import { breakage } from '../../lib/demo/breakages/find.ts';
import { openRun, place, type Run } from '../../lib/demo/run.ts';
import { presigned } from '../../lib/live/presign.ts';
import { ok } from '../../lib/model/result.ts';
import { rows } from '../../lib/store/rows.ts';
import { runCommand } from '../command/edges.ts';
import { approverArns, keys, people } from '../stages/people.ts';
import { pumped } from './pumped.ts';

const minute = 60_000;
const account = ({ installed, clock }: Run): InstalledAccount => ({
  region: place.region,
  whoAmI: async () => ok({ accountId: place.accountId, arn: people.ada.arn }),
  describe: async () => ok({ table: 'x', settings: installed.installation }),
  store: () => installed.store,
  presign: async (value, at) => ok(await presigned(place.region, people.ada, value, at)),
  hand: async (order) => ok(await pumped(clock, installed.invoke('answer', order))),
  pause: (ms) => clock.runUntil(clock.now() + ms),
});
const command = (run: Run, which: typeof approve, ...args: string[]) =>
  runCommand(which, args, { installed: () => account(run), now: () => run.clock.now() });
const shown = async (run: Run, id?: string): Promise<Standing> => {
  const all = (await command(run, incidents, '--json')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Standing);
  const found = all.find((s) => id === undefined || s.id === id);
  if (!found) throw new Error(`no incident ${id ?? ''} among ${all.length}`);
  return found;
};

const broken = async (id: string, owner: { mode?: 'observe' | 'ask' }): Promise<Run> => {
  const run = await openRun({ seed: 5, logs: true, onEvent: () => undefined, keys, owner: { approverArns, ...owner } });
  breakage(id).breakIt(run.shop, run.shop.victim);
  await run.clock.runUntil(run.clock.now() + 2 * minute);
  return run;
};

test('asked, approved by the command line, made and proven by the installation; then undone, and the account is as it was', async () => {
  const run = await broken('permission-removed-on-purpose', {});
  const before = run.account.snapshot();
  const asks = await shown(run);
  expect(asks.question).toMatchObject({
    state: 'pending',
    fix: 're-add-invoke-permission',
    byHand: expect.arrayContaining([expect.stringMatching(/^aws lambda add-permission /)]) as unknown,
  });
  const approved = await command(run, approve, asks.id, '--yes');
  expect([approved.code, approved.err]).toEqual([0, '']);
  for (const line of asks.question?.byHand ?? ['none']) expect(approved.out).toContain(line);
  expect(approved.out).toMatch(/\nMade\. Its proof takes some minutes/);
  await run.clock.runUntil(run.clock.now() + 10 * minute);
  const made = await shown(run);
  expect(made.changes).toMatchObject([
    {
      step: 'verified',
      approvedBy: 'ada@example.com',
      offers: ['undo'],
      byHand: expect.arrayContaining([expect.stringMatching(/^aws lambda remove-permission /)]) as unknown,
    },
  ]);
  expect(run.account.snapshot()).not.toEqual(before);
  expect(await command(run, undo, asks.id, '--yes')).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringMatching(/\nTaken back\.\n$/) as string,
  });
  // the stage fails again, of what was there before: another incident, and not this test's
  expect((await shown(run, asks.id)).changes[0]?.step).toBe('undone');
  expect(run.account.snapshot()).toEqual(before);
});

test.each<[string, (run: Run) => void]>([
  ['the function orders', ({ account, shop }) => account.deleteFunction(shop.victim.functionName)],
  ['the alias orders:live', ({ account, shop }) => account.deleteAlias(shop.victim.functionName, 'live')],
])('%s went between the question and the approval: that is said at the terminal and in Slack, and nothing is begun', async (what, goes) => {
  const run = await broken('permission-removed-on-purpose', {});
  const asks = await shown(run);
  goes(run);
  const before = run.account.snapshot();
  const orderedAt = run.clock.now();
  const approved = await command(run, approve, asks.id, '--yes');
  const says = `it was approved, and is not carried out: ${what} is gone; nothing was changed`;
  expect([approved.code, approved.err]).toEqual([1, '']);
  expect(approved.out.trimEnd().split('\n').at(-1)).toBe(`I${says.slice(1)}.`);
  expect(run.clock.now() - orderedAt).toBeLessThan(10_000);
  await run.clock.runUntil(run.clock.now() + 2 * minute);
  const [row] = await rows.incident.list(run.installed.store, 'open-incidents');
  // it goes on: looked at again, it is another cause, and nothing of the approval is left
  expect(row?.value).toMatchObject({ changes: [], question: { state: 'withdrawn' }, diagnosis: { cause: 'lambda-not-found' } });
  expect(await rows.change.list(run.installed.store, 'open-changes')).toEqual([]);
  expect(run.slack.messages.flatMap((m) => m.thread.map((t) => t.text))).toContain(says);
  expect(run.account.snapshot()).toEqual(before);
});

describe('the shadow', () => {
  test('observe mode changes nothing and asks nobody; what act would have done, and when, is kept and told', async () => {
    const run = await broken('permission-removed-by-deploy', { mode: 'observe' });
    const before = run.account.snapshot();
    await run.clock.runUntil(run.clock.now() + 3 * minute);
    expect(run.account.snapshot()).toEqual(before);
    const { out } = await command(run, replay, '--since', '1h', '--json');
    const [judged, summary] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Judged);
    expect(judged).toMatchObject({ cause: 'lambda-permission-missing', would: 'unasked', fix: 're-add-invoke-permission', because: [] });
    expect(judged?.changes).toHaveLength(1);
    expect(summary).toEqual({ summary: { unasked: 1, asked: 0, waited: 0, advised: 0, unknown: 0 } });
    const [row] = await rows.incident.list(run.installed.store, 'open-incidents');
    expect(row?.value).toMatchObject({ decision: { do: 'advise' }, shadow: { would: 'act', against: [] } });
    expect(row?.value.question).toBeUndefined();
    expect(JSON.stringify(run.slack.messages.at(-1)?.blocks)).toMatch(/In mode act it would have made this change by itself/);
  });
  test('ask mode: a removal by hand would be asked about in act mode too, and why', async () => {
    const run = await broken('permission-removed-on-purpose', { mode: 'ask' });
    const { out } = await command(run, replay);
    expect(out).toMatch(/would be asked about: re-add-invoke-permission/);
    expect(out).toMatch(/why not: (?!this installation asks)/);
    expect(out).toMatch(/1 incident: 0 would be mended unasked, 1 asked, 0 waited with, 0 advised, 0 unknown\n$/);
  });
  test('ask mode: what act would have mended by itself is said beside the question', async () => {
    const run = await broken('permission-removed-by-deploy', { mode: 'ask' });
    await run.clock.runUntil(run.clock.now() + 3 * minute);
    const [row] = await rows.incident.list(run.installed.store, 'open-incidents');
    expect(row?.value).toMatchObject({ question: { state: 'pending' }, shadow: { would: 'act' } });
    expect((await command(run, replay)).out).toMatch(/1 would be mended unasked/);
  });
});

// The fixes that write to Lambda, from the first 5xx to the end, in the synthesised workflow with its own roles: it is asked, approved by as
// many people as it takes, carried out, proven by traffic, and taken back exactly. Nothing is told what was broken.
import { expect, test } from 'vitest';
import { breakage, victimOf } from '../../lib/demo/breakages/find.ts';
import { offers } from '../../lib/demo/offers.ts';
import { openRun, people, type Run } from '../../lib/demo/run.ts';
import { fixes } from '../../lib/fixes/index.ts';
import type { ChangeRecord, Step } from '../../lib/model/change.ts';
import { rows } from '../../lib/store/rows.ts';
import { reconfigured } from '../laws/reconfigured.ts';

const minute = 60_000;
const permissionsBoundary = 'arn:aws:iam::111122223333:policy/boundary';
const groups = ['arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:shop/*'];

interface Story {
  readonly fix: string;
  readonly breakage: string;
  readonly people?: number;
  /** It cannot be taken back. */
  readonly oneWay?: true;
}
const stories: readonly Story[] = [
  { fix: 'put-alias-back', breakage: 'crashing-release' },
  { fix: 'put-alias-back', breakage: 'malformed-response' },
  { fix: 'put-alias-back', breakage: 'module-left-out' },
  { fix: 'set-reserved-concurrency', breakage: 'throttled-by-reserved' },
  { fix: 'set-function-timeout', breakage: 'dependency-slower', people: 2 },
  { fix: 'set-function-memory', breakage: 'data-outgrew-memory', people: 2 },
  { fix: 'stop-codedeploy-deployment', breakage: 'shifted-release', oneWay: true },
  { fix: 'pin-runtime-version', breakage: 'runtime-update-breaks' },
];

async function changes({ installed: { store } }: Run): Promise<readonly ChangeRecord[]> {
  const lists = await Promise.all(['changes', 'open-changes'].map((name) => rows.change.list(store, name)));
  return lists.flat().map((row) => row.value);
}
const stepOf = async (run: Run): Promise<Step | undefined> => (await changes(run))[0]?.step;

/** Runs until it is so, looking every ten seconds; says what stood at the end where it never was. */
async function until(run: Run, what: string, so: () => Promise<boolean>, withinMs = 40 * minute): Promise<void> {
  for (const end = run.clock.now() + withinMs; run.clock.now() < end; await run.clock.runUntil(run.clock.now() + 10_000))
    if (await so()) return;
  const texts = run.slack.messages.map((m) => m.text).join(' | ');
  expect.fail(`${what} never came; the change is ${String(await stepOf(run))}; messages: ${texts}`);
}
const offered = (run: Run, act: string): string | undefined => offers(run.slack.messages).find((o) => o.acts.includes(act))?.ts;

async function press(run: Run, act: string, by: number): Promise<void> {
  const approvers = people.filter((p) => p.approves).slice(0, by);
  for (const { id } of approvers) {
    const ts = offered(run, act);
    if (ts === undefined) throw new Error(`${act} is not offered`);
    await run.click(id, ts, act);
    await run.clock.runUntil(run.clock.now() + 5000);
  }
}
const without = (snapshot: unknown): unknown => reconfigured.compared?.(snapshot);

test.each(stories.map((s) => [`${s.fix} mends ${s.breakage}`, s] as const))(
  '%s',
  async (_, { fix, breakage: id, people: by = 1, oneWay }) => {
    const broken = breakage(id);
    const run = await openRun({
      seed: 3,
      logs: true,
      // all of them, so that the right one is chosen: another that treats the cause must step aside
      owner: { fixes: fixes.map((f) => ({ id: f.id })), resources: groups, permissionsBoundary },
      prepare: (shop) => broken.prepare?.(shop, victimOf(shop, broken)),
      onEvent: () => undefined,
    });
    broken.breakIt(run.shop, victimOf(run.shop, broken));
    await until(run, 'a question', async () => offered(run, 'approve') !== undefined);
    const asked = without(run.account.snapshot());
    expect(await changes(run), 'nothing is done before it is approved').toEqual([]);
    await press(run, 'approve', by);
    await until(run, 'the proof', async () => (await stepOf(run)) === 'verified');
    const provenAt = run.clock.now();
    await run.clock.runUntil(provenAt + 2 * minute);
    expect(run.account.firstServerErrorAt(provenAt), 'no 5xx after it was mended').toBeUndefined();
    expect((await changes(run)).map((c) => c.plan.fix)).toEqual([fix]);
    expect(offered(run, 'undo') === undefined, 'Undo').toBe(oneWay === true);
    if (oneWay) return;
    await press(run, 'undo', 1);
    await until(run, 'the undo', async () => (await stepOf(run)) === 'undone');
    await run.clock.runUntil(run.clock.now() + minute);
    expect(without(run.account.snapshot())).toEqual(asked);
  },
  240_000,
);

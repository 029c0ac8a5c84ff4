// What becomes of an order is told to whoever gave it: made, not made and why, taken back, stuck.
import { beforeEach, describe, expect, test } from 'vitest';
import type { InstalledAccount } from '../../lib/command/command.ts';
import { approve, undo } from '../../lib/command/order.ts';
import { rows } from '../../lib/store/rows.ts';
import { asking, base, changeAt, fixed, hour, question, t0 } from '../messages/incidents.ts';
import { desk, type Desk } from './desk.ts';

let w: Desk['w'];
let run: Desk['run'];
beforeEach(() => ({ w, run } = desk()));

describe('what becomes of it', () => {
  /** The installation does something while the command waits. */
  const meanwhile = (does: () => Promise<unknown>): Partial<InstalledAccount> => ({ pause: async () => void (await does()) });
  const makes = (change: ReturnType<typeof changeAt>) =>
    meanwhile(async () => {
      await rows.change.create(w.store, change.id, change);
      await w.patch((i) => ({ ...i, changes: [change.id] }));
    });
  test.each<[string, () => Partial<InstalledAccount>, number, RegExp]>([
    ['made', () => makes(changeAt('applied')), 0, /\nMade\. Its proof takes some minutes/],
    [
      'gone meanwhile',
      () =>
        makes({
          ...changeAt('dropped'),
          entries: [
            { n: 1, step: 'planned', at: t0, by: { kind: 'gatemedic' } },
            { n: 2, step: 'dropped', at: t0, by: { kind: 'gatemedic' }, why: 'the function orders is gone' },
          ],
        }),
      1,
      /\nIt was not made: the function orders is gone\.\n$/,
    ],
    [
      'forbidden meanwhile',
      () =>
        meanwhile(() =>
          w.patch((i) => ({
            ...i,
            question: { ...question, state: 'withdrawn' },
            notes: [
              {
                key: `not-carried-out:${question.id}`,
                at: t0,
                says: 'it was approved, and is not carried out: the kill switch is on; nothing was changed',
              },
            ],
          })),
        ),
      1,
      /\nIt was approved, and is not carried out: the kill switch is on; nothing was changed\.\n$/,
    ],
  ])('%s', async (_, installed, code, says) => {
    await w.have(asking);
    const ran = await run(approve, [base.id, '--yes'], { account: installed() });
    expect([ran.code, ran.err]).toEqual([code, '']);
    expect(ran.out).toMatch(says);
  });
  test('an undo that met somebody else’s value', async () => {
    await w.have(fixed, changeAt('verified', { undoUntilAt: t0 + 24 * hour }));
    const stuck = meanwhile(() => rows.change.update(w.store, 'chg-1', () => changeAt('stuck')));
    const ran = await run(undo, ['chg-1', '--yes', '--json'], { account: stuck });
    expect([ran.code, JSON.parse(ran.out)]).toMatchObject([1, { did: 'undo', became: { step: 'stuck', failed: true } }]);
  });
  test('the first of two waits for nobody here', async () => {
    await w.have({ ...asking, question: { ...question, needs: 2 } });
    const { out, code } = await run(approve, [base.id, '--yes'], { account: meanwhile(() => Promise.reject(new Error('waited'))) });
    expect([code, out]).toEqual([0, expect.stringMatching(/takes: 2 different people|Approved, as the first of two/)]);
    expect(out).toMatch(/Approved, as the first of two: another person must approve it too\.\n$/);
  });
  test('--no-wait', async () => {
    await w.have(asking);
    expect(
      (await run(approve, [base.id, '--yes', '--no-wait'], { account: meanwhile(() => Promise.reject(new Error('waited'))) })).code,
    ).toBe(0);
  });
});

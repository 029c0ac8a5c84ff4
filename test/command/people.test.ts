// `gatemedic incidents`, `approve`, `dismiss`, `undo`, `keep`, `settle` against an installation's own code and rows: what is shown is what is decided,
// what does not fit is one sentence, and the command line itself writes nothing.
import { beforeEach, describe, expect, test } from 'vitest';
import type { CallError } from '../../lib/aws/calls.ts';
import type { Command, InstalledAccount } from '../../lib/command/command.ts';
import { incidents } from '../../lib/command/incidents.ts';
import { approve, dismiss, keep, settle, undo } from '../../lib/command/order.ts';
import type { Standing } from '../../lib/command/standing.ts';
import { err } from '../../lib/model/result.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { rows } from '../../lib/store/rows.ts';
import { WorldError } from '../../lib/world.ts';
import { asking, base, changeAt, fixed, hour, plan, question, t0, warm } from '../messages/incidents.ts';
import { people } from '../stages/people.ts';
import { desk, type Desk } from './desk.ts';

const denied = (call: string): CallError => ({ kind: 'denied', call, name: 'AccessDeniedException', message: `not allowed ${call}` });

let w: Desk['w'];
let handed: Desk['handed'];
let account: Desk['account'];
let run: Desk['run'];
beforeEach(() => ({ w, handed, account, run } = desk()));

describe('incidents', () => {
  test('what is asked, in full, with the command for each; and until when', async () => {
    await w.have(asking);
    const { code, out, err: said } = await run(incidents, []);
    expect([code, said]).toEqual([0, '']);
    expect(out).toMatchInlineSnapshot(`
      "🟠 orders / prod is failing: your decision, please
        inc-mb1x2y-4f7a · open since 2026-05-04 03:11 UTC (9 min 56 s ago) · lambda-permission-missing,
        confirmed
        asks: Re-add the permission of API Gateway to call the function; open until 2026-05-04 04:12 UTC
              (in 51 min 40 s)
          why asked: nothing proves yet that a deploy removed the permission
          • invoke permission of orders:live for GET /orders: absent → apigateway.amazonaws.com may lambda:InvokeFunction
          costs: nothing
          risk: if somebody took the permission away on purpose, this opens the way again
          by hand:
            aws lambda add-permission --function-name orders --qualifier live --statement-id gatemedic-1 --region us-east-1 --action lambda:InvokeFunction --principal apigateway.amazonaws.com --source-arn 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*/GET/orders'
          gatemedic approve inc-mb1x2y-4f7a
          gatemedic dismiss inc-mb1x2y-4f7a
      "
    `);
  });
  test('what stands changed: lease, Undo, and what to press; a stuck one with its command by hand', async () => {
    const leased = changeAt('verified', { id: 'chg-warm', plan: warm, leaseEndsAt: t0 + 2 * hour, undoUntilAt: t0 + 24 * hour });
    await w.have(fixed, leased, changeAt('stuck', { id: 'chg-stuck' }));
    const { out } = await run(incidents, []);
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /chg-warm\) · made and proven · unasked · its lease ends 2026-05-04 05:11 UTC \(in 1 h 50 min\) · Undo/,
    );
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(/Undo until 2026-05-05 03:11 UTC \(in 23 h 50 min\)/);
    for (const line of ['gatemedic undo chg-warm', 'gatemedic keep chg-warm', 'gatemedic settle chg-stuck', 'STUCK'])
      expect(out).toContain(line);
    expect(out).not.toContain('gatemedic undo chg-stuck');
  });
  test('for machines: one object a line; nothing open is nothing', async () => {
    expect((await run(incidents, ['--json'])).out).toBe('');
    expect((await run(incidents, [])).out).toBe('no incident is open, and none was in this time\n');
    await w.have(asking);
    const one = JSON.parse((await run(incidents, ['--json'])).out) as Standing;
    expect(one).toMatchObject({
      id: base.id,
      phase: 'live',
      question: { id: 'q81c', hash: plan.hash, state: 'pending', usdPerHour: null },
      changes: [],
    });
    expect(JSON.stringify(one)).not.toContain('taskToken');
  });
  test('a change in force is shown however long ago its incident closed', async () => {
    w.clock.at = t0 + 20 * 24 * hour;
    await w.have(fixed, changeAt('stuck'));
    expect((await run(incidents, ['--since', '1h'])).out).toContain('gatemedic settle chg-1');
  });
  test('words from outside cannot move the cursor', async () => {
    await w.have({ ...asking, at: { ...asking.at, apiName: 'or\u001B[2Jders\u0007' } });
    const { out } = await run(incidents, []);
    for (const obeyed of ['\u001B', '\u0007']) expect(out).not.toContain(obeyed);
  });
});

describe('approve', () => {
  beforeEach(() => w.have(asking));

  test('shows exactly what is approved, asks, hands it over bound to that, and tells what came of it', async () => {
    const { code, out, err: asked } = await run(approve, [base.id], { types: 'yes' });
    expect([code, asked]).toEqual([0, 'Make this change? [yes/no] yes\n']);
    expect(out).toContain(plan.preview[0]);
    expect(out).toContain('costs: nothing');
    expect(out).toMatch(/risk: \S/);
    expect(out).toContain('by hand:');
    expect(out.replaceAll('\n', ' ')).toContain(people.ada.arn);
    expect(out.trimEnd().split('\n').slice(-2)).toEqual([
      'Approved: after a last look it is carried out, and proven then.',
      'It is still being carried out; gatemedic incidents shows what comes of it.',
    ]);
    expect(handed).toMatchObject([{ origin: 'command', act: 'approve', incidentId: base.id, about: question.id, hash: plan.hash }]);
    expect((await w.incident()).question).toMatchObject({ state: 'approved', by: { id: people.ada.arn } });
  });
  test.each(['no', '', 'yess', 'maybe'])('%j is no yes: nothing is handed over', async (types) => {
    expect(await run(approve, [base.id], { types })).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing was changed') as string,
    });
    expect(handed).toEqual([]);
  });
  test('nobody to ask: refused; with --yes it goes', async () => {
    expect(await run(approve, [base.id])).toMatchObject({ code: 2, err: expect.stringMatching(/add --yes where you mean it/) as string });
    expect(handed).toEqual([]);
    expect(await run(approve, [base.id, '--yes'])).toMatchObject({ code: 0, err: '' });
  });
  test('for machines: what is decided on standard error, what came of it on standard output', async () => {
    const { out, err: shown } = await run(approve, [base.id, '--yes', '--json']);
    expect(JSON.parse(out)).toEqual({
      act: 'approve',
      incidentId: base.id,
      about: 'q81c',
      did: 'approved',
      says: expect.any(String) as string,
      became: { step: null, says: expect.any(String) as string, failed: false },
    });
    expect(shown).toContain(plan.preview[0]);
  });
  test('whoever may not: refused by the installation, in its words', async () => {
    expect(await run(approve, [base.id, '--yes'], { who: people.eve })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^gatemedic: You are `assumed-role\/readers\/eve`, which approverArns does not list/) as string,
    });
    expect((await w.incident()).question?.state).toBe('pending');
  });
  test('the proposal moved on between the look and the yes', async () => {
    const moved = { ask: 0 };
    const hand: InstalledAccount['hand'] = async (order) => {
      await w.patch((i) => ({ ...i, question: { ...question, plan: { ...plan, hash: 'c'.repeat(64) } } }));
      moved.ask++;
      return account().hand(order);
    };
    expect(await run(approve, [base.id, '--yes'], { account: { hand } })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/no longer the one you saw/) as string,
    });
  });
});

describe('what does not fit is one sentence', () => {
  test.each<[string, Command, readonly string[], () => Promise<unknown>, RegExp]>([
    ['nothing named', approve, [], async () => undefined, /takes <incident>; gatemedic incidents shows them/],
    ['two at once', undo, ['inc-a', 'inc-b'], async () => undefined, /one at a time; "inc-b" is a second one/],
    ['no id', approve, ['../x y'], async () => undefined, /"\.\.\/x y" is no id/],
    ['unknown', approve, ['inc-none'], () => w.have(asking), new RegExp(`unknown incident "inc-none"; open are ${base.id}`)],
    ['unknown, and none open', dismiss, ['inc-none'], async () => undefined, /no incident is open/],
    [
      'closed',
      approve,
      [base.id],
      () => w.have({ ...asking, phase: 'closed', closedAt: t0 }),
      /was closed at 2026-05-04T03:11:02\.000Z; there is nothing to approve/,
    ],
    ['asks nothing', approve, [base.id], () => w.have(base), /asks nothing/],
    ['expired', approve, [base.id], () => w.have({ ...asking, question: { ...question, expiresAt: t0 } }), /its question has expired/],
    ['answered', dismiss, [base.id], () => w.have({ ...asking, question: { ...question, state: 'approved' } }), /was approved before/],
    ['nothing to undo', undo, [base.id], () => w.have(fixed, changeAt('kept')), /has no change that can be taken back \(chg-1 is kept\)/],
    [
      'a change that is over',
      undo,
      ['chg-1'],
      () => w.have(fixed, changeAt('undone')),
      /change chg-1 cannot be given undo any more \(chg-1 is undone\)/,
    ],
    ['nothing stuck', settle, [base.id], () => w.have(fixed, changeAt('verified')), /has no change that is stuck/],
    ['nothing leased', keep, [base.id], () => w.have(fixed, changeAt('verified')), /no proven change whose lease still runs/],
    ['a misspelt option', approve, [base.id, '--yess'], async () => undefined, /unknown option "--yess"; is it --yes\?/],
  ])('%s', async (_, command, args, before, says) => {
    await before();
    const ran = await run(command, args, { types: 'yes' });
    expect(ran).toMatchObject({ code: 2, err: expect.stringMatching(says) as string });
    expect(ran.err.trim().split('\n')).toHaveLength(1);
    expect(handed).toEqual([]);
  });

  test('several changes in force: one is asked for', async () => {
    const more = { undoUntilAt: t0 + 24 * hour };
    await w.have(fixed, changeAt('verified', more), changeAt('applied', { ...more, id: 'chg-2', plan: warm }));
    expect((await run(undo, [base.id], { types: 'yes' })).err).toMatch(
      /has 2 changes to undo: chg-1 \(.+\); chg-2 \(.+\)\. Name one: gatemedic undo chg-1/,
    );
    expect(await run(undo, ['chg-2', '--yes'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Undo: the change is being taken back now/) as string,
    });
    expect([...w.undos.keys()]).toEqual(['undo-chg-2']);
  });
  test('a stuck change is settled, with what had to be set by hand shown first', async () => {
    await w.have(fixed, changeAt('stuck'));
    const { out } = await run(settle, [base.id], { types: 'y' });
    expect(out).toContain('Settled: nobody is called for this change any more.');
    expect((await rows.change.get(w.store, 'chg-1'))?.value.step).toBe('settled');
  });
});

describe('no way there', () => {
  test.each<[string, Partial<InstalledAccount>, readonly string[], RegExp]>([
    [
      'not installed',
      { describe: async () => err({ kind: 'gone', call: 'x', name: 'ResourceNotFoundException', message: 'x' }) },
      [],
      /no function gatemedic-answer in us-east-1 of account 111122223333, so Gatemedic is not installed there/,
    ],
    [
      'its settings may not be read',
      { describe: async () => err(denied('lambda:GetFunctionConfiguration')) },
      [],
      /allow it with \{"Effect":"Allow","Action":\["lambda:GetFunctionConfiguration"/,
    ],
    ['no Region', { region: '' }, [], /the Region is ""/],
    [
      'credentials that are over',
      { whoAmI: async () => err({ kind: 'denied', call: 'sts:GetCallerIdentity', name: 'ExpiredTokenException', message: 'x' }) },
      [],
      /have expired/,
    ],
  ])('%s', async (_, more, args, says) => {
    expect(await run(incidents, args, { account: more })).toMatchObject({ code: 2, err: expect.stringMatching(says) as string });
  });
  test('the table may not be read: the statement that would allow it', async () => {
    const store = () =>
      memoryStore(() => {
        throw new WorldError('denied', 'dynamodb:Query', 'no');
      });
    expect((await run(incidents, [], { account: { store } })).err).toMatch(
      /dynamodb:Query was denied; allow it with .*"dynamodb:GetItem","dynamodb:Query".*table\/Gatemedic\*\/index\/list/,
    );
  });
  test('with --table the function need not be read', async () => {
    await w.have(asking);
    const unread = async () => err(denied('lambda:GetFunctionConfiguration'));
    expect((await run(incidents, ['--table', 'Gatemedic-Table'], { account: { describe: unread } })).code).toBe(0);
  });
  test('a row of another shape is told, never guessed', async () => {
    await w.store.putIfAbsent({
      key: 'incident#inc-odd',
      value: { id: 'inc-odd', phase: 'lively' },
      list: { name: 'open-incidents', at: t0 },
    });
    expect(await run(incidents, [])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/stored item incident#inc-odd is not a incident: .*another version/) as string,
    });
  });
  test('the function may not be invoked: what would allow it; nothing was decided', async () => {
    await w.have(asking);
    const hand = async () => err(denied('lambda:InvokeFunction'));
    expect((await run(approve, [base.id, '--yes'], { account: { hand } })).err).toMatch(
      /lambda:InvokeFunction was denied; allow it with .*function:gatemedic-answer:live/,
    );
  });
});

import { describe, expect, test } from 'vitest';
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { replay } from '../../lib/journal/table.ts';
import { createReceiver } from '../../lib/slack/receiver.ts';
import answer, { type Answered } from '../../lib/stages/answer.ts';
import { click as clickSchema } from '../../lib/stages/stage.ts';
import tell from '../../lib/stages/tell.ts';
import { rows } from '../../lib/store/rows.ts';
import * as v from 'valibot';
import { asking, base, changeAt, fixed, hour, installation, minute, plan, question, t0, warm } from '../messages/incidents.ts';
import { Crash, tellingWorld, whispered } from './telling-world.ts';

const press = (...args: Parameters<typeof answer.run>) => answer.run(...args) as Promise<Answered>;

function withoutQuestion(incident: Incident): Incident {
  const { question: _, ...rest } = incident;
  return rest;
}

/** An incident that asks, its card posted, its execution waiting. */
async function asked(startAt?: number) {
  const w = tellingWorld(startAt);
  await w.have(asking);
  await tell.run(w.world, { incidentId: base.id, taskToken: 'token-1' });
  return w;
}
/** A closed incident with a change that stands, its card posted. */
async function mended(change: ChangeRecord = changeAt('verified', { undoUntilAt: t0 + 24 * hour })) {
  const w = tellingWorld(t0 + 10 * minute);
  await w.have(fixed, change);
  await tell.run(w.world, { incidentId: base.id });
  return w;
}

describe('approve and dismiss', () => {
  test('one conditional write: who, when, what was shown; then the machine is woken', async () => {
    const w = await asked();
    expect(await press(w.world, w.click())).toMatchObject({ did: 'approved' });
    const { question: q } = await w.incident();
    expect(q).toMatchObject({
      state: 'approved',
      by: { kind: 'person', id: 'U0ADA0001', name: 'ada' },
      decidedAt: w.clock.at,
      plan: { hash: plan.hash },
    });
    expect(w.woken).toEqual(['token-1']);
    expect(whispered(w.slack, 'U0ADA0001')).toEqual(['Approved: after a last look it is carried out, and proven then.']);
    expect(JSON.stringify(w.slack.messages[0])).toContain('Approved by <@U0ADA0001>');
    expect(JSON.stringify(w.slack.messages[0]?.blocks)).not.toContain('gatemedic.approve');
    expect(w.slack.messages[0]?.thread.map((t) => t.text)).toEqual([`"ada" approved: "${plan.preview[0] ?? ''}"`]);
    expect(w.logged.find((l) => l.event === 'click')?.fields).toMatchObject({ userId: 'U0ADA0001', act: 'approve', did: 'approved' });
  });

  test('dismiss likewise', async () => {
    const w = await asked();
    expect(await press(w.world, w.click({ act: 'dismiss' }))).toMatchObject({ did: 'dismissed' });
    expect((await w.incident()).question?.state).toBe('dismissed');
    expect(w.woken).toEqual(['token-1']);
  });

  test('without a token (the machine looks again by itself) the decision still stands', async () => {
    const w = tellingWorld();
    await w.have(asking);
    await tell.run(w.world, { incidentId: base.id });
    await press(w.world, w.click());
    expect((await w.incident()).question?.state).toBe('approved');
    expect(w.woken).toEqual([]);
  });

  test('simultaneous clicks of two people: one decision, both are told', async () => {
    const w = await asked();
    const bob = { userId: 'U0BOB0002', userName: 'bob' };
    const done = await Promise.all([press(w.world, w.click()), press(w.world, w.click({ ...bob, act: 'dismiss' }))]);
    expect(done.map((d) => d.did).sort()).toEqual(['approved', 'nothing']);
    expect(w.woken).toEqual(['token-1']);
    expect(whispered(w.slack, 'U0BOB0002')[0]).toMatch(/already approved by .*nothing was changed/);
    expect((await w.incident()).question?.state).toBe('approved');
  });

  test('a second click of the same person, later, is told it is over; a redelivery of the first is the first', async () => {
    const w = await asked();
    const first = w.click();
    await press(w.world, first);
    await press(w.world, first);
    expect(w.woken).toEqual(['token-1', 'token-1']); // waking twice is harmless; not waking after a crash would not be
    expect((await w.incident()).notes.filter((n) => n.key === 'answer:q81c')).toHaveLength(1);
    w.clock.at += 1000;
    expect(await press(w.world, w.click())).toMatchObject({ did: 'nothing' });
    expect(await press(w.world, w.click({ act: 'dismiss' }))).toMatchObject({ did: 'nothing' });
    expect((await w.incident()).question?.state).toBe('approved');
    expect(w.woken).toHaveLength(2);
  });

  test.each(['wake', 'whisper', 'update'])('a crash before %s: the redelivered click finishes', async (before) => {
    const w = await asked();
    const click = w.click();
    w.crash.before = before;
    await expect(press(w.world, click)).rejects.toThrow(Crash);
    delete w.crash.before;
    expect(await press(w.world, click)).toMatchObject({ did: 'approved' });
    expect(w.woken.at(-1)).toBe('token-1');
    expect(whispered(w.slack, 'U0ADA0001')).toHaveLength(1);
    expect(w.slack.messages).toHaveLength(1);
  });

  test('Slack is away: the decision stands, the machine is woken, the card follows', async () => {
    const w = await asked();
    const click = w.click();
    w.slack.refusing = 'down';
    expect(await press(w.world, click)).toMatchObject({ did: 'approved' });
    expect(w.woken).toEqual(['token-1']);
    expect((await w.outbox()).map((e) => e.what)).toEqual(['card']);
  });
});

describe('clicks that change nothing, each with its plain sentence', () => {
  type W = Awaited<ReturnType<typeof asked>>;
  test.each<[string, (w: W) => Promise<unknown>, Parameters<W['click']>[0], RegExp]>([
    ['not an approver', async () => {}, { userId: 'U0EVE0009' }, /not on the list of approvers.*<?/],
    ['another workspace', async () => {}, { teamId: 'T0OTHER' }, /Only people of this workspace/],
    ['an approver’s id, but of another workspace', async () => {}, { teamId: '' }, /Only people of this workspace/],
    ['an unknown incident', async () => {}, { incidentId: 'inc-none' }, /no longer kept/],
    ['an orphaned message', async () => {}, { messageTs: '1.000001' }, /superseded/],
    ['the same ts in another channel', async () => {}, { channel: 'C0OTHER' }, /superseded/],
    ['another question', async () => {}, { about: 'q-old' }, /replaced by a newer one/],
    ['another hash', async () => {}, { hash: 'f'.repeat(64) }, /no longer the one you saw/],
    ['past its time', async (w) => (w.clock.at = question.expiresAt), {}, /expired/],
    ['expired', (w) => w.patch((i) => ({ ...i, question: { ...question, state: 'expired' } })), {}, /has expired/],
    [
      'withdrawn',
      (w) => w.patch((i) => ({ ...i, question: { ...question, state: 'withdrawn', decidedAt: t0 } })),
      {},
      /withdrawn.*settled without/,
    ],
    ['no question at all', (w) => w.patch(withoutQuestion), {}, /replaced/],
    ['the incident is closed', (w) => w.patch((i) => ({ ...i, phase: 'closed' })), {}, /closed/],
  ])('%s', async (_, before, more, says) => {
    const w = await asked();
    await before(w);
    const row = async () => (await rows.incident.get(w.store, base.id))?.version;
    const version = await row();
    const click = w.click(more);
    expect(await press(w.world, click)).toMatchObject({ did: 'nothing' });
    expect(await row()).toBe(version);
    expect(w.woken).toEqual([]);
    expect(w.undos.size).toBe(0);
    const told = click.channel === installation.slack.channel ? whispered(w.slack, click.userId) : [JSON.stringify(w.logged)];
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(says);
  });
});

describe('undo', () => {
  const undo = { act: 'undo', about: 'chg-1' } as const;
  test('starts the Undo machine, named by the change, with the person’s name', async () => {
    const w = await mended();
    expect(await press(w.world, w.click(undo))).toMatchObject({ did: 'undo' });
    expect([...w.undos.values()]).toEqual([{ name: 'undo-chg-1', changeId: 'chg-1', why: 'person', by: { id: 'U0ADA0001', name: 'ada' } }]);
    expect(w.slack.messages[0]?.thread.map((t) => t.text)).toEqual([`"ada" pressed Undo: "${plan.preview[0] ?? ''}"`]);
  });
  test('twice, by two people at once: one undo, both are told', async () => {
    const w = await mended();
    const done = await Promise.all([
      press(w.world, w.click(undo)),
      press(w.world, w.click({ ...undo, userId: 'U0BOB0002', userName: 'bob' })),
    ]);
    expect(done.map((d) => d.did).sort()).toEqual(['nothing', 'undo']);
    expect(w.undos.size).toBe(1);
    expect(w.slack.whispers).toHaveLength(2);
  });
  test('a crash after the start: the redelivered click is the same undo', async () => {
    const w = await mended();
    const click = w.click(undo);
    w.crash.after = 'startUndo';
    await expect(press(w.world, click)).rejects.toThrow(Crash);
    delete w.crash.after;
    expect(await press(w.world, click)).toMatchObject({ did: 'undo' });
    expect(w.undos.size).toBe(1);
  });
  test.each<[string, ChangeRecord, RegExp, Parameters<Awaited<ReturnType<typeof mended>>['click']>[0]]>([
    ['its window is over', changeAt('verified', { undoUntilAt: t0 + 5 * minute }), /time to undo this change is over/, {}],
    ['undone before', changeAt('undone'), /already taken back/, {}],
    ['being undone', changeAt('undoing'), /being taken back already/, {}],
    ['kept', changeAt('kept'), /kept for good/, {}],
    ['stuck', changeAt('stuck'), /stuck/, {}],
    ['never made', changeAt('dropped'), /never made/, {}],
    ['of another incident', changeAt('verified', { incidentId: 'inc-other' }), /not known here/, {}],
    ['not what was shown', changeAt('verified'), /no longer the one you saw/, { hash: 'f'.repeat(64) }],
    ['unknown', changeAt('verified'), /not known here/, { about: 'chg-none' }],
    ['not an approver', changeAt('verified'), /list of approvers/, { userId: 'U0EVE0009' }],
    ['an orphaned message', changeAt('verified'), /superseded/, { messageTs: '1.000001' }],
  ])('%s: nothing starts', async (_, change, says, more) => {
    const w = await mended(change);
    expect((await press(w.world, w.click({ ...undo, ...more }))).says).toMatch(says);
    expect(w.undos.size).toBe(0);
  });
});

describe('keep', () => {
  const leased = changeAt('verified', { plan: warm, leaseEndsAt: t0 + 2 * hour, undoUntilAt: t0 + 24 * hour });
  const keep = { act: 'keep', about: 'chg-1', hash: warm.hash } as const;
  const change = async (w: Awaited<ReturnType<typeof mended>>) => (await rows.change.get(w.store, 'chg-1'))?.value;

  test('the lease ends nothing any more; the journal says who', async () => {
    const w = await mended(leased);
    expect(await press(w.world, w.click(keep))).toMatchObject({ did: 'kept' });
    const after = await change(w);
    expect(after?.step).toBe('kept');
    expect(after?.entries.at(-1)).toMatchObject({ by: { kind: 'person', id: 'U0ADA0001' }, why: 'a person keeps it beyond its lease' });
    expect(replay(after?.entries ?? [])).toBe('kept');
    expect(JSON.stringify(w.slack.messages[0]?.blocks)).not.toMatch(/gatemedic\.(keep|undo)/);
    expect(JSON.stringify(w.slack.messages[0]?.blocks)).toContain('kept for good by <@U0ADA0001>');
  });
  test('twice, and by another person', async () => {
    const w = await mended(leased);
    await press(w.world, w.click(keep));
    expect(await press(w.world, w.click(keep))).toMatchObject({ did: 'kept' });
    expect(await press(w.world, w.click({ ...keep, userId: 'U0BOB0002' }))).toMatchObject({ did: 'nothing' });
    expect((await change(w))?.entries).toHaveLength(5);
    expect((await w.incident()).notes).toHaveLength(1);
  });
  test('not proven, no lease, lease over: nothing is kept', async () => {
    for (const other of [
      changeAt('applied', { plan: warm, leaseEndsAt: t0 + hour }),
      changeAt('verified', { plan: warm }),
      changeAt('verified', { plan: warm, leaseEndsAt: t0 + minute }),
    ]) {
      const w = await mended(other);
      expect(await press(w.world, w.click(keep))).toMatchObject({ did: 'nothing' });
      expect((await change(w))?.step).toBe(other.step);
    }
  });
});

test('an orphan of a crash answers superseded, the live message decides', async () => {
  const w = tellingWorld();
  await w.have(asking);
  w.crash.after = 'post';
  await expect(tell.run(w.world, { incidentId: base.id })).rejects.toThrow(Crash);
  delete w.crash.after;
  await tell.run(w.world, { incidentId: base.id, taskToken: 'token-1' });
  const [orphan, live] = w.slack.messages;
  expect(await press(w.world, w.click({ messageTs: orphan?.ts ?? '' }))).toMatchObject({
    did: 'nothing',
    says: expect.stringContaining('superseded') as string,
  });
  expect(await press(w.world, w.click({ messageTs: live?.ts ?? '' }))).toMatchObject({ did: 'approved' });
});

test('from the button to the decision: signed by the stand-in, verified by the receiver, checked by the schema', async () => {
  const w = await asked();
  const { teamId, appId } = installation.slack;
  const receive = createReceiver({
    signingSecret: async () => 's',
    teamId,
    appId,
    now: w.clock.now,
    handOn: async (c) => void (await press(w.world, v.parse(clickSchema, JSON.parse(JSON.stringify(c))))),
  });
  const ts = w.slack.messages[0]?.ts ?? '';
  const event = w.slack.click('U0ADA0001', ts, 'approve');
  expect((await receive(event)).statusCode).toBe(200);
  expect((await w.incident()).question?.state).toBe('approved');
  w.clock.at += minute;
  expect((await receive(event)).statusCode).toBe(200); // a replay: the same click again, nothing new
  expect((await w.incident()).notes).toHaveLength(1);
});

describe('settle', () => {
  const settle = { act: 'settle', about: 'chg-1', hash: plan.hash } as const;

  test('a person who set it by hand says so: nobody is called any more, and nothing is written to the account', async () => {
    const w = await mended(changeAt('stuck'));
    expect(JSON.stringify(w.slack.messages[0]?.blocks)).toContain('gatemedic.settle');
    expect(await press(w.world, w.click(settle))).toMatchObject({ did: 'settled' });
    const after = (await rows.change.get(w.store, 'chg-1'))?.value;
    expect(after && replay(after.entries)).toBe('settled');
    expect(after?.entries.at(-1)).toMatchObject({ by: { kind: 'person', id: 'U0ADA0001' } });
    expect(await rows.change.list(w.store, 'open-changes')).toEqual([]);
    expect(JSON.stringify(w.slack.messages[0]?.blocks)).not.toContain('gatemedic.settle');
    expect(w.slack.messages[0]?.thread.at(-1)?.text).toContain('"ada" settled it by hand');
  });

  test('twice is once, and the second person is told who was first', async () => {
    const w = await mended(changeAt('stuck'));
    await press(w.world, w.click(settle));
    expect(await press(w.world, w.click(settle))).toMatchObject({ did: 'settled' });
    const other = await press(w.world, w.click({ ...settle, userId: 'U0BOB0002' }));
    expect(other).toMatchObject({ did: 'nothing' });
    expect(other.says).toContain('<@U0ADA0001>');
  });

  test('a change that is not stuck cannot be settled', async () => {
    const w = await mended();
    expect(await press(w.world, w.click(settle))).toMatchObject({ did: 'nothing' });
    expect((await rows.change.get(w.store, 'chg-1'))?.value.step).toBe('verified');
  });
});

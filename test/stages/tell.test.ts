import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../lib/messages/check-blocks.ts';
import { resend } from '../../lib/stages/telling/outbox.ts';
import { quietMs } from '../../lib/stages/telling/card.ts';
import { quietMs as quietOfDecide } from '../../lib/stages/weighing/weigh.ts';
import tell from '../../lib/stages/tell.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { rows } from '../../lib/store/rows.ts';
import { advised, asking, base, changeAt, fixed, hour, minute, question, second, t0 } from '../messages/incidents.ts';
import { Crash, tellingWorld } from './telling-world.ts';

const input = { incidentId: base.id };
const steps = (published: readonly { message: Readonly<Record<string, unknown>> }[]) => published.map((p) => p.message['step']);
const header = (message: { blocks: readonly unknown[] } | undefined): string =>
  (message?.blocks[0] as { text: { text: string } } | undefined)?.text.text ?? '';

test('one message an incident, edited in place; history in its thread', async () => {
  const w = tellingWorld();
  await w.have({ ...asking, notes: [{ key: 'asked:q81c', at: t0, says: 'asked' }] });
  await tell.run(w.world, input);
  await w.patch((i) => ({
    ...i,
    question: { ...question, state: 'approved' },
    notes: [...i.notes, { key: 'n2', at: t0, says: 'second' }, { key: 'n3', at: t0, says: 'third' }],
  }));
  await tell.run(w.world, input);
  expect(w.slack.messages).toHaveLength(1);
  expect(w.slack.messages[0]?.edits).toBe(1);
  expect(w.slack.messages[0]?.thread.map((t) => t.text)).toEqual(['asked', 'third']); // two notes of one step are one reply
  expect((await w.incident()).notes.every((n) => n.told)).toBe(true);
  for (const m of w.slack.messages) expect(checkMessage(m)).toEqual([]);
});

test('nothing new: nothing is sent, nothing is written', async () => {
  const w = tellingWorld();
  await w.have(asking);
  await tell.run(w.world, input);
  const [calls, before, told] = [w.slack.calls, await rows.incident.get(w.store, base.id), w.published.length];
  await tell.run(w.world, input);
  expect(w.slack.calls).toBe(calls);
  expect(w.published).toHaveLength(told);
  expect((await rows.incident.get(w.store, base.id))?.version).toBe(before?.version);
});

describe('quiet', () => {
  const told = async (incident: Incident) => {
    const w = tellingWorld();
    await w.have(incident);
    await tell.run(w.world, input);
    return w.slack.calls + w.published.length + (await w.outbox()).length;
  };
  const wait = (untilAt: number, at = base.openedAt): Incident => ({
    ...base,
    decision: { do: 'wait', at, untilAt, because: ['the first seconds'] },
  });

  test('the first wait, as decide makes it, tells nobody', async () => {
    expect(quietMs).toBe(quietOfDecide);
    expect(await told(wait(base.openedAt + quietMs))).toBe(0);
  });
  test('a later wait tells', async () => {
    expect(await told(wait(base.openedAt + quietMs + 1, base.openedAt + quietMs))).toBeGreaterThan(1);
  });
  test('a part of an outage, a blip that passed untold', async () => {
    expect(await told({ ...asking, parentId: 'inc-parent' })).toBe(0);
    expect(await told({ ...base, phase: 'closed', closedAt: t0 + minute, outcome: 'none' })).toBe(0);
    expect(await told({ ...base, decision: { do: 'close', outcome: 'none', at: t0, because: ['it works again'] } })).toBe(0);
  });
  test('what ends with advice is told even at its end', async () => {
    expect(await told({ ...advised, phase: 'closed', closedAt: t0 + minute, outcome: 'advised' })).toBeGreaterThan(1);
  });
  test('what was told once is told to its end', async () => {
    const w = tellingWorld();
    await w.have(asking);
    await tell.run(w.world, input);
    await w.patch((i) => ({
      ...i,
      question: { ...question, state: 'withdrawn', decidedAt: t0 + 2 * minute },
      phase: 'closed',
      closedAt: t0 + 3 * minute,
      outcome: 'none',
      ...(i.diagnosis ? { diagnosis: { ...i.diagnosis, failing: false } } : {}),
    }));
    await tell.run(w.world, input);
    expect(header(w.slack.messages[0])).toBe('⚪ orders / prod recovered by itself');
    expect(steps(w.published).at(-1)).toBe('closed');
  });
});

describe('the task token', () => {
  const ask = { ...input, taskToken: 'token-1' };
  test('is stored beside the open question, and nobody is woken', async () => {
    const w = tellingWorld();
    await w.have(asking);
    await tell.run(w.world, ask);
    expect((await w.incident()).question?.taskToken).toBe('token-1');
    expect(w.woken).toEqual([]);
    expect(JSON.stringify([w.slack.messages, w.published, w.logged])).not.toContain('token-1');
  });
  test('a later token replaces it: the Ask state tried again', async () => {
    const w = tellingWorld();
    await w.have(asking);
    await tell.run(w.world, ask);
    await tell.run(w.world, { ...input, taskToken: 'token-2' });
    expect((await w.incident()).question?.taskToken).toBe('token-2');
  });
  test.each(['approved', 'dismissed', 'expired', 'withdrawn'] as const)(
    'the answer came first (%s): the execution is woken at once',
    async (state) => {
      const w = tellingWorld();
      await w.have({ ...asking, question: { ...question, state } });
      await tell.run(w.world, ask);
      expect(w.woken).toEqual(['token-1']);
      expect((await w.incident()).question?.taskToken).toBeUndefined();
    },
  );
  test('a question past its time wakes too: decide lets it expire', async () => {
    const w = tellingWorld(question.expiresAt);
    await w.have(asking);
    await tell.run(w.world, ask);
    expect(w.woken).toEqual(['token-1']);
  });
});

test('the topic hears each step once, in order, as the docs say', async () => {
  const w = tellingWorld();
  await w.have(asking);
  await tell.run(w.world, input);
  await w.patch((i) => ({
    ...i,
    question: { ...question, state: 'approved', by: { kind: 'person', id: 'U0ADA0001', name: 'ada' }, decidedAt: t0 + 2 * minute },
    changes: ['chg-1'],
  }));
  await rows.change.create(w.store, 'chg-1', changeAt('applied'));
  await tell.run(w.world, input);
  await rows.change.update(w.store, 'chg-1', () => changeAt('verified'));
  await w.patch(() => ({
    ...fixed,
    ...(w.slack.messages[0] ? { message: { channel: w.slack.messages[0].channel, ts: w.slack.messages[0].ts } } : {}),
    toldSteps: w.published.map((p) => String(p.message['key']).split('/')[1] ?? ''),
  }));
  await tell.run(w.world, input);
  expect(
    w.published.map(({ message: { step, changeStep } }) => [step, changeStep].filter((part) => typeof part === 'string').join(' ')),
  ).toEqual([
    'opened',
    'diagnosed',
    'asked',
    'change planned',
    'answered',
    'change applying',
    'change applied',
    'change verified',
    'closed',
  ]);
  expect(new Set(w.published.map((p) => p.message['key'])).size).toBe(w.published.length);
  for (const { subject, message } of w.published) {
    expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(subject).not.toContain('?');
    expect(message).toMatchObject({ version: 1, kind: 'incident', incidentId: base.id, stage: 'prod', slack: 'sent' });
  }
  expect(w.published.filter((p) => p.message['urgent']).map((p) => p.message['step'])).toEqual(['asked']);
});

describe('crashes', () => {
  const run = async (crash: { before?: string; after?: string }) => {
    const w = tellingWorld();
    await w.have({ ...asking, notes: [{ key: 'n', at: t0, says: 'a note' }] });
    Object.assign(w.crash, crash);
    await expect(tell.run(w.world, input)).rejects.toThrow(Crash);
    delete w.crash.before;
    delete w.crash.after;
    w.clock.at += 2 * second; // Step Functions' first retry
    await tell.run(w.world, input);
    return w;
  };
  test.each(['post', 'reply', 'publish'])('before %s: the retry makes it good at once', async (before) => {
    const w = await run({ before });
    expect(w.slack.messages).toHaveLength(1);
    expect(w.slack.messages[0]?.thread).toHaveLength(1);
    expect(steps(w.published)).toEqual(['opened', 'diagnosed', 'asked']);
  });
  test('after post: an orphan stays, and only the newer message is live', async () => {
    const w = await run({ after: 'post' });
    expect(w.slack.messages).toHaveLength(2);
    expect((await w.incident()).message?.ts).toBe(w.slack.messages[1]?.ts);
  });
  test('after publish: the repeat carries the same key', async () => {
    const w = await run({ after: 'publish' });
    expect(w.published.map((p) => p.message['key'])).toEqual(
      ['opened', 'opened', 'diagnosed:lambda-permission-missing:confirmed', 'asked:q81c'].map((k) => `${base.id}/${k}`),
    );
  });
});

test('the Undo machine’s tell edits the card of a closed incident', async () => {
  const w = tellingWorld();
  await w.have(fixed, changeAt('verified', { undoUntilAt: t0 + 24 * hour }));
  await tell.run(w.world, input);
  expect(JSON.stringify(w.slack.messages[0])).toContain('gatemedic.undo');
  await rows.change.update(w.store, 'chg-1', () => changeAt('undone'));
  await tell.run(w.world, { changeId: 'chg-1' });
  expect(w.slack.messages).toHaveLength(1);
  expect(header(w.slack.messages[0])).toBe('⏪ orders / prod: a change was taken back');
  expect(JSON.stringify(w.slack.messages[0]?.blocks)).not.toContain('gatemedic.undo');
});

describe('a failure of Gatemedic itself', () => {
  const failure = {
    Error: 'Lambda.Unknown',
    Cause: '{"errorType":"Error","errorMessage":"row <!channel> changed, token xoxb-123456789012-abcdefghijkl"}',
  };
  test('a person is told, by a message of its own and the topic, once', async () => {
    const w = tellingWorld();
    await w.have(asking, changeAt('applying'));
    await tell.run(w.world, { ...input, failure });
    await tell.run(w.world, { ...input, failure });
    expect(w.slack.messages).toHaveLength(1);
    expect(header(w.slack.messages[0])).toBe('⛔ Gatemedic stopped on orders / prod');
    const text = JSON.stringify(w.slack.messages[0]);
    expect(text).toContain('a change is applying');
    expect(text).not.toContain('<!channel>');
    expect(text).not.toContain('abcdefghijkl');
    expect(w.published).toHaveLength(1);
    expect(w.published[0]?.message).toMatchObject({ step: 'failure', urgent: true, slack: 'sent', error: 'Lambda.Unknown' });
  });
  test('Slack is away: the topic reaches them, the message follows', async () => {
    const w = tellingWorld();
    w.slack.refusing = 'down';
    await w.have(asking);
    await tell.run(w.world, { ...input, failure });
    expect(w.published[0]?.message).toMatchObject({ step: 'failure', slack: 'refused' });
    w.slack.refusing = undefined;
    const [entry] = await w.outbox();
    if (!entry) throw new Error('nothing in the outbox');
    expect(await resend(w.world, entry)).toBe('sent');
    expect(w.slack.messages).toHaveLength(1);
  });
  test('without an incident, without a cause, from the Undo machine', async () => {
    const w = tellingWorld();
    await tell.run(w.world, { incidentId: 'inc-lost', failure: {} });
    expect(w.published[0]?.message).toMatchObject({ step: 'failure', incidentId: 'inc-lost', urgent: true });
    await w.have(fixed, changeAt('undoing'));
    await tell.run(w.world, { changeId: 'chg-1', failure });
    expect(w.published[1]?.message).toMatchObject({ incidentId: base.id });
    expect(await tell.run(w.world, {})).toEqual({ told: 'nothing', steps: 0 });
  });
});

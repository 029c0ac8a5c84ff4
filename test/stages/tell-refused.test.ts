// Slack or the topic refuses: what was to be said waits in the outbox, a person is reached another way, and nothing is said twice.
import { describe, expect, test } from 'vitest';
import { resend } from '../../lib/stages/telling/outbox.ts';
import tell from '../../lib/stages/tell.ts';
import { asking, base, hour } from '../messages/incidents.ts';
import { tellingWorld } from './telling-world.ts';

const input = { incidentId: base.id };
const steps = (published: readonly { message: Readonly<Record<string, unknown>> }[]) => published.map((p) => p.message['step']);

describe('Slack refuses', () => {
  test('the outbox keeps it, the topic says so, and the sweeper sends it once', async () => {
    const w = tellingWorld();
    w.slack.refusing = 'down';
    await w.have(asking);
    await tell.run(w.world, input);
    expect(w.published.map((p) => p.message['slack'])).toEqual(['refused', 'refused', 'refused']);
    expect(w.published.some((p) => p.message['urgent'] === true)).toBe(true);
    const [entry, ...more] = await w.outbox();
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ what: 'card', incidentId: base.id, tries: 0 });
    if (!entry) return;
    expect(await resend(w.world, entry)).toBe('later');
    expect((await w.outbox())[0]?.tries).toBe(1);
    w.slack.refusing = undefined;
    expect(await resend(w.world, entry)).toBe('sent');
    expect(await resend(w.world, entry)).toBe('sent');
    expect(w.slack.messages).toHaveLength(1);
    expect(await w.outbox()).toEqual([]);
    await tell.run(w.world, input);
    expect(w.slack.messages).toHaveLength(1);
    expect(w.published).toHaveLength(3);
  });
  test('two sweepers at once send it once', async () => {
    const w = tellingWorld();
    w.slack.refusing = 'throttled';
    await w.have(asking);
    await tell.run(w.world, input);
    w.slack.refusing = undefined;
    const [entry] = await w.outbox();
    if (!entry) throw new Error('nothing in the outbox');
    await Promise.all([resend(w.world, entry), resend(w.world, entry), tell.run(w.world, input)]);
    expect(w.slack.messages).toHaveLength(1);
  });
  test('an edit that is refused later leaves the message, and comes again', async () => {
    const w = tellingWorld();
    await w.have(asking);
    await tell.run(w.world, input);
    w.slack.refusing = 'down';
    await w.patch((i) => ({ ...i, failures: 999 }));
    await tell.run(w.world, input);
    await w.patch((i) => ({ ...i, failures: 1000 }));
    await tell.run(w.world, input);
    expect(await w.outbox()).toHaveLength(1);
    w.slack.refusing = undefined;
    await tell.run(w.world, input);
    expect(JSON.stringify(w.slack.messages[0])).toContain('1,000 failed requests');
  });
  test('after three days it is history', async () => {
    const w = tellingWorld();
    w.slack.refusing = 'gone';
    await w.have(asking);
    await tell.run(w.world, input);
    const [entry] = await w.outbox();
    w.clock.at += 73 * hour;
    if (!entry) throw new Error('nothing in the outbox');
    expect(await resend(w.world, entry)).toBe('later');
    expect(await w.outbox()).toEqual([]);
  });
  test('somebody deleted the message: a new one is posted, and it is the live one', async () => {
    const w = tellingWorld();
    await w.have(asking);
    await tell.run(w.world, input);
    const [old] = w.slack.messages;
    w.slack.remove(old?.ts ?? '');
    await w.patch((i) => ({ ...i, failures: 999 }));
    await tell.run(w.world, input);
    expect(w.slack.messages).toHaveLength(1);
    expect((await w.incident()).message?.ts).toBe(w.slack.messages[0]?.ts);
    expect(w.slack.messages[0]?.ts).not.toBe(old?.ts);
  });
});

test('the topic refuses: what was to be said waits, and is said once', async () => {
  const w = tellingWorld();
  w.topic.refusing = true;
  await w.have(asking);
  await tell.run(w.world, input);
  expect(w.slack.messages).toHaveLength(1);
  const kept = await w.outbox();
  expect(kept.map((e) => e.what)).toEqual(['topic', 'topic', 'topic']);
  await tell.run(w.world, input);
  expect(await w.outbox()).toHaveLength(3);
  w.topic.refusing = false;
  for (const entry of kept) expect(await resend(w.world, entry)).toBe('sent');
  expect(steps(w.published).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual(['asked', 'diagnosed', 'opened']); // the order is in each one's `at`
});

// What people do changes the end only where it may; and the same seed tells the same story.
import { describe, expect, test } from 'vitest';
import { persons } from '../../lib/demo/scenarios/scenario.ts';
import { scenarios } from '../../lib/demo/scenarios/index.ts';
import { holds, named, run } from '../demo/ends.ts';

for (const person of persons)
  if (person !== 'silent')
    holds(
      scenarios.filter((s) => s.ends[person]),
      person,
      true,
    );

describe('a run', () => {
  test('is the same for the same seed, and another for another', async () => {
    const scenario = named('permission-removed-by-deploy');
    const [a, b, c] = [
      await run(scenario, 'silent', true, 7),
      await run(scenario, 'silent', true, 7),
      await run(scenario, 'silent', true, 8),
    ];
    expect(a.lines).toEqual(b.lines);
    expect(a.lines).not.toEqual(c.lines);
  });

  test('prints lines of the documented kinds, in order of time, the summary last', async () => {
    const { lines } = await run(named('permission-removed-on-purpose'), 'approve', true);
    const kinds = new Set(lines.map((l) => l.kind));
    for (const kind of ['signal', 'incident', 'evidence', 'diagnosis', 'decision', 'change', 'verified', 'message', 'closed', 'summary'])
      expect(kinds).toContain(kind);
    const times = lines.slice(0, -1).map((l) => l.atMs);
    expect(times).toEqual(times.toSorted((x, y) => x - y));
    expect(lines.at(-1)?.kind).toBe('summary');
  });

  test('stops being a question once nobody may answer: a guest presses Approve', async () => {
    const { openRun, people } = await import('../../lib/demo/run.ts');
    const { breakage } = await import('../../lib/demo/breakages/find.ts');
    const { offers } = await import('../../lib/demo/offers.ts');
    const demo = await openRun({ seed: 3, logs: true, onEvent: () => undefined });
    breakage('permission-removed-on-purpose').breakIt(demo.shop, demo.shop.victim);
    await demo.clock.runUntil(demo.clock.now() + 60_000);
    const [offer] = offers(demo.slack.messages).filter((o) => o.acts.includes('approve'));
    const guest = people[1];
    if (!offer || !guest) throw new Error('no question was asked');
    const before = demo.account.snapshot();
    expect(await demo.click(guest.id, offer.ts, 'approve')).toBe(200);
    await demo.clock.runUntil(demo.clock.now() + 120_000);
    expect(demo.slack.whispers.at(-1)?.userId).toBe(guest.id);
    expect(demo.account.snapshot()).toEqual(before);
  });
});

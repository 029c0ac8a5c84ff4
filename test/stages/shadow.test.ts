// The shadow of a decision: everything that speaks is kept but the mode's own word, and a later look never makes little of what would have happened.
import { describe, expect, test } from 'vitest';
import type { Objection } from '../../lib/model/change.ts';
import { stronger, type Shadow } from '../../lib/model/shadow.ts';
import { shadowLines } from '../../lib/messages/what.ts';
import { shadowOf, shadowWithout } from '../../lib/stages/weighing/shadow.ts';
import { asking, diagnosis, plan, t0 } from '../messages/incidents.ts';

const looking = { now: t0, nextLook: () => t0 + 20_000 };
const says = (id: string, lowersTo: Objection['lowersTo']): Objection => ({ id, lowersTo, says: `because of ${id}` });
const observes = says('observe-mode', 'advise');

describe('what act would do', () => {
  test.each<[string, readonly Objection[], Shadow['would'], readonly string[]]>([
    ['nothing but the mode speaks', [observes], 'act', []],
    ['nothing but the other mode', [says('ask-mode', 'ask')], 'act', []],
    ['a fix that asks', [observes, says('fix-not-allowed-unasked', 'ask')], 'ask', ['fix-not-allowed-unasked']],
    ['a deploy that runs', [observes, says('settling', 'wait')], 'wait', ['settling']],
    [
      'a guard that only advises, beside others',
      [observes, says('settling', 'wait'), says('kill-switch', 'advise')],
      'advise',
      ['settling', 'kill-switch'],
    ],
  ])('%s', (_, objections, would, against) => {
    const shadow = shadowOf('observe', plan, objections, looking);
    expect(shadow).toMatchObject({ would, plan: { fix: plan.fix, hash: plan.hash, preview: plan.preview } });
    expect(shadow?.against.map((o) => o.id)).toEqual(against);
    expect(shadow?.untilAt).toBe(would === 'wait' ? t0 + 20_000 : undefined);
  });
  test('mode act has none: its decision says it', () => {
    expect(shadowOf('act', plan, [], looking)).toBeUndefined();
    expect(shadowWithout('act', diagnosis, [], t0)).toBeUndefined();
  });
  test('without a plan: why; an unknown cause has none', () => {
    expect(shadowWithout('observe', diagnosis, ['warm-concurrency: there is nothing to change'], t0)?.against).toEqual([
      { id: 'no-plan', says: 'warm-concurrency: there is nothing to change' },
    ]);
    expect(shadowWithout('ask', { ...diagnosis, certainty: 'suspected' }, [], t0)?.against[0]?.says).toBe(
      'lambda-permission-missing is only suspected',
    );
    expect(shadowWithout('observe', { ...diagnosis, cause: 'unknown' }, [], t0)).toBeUndefined();
  });
});

describe('of two looks', () => {
  const of = (would: Shadow['would'], at = t0): Shadow => ({ at, would, against: [] });
  test.each<[string, Shadow | undefined, Shadow | undefined, Shadow | undefined]>([
    ['the first', undefined, of('ask'), of('ask')],
    ['none any more', of('ask'), undefined, of('ask')],
    ['more would be done', of('wait'), of('act', t0 + 1), of('act', t0 + 1)],
    ['the stage recovered meanwhile', of('act'), of('wait', t0 + 1), of('act')],
    ['it would have acted at the first', of('act'), of('act', t0 + 1), of('act')],
    ['the same, better informed', of('ask'), of('ask', t0 + 1), of('ask', t0 + 1)],
  ])('%s', (_, before, now, kept) => {
    expect(stronger(before, now)).toEqual(kept);
  });
});

test('on the card: what, when and why not, as text that does nothing', () => {
  const shadow: Shadow = {
    at: t0,
    would: 'ask',
    plan: { fix: plan.fix, hash: plan.hash, preview: ['orders `<!channel>`: absent → present'] },
    against: [{ id: 'x', says: 'somebody took it away: "*bold* <@U0ADA0001>"' }],
  };
  const [line] = shadowLines({ ...asking, shadow }, t0);
  expect(line).toMatch(
    /^In mode act it would have asked before this change \(<!date\^\d+\^.*\): `orders .*`, because: somebody took it away/,
  );
  expect(line).not.toMatch(/<!channel>|<@U0ADA/);
  expect(shadowLines({ ...asking, shadow: { at: t0, would: 'advise', against: [] } }, t0)).toEqual([]);
  expect(shadowLines(asking, t0)).toEqual([]);
});

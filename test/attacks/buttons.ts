// Presses by an approver whose button lies: for other changes, another incident, another question, an old one, or a row that somebody bent
// meanwhile. Nothing moves that the person did not see.
import { expect } from 'vitest';
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { rows } from '../../lib/store/rows.ts';
import { changeAt, hour, minute, question, t0 } from '../messages/incidents.ts';
import type { Attack, Room } from './attack.ts';
import { channelWith, mine, myChange, plan, theirChange, theirs, type Press } from './pressed.ts';

type There = Awaited<ReturnType<typeof channelWith>>;
const bent = { ...plan, changes: plan.changes.map((c) => ({ ...c, target: { ...(c.target as object), functionName: 'payroll' } })) };

interface Lie {
  readonly name: string;
  readonly press: (there: There) => Press;
  readonly says: RegExp;
  readonly mine?: Incident;
  readonly changes?: readonly ChangeRecord[];
  readonly before?: (there: There) => void;
}

const questions: readonly Lie[] = (['approve', 'dismiss'] as const).flatMap((act): readonly Lie[] => [
  { name: `${act}: another incident’s question`, press: () => ({ act, carries: { about: 'q-theirs' } }), says: /replaced by a newer one/ },
  {
    name: `${act}: another incident, from this one’s message`,
    press: () => ({ act, carries: { incidentId: theirs.id, about: 'q-theirs', hash: theirs.question?.plan.hash ?? '' } }),
    says: /superseded/,
  },
  {
    name: `${act}: this question, from another incident’s message`,
    press: ({ theirTs }) => ({ act, messageTs: theirTs }),
    says: /superseded/,
  },
  {
    name: `${act}: another incident’s changes under this question`,
    press: () => ({ act, carries: { hash: theirs.question?.plan.hash ?? '' } }),
    says: /no longer the one you saw/,
  },
  {
    name: `${act}: the hash of an older proposal`,
    press: () => ({ act, carries: { hash: 'f'.repeat(64) } }),
    says: /no longer the one you saw/,
  },
  { name: `${act}: a hash cut short`, press: () => ({ act, carries: { hash: plan.hash.slice(0, 8) } }), says: /no longer the one you saw/ },
  { name: `${act}: an older question`, press: () => ({ act, carries: { about: 'q-old' } }), says: /replaced by a newer one/ },
  { name: `${act}: an incident nobody knows`, press: () => ({ act, carries: { incidentId: 'inc-none' } }), says: /no longer kept/ },
  {
    name: `${act}: a key that every object has for an incident`,
    press: () => ({ act, carries: { incidentId: '__proto__' } }),
    says: /no longer kept/,
  },
  {
    name: `${act}: at the moment the question expires`,
    before: (there) => void (there.clock.at = question.expiresAt),
    press: () => ({ act }),
    says: /expired/,
  },
  {
    name: `${act}: a question that was withdrawn`,
    mine: { ...mine, question: { ...question, plan, state: 'withdrawn', decidedAt: t0 } },
    press: () => ({ act }),
    says: /withdrawn/,
  },
  {
    name: `${act}: a closed incident`,
    mine: { ...mine, phase: 'closed', closedAt: t0 + minute, outcome: 'asked' },
    press: () => ({ act }),
    says: /closed/,
  },
  {
    name: `${act}: a change instead of a question`,
    changes: [myChange],
    press: () => ({ act, carries: { about: myChange.id } }),
    says: /replaced by a newer one/,
  },
]);

/** A change that stands so that the act would count, were it the right one. */
const standing = (act: 'undo' | 'keep' | 'settle', one: ChangeRecord): ChangeRecord =>
  act === 'settle'
    ? { ...changeAt('stuck'), id: one.id, incidentId: one.incidentId, plan: one.plan }
    : { ...one, leaseEndsAt: t0 + 2 * hour };

const changesOf = (['undo', 'keep', 'settle'] as const).flatMap((act): readonly Lie[] => {
  const changes = [standing(act, myChange), standing(act, theirChange)];
  return [
    {
      name: `${act}: another incident’s change`,
      changes,
      press: () => ({ act, carries: { about: theirChange.id, hash: theirChange.plan.hash } }),
      says: /not known here/,
    },
    {
      name: `${act}: another incident’s change, from this one’s message`,
      changes,
      press: () => ({ act, carries: { incidentId: theirs.id, about: theirChange.id, hash: theirChange.plan.hash } }),
      says: /superseded/,
    },
    {
      name: `${act}: this change, from another incident’s message`,
      changes,
      press: ({ theirTs }) => ({ act, messageTs: theirTs }),
      says: /superseded/,
    },
    {
      name: `${act}: the hash of another change`,
      changes,
      press: () => ({ act, carries: { hash: theirChange.plan.hash } }),
      says: /no longer the one you saw/,
    },
    { name: `${act}: a change nobody knows`, changes, press: () => ({ act, carries: { about: 'chg-none' } }), says: /not known here/ },
    {
      name: `${act}: a question instead of a change`,
      changes,
      press: () => ({ act, carries: { about: question.id } }),
      says: /not known here/,
    },
    {
      name: `${act}: a change that was never made`,
      changes: [changeAt('dropped', { plan })],
      press: () => ({ act }),
      says: /never made|not stuck/,
    },
  ];
});

const lies: readonly Attack[] = [...questions, ...changesOf].map(({ name, press, says, before, ...given }) => ({
  name,
  run: async () => {
    const there = await channelWith(given);
    before?.(there);
    const was = await there.state();
    expect(await there.press(press(there))).toMatchObject({ did: 'nothing', says: expect.stringMatching(says) as string });
    expect(await there.state()).toBe(was);
  },
}));

const replays: readonly Attack[] = [
  {
    name: 'a press sent again by whoever recorded it counts once',
    run: async () => {
      const there = await channelWith();
      expect((await there.press({ act: 'approve' })).did).toBe('approved');
      const was = (await rows.incident.get(there.store, mine.id))?.value;
      await there.press({ act: 'approve' });
      there.clock.at += 2 * minute;
      expect((await there.press({ act: 'approve' })).did).toBe('nothing');
      expect((await there.press({ act: 'dismiss' })).did).toBe('nothing');
      expect((await rows.incident.get(there.store, mine.id))?.value.question).toEqual(was?.question);
      expect((await rows.incident.get(there.store, mine.id))?.value.notes.filter((n) => n.key.startsWith('answer:'))).toHaveLength(1);
    },
  },
  {
    name: 'an undo sent again is one undo',
    run: async () => {
      const there = await channelWith({ changes: [myChange] });
      await there.press({ act: 'undo' });
      await there.press({ act: 'undo' });
      there.clock.at += 5 * minute;
      await there.press({ act: 'undo', user: { id: 'U0BOB0002' } });
      expect(there.undos.size).toBe(1);
    },
  },
  {
    name: 'a plan that was bent in the row is not what was shown: the press counts for nothing',
    run: async () => {
      const there = await channelWith();
      await there.patch((i) => ({ ...i, question: { ...question, plan: bent } }));
      const was = await there.state();
      expect(await there.press({ act: 'approve' })).toMatchObject({
        did: 'nothing',
        says: expect.stringMatching(/no longer the one you saw/) as string,
      });
      expect(await there.state()).toBe(was);
    },
  },
];

export const buttons: Room = { of: 'buttons that lie', attacks: [...lies, ...replays] };

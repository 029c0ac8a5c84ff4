// A change that takes two people: the first yes counts and wakes nobody, the second must be another person's.
import { expect, test } from 'vitest';
import answer, { type Answered } from '../../lib/stages/answer.ts';
import tell from '../../lib/stages/tell.ts';
import { asking, base } from '../messages/incidents.ts';
import { tellingWorld } from './telling-world.ts';

const press = (...args: Parameters<typeof answer.run>) => answer.run(...args) as Promise<Answered>;

/** An incident that asks two people, its card posted, its execution waiting. */
async function asked() {
  const w = tellingWorld();
  await w.have(asking);
  await tell.run(w.world, { incidentId: base.id, taskToken: 'token-1' });
  await w.patch((i) => (i.question ? { ...i, question: { ...i.question, needs: 2 } } : i));
  return w;
}

test('the first yes stands on the card and wakes nobody; the second, of another person, decides', async () => {
  const w = await asked();
  expect(await press(w.world, w.click())).toMatchObject({ did: 'approved', says: expect.stringMatching(/first of two/) });
  expect((await w.incident()).question).toMatchObject({ state: 'pending', approvals: [{ by: { id: 'U0ADA0001' } }] });
  expect(JSON.stringify(w.slack.messages[0]?.blocks)).toContain('approved so far by <@U0ADA0001>');
  expect(w.woken).toEqual([]);
  w.clock.at += 1000;
  expect(await press(w.world, w.click({ userId: 'U0BOB0002', userName: 'bob', at: w.clock.at }))).toMatchObject({ did: 'approved' });
  expect((await w.incident()).question).toMatchObject({ state: 'approved', by: { id: 'U0BOB0002' } });
  expect(w.woken).toEqual(['token-1']);
  expect(JSON.stringify(w.slack.messages[0])).toContain('Approved by <@U0ADA0001> and <@U0BOB0002>');
});

test('the same person twice is one person; the same click twice is one click', async () => {
  const w = await asked();
  await press(w.world, w.click());
  expect(await press(w.world, w.click())).toMatchObject({ did: 'approved', says: expect.stringMatching(/first of two/) });
  w.clock.at += 1000;
  expect(await press(w.world, w.click({ at: w.clock.at }))).toMatchObject({
    did: 'nothing',
    says: expect.stringMatching(/2 different people/),
  });
  expect((await w.incident()).question).toMatchObject({ state: 'pending', approvals: [{ by: { id: 'U0ADA0001' } }] });
  expect(w.woken).toEqual([]);
});

test('one no is enough', async () => {
  const w = await asked();
  await press(w.world, w.click());
  w.clock.at += 1000;
  expect(await press(w.world, w.click({ act: 'dismiss', userId: 'U0BOB0002', userName: 'bob', at: w.clock.at }))).toMatchObject({
    did: 'dismissed',
  });
  expect((await w.incident()).question?.state).toBe('dismissed');
});

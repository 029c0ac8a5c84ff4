// Presses by people who have no say: rightly signed by Slack, from the right app, on the right message. Nothing moves; each is told why.
import { expect } from 'vitest';
import { acts } from '../../lib/model/act.ts';
import { changeAt, hour, t0, warm } from '../messages/incidents.ts';
import { whispered } from '../stages/telling-world.ts';
import type { Room } from './attack.ts';
import { channelWith, myChange, type Press } from './pressed.ts';

const strangers: readonly (readonly [string, { readonly id?: string; readonly [key: string]: unknown }, RegExp])[] = [
  ['a colleague who is no approver', { id: 'U0EVE0009', name: 'eve' }, /not on the list of approvers/],
  [
    'a guest of the workspace',
    { id: 'U0GUEST01', name: 'kim', is_restricted: true, is_ultra_restricted: true },
    /not on the list of approvers/,
  ],
  ['a Slack Connect user of another team', { id: 'U0FAR0001', team_id: 'T0FARAWAY' }, /Only people of this workspace/],
  ['an approver’s id, in another team', { team_id: 'T0FARAWAY' }, /Only people of this workspace/],
  ['an approver’s name under another id', { id: 'U0EVE0009', name: 'ada', username: 'ada' }, /not on the list of approvers/],
  ['an approver’s id in small letters', { id: 'u0ada0001' }, /not on the list of approvers/],
  ['an approver’s id with a blank behind it', { id: 'U0ADA0001 ' }, /not on the list of approvers/],
  ['an approver’s id with an unseen character', { id: 'U0ADA0001\u200b' }, /not on the list of approvers/],
  ['two approvers’ ids in one', { id: 'U0ADA0001,U0BOB0002' }, /not on the list of approvers/],
  ['a key that every object has', { id: 'constructor' }, /not on the list of approvers/],
];

/** Each act stands open, so that only the person is what is wrong. */
async function open(act: NonNullable<Press['act']>) {
  if (act === 'approve' || act === 'dismiss') return channelWith();
  const change =
    act === 'settle'
      ? changeAt('stuck', { plan: myChange.plan })
      : { ...myChange, leaseEndsAt: t0 + 2 * hour, plan: { ...myChange.plan, leaseMs: warm.leaseMs ?? hour } };
  return channelWith({ changes: [change] });
}

export const clicks: Room = {
  of: 'people who have no say',
  attacks: strangers.flatMap(([who, user, says]) =>
    acts.map((act) => ({
      name: `${who} presses ${act}`,
      run: async () => {
        const there = await open(act);
        const before = await there.state();
        expect(await there.press({ act, user })).toMatchObject({ did: 'nothing', says: expect.stringMatching(says) as string });
        expect(await there.state()).toBe(before);
        expect(whispered(there.slack, user.id ?? 'U0ADA0001')).toHaveLength(1);
        // an approver's press of the same button does count
        expect((await there.press({ act })).did).not.toBe('nothing');
      },
    })),
  ),
};

// An incident that asks, its card in the channel, and the whole way of a press: signed by the stand-in Slack, verified by the real receiver,
// checked by the schema, decided by `answer`. What a press carries, and who presses, can be anything.
import * as v from 'valibot';
import { expect } from 'vitest';
import { hashOf } from '../../lib/journal/hash.ts';
import type { ChangeRecord, Plan } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { createReceiver } from '../../lib/slack/receiver.ts';
import { sign } from '../../lib/slack/signature.ts';
import answer, { type Answered } from '../../lib/stages/answer.ts';
import { click as clickSchema, type Click } from '../../lib/stages/stage.ts';
import tell from '../../lib/stages/tell.ts';
import { asking, base, changeAt, hour, installation, minute, plan as shown, question, t0 } from '../messages/incidents.ts';
import { tellingWorld } from '../stages/telling-world.ts';

/** Plans as they are made: their hash is that of their changes. */
const honest = (plan: Plan): Plan => ({ ...plan, hash: hashOf(plan.fix, plan.changes) });
export const plan = honest(shown);
const otherPlan = honest({
  ...shown,
  changes: shown.changes.map((c) => ({ ...c, target: { ...(c.target as object), functionName: 'payroll' } })),
  preview: ['invoke permission of payroll: absent → anybody'],
});

/** Two incidents, each with a question of its own, and of each a change that was made. */
export const mine: Incident = { ...asking, question: { ...question, plan } };
export const theirs: Incident = { ...mine, id: 'inc-theirs', question: { ...question, id: 'q-theirs', plan: otherPlan } };
export const myChange: ChangeRecord = changeAt('verified', { plan, undoUntilAt: t0 + 24 * hour });
export const theirChange: ChangeRecord = { ...myChange, id: 'chg-theirs', incidentId: theirs.id, plan: otherPlan };

const secret = 's'; // the telling world's own
const { teamId, appId, channel } = installation.slack;

export interface Press {
  readonly act?: Click['act'];
  readonly carries?: Partial<Pick<Click, 'incidentId' | 'about' | 'hash'>>;
  readonly user?: Readonly<Record<string, unknown>>;
  /** Whose message the button stood in. */
  readonly messageTs?: string;
}

export async function channelWith(
  more: { readonly mine?: Incident; readonly theirs?: Incident; readonly changes?: readonly ChangeRecord[] } = {},
) {
  const w = tellingWorld(t0 + 3 * minute);
  const changes = more.changes ?? [];
  await w.have(more.mine ?? mine, ...changes.filter((c) => c.incidentId === base.id));
  await w.have(more.theirs ?? theirs, ...changes.filter((c) => c.incidentId === theirs.id));
  await tell.run(w.world, { incidentId: base.id, taskToken: 'my-token' });
  await tell.run(w.world, { incidentId: theirs.id, taskToken: 'their-token' });
  const [myTs = '', theirTs = ''] = w.slack.messages.map((m) => m.ts);
  const answers: Answered[] = [];
  const receive = createReceiver({
    signingSecret: async () => secret,
    teamId,
    appId,
    now: w.clock.now,
    handOn: async (click) => {
      const read = v.parse(clickSchema, JSON.parse(JSON.stringify(click)));
      answers.push((await answer.run(w.world, read)) as Answered);
    },
  });
  const press = async ({ act = 'approve', carries = {}, user = {}, messageTs = myTs }: Press): Promise<Answered> => {
    const ofChange = act === 'undo' || act === 'keep' || act === 'settle';
    const value = { incidentId: base.id, about: ofChange ? myChange.id : question.id, hash: plan.hash, ...carries };
    const payload = {
      type: 'block_actions',
      user: { id: 'U0ADA0001', name: 'ada', team_id: teamId, ...user },
      api_app_id: appId,
      team: { id: teamId },
      container: { type: 'message', message_ts: messageTs, channel_id: channel },
      actions: [{ action_id: `gatemedic.${act}`, value: JSON.stringify(value), action_ts: String(w.clock.at / 1000) }],
    };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const stamp = String(Math.floor(w.clock.at / 1000));
    const before = answers.length;
    const response = await receive({
      body,
      headers: { 'x-slack-request-timestamp': stamp, 'x-slack-signature': sign(secret, stamp, body) },
    });
    expect(response.statusCode).toBe(200);
    const answered = answers[before];
    if (!answered) throw new Error('the press was not handed on');
    return answered;
  };
  /** Everything a press could have moved. */
  const state = async (): Promise<string> => {
    const rows = await Promise.all(
      w.store
        .keys()
        .filter((key) => !/^(card|lock|outbox|told)/.test(key))
        .map((key) => w.store.get(key)),
    );
    return JSON.stringify({ rows: rows.map((r) => ({ ...r })), woken: w.woken, undos: [...w.undos.keys()] });
  };
  return { ...w, press, state, myTs, theirTs };
}

// A world for the tests of tell, answer and digest: the store in memory, the stand-in Slack, a topic that can refuse, a workflow that keeps
// tokens and burns names. Any call can crash before or after it happens.
import type { CallName } from '../../lib/aws/calls.ts';
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { createSlack } from '../../lib/sandbox/slack.ts';
import { sandboxSts } from '../../lib/sandbox/sts.ts';
import type { SlackClick } from '../../lib/stages/stage.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { rows } from '../../lib/store/rows.ts';
import { WorldError, type UndoInput, type World } from '../../lib/world.ts';
import { base, installation, plan, t0 } from '../messages/incidents.ts';
import { keys } from './people.ts';

export class Crash extends Error {}

export interface Published {
  readonly subject: string;
  readonly message: Readonly<Record<string, unknown>>;
}

export function tellingWorld(startAt = t0 + 2 * 60_000) {
  const clock = { at: startAt, now: () => clock.at };
  const crash: { before?: string; after?: string } = {};
  const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    if (crash.before === what) throw new Crash(`before ${what}`);
    const result = await work();
    if (crash.after === what) throw new Crash(`after ${what}`);
    return result;
  };
  const slack = createSlack({ clock, signingSecret: 's', ...installation.slack });
  const store = memoryStore();
  const published: Published[] = [];
  const topic = { refusing: false };
  const woken: string[] = [];
  const undos = new Map<string, UndoInput>();
  const logged: { event: string; fields: unknown }[] = [];
  let ids = 0;
  const unused = async (): Promise<never> => Promise.reject(new Error('tell, answer and digest do not call this'));
  const world: World<CallName> = {
    aws: { call: unused },
    store,
    slack: {
      post: (channel, message, threadTs) => step(threadTs === undefined ? 'post' : 'reply', () => slack.post(channel, message, threadTs)),
      update: (channel, ts, message) => step('update', () => slack.update(channel, ts, message)),
      whisper: (channel, userId, message) => step('whisper', () => slack.whisper(channel, userId, message)),
    },
    topic: {
      publish: (subject, message) =>
        step('publish', async () => {
          if (topic.refusing) throw new WorldError('down', 'sns:Publish', 'the test refuses');
          published.push({ subject, message });
        }),
    },
    workflow: {
      startIncident: unused,
      scheduleUndo: unused,
      status: unused,
      startUndo: (input) =>
        step('startUndo', async () => {
          if (undos.has(input.name)) return 'already';
          undos.set(input.name, input);
          return 'started';
        }),
      wake: (token) => step('wake', async () => (woken.push(token), 'woken' as const)),
    },
    deadLetter: { put: unused },
    identity: sandboxSts(keys, clock),
    installation,
    now: clock.now,
    timeLeftMs: () => Infinity,
    id: () => `id${++ids}`,
    log: (event, fields) => void logged.push({ event, fields }),
  };
  const have = async (incident: Incident, ...changes: readonly ChangeRecord[]): Promise<void> => {
    await rows.incident.create(store, incident.id, { ...incident, changes: changes.map((c) => c.id) });
    for (const change of changes) await rows.change.create(store, change.id, change);
  };
  const incident = async (id = base.id): Promise<Incident> => {
    const row = await rows.incident.get(store, id);
    if (!row) throw new Error(`no incident ${id}`);
    return row.value;
  };
  const patch = (next: (i: Incident) => Incident, id = base.id) => rows.incident.update(store, id, next);
  const outbox = async () => (await rows.outbox.list(store, 'outbox')).map((r) => r.value);
  const click = (more: Partial<SlackClick> = {}): SlackClick => ({
    origin: 'slack',
    act: 'approve',
    incidentId: base.id,
    about: 'q81c',
    hash: plan.hash,
    userId: 'U0ADA0001',
    userName: 'ada',
    teamId: installation.slack.teamId,
    channel: installation.slack.channel,
    messageTs: slack.messages[0]?.ts ?? 'none',
    at: clock.at,
    ...more,
  });
  return { world, clock, crash, slack, store, published, topic, woken, undos, logged, have, incident, patch, outbox, click };
}

/** What one person was told, without markup. */
export const whispered = (
  slack: { readonly whispers: readonly { userId: string; message: { text: string } }[] },
  userId: string,
): readonly string[] => slack.whispers.filter((w) => w.userId === userId).map((w) => w.message.text);

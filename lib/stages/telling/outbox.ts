// What Slack or the topic refused waits here and is sent again by the sweeper. The one place where telling catches a world that said no:
// a message that cannot be sent must never stop the mending.
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { lock, unlock } from '../../journal/lock.ts';
import { err, ok, type Result } from '../../model/result.ts';
import { rows } from '../../store/rows.ts';
import type { OutboxEntry } from '../../store/schemas.ts';
import { WorldError } from '../../world.ts';
import { showCard, type Telling } from './card.ts';

/** What came of it, or what the world refused. Bugs go through. */
export async function tried<T>(work: () => Promise<T>): Promise<Result<T, WorldError>> {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof WorldError) return err(error);
    throw error;
  }
}

const idOf = (...parts: readonly string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 24);
const cardEntryId = (incidentId: string): string => `card-${incidentId}`;

/** The card is drawn anew when its turn comes, so one entry an incident is enough; each write moves the row's version, so that a resend under way does not take it away. */
export async function keepCard(world: Pick<Telling, 'store' | 'now'>, incidentId: string): Promise<void> {
  const id = cardEntryId(incidentId);
  await rows.outbox.upsert(world.store, id, (current) => ({
    ...(current ?? { id, firstAt: world.now(), tries: 0, incidentId, what: 'card', payload: null }),
  }));
}

export interface Posting {
  readonly channel: string;
  readonly message: { readonly text: string; readonly blocks: readonly unknown[] };
}
export interface Publication {
  readonly subject: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** False when it was kept before. */
export const keepPosting = (world: Telling, key: string, what: 'message' | 'digest', payload: Posting): Promise<boolean> =>
  rows.outbox.create(world.store, key, { id: key, firstAt: world.now(), tries: 0, what, payload });

/** Publishes, or keeps what the topic refused. */
export async function publish(world: Telling, key: string, { subject, message }: Publication): Promise<void> {
  const sent = await tried(() => world.topic.publish(subject, message));
  if (sent.ok) return;
  world.log('topic refused', { call: sent.error.call, kind: sent.error.kind, key });
  const id = `topic-${idOf(key)}`;
  await rows.outbox.create(world.store, id, { id, firstAt: world.now(), tries: 0, what: 'topic', payload: { subject, message } });
}

const posting = v.object({ channel: v.string(), message: v.object({ text: v.string(), blocks: v.array(v.unknown()) }) });
const publication = v.object({ subject: v.string(), message: v.record(v.string(), v.unknown()) });

/** True when it is out; false when another teller is at the same card. */
async function send(world: Telling, entry: OutboxEntry): Promise<boolean> {
  if (entry.what === 'card') return (await showCard(world, entry.incidentId ?? entry.id.slice('card-'.length), 'sweep')) !== 'busy';
  if (entry.what === 'topic') {
    const { subject, message } = v.parse(publication, entry.payload);
    await world.topic.publish(subject, message);
    return true;
  }
  const { channel, message } = v.parse(posting, entry.payload);
  await world.slack.post(channel, message);
  return true;
}

/** Above the sweeper's timeout of 60 s. */
const resendLockMs = 90_000;
/** After three days an unsent message is history; the topic had it. */
const giveUpMs = 3 * 24 * 3_600_000;

/** Sends an entry again, under a lock so that two sweepers do not both; the entry goes away when it is out. */
export async function resend(world: Telling, entry: OutboxEntry): Promise<'sent' | 'later'> {
  const held = await lock(world, `outbox/${entry.id}`, `resend-${world.id()}`, resendLockMs);
  if (!held.held) return 'later';
  try {
    return await attempt(world, entry.id);
  } finally {
    await unlock(world, held);
  }
}

async function attempt(world: Telling, id: string): Promise<'sent' | 'later'> {
  const row = await rows.outbox.get(world.store, id);
  if (!row) return 'sent';
  const sent = await tried(() => send(world, row.value));
  if (sent.ok && sent.value) {
    await world.store.deleteIfUnchanged(rows.outbox.key(id), row.version);
    return 'sent';
  }
  await later(world, row.value, sent.ok ? undefined : sent.error);
  return 'later';
}

async function later(world: Telling, entry: OutboxEntry, refused: WorldError | undefined): Promise<void> {
  world.log('outbox keeps', { id: entry.id, tries: entry.tries + 1, kind: refused?.kind ?? 'busy', call: refused?.call });
  if (world.now() - entry.firstAt < giveUpMs)
    await rows.outbox.update(world.store, entry.id, (current) => ({ ...current, tries: current.tries + 1 }));
  else await rows.outbox.remove(world.store, entry.id);
}

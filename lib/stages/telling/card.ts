// The incident's one live message: drawn from the row, posted once, edited in place, its history in the thread. Three writers may meet here
// (the workflow, a click, the sweeper), so posting is under a lock, and what is shown is compared with the row until they agree.
import { createHash } from 'node:crypto';
import { causeTitles } from '../../causes/titles.ts';
import { declaredFixes } from '../../declared.ts';
import { lock, unlock } from '../../journal/lock.ts';
import type { Message } from '../../messages/blocks.ts';
import { incidentCard } from '../../messages/card.ts';
import { notesMessage } from '../../messages/thread.ts';
import type { Words } from '../../messages/why.ts';
import type { ChangeRecord } from '../../model/change.ts';
import type { Incident, Note } from '../../model/incident.ts';
import { rows } from '../../store/rows.ts';
import { WorldError, type World } from '../../world.ts';

/** What telling needs of the World. */
export type Telling = Pick<World, 'store' | 'slack' | 'topic' | 'installation' | 'now' | 'id' | 'log'>;

/** Titles from the catalogues. */
export const words: Words = {
  cause: (id) => causeTitles[id],
  fix: (id) => declaredFixes.find((f) => f.id === id),
};

/** Decide's first wait is silent (`quietMs` of weigh.ts; a test compares them). */
export const quietMs = 20_000;

/** Above the timeout of every function that tells (sweep: 60 s), so that its holder is dead when it expires. */
const cardLockMs = 90_000;

/** Whether nobody shall hear of this incident (yet): the first seconds, a part of an outage, a blip that passed untold. */
export function isQuiet(incident: Incident): boolean {
  const { parentId, message, toldSteps, question, changes, decision, phase, outcome, openedAt } = incident;
  if (parentId !== undefined) return !message;
  if (message || question || changes.length > 0 || (toldSteps?.length ?? 0) > 0) return false;
  if (phase === 'closed') return (outcome ?? 'none') === 'none';
  if (decision?.do === 'close') return decision.outcome === 'none';
  if (decision?.do === 'wait' && decision.passing) return true;
  return !decision || (decision.do === 'wait' && !decision.plan && decision.untilAt <= openedAt + quietMs);
}

export interface View {
  readonly incident: Incident;
  readonly changes: readonly ChangeRecord[];
  /** Of the rows it was read from. */
  readonly versions: string;
}

/** The incident and its changes as they stand. */
export async function look(world: Pick<World, 'store'>, incidentId: string): Promise<View | undefined> {
  const row = await rows.incident.get(world.store, incidentId);
  if (!row) return undefined;
  const found = await Promise.all(row.value.changes.map((id) => rows.change.find(world.store, id)));
  const changes = found.flatMap((c) => (c?.ok ? [c.value] : []));
  return { incident: row.value, changes: changes.map((c) => c.value), versions: [row, ...changes].map((r) => r.version).join('/') };
}

interface Drawn extends View {
  readonly message: Message;
  readonly hash: string;
  readonly untold: readonly Note[];
}

function draw(world: Telling, view: View): Drawn {
  const message = incidentCard(view.incident, view.changes, world.installation, { now: world.now(), words });
  const hash = createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 32);
  return { ...view, message, hash, untold: view.incident.notes.filter((n) => n.told !== true) };
}

const upToDate = (d: Drawn): boolean => d.incident.message?.hash === d.hash && d.untold.length === 0;

async function post(world: Telling, d: Drawn): Promise<void> {
  const { channel } = world.installation.slack;
  const { ts } = await world.slack.post(channel, d.message);
  await rows.incident.update(world.store, d.incident.id, (i) => ({ ...i, message: { channel, ts, hash: d.hash } }));
}

/** A message somebody deleted is forgotten, so that the next round posts a new one. */
async function edit(world: Telling, d: Drawn, message: NonNullable<Incident['message']>): Promise<void> {
  const gone = await wasGone(() => world.slack.update(message.channel, message.ts, d.message));
  await rows.incident.update(world.store, d.incident.id, (i) => {
    if (i.message?.ts !== message.ts) return undefined;
    if (!gone) return { ...i, message: { ...i.message, hash: d.hash } };
    const { message: _, ...rest } = i;
    return rest;
  });
}

async function wasGone(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (error instanceof WorldError && error.kind === 'gone') return true;
    throw error;
  }
}

async function reply(world: Telling, d: Drawn, message: NonNullable<Incident['message']>): Promise<void> {
  await world.slack.post(message.channel, notesMessage(d.untold, world.now()), message.ts);
  const told = new Set(d.untold.map((n) => n.key));
  await rows.incident.update(world.store, d.incident.id, (i) => ({
    ...i,
    notes: i.notes.map((n) => (told.has(n.key) ? { ...n, told: true } : n)),
  }));
}

async function step(world: Telling, d: Drawn): Promise<void> {
  const { message } = d.incident;
  if (!message) return post(world, d);
  if (message.hash !== d.hash) return edit(world, d, message);
  return reply(world, d, message);
}

/** Post, edit, reply, and each once more when the row moved meanwhile; beyond that the next telling goes on. */
const mostSteps = 6;

export type Shown = 'shown' | 'unchanged' | 'quiet' | 'busy';

/** Brings Slack in line with the incident's row. `owner` re-enters its own lock, so that a retry after a crash goes on at once. Throws WorldError. */
export async function showCard(world: Telling, incidentId: string, owner: string): Promise<Shown> {
  const first = await look(world, incidentId);
  if (!first || isQuiet(first.incident)) return 'quiet';
  const drawn = draw(world, first);
  if (upToDate(drawn)) return 'unchanged';
  const held = await lock(world, `card/${incidentId}`, owner, cardLockMs);
  if (!held.held) return 'busy';
  try {
    await follow(world, drawn);
    return 'shown';
  } finally {
    await unlock(world, held);
  }
}

/** What was drawn before the lock is what is shown, unless the rows moved meanwhile. */
async function follow(world: Telling, before: Drawn): Promise<void> {
  for (let n = 0; n < mostSteps; n++) {
    const view = await look(world, before.incident.id);
    if (!view) return;
    const drawn = view.versions === before.versions ? before : draw(world, view);
    if (upToDate(drawn)) return;
    await step(world, drawn);
  }
}

// The weekly digest: read from the rows alone, written into the outbox first, then sent, so that neither a crash nor a second delivery of the
// schedule loses or doubles it.
import * as v from 'valibot';
import type { CallName } from '../aws/calls.ts';
import { digestMessage, digestTopic, type DigestFacts } from '../messages/digest.ts';
import { rows } from '../store/rows.ts';
import type { World } from '../world.ts';
import { type Telling, words } from './telling/card.ts';
import { driftOf } from './telling/drift.ts';
import { keepPosting, publish, resend } from './telling/outbox.ts';
import { stage } from './stage.ts';

const day = 24 * 3_600_000;
const weekMs = 7 * day;

/** `to` looks back from another moment than now: for a digest by hand. */
const digestInput = v.looseObject({ to: v.optional(v.number()) });

async function factsOf(world: World<CallName>, to: number): Promise<DigestFacts> {
  const from = to - weekMs;
  const [closed, open, settled, standing, drift] = await Promise.all([
    rows.incident.list(world.store, 'closed-incidents', { from, to }),
    rows.incident.list(world.store, 'open-incidents'),
    rows.change.listed(world.store, 'changes', { from, to }),
    rows.change.listed(world.store, 'open-changes'),
    driftOf(world, to),
  ]);
  const own = (all: typeof closed) => all.map((r) => r.value).filter((i) => i.parentId === undefined);
  return { from, to, incidents: own(closed), open: own(open), changes: [...settled.rows, ...standing.rows].map((r) => r.value), drift };
}

/** One digest a day at most: the claim that a schedule delivered twice does not pass. */
async function claimed(world: Telling, id: string, to: number): Promise<boolean> {
  if (await world.store.countBelow(`count#${id}`, 1, to + 2 * weekMs)) return true;
  await rows.outbox.remove(world.store, id);
  return false;
}

async function run(
  world: World<CallName>,
  input: v.InferOutput<typeof digestInput>,
): Promise<{ readonly digest: 'sent' | 'later' | 'before'; readonly incidents: number }> {
  const to = input.to ?? world.now();
  const id = `digest-${new Date(to).toISOString().slice(0, 10)}`;
  const facts = await factsOf(world, to);
  const incidents = facts.incidents.length;
  const kept = await keepPosting(world, id, 'digest', { channel: world.installation.slack.channel, message: digestMessage(facts, words) });
  if (!kept || !(await claimed(world, id, to))) return { digest: 'before', incidents };
  await publish(world, id, {
    subject: `Gatemedic: the week to ${id.slice('digest-'.length)}`,
    message: { ...digestTopic(facts), key: id },
  });
  const entry = await rows.outbox.get(world.store, id);
  return { digest: entry ? await resend(world, entry.value) : 'sent', incidents };
}

export default stage({ id: 'digest', input: digestInput, run });

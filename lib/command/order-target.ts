// What an order is about: the one question of an incident, or the one change of it that the order fits. Whatever does not fit is refused in a
// sentence that says why, and what would.
import type { Act } from '../model/act.ts';
import type { ChangeRecord } from '../model/change.ts';
import type { Incident } from '../model/incident.ts';
import { orderWord } from '../model/order.ts';
import { rows } from '../store/rows.ts';
import { CommandError } from './command-error.ts';
import type { Reached } from './installation.ts';
import { tame } from './paper.ts';
import { changesOf } from './standing-rows.ts';
import { standingOf, type Asked, type Made, type Standing } from './standing.ts';

export interface Target {
  readonly standing: Standing;
  readonly incidentId: string;
  readonly about: Asked | Made;
}

/** Questions are answered by approve and dismiss; the others speak of a change that was made. */
const asks = (act: Act): act is 'approve' | 'dismiss' => act === 'approve' || act === 'dismiss';

export async function targetOf(act: Act, id: string, { store, undoWindowMs }: Reached, now: number): Promise<Target> {
  if (!orderWord.test(id)) throw new CommandError(`${JSON.stringify(id.slice(0, 80))} is no id; give one that gatemedic incidents shows`);
  const found = asks(act) ? undefined : await rows.change.find(store, id);
  if (found && !found.ok) throw new CommandError(`the row of ${id} cannot be read by this version: ${tame(found.error.why)}`);
  const change = found?.value.value;
  const incidentId = change?.incidentId ?? id;
  const incident = (await rows.incident.get(store, incidentId))?.value;
  if (!incident && !change) throw await unknown(act, id, store);
  const all = incident ? await changesOf(store, incident) : [];
  const clocked = { now, undoWindowMs };
  const standing = standingOf(incident ?? incidentFor(change, incidentId), withChange(all, change), clocked);
  const about = asks(act) ? questionOf(act, standing) : changeFor(act, standing, change?.id);
  return { standing, incidentId, about };
}

const withChange = (all: readonly ChangeRecord[], change: ChangeRecord | undefined): readonly ChangeRecord[] =>
  change === undefined || all.some((c) => c.id === change.id) ? all : [...all, change];

async function unknown(act: Act, id: string, store: Reached['store']): Promise<CommandError> {
  const open = (await rows.incident.list(store, 'open-incidents')).map(({ value }) => value.id);
  const what = asks(act) ? 'incident' : 'incident or change';
  const there = open.length === 0 ? 'no incident is open' : `open are ${open.slice(0, 10).join(', ')}`;
  return new CommandError(`unknown ${what} ${JSON.stringify(id)}; ${there} (gatemedic incidents shows the closed ones too)`);
}

/** An incident is kept for 90 days after it closed, a change without end: what is known of it then is the change's own. */
function incidentFor(change: ChangeRecord | undefined, id: string): Incident {
  if (!change) throw new CommandError(`unknown incident ${JSON.stringify(id)}`);
  const at = change.entries[0]?.at ?? 0;
  const times = { openedAt: at, firstFailureAt: at, lastFailureAt: at, closedAt: change.entries.at(-1)?.at ?? at };
  return {
    id,
    at: change.at,
    watched: true,
    phase: 'closed',
    ...times,
    failures: 0,
    signals: 0,
    from: 'alarm',
    lines: [],
    rounds: 0,
    changes: [change.id],
    notes: [],
  };
}

const overWords: Readonly<Record<Exclude<Asked['state'], 'pending'>, string>> = {
  approved: 'its question was approved before',
  dismissed: 'its question was dismissed before',
  expired: 'its question has expired; if the stage still fails it is asked again',
  withdrawn: 'its question was withdrawn: it was settled without an answer',
};

function questionOf(act: Act, { id, phase, closedAt, question }: Standing): Asked {
  if (phase === 'closed')
    throw new CommandError(`incident ${id} was closed${closedAt === null ? '' : ` at ${closedAt}`}; there is nothing to ${act}`);
  if (!question) throw new CommandError(`incident ${id} asks nothing; gatemedic incidents shows what it does`);
  if (question.state !== 'pending') throw new CommandError(`there is nothing to ${act} in ${id}: ${overWords[question.state]}`);
  return question;
}

const noneWords: Readonly<Record<Exclude<Act, 'approve' | 'dismiss'>, string>> = {
  undo: 'has no change that can be taken back',
  keep: 'has no proven change whose lease still runs',
  settle: 'has no change that is stuck',
};

/** The one that was named, or the only one that the order fits. */
function changeFor(act: Exclude<Act, 'approve' | 'dismiss'>, { id, changes }: Standing, named: string | undefined): Made {
  const fitting = changes.filter((c) => c.offers.includes(act) && (named === undefined || c.id === named));
  const [one, another] = fitting;
  if (one && !another) return one;
  if (one)
    throw new CommandError(
      `incident ${id} has ${fitting.length} changes to ${act}: ${fitting.map(brief).join('; ')}. Name one: gatemedic ${act} ${one.id}`,
    );
  const which = named === undefined ? changes : changes.filter((c) => c.id === named);
  const steps = which.map((c) => `${c.id} is ${c.step}`).join(', ');
  const subject = named === undefined ? `incident ${id}` : `change ${named}`;
  throw new CommandError(
    `${subject} ${named === undefined ? noneWords[act] : `cannot be given ${act} any more`}${steps === '' ? '' : ` (${steps})`}`,
  );
}
const brief = ({ id, changes }: Made): string => `${id} (${changes.join(', ').slice(0, 120)})`;

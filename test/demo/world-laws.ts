// What must hold of every world of chance once it has come to rest. Each breach is one sentence.
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { lockLeaseMs } from '../../lib/journal/lock.ts';
import { replay } from '../../lib/journal/table.ts';
import { lockKeys } from '../../lib/stages/changing/moves.ts';
import { rows } from '../../lib/store/rows.ts';
import { unprovable, type World } from './world-of-chance.ts';

interface Rest {
  readonly incidents: readonly Incident[];
  readonly changes: readonly ChangeRecord[];
  readonly live: readonly string[];
  readonly unsent: readonly string[];
}
async function restOf({ run }: World): Promise<Rest> {
  const { store } = run.installed;
  const lists = async <T>(kind: { list(s: typeof store, name: string): Promise<readonly { value: T }[]> }, ...names: readonly string[]) =>
    (await Promise.all(names.map((name) => kind.list(store, name)))).flat().map((row) => row.value);
  return {
    incidents: await lists<Incident>(rows.incident, 'open-incidents', 'closed-incidents'),
    changes: await lists<ChangeRecord>(rows.change, 'open-changes', 'changes'),
    live: (await lists(rows.stage, 'live')).map((s) => s.key),
    unsent: (await lists(rows.outbox, 'outbox')).map((o) => `${o.what} ${o.id}`),
  };
}

/** Every breach of what must hold; none in a world that went well. */
export async function breaches(world: World): Promise<readonly string[]> {
  const rest = await restOf(world);
  return [
    ...world.trespasses.map((t) => `the owner’s part was changed ${t}`),
    ...rest.changes.flatMap((c) => changeEnds(world, c)),
    ...together(rest.changes),
    ...rest.changes.flatMap((c) => unaskedAfterPerson(world, c)),
    ...rest.changes.flatMap((c) => standsAsWritten(world, c)),
    ...rest.incidents.flatMap((i) => incidentEnds(world, i, rest.changes)),
    ...rest.live.map((key) => `stage ${key} is still in trouble`),
    ...rest.unsent.map((entry) => `${entry} was never sent`),
    ...bounded(world, rest),
  ];
}

/** Proven, kept, taken back, never made, made and not judged with its Undo open, or stuck and told. */
function changeEnds({ run }: World, c: ChangeRecord): readonly string[] {
  const problems = [];
  if (replay(c.entries) !== c.step) problems.push(`change ${c.id} says ${c.step}, its journal ${replay(c.entries)}`);
  const unjudged = c.step === 'applied' && c.undoUntilAt !== undefined;
  const told = c.step === 'stuck' && JSON.stringify(run.installed.topic).includes(c.id);
  if (!['verified', 'kept', 'undone', 'dropped'].includes(c.step) && !unjudged && !told) problems.push(`change ${c.id} ends ${c.step}`);
  return problems;
}

/** The times in which a change may write: from a step that writes to the next, or until its lock is over. */
function writingTimes(c: ChangeRecord): readonly { readonly from: number; readonly until: number }[] {
  return c.entries.flatMap((e, n) => {
    if (e.step !== 'applying' && e.step !== 'undoing') return [];
    return [{ from: e.at, until: Math.min(c.entries[n + 1]?.at ?? Infinity, e.at + lockLeaseMs) }];
  });
}

/** Two changes that may write to one resource at once. */
function together(changes: readonly ChangeRecord[]): readonly string[] {
  const spans = changes.flatMap((c) => writingTimes(c).flatMap((s) => lockKeys(c.plan).map((key) => ({ id: c.id, key, ...s }))));
  return spans.flatMap((a, n) =>
    spans
      .slice(n + 1)
      .filter((b) => b.id !== a.id && b.key === a.key && a.from < b.until && b.from < a.until)
      .map((b) => `${a.id} and ${b.id} wrote to ${a.key} at once`),
  );
}

/** What a person took away, or what never was there, is granted only by a person's word. */
function unaskedAfterPerson({ broken }: World, c: ChangeRecord): readonly string[] {
  const at = c.entries[0]?.at ?? 0;
  const by = broken.find((b) => unprovable.includes(b.id) && b.stage.apiId === c.at.apiId && b.from <= at && at <= b.until);
  if (!by || c.step === 'dropped' || c.approvedBy?.kind === 'person') return [];
  return [`change ${c.id} undid ${by.id} unasked`];
}

/** A change that stands stands as it was written; one that was taken back left nothing behind. */
function standsAsWritten({ run }: World, c: ChangeRecord): readonly string[] {
  const account = JSON.stringify(run.account.snapshot());
  const ids = c.plan.changes.map(({ target }) => (target as { readonly statementId?: string }).statementId ?? 'none');
  const there = ids.filter((id) => account.includes(`"${id}"`));
  if (['verified', 'kept'].includes(c.step) && there.length < ids.length)
    return [`change ${c.id} is ${c.step}, and its statements are not there`];
  return [];
}

function incidentEnds({ run }: World, i: Incident, changes: readonly ChangeRecord[]): readonly string[] {
  const proven = changes.some((c) => c.incidentId === i.id && c.entries.some((e) => e.step === 'verified'));
  const shown = i.message && run.slack.messages.find((m) => m.ts === i.message?.ts);
  const asks = JSON.stringify(shown?.blocks ?? []).includes('gatemedic.approve');
  return [
    ...(i.phase === 'closed' ? [] : [`incident ${i.id} is not closed`]),
    ...(i.outcome === 'fixed' && !proven ? [`incident ${i.id} ended fixed without a proven change`] : []),
    ...(asks ? [`the message of ${i.id} still asks`] : []),
    ...(i.question?.state === 'pending' ? [`the question of ${i.id} is still open`] : []),
    ...(i.notes.some((n) => n.told !== true) && i.message ? [`notes of ${i.id} were not told`] : []),
  ];
}

/** One message an incident (two where the first could have been posted before a crash), and one more for each failure; executions by name. */
function bounded({ run, clicks, broken }: World, { incidents, changes }: Rest): readonly string[] {
  const { machines, own } = run.installed;
  const executions = machines.list();
  const failed = executions.filter((d) => d.status !== 'SUCCEEDED' && d.status !== 'RUNNING');
  const undos = machines.list(own.undoMachine).length;
  const most = 2 * incidents.length + failed.length;
  const thread = run.slack.messages.map((m) => m.thread.length).reduce((a, b) => a + b, 0);
  const untold = failed.filter((d) => !JSON.stringify([run.installed.topic, run.slack.messages]).includes(d.name));
  return [
    ...executions.filter((d) => d.status === 'RUNNING').map((d) => `execution ${d.name} still runs`),
    ...untold
      .filter((d) => !changes.some((c) => d.name.includes(c.id)))
      .map((d) => `execution ${d.name} ended ${d.status}, and nobody was told`),
    ...(machines.list(own.incidentMachine).length > incidents.length ? ['more executions than incidents'] : []),
    ...(undos > 12 * Math.max(1, changes.length) ? [`${undos} undo executions for ${changes.length} changes`] : []),
    ...(run.slack.messages.length > most ? [`${run.slack.messages.length} messages for ${incidents.length} incidents`] : []),
    ...(thread > 40 * incidents.length ? [`${thread} replies for ${incidents.length} incidents`] : []),
    ...(run.slack.whispers.length > clicks ? [`${run.slack.whispers.length} whispers for ${clicks} clicks`] : []),
    ...(incidents.length > 12 * broken.length ? [`${incidents.length} incidents for ${broken.length} breakages`] : []),
    ...run.installed.aside.map(({ reason }) => `put aside: ${reason}`),
  ];
}

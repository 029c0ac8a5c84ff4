// What must hold of incidents and of what people are told: everything closes, nothing still asks, and nobody is flooded.
import type { Incident } from '../../../lib/model/incident.ts';
import { wasSwept } from '../../../lib/model/incident.ts';
import { approvedChangeId } from '../../../lib/stages/weighing/change-id.ts';
import { rows } from '../../../lib/store/rows.ts';
import type { World } from '../open.ts';
import { type Breach, when } from './breach.ts';

export async function telling(world: World): Promise<readonly Breach[]> {
  const { store } = world.installed;
  const [live, outbox] = await Promise.all([rows.stage.list(store, 'live'), rows.outbox.list(store, 'outbox')]);
  const incidents = [...world.witness.incidents.values()];
  return [
    ...incidents.flatMap((i) => incidentEnds(world, i)),
    ...live.flatMap(({ value }) => when(true, 'all-rests', `stage ${value.key} is still in trouble`)),
    ...outbox.flatMap(({ value }) => when(true, 'all-is-sent', `${value.what} ${value.id} was never sent`)),
    ...executions(world),
    ...bounded(world, incidents),
    // who is killed as often as Lambda tries is put aside, and an alarm rings
    ...world.installed.aside.flatMap(({ reason }) => when(!reason.includes('killed the process'), 'nothing-put-aside', reason)),
  ];
}

function incidentEnds(world: World, i: Incident): readonly Breach[] {
  const changes = [...world.witness.changes.values()].filter((c) => c.incidentId === i.id);
  const proven = changes.some((c) => c.entries.some((e) => e.step === 'verified'));
  const shown = i.message && world.slack.messages.find((m) => m.ts === i.message?.ts);
  const asks = JSON.stringify(shown?.blocks ?? []).includes('gatemedic.approve');
  const { question } = i;
  const unheard =
    question?.state === 'approved' &&
    !changes.some((c) => c.id === approvedChangeId(i, question)) &&
    !wasSwept(i) &&
    i.parentId === undefined;
  return [
    ...when(i.phase !== 'closed', 'all-rests', `incident ${i.id} is not closed`),
    ...when(i.outcome === 'fixed' && !proven, 'fixed-is-proven', `incident ${i.id} ended fixed without a proven change`),
    ...when(asks, 'nothing-asks', `the message of ${i.id} still asks`),
    ...when(question?.state === 'pending', 'nothing-asks', `the question of ${i.id} is still open`),
    ...when(unheard, 'approval-is-heard', `the approval in ${i.id} came to nothing, and nobody was told`),
    ...when(i.notes.some((n) => n.told !== true) && i.message !== undefined, 'notes-are-told', `notes of ${i.id} were not told`),
  ];
}

function executions({ installed, slack, witness }: World): readonly Breach[] {
  const { machines, own, topic } = installed;
  const all = machines.list();
  const failed = all.filter((d) => d.status !== 'SUCCEEDED' && d.status !== 'RUNNING');
  const said = failed.length > 0 ? JSON.stringify([topic, slack.messages]) : '';
  const untold = failed.filter((d) => !said.includes(d.name) && ![...witness.changes.keys()].some((id) => d.name.includes(id)));
  const undos = machines.list(own.undoMachine).length;
  return [
    ...all.filter((d) => d.status === 'RUNNING').flatMap((d) => when(true, 'all-rests', `execution ${d.name} still runs`)),
    ...untold.flatMap((d) => when(true, 'failures-are-told', `execution ${d.name} ended ${d.status}, and nobody was told`)),
    ...when(machines.list(own.incidentMachine).length > witness.incidents.size, 'bounded', 'more executions than incidents'),
    ...when(undos > 12 * Math.max(1, witness.changes.size), 'bounded', `${undos} undo executions for ${witness.changes.size} changes`),
  ];
}

/** One message an incident (two where the first could have been posted before a crash), and one more for each failure. */
function bounded({ installed, slack, people, known, plan, strikes, witness }: World, incidents: readonly Incident[]): readonly Breach[] {
  const failed = installed.machines.list().filter((d) => d.status !== 'SUCCEEDED' && d.status !== 'RUNNING').length;
  const thread = slack.messages.map((m) => m.thread.length).reduce((a, b) => a + b, 0);
  const { messages, whispers } = slack;
  const clicks = people.clicks.length;
  const broken = known.broken.all.length + plan.events.filter((e) => e.is === 'quiet' || e.is === 'hand').length;
  return [
    // whoever dies between a post and its row posts again
    ...when(
      messages.length > 2 * incidents.length + failed + strikes.crashes,
      'bounded',
      `${messages.length} messages for ${incidents.length} incidents`,
    ),
    ...when(
      witness.changes.size > 8 * Math.max(1, incidents.length),
      'bounded',
      `${witness.changes.size} changes for ${incidents.length} incidents`,
    ),
    ...when(thread > 40 * incidents.length, 'bounded', `${thread} replies for ${incidents.length} incidents`),
    ...when(whispers.length > 2 * clicks, 'bounded', `${whispers.length} whispers for ${clicks} clicks`),
    ...when(incidents.length > 12 * Math.max(1, broken), 'bounded', `${incidents.length} incidents for ${broken} breakages`),
    ...when(installed.topic.length > 60 * Math.max(1, incidents.length), 'bounded', `${installed.topic.length} topic messages`),
  ];
}

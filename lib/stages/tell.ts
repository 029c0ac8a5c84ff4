// Tell: after each step the message, its thread and the topic follow the row. With a task token it also asks: the token is stored beside the
// pending question, and if the answer came first, the execution is woken here, so that neither order loses it.
import type { CallName } from '../aws/calls.ts';
import { redactText } from '../aws/redact.ts';
import { doing, type Failure, failureMessage, failureStep, failureTopic, readFailure } from '../messages/failure.ts';
import { type SlackTold, topicMessage, topicSteps } from '../messages/topic.ts';
import { rows } from '../store/rows.ts';
import type { World } from '../world.ts';
import { isQuiet, look, showCard, type Telling, type View } from './telling/card.ts';
import { keepCard, keepPosting, publish, tried } from './telling/outbox.ts';
import { stage, tellInput, type TellInput, timestamp } from './stage.ts';

export { resend } from './telling/outbox.ts';

/** Shows the card; what Slack refuses waits in the outbox. */
export async function tellSlack(world: Telling, incidentId: string, owner: string): Promise<SlackTold> {
  const shown = await tried(() => showCard(world, incidentId, owner));
  if (!shown.ok) world.log('slack refused', { incidentId, call: shown.error.call, kind: shown.error.kind });
  if (!shown.ok || shown.value === 'busy') await keepCard(world, incidentId);
  if (!shown.ok) return 'refused';
  return shown.value === 'quiet' ? 'quiet' : 'sent';
}

/** Keys are told once; the oldest are forgotten long after their incident. */
const keptKeys = 300;

async function markTold(world: Telling, incidentId: string, keys: readonly string[]): Promise<void> {
  await rows.incident.update(world.store, incidentId, (i) => ({
    ...i,
    toldSteps: [...new Set([...(i.toldSteps ?? []), ...keys])].slice(-keptKeys),
  }));
}

/** Publishes what the topic has not heard. A crash in between publishes again under the same `key`. */
async function tellTopic(world: Telling, incidentId: string, slack: SlackTold): Promise<number> {
  const view = await look(world, incidentId);
  if (!view || isQuiet(view.incident)) return 0;
  const told = new Set(view.incident.toldSteps);
  const news = topicSteps(view.incident, view.changes).filter((s) => !told.has(s.key));
  for (const step of news) await publish(world, `${incidentId}/${step.key}`, topicMessage(view.incident, step, slack));
  if (news.length > 0)
    await markTold(
      world,
      incidentId,
      news.map((s) => s.key),
    );
  return news.length;
}

/** Stores the token beside the open question; false when there is none to wait for any more. */
async function keepToken(world: World<CallName>, incidentId: string, taskToken: string): Promise<boolean> {
  const row = await rows.incident.update(world.store, incidentId, (i) =>
    i.question?.state === 'pending' ? { ...i, question: { ...i.question, taskToken } } : undefined,
  );
  return row?.question?.state === 'pending' && row.question.expiresAt > world.now();
}

/** A failure is a message of its own: an edit rings nobody's phone. */
async function postFailure(world: Telling, incidentId: string, view: View | undefined, failure: Failure): Promise<SlackTold> {
  const { channel } = world.installation.slack;
  const message = failureMessage(incidentId, view?.incident, view?.changes ?? [], failure);
  const sent = await tried(() => world.slack.post(channel, message));
  if (sent.ok) return 'sent';
  await keepPosting(world, `failure-${incidentId}`.slice(0, 200), 'message', { channel, message });
  return 'refused';
}

async function tellFailure(
  world: Telling,
  incidentId: string,
  input: NonNullable<TellInput['failure']>,
): Promise<'failure' | 'told before'> {
  const raw = readFailure(input);
  const failure: Failure = { error: redactText(raw.error), says: redactText(raw.says) };
  const view = await look(world, incidentId);
  const step = failureStep(failure, doing(view?.incident, view?.changes ?? []), world.now());
  if (view?.incident.toldSteps?.includes(step.key)) return 'told before';
  const slack = await postFailure(world, incidentId, view, failure);
  await publish(
    world,
    `${incidentId}/${step.key}`,
    view ? topicMessage(view.incident, step, slack) : failureTopic(incidentId, world.now(), step, slack),
  );
  await markTold(world, incidentId, [step.key]);
  return 'failure';
}

async function incidentOf(world: Telling, { incidentId, changeId }: TellInput): Promise<string | undefined> {
  if (incidentId !== undefined) return incidentId;
  const found = changeId === undefined ? undefined : await rows.change.find(world.store, changeId);
  return found?.ok ? found.value.value.incidentId : undefined;
}

/** The Undo machine and the incident's own may run side by side; each re-enters only its own lock. */
const ownerOf = (input: TellInput): string => (input.changeId === undefined ? 'workflow' : `undo/${input.changeId}`);

async function run(world: World<CallName>, input: TellInput): Promise<{ readonly told: string; readonly steps: number }> {
  const incidentId = await incidentOf(world, input);
  if (input.failure)
    return { told: await tellFailure(world, incidentId ?? input.changeId ?? 'an unknown incident', input.failure), steps: 1 };
  if (incidentId === undefined) return { told: 'nothing', steps: 0 };
  const waits = input.taskToken === undefined || (await keepToken(world, incidentId, input.taskToken));
  const slack = await tellSlack(world, incidentId, ownerOf(input));
  const steps = await tellTopic(world, incidentId, slack);
  if (input.taskToken !== undefined && !waits)
    await world.workflow.wake(input.taskToken, { incidentId, next: 'decide', untilAt: timestamp(world.now()) });
  return { told: slack, steps };
}

export default stage({ id: 'tell', input: tellInput, run });

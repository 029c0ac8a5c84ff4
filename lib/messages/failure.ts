// When Gatemedic itself fails: the one message that must reach a person, short, with what it was about to do and what stands.
import type { ChangeRecord } from '../model/change.ts';
import type { Incident } from '../model/incident.ts';
import { context, header, lines, type Message, section } from './blocks.ts';
import { stageName } from './mood.ts';
import { code, cut, plain } from './text.ts';
import type { TopicMessage, TopicStep } from './topic.ts';

export interface Failure {
  readonly error: string;
  readonly says: string;
}

/** Lambda's `Cause` is a JSON with `errorMessage`; anything else is read as it is. */
export function readFailure(failure: { readonly Error?: string | undefined; readonly Cause?: string | undefined }): Failure {
  const cause = failure.Cause ?? '';
  const said = /"errorMessage"\s{0,4}:\s{0,4}"((?:[^"\\]|\\.){0,600})"/.exec(cause.slice(0, 4096))?.[1];
  return { error: cut(failure.Error ?? 'unknown error', 100), says: cut(said ?? cause, 400) };
}

const inFlight = new Set(['planned', 'applying', 'applied', 'undoing', 'stuck']);

/** What the incident was at: the machine's own state is not in the Catch's output. */
export function doing(incident: Incident | undefined, changes: readonly ChangeRecord[]): string {
  const open = changes.findLast((c) => inFlight.has(c.step));
  if (open) return `a change is ${open.step}: ${open.plan.preview.join('; ')}`;
  if (!incident) return 'its incident cannot be found';
  return incident.decision ? `it had decided to ${incident.decision.do}` : 'it was investigating';
}

/** A message of its own, not an edit: an edit rings nobody's phone. */
export function failureMessage(
  incidentId: string,
  incident: Incident | undefined,
  changes: readonly ChangeRecord[],
  failure: Failure,
): Message {
  const where = incident ? stageName(incident) : incidentId;
  const title = `⛔ Gatemedic stopped on ${cut(where, 80)}`;
  const body = [
    `*A person has to take over.* Gatemedic failed while at work on this incident; ${plain(doing(incident, changes), 500)}.`,
    `${code(failure.error, 110)} ${code(failure.says, 420)}`,
  ];
  return {
    text: plain(cut(title, 200), 300),
    blocks: [
      header(title),
      section(lines(body)),
      context([`${code(incidentId, 90)} · the sweeper settles what is half done within minutes; the stage is open for the next signal`]),
    ],
  };
}

/** The same for the topic, when the incident's row could not be read. */
export function failureTopic(incidentId: string, at: number, step: TopicStep, slack: string): TopicMessage {
  return {
    subject: cut(`Gatemedic stopped on ${incidentId}`.replace(/[^\x20-\x7e]+/g, '?'), 98).replaceAll('…', ''),
    message: {
      version: 1,
      kind: 'incident',
      key: `${incidentId}/${step.key}`,
      step: step.step,
      at: new Date(at).toISOString(),
      urgent: true,
      slack,
      incidentId,
      says: step.says,
    },
  };
}

/** A failure as a step of the incident; the same failure is told once. */
export const failureStep = (failure: Failure, says: string, at: number): TopicStep => ({
  key: `failure:${failure.error}`,
  step: 'failure',
  at,
  urgent: true,
  says: cut(`Gatemedic stopped: ${failure.error} ${failure.says}; ${says}`, 900),
  more: { error: failure.error },
});

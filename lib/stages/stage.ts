// A stage as a Lambda function runs it: checked input in, a small answer for the workflow's router out.
import * as v from 'valibot';
import type { CallName } from '../aws/calls.ts';
import { acts } from '../model/act.ts';
import { orderWord } from '../model/order.ts';
import type { DutyId } from '../duties.ts';
import type { World } from '../world.ts';

/** Where the workflow goes next; the router state reads `next` and nothing else. */
export const nexts = [
  'decide',
  'investigate',
  'wait',
  'ask',
  'keep-asking',
  'carry-out',
  'carry-on',
  'wait-for-proof',
  'prove',
  'take-back',
  'close',
  'end',
] as const;
export type Next = (typeof nexts)[number];

/** What every task of the incident machine answers. `untilAt` is an RFC 3339 timestamp for the Wait states; always set, so that a JSONPath to it always resolves. */
export interface Routed {
  readonly incidentId: string;
  readonly next: Next;
  readonly untilAt: string;
}

export const incidentInput = v.looseObject({ incidentId: v.string() });
export type IncidentInput = v.InferOutput<typeof incidentInput>;

/** Tell: after each step; with a task token it asks the question that stands in the incident's row. */
export const tellInput = v.looseObject({
  incidentId: v.optional(v.string()),
  changeId: v.optional(v.string()),
  next: v.optional(v.picklist(nexts)),
  untilAt: v.optional(v.string()),
  taskToken: v.optional(v.string()),
  /** Set by a Catch: the state that failed a person must hear of. */
  failure: v.optional(v.looseObject({ Error: v.optional(v.string()), Cause: v.optional(v.string()) })),
});
export type TellInput = v.InferOutput<typeof tellInput>;

/** Carry out: `do: 'apply'` and `'take-back'` in the incident machine, `'undo'` in the Undo machine. */
export const carryOutInput = v.variant('do', [
  v.looseObject({ do: v.literal('apply'), incidentId: v.string() }),
  v.looseObject({ do: v.literal('take-back'), incidentId: v.string() }),
  v.looseObject({
    do: v.literal('undo'),
    changeId: v.string(),
    why: v.picklist(['person', 'lease', 'sweeper']),
    name: v.string(),
    by: v.optional(v.looseObject({ id: v.string(), name: v.optional(v.string()) })),
  }),
]);
export type CarryOutInput = v.InferOutput<typeof carryOutInput>;

/** What the Undo machine's task answers. `extended` and `asked`: the lease goes on, and its new end is scheduled. */
export interface Undone {
  readonly changeId: string;
  readonly incidentId: string;
  readonly end: 'undone' | 'kept' | 'extended' | 'asked' | 'stuck' | 'drift' | 'refused';
}

const said = {
  act: v.picklist(acts),
  incidentId: v.string(),
  /** Question id for approve and dismiss, change id for the others. */
  about: v.string(),
  /** The hash of the changes the person saw. */
  hash: v.string(),
  at: v.number(),
};
/** Of Slack, as `receive` hands it on: verified, nothing decided. */
const slackClick = v.object({
  origin: v.literal('slack'),
  ...said,
  userId: v.string(),
  userName: v.string(),
  teamId: v.string(),
  channel: v.string(),
  messageTs: v.string(),
});
export type SlackClick = v.InferOutput<typeof slackClick>;

const word = v.pipe(v.string(), v.regex(orderWord));
/** Of the command line: whose it is stands in nothing but the proof. */
const commandClick = v.object({
  origin: v.literal('command'),
  ...said,
  incidentId: word,
  about: word,
  hash: word,
  at: v.pipe(v.number(), v.integer()),
  /** A request to STS that signs all of the above, made and not sent. */
  proof: v.string(),
});
export type CommandClick = v.InferOutput<typeof commandClick>;

/** What a person decided, whichever way it came. */
export const click = v.variant('origin', [slackClick, commandClick]);
export type Click = v.InferOutput<typeof click>;

/** An RFC 3339 timestamp, as the Wait states take it. */
export const timestamp = (ms: number): string => new Date(ms).toISOString();

/** One duty's code: the handler checks the event by `input`, builds the World, and calls `run`. */
export interface Stage<C extends CallName = CallName, I = unknown> {
  readonly id: DutyId;
  readonly input: v.GenericSchema<unknown, I>;
  run(world: World<C>, input: I): Promise<unknown>;
}
export const stage = <C extends CallName, I>(s: Stage<C, I>): Stage<C, I> => s;

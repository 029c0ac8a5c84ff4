// CloudFormation's custom-resource protocol around a handler: the subscription filters come and go with the stack, and what was lent goes back
// before it. The answer is always "done": what could not be is told, never a failed deployment or a stack that cannot be deleted.
import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import type { Handler } from './serve.ts';

/** CloudFormation's request; the answer is PUT to `ResponseURL`, a signed S3 address (AWS: custom resource request objects). */
const request = v.looseObject({
  RequestType: v.picklist(['Create', 'Update', 'Delete']),
  ResponseURL: v.pipe(v.string(), v.regex(/^https?:\/\//)),
  StackId: v.string(),
  RequestId: v.string(),
  LogicalResourceId: v.string(),
  PhysicalResourceId: v.optional(v.string()),
});
type Request = v.InferOutput<typeof request>;

/** CloudFormation's bucket answers within this, or the try counts as failed and Lambda tries the event again. */
const answerTimeoutMs = 10_000;

/** What stands behind one kind of resource. */
export interface Answering {
  /** The id CloudFormation keeps: it never changes, so an update replaces nothing. */
  readonly id: string;
  /** In CloudFormation's own record, by what the handler answered; undefined when it did not in time. */
  reason(result: unknown): string;
  /** CloudFormation is answered after so long, whatever the handler is doing: its own timeout would fail the removal. */
  readonly withinMs: number;
}

/** Above the subscribe function's own timeout, which ends it before. */
export const filters: Answering = {
  id: 'gatemedic-subscriptions',
  reason: () => 'the filters are looked after every fifteen minutes; what cannot be subscribed is told to the topic',
  withinMs: 120_000,
};
/** Below the function's timeout by what the answer itself may take. */
export const farewell: Answering = {
  id: 'gatemedic-farewell',
  reason: (result) => {
    const read = v.safeParse(v.looseObject({ says: v.string() }), result);
    return read.success
      ? read.output.says
      : 'the installation is being removed; what it left in force could not all be looked at, the table is kept and knows';
  },
  withinMs: 100_000,
};

export type Put = (url: string, body: string) => Promise<void>;

/** Runs `handler`; a CloudFormation request is answered too. What the handler throws is thrown after the answer: Lambda tries again, the alarm rings. */
export function answering(handler: Handler, what: Answering, put: Put = putAnswer): Handler {
  return async (event, context) => {
    const read = v.safeParse(request, event);
    if (!read.success) return handler(event, context);
    let result: unknown;
    try {
      result = await within(handler(event, context), what.withinMs);
      return result;
    } finally {
      await put(read.output.ResponseURL, JSON.stringify(answerTo(read.output, what, result)));
    }
  };
}

/** What the work comes to, or undefined when it takes longer. */
async function within(work: Promise<unknown>, ms: number): Promise<unknown> {
  const stop = new AbortController();
  const over = wait(ms, undefined, { signal: stop.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, over]);
  } finally {
    stop.abort();
  }
}

/** CloudFormation takes 4 KB in all (AWS: custom resource response objects). */
const mostReason = 1_000;

const answerTo = (r: Request, what: Answering, result: unknown): Readonly<Record<string, string>> => ({
  Status: 'SUCCESS',
  Reason: what.reason(result).slice(0, mostReason),
  PhysicalResourceId: r.PhysicalResourceId ?? what.id,
  StackId: r.StackId,
  RequestId: r.RequestId,
  LogicalResourceId: r.LogicalResourceId,
});

async function putAnswer(url: string, body: string): Promise<void> {
  // The address is signed without a content type: with one, S3 refuses it.
  const answer = await fetch(url, { method: 'PUT', body, headers: { 'content-type': '' }, signal: AbortSignal.timeout(answerTimeoutMs) });
  if (!answer.ok) throw new Error(`CloudFormation's answer address said ${answer.status}`);
}

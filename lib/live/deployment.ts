// CloudFormation's custom-resource protocol around a handler: the subscription filters come and go with the stack. The answer is always
// "done": a log group that cannot be subscribed is a gap that is told, never a failed deployment or a stack that cannot be deleted.
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

/** The id CloudFormation keeps: it never changes, so an update replaces nothing. */
const filtersId = 'gatemedic-subscriptions';
/** CloudFormation's bucket answers within this, or the try counts as failed and Lambda tries the event again. */
const answerTimeoutMs = 10_000;

export type Put = (url: string, body: string) => Promise<void>;

/** Runs `handler`; a CloudFormation request is answered too. What the handler throws is thrown after the answer: Lambda tries again, the alarm rings. */
export function answering(handler: Handler, put: Put = putAnswer): Handler {
  return async (event, context) => {
    const read = v.safeParse(request, event);
    if (!read.success) return handler(event, context);
    try {
      return await handler(event, context);
    } finally {
      await put(read.output.ResponseURL, JSON.stringify(answerTo(read.output)));
    }
  };
}

const answerTo = (r: Request): Readonly<Record<string, string>> => ({
  Status: 'SUCCESS',
  Reason: 'the filters are looked after every fifteen minutes; what cannot be subscribed is told to the topic',
  PhysicalResourceId: r.PhysicalResourceId ?? filtersId,
  StackId: r.StackId,
  RequestId: r.RequestId,
  LogicalResourceId: r.LogicalResourceId,
});

async function putAnswer(url: string, body: string): Promise<void> {
  // The address is signed without a content type: with one, S3 refuses it.
  const answer = await fetch(url, { method: 'PUT', body, headers: { 'content-type': '' }, signal: AbortSignal.timeout(answerTimeoutMs) });
  if (!answer.ok) throw new Error(`CloudFormation's answer address said ${answer.status}`);
}

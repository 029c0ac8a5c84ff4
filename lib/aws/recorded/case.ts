// A recorded case as JSON: what was reported of one fault, or what a live look saved. The schema is the edge: what it lets through
// is plain data of known shape, and its errors name the field.
import * as v from 'valibot';
import { apiTypes } from '../../model/api.ts';
import { parseJson } from '../../model/json.ts';
import { err, ok, type Result } from '../../model/result.ts';
import { logNames } from '../../model/signal.ts';

const errorKinds = ['throttled', 'denied', 'gone', 'conflict', 'down', 'refused', 'notRecorded', 'overBudget'] as const;

const answer = v.object({
  call: v.string(),
  input: v.optional(v.unknown()),
  output: v.optional(v.unknown()),
  error: v.optional(v.string()),
  /** Beside `error` in a saved case: which kind of refusal it was, and AWS's words. */
  errorKind: v.optional(v.picklist(errorKinds)),
  message: v.optional(v.string()),
});
const metric = v.object({ namespace: v.string(), name: v.string(), statistic: v.string(), value: v.number() });
const log = v.object({ kind: v.string(), lines: v.array(v.string()) });
const response = v.looseObject({
  status: v.optional(v.nullable(v.number())),
  body: v.optional(v.unknown()),
  headers: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
});

/** Of a live look: where and when exactly, so that the same collectors ask the same questions again. */
const saved = v.object({
  at: v.object({
    accountId: v.string(),
    region: v.string(),
    apiType: v.picklist(apiTypes),
    apiId: v.string(),
    stage: v.string(),
    apiName: v.optional(v.string()),
  }),
  now: v.number(),
  window: v.object({ from: v.number(), to: v.number() }),
  lines: v.array(v.object({ at: v.number(), log: v.picklist(logNames), text: v.string(), requestId: v.optional(v.string()) })),
  firstFailureAt: v.optional(v.number()),
  lastFailureAt: v.optional(v.number()),
  /** What might be tried out. */
  probes: v.optional(v.object({ hosts: v.array(v.string()), methods: v.array(v.string()) })),
});

/** What the program sees of a case; other fields are for people and scorers. */
const recordedCase = v.object({
  id: v.string(),
  apiType: v.optional(v.nullable(v.picklist(apiTypes))),
  integration: v.optional(v.nullable(v.string())),
  response: v.optional(v.nullable(response)),
  logs: v.optional(v.nullable(v.array(log))),
  metrics: v.optional(v.nullable(v.array(metric))),
  answers: v.optional(v.nullable(v.array(answer))),
  saved: v.optional(saved),
});
export type RecordedCase = v.InferOutput<typeof recordedCase>;
export type RecordedAnswer = v.InferOutput<typeof answer>;
export type SavedLook = v.InferOutput<typeof saved>;

/** Reads a case from JSON text; the error names the field. */
export function readCase(text: string): Result<RecordedCase, string> {
  const json = parseJson(text);
  if (!json.ok) return err(`the case is not JSON: ${json.error}`);
  const read = v.safeParse(recordedCase, json.value);
  return read.success
    ? ok(read.output)
    : err(`the case's ${v.getDotPath(read.issues[0]) ?? 'content'} is wrong: ${read.issues[0].message}`);
}

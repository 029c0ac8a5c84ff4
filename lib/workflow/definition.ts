// Reads an Amazon States Language definition into types, and refuses every feature the interpreter does not run: what it does not
// know must stop a run at load, not go wrong in the middle of one. JSONPath only; strict schemas do the refusing.
import * as v from 'valibot';
import { checkPath, checkTemplate } from './paths.ts';

const path = v.pipe(
  v.string(),
  v.check(
    (text) => checkPath(text) === undefined,
    (issue) => checkPath(issue.input) ?? '',
  ),
);
const seconds = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99_999_999));
const template = v.pipe(
  v.unknown(),
  v.check(
    (t) => checkTemplate(t) === undefined,
    (issue) => checkTemplate(issue.input) ?? '',
  ),
);

const retrier = v.strictObject({
  ErrorEquals: v.pipe(v.array(v.string()), v.minLength(1)),
  IntervalSeconds: v.optional(seconds, 1),
  MaxAttempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 3),
  BackoffRate: v.optional(v.pipe(v.number(), v.minValue(1)), 2),
  MaxDelaySeconds: v.optional(seconds),
});
const resultPath = v.nullish(path);
const catcher = v.strictObject({ ErrorEquals: v.pipe(v.array(v.string()), v.minLength(1)), Next: v.string(), ResultPath: resultPath });
const inOut = { Comment: v.optional(v.string()), InputPath: v.optional(path), OutputPath: v.optional(path) };
const onward = { Next: v.optional(v.string()), End: v.optional(v.literal(true)) };
const rule = v.strictObject({ Variable: path, StringEquals: v.string(), Next: v.string() });

const task = v.strictObject({
  Type: v.literal('Task'),
  ...inOut,
  ...onward,
  Resource: v.pipe(
    v.string(),
    v.regex(/^arn:[\w-]{1,20}:states:::lambda:invoke(?:\.waitForTaskToken)?$/, 'only the lambda:invoke integration is run here'),
  ),
  Parameters: v.pipe(
    v.looseObject({ FunctionName: v.string() }),
    v.check(
      (p) => checkTemplate(p) === undefined,
      (issue) => checkTemplate(issue.input) ?? '',
    ),
  ),
  ResultSelector: v.optional(template),
  ResultPath: resultPath,
  Retry: v.optional(v.array(retrier), []),
  Catch: v.optional(v.array(catcher), []),
  TimeoutSeconds: v.optional(seconds),
});
const pass = v.strictObject({
  Type: v.literal('Pass'),
  ...inOut,
  ...onward,
  Result: v.optional(v.unknown()),
  Parameters: v.optional(template),
  ResultPath: resultPath,
});
const wait = v.strictObject({
  Type: v.literal('Wait'),
  ...inOut,
  ...onward,
  Seconds: v.optional(v.number()),
  TimestampPath: v.optional(path),
});
const choice = v.strictObject({
  Type: v.literal('Choice'),
  ...inOut,
  Choices: v.pipe(v.array(rule), v.minLength(1)),
  Default: v.optional(v.string()),
});
const succeed = v.strictObject({ Type: v.literal('Succeed'), ...inOut });
const fail = v.strictObject({
  Type: v.literal('Fail'),
  Comment: v.optional(v.string()),
  Error: v.optional(v.string()),
  Cause: v.optional(v.string()),
});
const state = v.variant('Type', [task, pass, wait, choice, succeed, fail]);
const definition = v.strictObject({
  Comment: v.optional(v.string()),
  Version: v.optional(v.string()),
  QueryLanguage: v.optional(v.literal('JSONPath')),
  StartAt: v.string(),
  TimeoutSeconds: v.optional(seconds),
  States: v.record(v.string(), state),
});

export type Definition = v.InferOutput<typeof definition>;
export type State = Definition['States'][string];
export type TaskState = Extract<State, { Type: 'Task' }>;
export type Retrier = TaskState['Retry'][number];

/** Reads a definition (text or JSON); throws one error that names the place and what is not run here. */
export function loadDefinition(input: unknown): Definition {
  const read = v.safeParse(definition, typeof input === 'string' ? JSON.parse(input) : input);
  if (!read.success) throw new Error(`state machine: ${v.getDotPath(read.issues[0]) ?? 'definition'}: ${read.issues[0].message}`);
  checkEnds(read.output);
  return read.output;
}

function checkEnds(d: Definition): void {
  const known = (name: string | undefined, from: string): void => {
    if (name === undefined || !(name in d.States))
      throw new Error(`state machine: ${from} leads to ${name ?? 'nowhere'}, which is no state`);
  };
  known(d.StartAt, 'StartAt');
  for (const [name, s] of Object.entries(d.States)) {
    for (const next of leads(s)) known(next, name);
    if (s.Type === 'Wait' && (s.Seconds === undefined) === (s.TimestampPath === undefined))
      throw new Error(`state machine: ${name} must have one of Seconds and TimestampPath`);
  }
}

function leads(s: State): readonly (string | undefined)[] {
  if (s.Type === 'Succeed' || s.Type === 'Fail') return [];
  if (s.Type === 'Choice') return [...s.Choices.map((c) => c.Next), ...(s.Default === undefined ? [] : [s.Default])];
  const onward = s.End ? [] : [s.Next];
  return s.Type === 'Task' ? [...onward, ...s.Catch.map((c) => c.Next)] : onward;
}

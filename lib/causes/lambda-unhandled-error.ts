// The function's code threw. The Errors metric says that it fails; only a log says that it was the code and not a missing
// module, memory or a dependency, so without one this stays a suspicion that names the log it needs.
import { functionKey, type StageRef } from '../model/api.ts';
import { bash, functionArgs, listed, shell } from '../model/advice.ts';
import { burstOf } from '../model/burst.ts';
import { cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, functionErrors, functionSays, gatewaySays, otherErrors } from '../model/clue-lines.ts';
import { functionsOf } from '../model/deployed.ts';
import type { Evidence, EvidenceKind, EvidenceSet, MissingRef } from '../model/evidence.ts';
import type { UnhandledFacts } from '../model/facts/lambda.ts';
import type { LogLines } from '../model/kinds/log.ts';
import type { LogLine } from '../model/signal.ts';
import { inBurst } from '../model/series.ts';
import { eachOf, functionSince, successesNeeded } from '../model/since.ts';

const looksAt = ['deployedApi', 'functionMetrics', 'functionConfig', 'gatewayMetrics', 'functionLog', 'executionLog', 'accessLog'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;

/** Errors below a fifth of the failures do not make the burst. */
const shareOfFailures = 0.2;

const customerError = 'Lambda execution failed with status 200 due to customer function error: ';
const httpError = 'The Lambda function returned the following error: ';
const thrown =
  /Invoke Error|Uncaught Exception|Unhandled Promise|Traceback \(most recent call last\)|^\[ERROR\] |"errorType"|\b[A-Z][A-Za-z]{2,40}(?:Error|Exception): /;
/** What the function's runtime writes when the code threw (messages.md §4). */
const thrownGates = [
  'Invoke Error',
  'Uncaught Exception',
  'Unhandled Promise',
  'Traceback',
  '[ERROR]',
  '"errorType"',
  'Error: ',
  'Exception: ',
];

const clues = [
  gatewaySays(['customer function error'], customerError, 'messages.md §2', otherErrors),
  {
    kind: 'line',
    in: ['execution'],
    gates: ['"errorType"', '"errorMessage"'],
    line: /Endpoint response body before transformations: \{.{0,200}"error(?:Type|Message)"/,
    unless: otherErrors,
    source: 'messages.md §9 (the dumped error object of a function)',
  },
  accessSays(['Customer Function Error', httpError], `Lambda Customer Function Error:|${httpError}`, 'messages.md §2, §6', otherErrors),
  functionSays(thrownGates, thrown.source, 'messages.md §4', otherErrors),
] as const;

export default cause({
  id: 'lambda-unhandled-error',
  title: "The function's code fails with an error nobody handles",
  about: {
    is: 'The function’s code throws, and nothing catches it: 502 (REST) or 500 (HTTP).',
    told: 'Lambda’s Errors metric accounts for at least a fifth of the failures, the function did not stand at its timeout, and the newest error in a log is one of the code itself: not a missing module, memory that ran out, or a dependency that refused.',
    withoutLogs: 'Confirmed by the function’s own log; without that too it is suspected, and the message names the log it needs.',
  },
  looksAt,
  clues: [...clues, functionErrors('causes.md, lambda-unhandled-error (Confirm)')],
  confirm,
  healed,
  advice,
});

interface Failing {
  readonly key: string;
  readonly ref: UnhandledFacts['functions'][number]['ref'];
  readonly errors: number;
  readonly atLimit: boolean;
}

function confirm(e: Seen): Verdict<UnhandledFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  if (e.functionMetrics.state === 'missing') return unproven(lacking('functionMetrics', e.functionMetrics));
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  if (!burst) return unproven(lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet'));
  const failing = failingIn(e, burst.minutes);
  const all = failing.reduce((total, f) => total + f.errors, 0);
  if (all === 0) return ruledOut(ref('functionMetrics', e.functionMetrics, 'no function had an error in the failing minutes'));
  if (all < shareOfFailures * burst.failures)
    return unproven(lacking('functionMetrics', e.functionMetrics, `${all} errors do not explain ${burst.failures} failures`));
  if (failing.every((f) => f.atLimit))
    return ruledOut(ref('functionMetrics', e.functionMetrics, 'the failing functions ran into their own time limit'));
  return named(
    failing.filter((f) => !f.atLimit),
    since(e, burst.minutes[0] ?? 0),
    Math.min(all, burst.failures),
  );
}

function failingIn(e: Seen, minutes: readonly number[]): readonly Failing[] {
  const metrics = e.functionMetrics.state === 'got' ? e.functionMetrics.value.functions : {};
  const config = e.functionConfig.state === 'got' ? e.functionConfig.value.functions : {};
  const functions = e.deployedApi.state === 'got' ? functionsOf(e.deployedApi.value) : [];
  return functions.flatMap((f) => {
    const seen = inBurst(metrics[f.key], minutes);
    const limitMs = (config[f.key]?.timeoutSeconds ?? Infinity) * 1000;
    return seen && seen.errors > 0
      ? [{ key: f.key, ref: f.ref, errors: seen.errors, atLimit: (seen.durationMaxMs ?? 0) >= limitMs - 50 }]
      : [];
  });
}

/** The metrics say that it fails; the newest log line that speaks of an error says what kind it is. */
function named(failing: readonly Failing[], e: Seen, explains: number): Verdict<UnhandledFacts> {
  const facts: UnhandledFacts = { functions: failing.map((f) => ({ ref: f.ref, errors: f.errors })) };
  const says = failing.map((f) => `${f.key} had ${f.errors} errors in the failing minutes`).join('; ');
  const quote = lineOf(e, (line) =>
    clues.some(
      (c) =>
        c.in.some((log) => log === line.log) &&
        c.gates.some((g) => line.text.includes(g)) &&
        c.line.test(line.text) &&
        !otherErrors.some((o) => line.text.includes(o)),
    ),
  );
  const other = lineOf(e, (line) => otherErrors.some((o) => line.text.includes(o)));
  if (other && (!quote || other.line.at >= quote.line.at))
    return unproven({ kind: other.kind, why: 'empty', detail: `the log names another kind of error: ${other.line.text.slice(0, 200)}` });
  if (!quote) return { is: 'unproven', missing: lackingLogs(e), facts };
  return confirmed(
    { ...facts, quote: quote.line.text.slice(0, 300) },
    [ref('functionMetrics', e.functionMetrics, says), ref(quote.kind, e[quote.kind], quote.line.text.slice(0, 200))],
    explains,
  );
}

const logs = ['functionLog', 'executionLog', 'accessLog'] as const;
/** An error from before this burst does not speak for it. */
function since(e: Seen, from: number): Seen {
  const cut = (log: Evidence<LogLines>): Evidence<LogLines> =>
    log.state === 'got' ? { ...log, value: { ...log.value, lines: log.value.lines.filter((line) => line.at >= from) } } : log;
  return { ...e, functionLog: cut(e.functionLog), executionLog: cut(e.executionLog), accessLog: cut(e.accessLog) };
}
function lineOf(
  e: Seen,
  is: (line: LogLine) => boolean,
): { readonly kind: (typeof logs)[number] & EvidenceKind; readonly line: LogLine } | undefined {
  const found = logs.flatMap((kind) => {
    const log = e[kind];
    return log.state === 'got' ? log.value.lines.filter(is).map((line) => ({ kind, line })) : [];
  });
  return found.sort((a, b) => a.line.at - b.line.at).at(-1);
}
const lackingLogs = (e: Seen): readonly MissingRef[] =>
  logs.map((kind) => lacking(kind, e[kind], e[kind].state === 'got' ? 'no line says which error it was' : undefined));

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: UnhandledFacts): Healed {
  const since = facts.functions.map((f) => ({
    key: functionKey(f.ref),
    seen: functionSince(e.functionMetrics, functionKey(f.ref), sinceAt),
  }));
  const still = since.filter((s) => (s.seen?.errors ?? 0) > 0);
  if (still.length > 0)
    return { is: 'stillThere', by: [ref('functionMetrics', e.functionMetrics, `${listed(still.map((s) => s.key))} still has errors`)] };
  const enough = eachOf(since, (s) => s.seen !== undefined && s.seen.minutes >= 2 && s.seen.invocations >= successesNeeded);
  return enough
    ? { is: 'healed', by: [ref('functionMetrics', e.functionMetrics, 'invoked since, without an error')] }
    : { is: 'tooEarly', missing: [lacking('functionMetrics', e.functionMetrics, 'too few invocations since')] };
}

function advice(facts: UnhandledFacts | undefined): Advice {
  const first = facts?.functions[0];
  return {
    summary: first
      ? `${functionKey(first.ref)} fails in its own code${facts?.quote ? '; the log has the error' : '; no log could be read that names the error'}.`
      : "The function's code fails.",
    steps: [
      "Read the error and its top frame in the function's log.",
      'If it began with a release: point the alias back at the version before, if that one served this route without errors.',
      'Mend the code; handle the input or the answer it did not expect.',
    ],
    snippets: first
      ? [
          bash(
            'Read the errors',
            `aws logs tail ${shell(`/aws/lambda/${first.ref.name}`)} --since 15m --filter-pattern '?ERROR ?Error ?Exception' --region ${shell(first.ref.region)}`,
          ),
          bash(
            'See what was released',
            `aws lambda get-function-configuration ${functionArgs(first.ref)} --query '{Version:Version,Modified:LastModified}'`,
          ),
        ]
      : [],
  };
}

// The function's code threw. The Errors metric says that it fails; only a log says that it was the code and not a missing
// module, memory or a dependency, so without one this stays a suspicion that names the log it needs.
import { functionKey, type StageRef } from '../model/api.ts';
import { bash, functionArgs, shell } from '../model/advice.ts';
import { burstOf } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, functionErrors, functionSays, gatewaySays } from './signs/clue-lines.ts';
import {
  codeLooksAt,
  failingFunctions,
  lackingLogs,
  linesSince,
  ranWell,
  shareOfFailures,
  type CodeSeen,
  type FailingFunction,
  type Told,
} from './signs/code-faults.ts';
import { mayBeTheCode, otherErrors } from './signs/error-words.ts';
import type { UnhandledFacts } from '../model/facts/lambda.ts';
import type { LogLine } from '../model/signal.ts';

const customerError = 'Lambda execution failed with status 200 due to customer function error: ';
const httpError = 'The Lambda function returned the following error: ';
const thrown =
  /Invoke Error|Process exited before completing request|Runtime exited (?:with error: exit status|without)|Uncaught Exception|Unhandled |Traceback \(most recent call last\)|^\[ERROR\] |"errorType"|null key found|Null key found|Cannot invoke "|panic: |panicked at|Fatal error: |(?:^|\t)Error: |\b[A-Z][A-Za-z]{1,40}Error: |\bE(?:NOENT|ACCES|ROFS|NOSPC|MFILE|PERM): |\bNoSuchKey: |\([A-Z][A-Za-z:]{2,40}Error\)|\b[A-Z][A-Za-z]{2,60}Exception\b/;
/** What the function's runtime writes when the code threw (messages.md §4), and the usual words of each language. */
const thrownGates = [
  'Invoke Error',
  'Process exited before completing request',
  'Runtime exited with',
  'Uncaught Exception',
  'Unhandled ',
  'Traceback',
  '[ERROR]',
  '"errorType"',
  'ull key found',
  'Cannot invoke "',
  'panic',
  'Fatal error: ',
  'Error: ',
  // Node's errors of files, and what S3 has not
  'ENOENT: ',
  'EACCES: ',
  'EROFS: ',
  'ENOSPC: ',
  'EMFILE: ',
  'EPERM: ',
  'NoSuchKey: ',
  // Ruby names the class behind the message
  'Error)',
  'Exception',
];

const clues = [
  gatewaySays(['customer function error'], customerError, 'messages.md §2', otherErrors),
  // Lambda's words of a process that ended by itself; in reports of 2017 the gateway called the error object malformed (messages.md §9).
  gatewaySays(['Process exited before completing request'], String.raw`\s{0,16}"errorMessage"\s{0,4}:`, 'messages.md §2, §9', otherErrors),
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
  looksAt: codeLooksAt,
  clues: [...clues, functionErrors('causes.md, lambda-unhandled-error (Confirm)')],
  confirm,
  healed,
  advice,
});

function confirm(e: CodeSeen): Verdict<UnhandledFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  if (e.functionMetrics.state === 'missing') return unproven(lacking('functionMetrics', e.functionMetrics));
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  if (!burst) return unproven(lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet'));
  const failing = failingFunctions(e, burst.minutes);
  const all = failing.reduce((total, f) => total + f.errors, 0);
  if (all === 0) return ruledOut(ref('functionMetrics', e.functionMetrics, 'no function had an error in the failing minutes'));
  if (all < shareOfFailures * burst.failures)
    return unproven(lacking('functionMetrics', e.functionMetrics, `${all} errors do not explain ${burst.failures} failures`));
  if (failing.every((f) => f.atLimit))
    return ruledOut(ref('functionMetrics', e.functionMetrics, 'the failing functions ran into their own time limit'));
  return named(
    failing.filter((f) => !f.atLimit),
    e,
    linesSince(e, burst.minutes[0] ?? 0),
    Math.min(all, burst.failures),
  );
}

/** The metrics say that it fails; the newest log line that speaks of an error says what kind it is. */
function named(failing: readonly FailingFunction[], e: CodeSeen, lines: readonly Told[], explains: number): Verdict<UnhandledFacts> {
  const facts: UnhandledFacts = { functions: failing.map((f) => ({ ref: f.ref, errors: f.errors })) };
  const says = failing.map((f) => `${f.key} had ${f.errors} errors in the failing minutes`).join('; ');
  const quote = lines.findLast(({ line }) => clues.some((clue) => ofTheCode(clue, line)));
  const other = lines.findLast(({ line }) => !mayBeTheCode(line.text));
  if (other && (!quote || other.line.at >= quote.line.at))
    return unproven({ kind: other.in, why: 'empty', detail: `the log names another kind of error: ${other.line.text.slice(0, 200)}` });
  if (!quote) return agreeing(facts, ...lackingLogs(e));
  return confirmed(
    { ...facts, quote: quote.line.text.slice(0, 300) },
    [ref('functionMetrics', e.functionMetrics, says), ref(quote.in, e[quote.in], quote.line.text.slice(0, 200))],
    explains,
  );
}
const ofTheCode = (clue: (typeof clues)[number], line: LogLine): boolean =>
  clue.in.some((log) => log === line.log) &&
  clue.gates.some((gate) => line.text.includes(gate)) &&
  clue.line.test(line.text) &&
  mayBeTheCode(line.text);

function healed(e: CodeSeen, _at: StageRef, sinceAt: number, facts: UnhandledFacts): Healed {
  const refs = facts.functions.map((f) => f.ref);
  return ranWell(e, refs, sinceAt);
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

// Something the function calls fails it: a database that refuses, a table that throttles, a role that may not, a host that never
// answers. A trace proves it; without one the log names it and the metrics count it. Whatever the gateway shows then is its consequence.
import { bash, listed, shell } from '../model/advice.ts';
import { functionKey, type StageRef } from '../model/api.ts';
import { burstOf, type Burst } from '../model/burst.ts';
import { agreeing, cause, confirmed, ref, type Advice, type Healed, type Snippet, type Verdict } from '../model/cause.ts';
import { slowAnswers } from './signs/ceiling.ts';
import { functionErrors } from './signs/clue-lines.ts';
import { allowInCode } from './signs/code-of-functions.ts';
import {
  codeFault,
  codeLooksAt,
  errorIn,
  failingFunctions,
  linesSince,
  ranWell,
  type CodeFault,
  type CodeSeen,
} from './signs/code-faults.ts';
import { functionsOf } from '../model/deployed.ts';
import { downstreamIn, faultIn, namedIn } from './signs/downstream.ts';
import { errorClues, kindOfError } from './signs/error-words.ts';
import { logsAreSilent, removalRef, removalsOf, spokenTaken, takenOf, type Removal } from './signs/taken.ts';
import type { EvidenceSet } from '../model/evidence.ts';
import { roleName } from '../model/role-use.ts';
import type { DependencyFacts, DependencyFault, Taken } from '../model/facts/code.ts';

const looksAt = [...codeLooksAt, 'traces', 'executionRoles'] as const;
type Seen = CodeSeen & EvidenceSet<'traces' | 'executionRoles'>;

export default cause({
  id: 'lambda-dependency-failure',
  title: 'Something the function depends on fails it',
  about: {
    is: 'The function’s own call to a database, a service or a host is refused, throttled, denied or never answered; its error or timeout is only the consequence.',
    told: 'Traces show the same call failing, or filling the whole time, in most failed requests. Without traces: Lambda’s Errors metric accounts for the failures, and most lines that name an error name one of a dependency. Without either: CloudTrail shows that a permission was taken from the function’s own role just before it began to fail, IAM says that it is denied now and would be allowed with the policy back, no log tells of another error, and nothing was released then. Where the code catches the error and answers 5xx itself, the log alone is left, and it stays a suspicion.',
    withoutLogs:
      'Confirmed where tracing is on, by the function’s own log, or by what was taken from its role (CloudTrail is 5 to 15 minutes behind); else it looks like an error or a timeout of the function.',
  },
  looksAt,
  asksAlso: ({ what }: DependencyFacts) => (what === 'denied' ? ['executionRoles'] : []),
  explains: ['lambda-timeout', 'lambda-unhandled-error', 'integration-timeout', 'backend-error'],
  clues: [
    ...errorClues('dependency', 'messages.md §4'),
    functionErrors('causes.md, lambda-dependency-failure (Confirm)'),
    {
      kind: 'shape',
      in: 'gatewayMetrics',
      shape: slowAnswers,
      title: 'the slowest answer of a failing minute took a second or longer',
      source: 'causes.md, lambda-timeout (Not)',
    },
  ],
  confirm,
  healed: (e: Seen, _at: StageRef, sinceAt: number, facts: DependencyFacts): Healed =>
    ranWell(
      e,
      facts.functions.map((f) => f.ref),
      sinceAt,
    ),
  advice,
});

function confirm(e: Seen): Verdict<DependencyFacts> {
  const burst = e.deployedApi.state === 'got' ? burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics) : undefined;
  const removals = burst ? removalsOf(e, failingFunctions(e, burst.minutes)) : [];
  const traced = burst && byTraces(e, burst, removals);
  if (traced) return traced;
  const found = codeFault(e, 'dependency');
  if (found.is === 'found') return byLog(e, found, removals);
  return burst ? (byRemoval(e, burst, removals) ?? caught(e, burst, found)) : found;
}

/** A line says what failed. What was taken from the role is told beside it only where it holds the very action that the line names, if it names any. */
function byLog(e: Seen, found: CodeFault, removals: readonly Removal[]): Verdict<DependencyFacts> {
  const text = found.quote?.line.text ?? '';
  const functions = found.failing.map((f) => ({ ref: f.ref, errors: f.errors }));
  const [what, named] = [faultIn(text), namedIn(text)];
  const { action } = named;
  const agreed = what === 'denied' ? removals.filter((r) => r.atOnset && (action === undefined || r.held(action))) : [];
  return confirmed(
    { functions, what, ...named, quote: errorIn(text), ...takenIn(agreed) },
    [...found.by, ...agreed.map((r) => removalRef(e, r))],
    found.explains,
  );
}
const takenIn = (removals: readonly Removal[]): Pick<DependencyFacts, 'taken'> =>
  removals.length === 0 ? {} : { taken: removals.map(takenOf) };

/** Most of the burst is errors of functions whose role lost something; any less and the removal says little of it. */
const most = 0.5;

/** No trace and no line tells what failed, but AWS's own records do: who took what from the role, when, and what IAM says of it. */
function byRemoval(e: Seen, burst: Burst, removals: readonly Removal[]): Verdict<DependencyFacts> | undefined {
  const [first] = removals.toSorted((a, b) => Number(b.atOnset) - Number(a.atOnset) || b.at - a.at);
  if (!first) return undefined;
  const functions = first.functions.map((f) => ({ ref: f.ref, errors: f.errors }));
  const errors = functions.reduce((all, f) => all + f.errors, 0);
  const facts = { functions, what: 'denied' as const, name: first.resource, action: first.action };
  if (errors < most * burst.failures) return undefined;
  const counted = functions.map((f) => `${functionKey(f.ref)} had ${f.errors} errors in the failing minutes`).join('; ');
  const doubt = doubtOf(first, logsAreSilent(e, first.at));
  return doubt === undefined
    ? confirmed(
        { ...facts, ...takenIn([first]) },
        [removalRef(e, first), ref('functionMetrics', e.functionMetrics, counted)],
        Math.min(errors, burst.failures),
      )
    : agreeing(facts, { kind: 'executionRoles', why: 'empty', detail: `${spokenTaken(first)}, but ${doubt}` });
}

function doubtOf({ atOnset, alone, exact }: Removal, silent: boolean): string | undefined {
  if (!atOnset) return 'the function did not begin to fail just then';
  if (!silent) return 'a log tells of another error';
  if (!alone) return 'the function was changed at the same time';
  return exact ? undefined : 'whether the code asks for that is not known: it is a pattern of resources';
}

/** The trace is AWS's own record of the request; the metrics say that requests fail now. */
function byTraces(e: Seen, burst: Burst, removals: readonly Removal[]): Verdict<DependencyFacts> | undefined {
  const down = e.traces.state === 'got' ? downstreamIn(e.traces.value) : undefined;
  if (!down || e.deployedApi.state === 'missing') return undefined;
  const failing = failingFunctions(e, burst.minutes).map((f) => ({ ref: f.ref, errors: f.errors }));
  const agreed = down.what === 'denied' ? removals.filter((r) => r.atOnset && isCalled(r.action, down.name)) : [];
  const functions = failing.length > 0 ? failing : functionsOf(e.deployedApi.value).map((f) => ({ ref: f.ref, errors: 0 }));
  return confirmed(
    {
      functions,
      what: down.what,
      ...(down.name === undefined ? {} : { name: down.name }),
      quote: down.detail,
      ...takenIn(agreed),
    },
    [
      ref('traces', e.traces, `in ${down.traces} of ${down.of} traces of failed requests ${down.detail}`),
      ref('gatewayMetrics', e.gatewayMetrics, `${burst.failures} requests failed in these minutes`),
      ...agreed.map((r) => removalRef(e, r)),
    ],
    burst.failures,
  );
}

/** Whether a trace's name of a service (`DynamoDB`, `Secrets Manager`) is that of an action. */
const isCalled = (action: string, name = ''): boolean =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .includes(action.split(':')[0] ?? action);

/** Code that catches the error and answers 5xx itself: Lambda counts no error, so only the log speaks. */
function caught(e: Seen, burst: Burst, verdict: Verdict<never>): Verdict<DependencyFacts> {
  if (verdict.is !== 'ruledOut' || e.deployedApi.state === 'missing' || burst.unexplained === 0) return verdict;
  const line = linesSince(e, burst.minutes[0] ?? 0).findLast((t) => t.in === 'functionLog' && kindOfError(t.line.text) === 'dependency');
  if (!line) return verdict;
  const text = line.line.text;
  return agreeing(
    {
      functions: functionsOf(e.deployedApi.value).map((f) => ({ ref: f.ref, errors: 0 })),
      what: faultIn(text),
      ...namedIn(text),
      quote: errorIn(text),
    },
    {
      kind: 'functionMetrics',
      why: 'empty',
      detail: 'the functions report no error: whether this one made the answer a 5xx is not counted anywhere',
    },
  );
}

const wordsFor: Readonly<Record<DependencyFault, string>> = {
  denied: 'is denied to it',
  throttled: 'throttles it',
  refused: 'refuses its connections',
  unreachable: 'is not reached by it',
  slow: 'does not answer it in time',
  failing: 'fails its calls',
};
function stepsFor(facts: DependencyFacts | undefined): readonly string[] {
  const taken = facts?.taken ?? [];
  if (taken.length > 0)
    return [
      ...taken.map((t) => `${spokenTaken(t)}: put the policy back as CloudTrail recorded it, unless that was on purpose.`),
      'The permission of API Gateway is not what lacks.',
    ];
  switch (facts?.what) {
    case 'denied':
      return [
        `Give the function’s execution role the permission back${facts.action ? ` (${facts.action})` : ''}, or the user its password: see in CloudTrail who changed the role or the secret. The permission of API Gateway is not what lacks.`,
      ];
    case 'throttled':
      return ['Raise the capacity or limit of what throttles, or let fewer requests through (stage throttling) until it holds.'];
    case 'refused':
      return ['See whether it runs and has connections left; functions open one each, so a pool or proxy in between helps (RDS Proxy).'];
    case 'unreachable':
      return [
        'See whether the way is open: security groups on its port, routes of the function’s subnets (NAT or endpoint), its name in DNS.',
      ];
    case 'slow':
      return ['See how it is: its own load, locks, limits. Raising the function’s timeout only holds more requests waiting.'];
    default:
      return ['See in the line below what failed, and ask whoever runs it.'];
  }
}

function advice(facts: DependencyFacts | undefined): Advice {
  const first = facts?.functions[0];
  const what = facts ? `${facts.name ?? 'what it depends on'} ${wordsFor[facts.what]}` : 'what it depends on fails it';
  return {
    summary: first
      ? `${listed(facts.functions.map((f) => functionKey(f.ref)))} fails because ${what}.`
      : 'A function fails because something it depends on does.',
    steps: [
      ...stepsFor(facts),
      ...(facts?.quote ? [`Seen: ${facts.quote.slice(0, 200)}`] : []),
      'In the code: set connect and request timeouts below the function’s own, so that a hang ends as an error that names itself.',
    ],
    snippets: first
      ? [
          bash(
            'Read the errors',
            `aws logs tail ${shell(`/aws/lambda/${first.ref.name}`)} --since 15m --filter-pattern '?ECONN ?ETIMEDOUT ?ENOTFOUND ?Denied ?Throttl ?timeout ?Exception' --region ${shell(first.ref.region)}`,
          ),
          ...(facts.taken ?? []).flatMap(takenSnippets),
          ...(facts.action
            ? [
                bash(
                  'Ask IAM whether the role may',
                  `aws iam simulate-principal-policy --policy-source-arn ${shell(facts.taken?.[0]?.role ?? 'ROLE_ARN')} --action-names ${shell(facts.action)}${facts.name ? ` --resource-arns ${shell(facts.name)}` : ''}`,
                ),
              ]
            : []),
        ]
      : [],
  };
}

function takenSnippets({ role, action, resource }: Taken): readonly Snippet[] {
  const name = roleName(role);
  return [
    bash(
      `See who wrote the policies of ${name}, and what they said`,
      `aws cloudtrail lookup-events --region us-east-1 --lookup-attributes AttributeKey=ResourceName,AttributeValue=${shell(name)} --query 'Events[].[EventTime,EventName,Username,CloudTrailEvent]'`,
    ),
    ...allowInCode(name, action, resource, 'function'),
  ];
}

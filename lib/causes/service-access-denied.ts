// The gateway is not let through to an AWS service that it calls with a role: the role is gone, does not trust it, or may not do it; or the
// target's own policy says no. IAM's own answers confirm it; a 403 alone does not, for SQS gives it for malformed messages too.
import { bash, listed, shell } from '../model/advice.ts';
import { allowInCode, trustInCode } from './signs/code-of-functions.ts';
import type { StageRef } from '../model/api.ts';
import { burstOf } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import type { EvidenceSet, MissingRef } from '../model/evidence.ts';
import type { ServiceDeniedFacts } from '../model/facts/direct.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import { judgeRole, type Barred } from './signs/role-judge.ts';
import { iamActionOf, placesUnknown, serviceCallsOf, type ServiceCall } from '../model/service-call.ts';
import { calledOf, callsFail, callsSince, spoken } from './signs/service-numbers.ts';
import { nextMinute } from '../model/series.ts';
import { successesNeeded } from './signs/since.ts';
import { answerShown, coded, lineWith, typed } from './signs/upstream.ts';

const looksAt = [
  'deployedApi',
  'roles',
  'serviceTargets',
  'serviceMetrics',
  'gatewayMetrics',
  'functionMetrics',
  'executionLog',
  'accessLog',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Denied = ServiceDeniedFacts['calls'][number];

const assume = 'permission to assume the provided role';
const httpAssume = 'permissions to assume the IAM role configured on the integration';
const httpCall = 'permissions to call the integration';
/** How services spell it: JSON services by type, query and REST services by code, all of them in the message. */
const denied = ['AccessDenied', 'is not authorized to perform', 'KMS.AccessDenied'];
const deniedWords = String.raw`(?:\bAccessDenied(?:Exception)?\b|is not authorized to perform: (?!lambda:))`;
/** A wrong method on a Lambda integration, and what a function itself was denied, are other causes. */
const others = [
  'Unable to determine service/operation name',
  'errorMessage',
  'errorType',
  'stackTrace',
  'lambda:InvokeFunction',
  'execute-api:Invoke',
];
/** The gateway's own session of a role, or the field that tells of the integration: a function's refusal stands in its answer, in neither. */
const asGateway = String.raw`(?:/BackplaneAssumeRoleSession|[Ee]rror(?:Message)?"?\s?[:=]\s?"?User: )`;
const status403 = 'Endpoint Response Status Code: 403';

export default cause({
  id: 'service-access-denied',
  title: 'The AWS service behind the route does not let the gateway in',
  about: {
    is: 'A route calls an AWS service (a queue, a table, a state machine) with a role, and the call is refused: the role is gone or does not trust API Gateway, has no permission for the action, or the target’s own policy denies it. The client sees 500.',
    told: 'The role’s trust policy and IAM’s simulation of its permissions are held against what the deployed integration asks for, and the target’s own policy beside them. A log line or the numbers (the service took nothing) then say that this is what fails.',
    withoutLogs: 'Confirmed all the same: IAM’s answers and the service’s own metrics are enough.',
  },
  looksAt,
  clues: [
    gatewaySays([assume], `(?:Execution failed due to configuration error: )?API Gateway does not have ${assume}`, 'messages.md §2'),
    accessSays([assume, httpAssume], `does not have ${assume}|doesn.t have ${httpAssume}`, 'messages.md §2, §9'),
    gatewaySays(denied, `${answerShown}${deniedWords}`, 'causes.md, service-access-denied (Confirm)', others),
    gatewaySays(
      [status403],
      `(?:Execution failed due to configuration error: )?No match for output mapping.{0,60}${status403}`,
      'messages.md §2',
    ),
    accessSays([status403], `No match for output mapping.{0,60}${status403}`, 'messages.md §2'),
    accessSays(
      ['__type', '<Code>AccessDenied', '"Code"'],
      String.raw`(?:${typed}|${coded})(?:KMS\.)?AccessDenied`,
      'causes.md, service-access-denied (Confirm)',
      others,
    ),
    accessSays([httpCall], `doesn.t have ${httpCall}`, 'messages.md §6'),
    accessSays(['is not authorized to perform'], asGateway, 'causes.md, service-access-denied (Confirm)', [
      ...others,
      'Lambda function returned',
      'to perform: lambda:',
    ]),
    {
      kind: 'shape',
      in: 'deployedApi',
      shape: withRole,
      title: 'a deployed route calls an AWS service with a role',
      source: 'causes.md, service-access-denied (Confirm)',
    },
  ],
  explains: ['response-mapping-error', 'service-request-invalid'],
  confirm,
  healed,
  advice,
});

function withRole(api: DeployedApi, at: StageRef): string | undefined {
  const call = serviceCallsOf(api, at).find((c) => c.credentials !== undefined);
  return call && `${spoken(calledOf(call))} is called with the role ${call.credentials ?? ''}`;
}

function confirm(e: Seen, at: StageRef): Verdict<ServiceDeniedFacts> {
  if (e.deployedApi.state === 'missing') return elsewhere(e);
  const api = e.deployedApi.value;
  const calls = serviceCallsOf(api, at).filter((c) => c.credentials?.includes(':role/'));
  if (calls.length === 0)
    return placesUnknown(api, at) || serviceCallsOf(api, at).some((c) => c.credentials === undefined)
      ? elsewhere(e)
      : ruledOut(ref('deployedApi', e.deployedApi, 'no deployed route calls an AWS service with a role'));
  const judged = calls.map((call) => ({ call, ...judge(call, e) }));
  const barred = judged.flatMap(({ call, barred: b }) => (b ? [{ call, fact: factOf(call, b) }] : []));
  if (barred.length > 0) return relate(barred, e, api, at);
  const open = judged.flatMap((j): readonly MissingRef[] => (j.open ? [j.open] : []));
  if (open.length > 0) return saysSo(e) ? agreeing({ calls: calls.map(asSaid) }, ...open) : unproven(...open);
  return ruledOut(ref('roles', e.roles, `IAM lets the gateway do ${listed([...new Set(calls.map((c) => spoken(calledOf(c))))])}`));
}

/** Which service is called is not known. Where the gateway speaks of a role, it is more often the way to a service than to a function. */
function elsewhere(e: Seen): Verdict<ServiceDeniedFacts> {
  const missing = [
    lacking(
      'deployedApi',
      e.deployedApi,
      e.deployedApi.state === 'got' ? 'which service is called, and with which role, is not known' : undefined,
    ),
  ];
  const role = lineWith(e, (text) => [assume, httpAssume].some((t) => text.includes(t)));
  return role === undefined ? unproven(...missing) : agreeing({ calls: [] }, ...missing);
}

function judge(call: ServiceCall, e: Seen): { readonly barred?: Barred; readonly open?: MissingRef } {
  const target = e.serviceTargets.state === 'got' ? e.serviceTargets.value.targets[call.key] : undefined;
  const action = iamActionOf(call);
  return judgeRole(e, { role: call.credentials ?? '', ...(action !== undefined && call.target ? { action } : {}) }, target);
}

const asSaid = (call: ServiceCall): Denied => factOf(call, { why: 'said', says: 'the gateway says so, and IAM could not be asked' });

function factOf(call: ServiceCall, barred: Barred): Denied {
  const action = iamActionOf(call);
  return {
    ...calledOf(call),
    ...barred,
    ...(call.credentials === undefined ? {} : { role: call.credentials }),
    ...(action !== undefined && call.target ? { needs: { action, resource: call.target.arn } } : {}),
  };
}

const saysSo = (e: Seen): boolean =>
  lineWith(
    e,
    (text) =>
      [assume, httpAssume, httpCall, status403].some((t) => text.includes(t)) ||
      (denied.some((t) => text.includes(t)) && !others.some((t) => text.includes(t))),
  ) !== undefined;

/** IAM's answer is a fact; that this burst is its fault needs a sign: the gateway's line, or a service that took nothing. */
function relate(
  barred: readonly { readonly call: ServiceCall; readonly fact: Denied }[],
  e: Seen,
  api: DeployedApi,
  at: StageRef,
): Verdict<ServiceDeniedFacts> {
  const burst = burstOf(api, e.gatewayMetrics, e.functionMetrics);
  const said = saysSo(e) && burst?.unexplained !== 0;
  const all = serviceCallsOf(api, at);
  const blamed = barred.filter(({ call }) => said || callsFail(call, all, api, e.serviceMetrics, burst));
  const facts: ServiceDeniedFacts = { calls: (blamed.length > 0 ? blamed : barred).map((b) => b.fact) };
  if (blamed.length === 0)
    return agreeing(
      facts,
      lacking('serviceMetrics', e.serviceMetrics, 'the gateway is not let in; whether these calls are the ones that fail is not seen'),
    );
  const by = facts.calls.map((c) =>
    ref(
      c.why === 'target-policy' ? 'serviceTargets' : 'roles',
      c.why === 'target-policy' ? e.serviceTargets : e.roles,
      `${spoken(c)}: ${c.says}`,
    ),
  );
  return confirmed(facts, by, burst?.unexplained);
}

function healed(e: Seen, at: StageRef, sinceAt: number): Healed {
  if (e.deployedApi.state === 'missing' || e.roles.state === 'missing')
    return {
      is: 'tooEarly',
      missing: [e.deployedApi.state === 'missing' ? lacking('deployedApi', e.deployedApi) : lacking('roles', e.roles)],
    };
  const calls = serviceCallsOf(e.deployedApi.value, at).filter((c) => c.credentials?.includes(':role/'));
  const still = calls.flatMap((call) => {
    const { barred } = judge(call, e);
    return barred ? [barred] : [];
  });
  if (still.length > 0) return { is: 'stillThere', by: still.map((b) => ref('roles', e.roles, b.says)) };
  const taken = calls.map((call) => callsSince(call, e.serviceMetrics, nextMinute(sinceAt))?.taken ?? 0);
  return calls.length > 0 && taken.every((n) => n >= successesNeeded)
    ? { is: 'healed', by: [ref('serviceMetrics', e.serviceMetrics, `the services took ${taken.join(', ')} calls since`)] }
    : { is: 'tooEarly', missing: [lacking('serviceMetrics', e.serviceMetrics, 'too few calls are seen since')] };
}

function advice(facts: ServiceDeniedFacts | undefined, at: StageRef): Advice {
  const first = facts?.calls[0];
  return {
    summary: first ? `${spoken(first)} is refused: ${first.says}.` : 'An AWS service behind a route refuses the gateway’s call.',
    steps: [
      'Find out what changed, and who changed it: CloudTrail has PutRolePolicy, DetachRolePolicy and UpdateAssumeRolePolicy (in us-east-1), or the target’s SetQueueAttributes, with the statement that went.',
      first ? remedies[first.why] : remedies.said,
      ...(first === undefined || first.why === 'said'
        ? [
            'If other requests on the route succeed, look at the message instead: SQS answers 403 to messages that are too long or wrongly escaped.',
          ]
        : []),
    ],
    snippets: first ? [mend(first, at), ...lasting(first)] : [],
  };
}

const putBack = 'Put the statement back in the code that makes the role, then by hand if it cannot wait. IAM needs up to a minute.';
const remedies: Readonly<Record<Denied['why'], string>> = {
  'no-role': 'Deploy the stack that makes the role again; the role needs its trust and its permissions.',
  'not-trusted': putBack,
  'trust-condition':
    'Take the condition out of the trust policy: API Gateway does not send aws:SourceAccount when it assumes an integration’s role.',
  'no-statement': putBack,
  'explicit-deny':
    'Find the statement that denies it, and ask whoever wrote it before it goes: adding a permission beside a Deny changes nothing.',
  organization: 'A service control policy denies it: only whoever keeps the organization’s policies can let it through.',
  boundary: 'The role’s permissions boundary leaves the action out: whoever sets boundaries has to add it.',
  'target-policy':
    'The target’s own policy denies it: ask whoever wrote the statement before it goes. Permissions on the role change nothing.',
  said: putBack,
};

/** What makes it last: only what the role lacks can be written down by anybody but the owner. */
function lasting({ why, role, needs }: Denied): Advice['snippets'] {
  const name = role?.split('/').at(-1) ?? 'ROLE';
  if (why === 'not-trusted' || why === 'trust-condition') return trustInCode(name);
  return why === 'no-statement' && needs ? allowInCode(name, needs.action, needs.resource) : [];
}

function mend(call: Denied, at: StageRef) {
  const role = call.role?.split('/').at(-1) ?? 'ROLE';
  if (call.why === 'not-trusted' || call.why === 'trust-condition') return trustAgain(role);
  if (call.why === 'target-policy' && call.service === 'sqs' && call.target !== undefined)
    return bash(
      `See the policy of ${call.target}`,
      `aws sqs get-queue-attributes --queue-url "$(aws sqs get-queue-url --queue-name ${shell(call.target)} --query QueueUrl --output text --region ${shell(at.region)})" --attribute-names Policy --region ${shell(at.region)}`,
    );
  if (call.why === 'no-role') return bash(`See whether ${role} is back`, `aws iam get-role --role-name ${shell(role)}`);
  if (call.needs === undefined || call.why !== 'no-statement')
    return bash(
      `Ask IAM what it says of ${role}`,
      `aws iam simulate-principal-policy --policy-source-arn ${shell(call.role ?? '')} --action-names ${shell(call.needs?.action ?? 'ACTION')} --resource-arns ${shell(call.needs?.resource ?? '*')} --query 'EvaluationResults[].[EvalDecision,MatchedStatements]'`,
    );
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: call.needs.action, Resource: call.needs.resource }] };
  return bash(
    `Let ${role} do ${call.needs.action}`,
    `aws iam put-role-policy --role-name ${shell(role)} --policy-name by-hand --policy-document ${shell(JSON.stringify(policy))}`,
  );
}

function trustAgain(role: string) {
  const statement = { Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  return bash(
    `Let API Gateway assume ${role} (this replaces the whole trust policy: keep what else is in it)`,
    `aws iam get-role --role-name ${shell(role)} --query Role.AssumeRolePolicyDocument`,
    `aws iam update-assume-role-policy --role-name ${shell(role)} --policy-document ${shell(policy)}`,
  );
}

// The AWS service behind a route cannot take what the gateway sends: the queue or table does not exist, the action is none, a parameter is left
// out, the message is malformed. The deployment and the service's own answer confirm it where it is so for every caller.
import { bash, listed, shell } from '../model/advice.ts';
import { queueInCode } from './signs/code-of-functions.ts';
import { integrationInCode } from './signs/code-of-gateway.ts';
import { rollBack } from './signs/advice-gateway.ts';
import type { StageRef } from '../model/api.ts';
import { burstOf } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import type { EvidenceRef, EvidenceSet } from '../model/evidence.ts';
import type { ServiceInvalidFacts } from '../model/facts/direct.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import { judgeRole } from './signs/role-judge.ts';
import { iamActionOf, placesUnknown, serviceCallsOf, type ServiceCall } from '../model/service-call.ts';
import { invalidIn } from './signs/service-checks.ts';
import { calledOf, callsFail, callsSince, spoken } from './signs/service-numbers.ts';
import { nextMinute } from '../model/series.ts';
import { successesNeeded } from './signs/since.ts';
import { answerShown, lineWith, typed } from './signs/upstream.ts';

const looksAt = [
  'deployedApi',
  'serviceTargets',
  'serviceMetrics',
  'roles',
  'gatewayMetrics',
  'functionMetrics',
  'executionLog',
  'accessLog',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Invalid = ServiceInvalidFacts['calls'][number];

/** How services name it (SDK error names; causes.md, service-request-invalid; messages.md §9). */
const names = [
  'UnknownOperation',
  'SerializationException',
  'ValidationException',
  'ValidationError',
  'InvalidParameter',
  'MissingParameter',
  'MissingAction',
  'InvalidAction',
  'InvalidExecutionInput',
  'InvalidArn',
  'NonExistentQueue',
  'QueueDoesNotExist',
  'StateMachineDoesNotExist',
  'ResourceNotFoundException',
  'NoSuchBucket',
  'InvalidMessageContents',
  'MalformedXML',
  'MalformedInput',
  'is missing',
];
const words = String.raw`(?:UnknownOperation|SerializationException|Validation(?:Exception|Error)|InvalidParameter|Missing(?:Parameter|Action)|Invalid(?:Action|ExecutionInput|Arn|MessageContents)|NonExistentQueue|(?:Queue|StateMachine)DoesNotExist|ResourceNotFoundException|NoSuchBucket|Malformed(?:XML|Input)|(?:Version|Action|parameter)\b.{0,20} is missing)`;
/** Whatever else a service calls an error of the sender's, by type or code. */
const typedError = String.raw`${typed}(?!AccessDenied|Thrott|Provisioned|RequestLimit|RequestThrott|TooMany|SlowDown|Internal|ServiceUnavailable|KMS)[A-Z]\w{2,60}`;
const notOfTheSender = '(?!AccessDenied|Thrott|RequestThrott|SlowDown|KMS)';
const sender = String.raw`<Type>Sender</Type>\s{0,20}<Code>${notOfTheSender}|"Code"\s?:\s?"${notOfTheSender}[\w.]{2,80}",\s{0,8}(?:"Message"\s?:\s?"[^"]{0,300}",\s{0,8})?"Type"\s?:\s?"Sender"`;
/** SNS's words for a parameter that is left out or malformed, where an answer was copied without the error's code. */
const unnamed = String.raw`"[mM]essage"\s{0,3}:\s{0,3}"Invalid parameter: [A-Z].{0,80} Reason: `;
/** What a function answered, or Lambda said of itself, is told by other causes. */
const others = ['errorMessage', 'errorType', 'stackTrace', 'unction not found', 'functionName'];
const body = 'Endpoint response body before transformations: ';
const refusedStatus = ['Endpoint Response Status Code: 400'];
/** A refusal that is no question of permission where IAM lets the role through (messages.md §9). */
const forbidden = ['<Code>AccessDenied', '"AccessDenied"', 'Endpoint Response Status Code: 403', 'Endpoint Response Status Code: 404'];

export default cause({
  id: 'service-request-invalid',
  title: 'The AWS service behind the route cannot take the gateway’s request',
  about: {
    is: 'A route calls an AWS service without a function between, and the service answers that the request is wrong: it has no such queue, table or action, a parameter is left out, or the message is malformed. The client sees 500, or the service’s own 400.',
    told: 'The deployed integration is held against what the service needs, and the service is asked whether the target exists. A log line or the numbers (the service took nothing) then say that this is what fails. What only some messages do wrong is suspected from the log.',
    withoutLogs: 'Confirmed all the same where it is wrong for every caller; malformed messages of some callers are not seen.',
  },
  looksAt,
  clues: [
    gatewaySays(
      [...names, '__type', '<Type>Sender', '"Sender"'],
      `${answerShown}(?:${words}|${typedError}|${sender})`,
      'causes.md, service-request-invalid (Confirm)',
      others,
    ),
    accessSays(['Invalid parameter: '], unnamed, 'causes.md, service-request-invalid (Confirm)', [...others, 'when calling the']),
    accessSays(['__type', '<Type>Sender', '"Sender"'], `${typedError}|${sender}`, 'causes.md, service-request-invalid (Confirm)', others),
    {
      ...gatewaySays(
        refusedStatus,
        '(?:Execution failed due to configuration error: )?No match for output mapping.{0,60}Endpoint Response Status Code: 400',
        'messages.md §2',
      ),
      hint: true,
    },
    { ...accessSays(refusedStatus, 'No match for output mapping.{0,60}Endpoint Response Status Code: 400', 'messages.md §2'), hint: true },
    {
      ...gatewaySays(
        forbidden,
        `(?:${answerShown}(?:<Code>|"Code"\\s{0,8}:\\s{0,8}")AccessDenied|.{0,60}No match for output mapping.{0,60}Code: 40[34])`,
        'messages.md §9 (corrections)',
        others,
      ),
      hint: true,
    },
    {
      kind: 'shape',
      in: 'deployedApi',
      shape: (api, at) => {
        const call = serviceCallsOf(api, at)[0];
        return call && `a deployed route calls ${spoken(calledOf(call))}`;
      },
      title: 'a deployed route calls an AWS service',
      source: 'causes.md, service-request-invalid (Confirm)',
    },
  ],
  explains: ['response-mapping-error'],
  confirm,
  healed,
  advice,
});

function confirm(e: Seen, at: StageRef): Verdict<ServiceInvalidFacts> {
  if (e.deployedApi.state === 'missing') return elsewhere(e);
  const api = e.deployedApi.value;
  const calls = serviceCallsOf(api, at);
  if (calls.length === 0)
    return placesUnknown(api, at)
      ? elsewhere(e)
      : ruledOut(ref('deployedApi', e.deployedApi, 'no deployed route calls an AWS service without a function between'));
  const faults = calls.flatMap((call) => invalid(call, e).map((fact) => ({ call, fact })));
  return faults.length > 0 ? relate(faults, calls, api, e) : refused(calls, e);
}

const invalid = (call: ServiceCall, e: Seen): readonly Invalid[] =>
  invalidIn(call, e.serviceTargets.state === 'got' ? e.serviceTargets.value.targets[call.key] : undefined).map((i) => ({
    ...calledOf(call),
    ...i,
  }));

const saysSo = (text: string): boolean =>
  (refusedStatus.some((s) => text.includes(s)) ||
    forbidden.some((s) => text.includes(s)) ||
    (text.includes(body) && names.some((n) => text.includes(n)))) &&
  !others.some((o) => text.includes(o));

/** That no caller can succeed is a fact; that this burst is its fault needs a sign: the gateway's line, or a service that took nothing. */
function relate(
  faults: readonly { readonly call: ServiceCall; readonly fact: Invalid }[],
  calls: readonly ServiceCall[],
  api: DeployedApi,
  e: Seen,
): Verdict<ServiceInvalidFacts> {
  const burst = burstOf(api, e.gatewayMetrics, e.functionMetrics);
  const said = lineWith(e, saysSo) !== undefined && burst?.unexplained !== 0;
  const blamed = faults.filter(({ call }) => said || callsFail(call, calls, api, e.serviceMetrics, burst));
  const facts: ServiceInvalidFacts = { calls: (blamed.length > 0 ? blamed : faults).map((f) => f.fact) };
  if (blamed.length === 0)
    return agreeing(
      facts,
      lacking('serviceMetrics', e.serviceMetrics, 'a call cannot succeed as deployed; whether it is the one that fails is not seen'),
    );
  return confirmed(
    facts,
    facts.calls.map((c): EvidenceRef =>
      c.what === 'no-target'
        ? ref('serviceTargets', e.serviceTargets, `${spoken(c)}: ${c.says}`)
        : ref('deployedApi', e.deployedApi, `${spoken(c)}: ${c.says}`),
    ),
    burst?.unexplained,
  );
}

const status400 = (text: string): boolean => refusedStatus.some((s) => text.includes(s));

/** Which service is called is not known; a 400 that fits no mapping is a service's word for a wrong request all the same (messages.md §2). */
function elsewhere(e: Seen): Verdict<ServiceInvalidFacts> {
  const missing = [
    lacking('deployedApi', e.deployedApi, e.deployedApi.state === 'got' ? 'which service is called is not known' : undefined),
  ];
  return lineWith(e, status400) === undefined ? unproven(...missing) : agreeing({ calls: [] }, ...missing);
}

/** A 400, and a 403 where IAM lets the role through, is a question of the message. */
function refused(calls: readonly ServiceCall[], e: Seen): Verdict<ServiceInvalidFacts> {
  const why = 'nothing is wrong with the deployed calls that shows without a request: some messages are';
  const missing = [lacking('serviceTargets', e.serviceTargets, why)];
  const wrong = lineWith(e, status400);
  const forbade = lineWith(e, (text) => forbidden.some((s) => text.includes(s)));
  const said = wrong === undefined ? calls.filter((call) => forbade !== undefined && letThrough(call, e)) : calls;
  const says = wrong ?? forbade ?? '';
  return said.length > 0
    ? agreeing({ calls: said.map((call) => ({ ...calledOf(call), what: 'said' as const, says })) }, ...missing)
    : unproven(...missing);
}

function letThrough(call: ServiceCall, e: Seen): boolean {
  const action = iamActionOf(call);
  if (call.credentials === undefined || action === undefined) return false;
  const target = e.serviceTargets.state === 'got' ? e.serviceTargets.value.targets[call.key] : undefined;
  const { barred, open } = judgeRole(e, { role: call.credentials, action }, target);
  return !barred && !open;
}

function healed(e: Seen, at: StageRef, sinceAt: number): Healed {
  if (e.deployedApi.state === 'missing') return { is: 'tooEarly', missing: [lacking('deployedApi', e.deployedApi)] };
  const calls = serviceCallsOf(e.deployedApi.value, at);
  const still = calls.flatMap((call) => invalid(call, e));
  if (still.length > 0) return { is: 'stillThere', by: still.map((c) => ref('deployedApi', e.deployedApi, `${spoken(c)}: ${c.says}`)) };
  const taken = calls.map((call) => callsSince(call, e.serviceMetrics, nextMinute(sinceAt))?.taken ?? 0);
  return calls.length > 0 && taken.every((n) => n >= successesNeeded)
    ? { is: 'healed', by: [ref('serviceMetrics', e.serviceMetrics, `the services took ${taken.join(', ')} calls since`)] }
    : { is: 'tooEarly', missing: [lacking('serviceMetrics', e.serviceMetrics, 'too few calls are seen since')] };
}

function advice(facts: ServiceInvalidFacts | undefined, at: StageRef): Advice {
  const calls = facts?.calls ?? [];
  const first = calls[0];
  return {
    summary: first
      ? `${listed(calls.slice(0, 3).map((c) => `${spoken(c)}: ${c.says}`))}.`
      : 'The AWS service behind a route says that the gateway’s request is wrong.',
    steps: [
      'Read the service’s own words in "Endpoint response body before transformations"; they name the parameter.',
      first?.what === 'no-target'
        ? 'Make the target again under that name, or point the integration (or its stage variable) at the one that exists, and deploy.'
        : 'Correct the integration’s template or parameters, and deploy. Put callers’ text into JSON with $util.escapeJavaScript, into forms with $util.urlEncode.',
      'If it came with the last deployment, go back to the one before.',
    ],
    snippets: [...(first?.what === 'no-target' ? [see(first, at)] : []), rollBack(at), ...(first ? lasting(first) : [])],
  };
}

const form = "'application/x-www-form-urlencoded'";
const header = 'integration.request.header.Content-Type';
/** What makes it last, where what is wrong is a setting. */
function lasting({ what, service, target, routes: [route = 'the route'] }: Invalid): Advice['snippets'] {
  if (what === 'no-target') return service === 'sqs' && target !== undefined ? queueInCode(target) : [];
  return what === 'wrong-content-type'
    ? integrationInCode(
        'Keep the content type in code',
        route,
        { RequestParameters: { [header]: form } },
        { request_parameters: { map: { [header]: form } } },
      )
    : [];
}
const lists: Readonly<Record<string, string>> = {
  sqs: 'aws sqs list-queues',
  dynamodb: 'aws dynamodb list-tables',
  sns: 'aws sns list-topics',
  states: 'aws stepfunctions list-state-machines',
  kinesis: 'aws kinesis list-streams',
};
const see = (call: Invalid, at: StageRef) =>
  bash(`See what there is in ${call.service}`, `${lists[call.service] ?? `aws ${shell(call.service)} help`} --region ${shell(at.region)}`);

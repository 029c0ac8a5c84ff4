// Lambda turns calls away before any code runs: the function is not active, its key cannot be used, its subnets have no address left.
// The function is there and may be called, so permission and name are sound; Lambda's and KMS's own answers tell.
import { bash, functionArgs, listed, shell } from '../model/advice.ts';
import { functionInCode, keyInCode } from './signs/code-of-functions.ts';
import { functionKey, type StageRef } from '../model/api.ts';
import { burstOf, faultOf } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import { functionsOf, type DeployedFunction } from '../model/deployed.ts';
import { errorClues, kindOfError } from './signs/error-words.ts';
import { wasLookedAt, type Evidence, type EvidenceRef, type EvidenceSet } from '../model/evidence.ts';
import type { StateFacts } from '../model/facts/code.ts';
import type { FunctionPlace } from '../model/kinds/around-function.ts';
import type { FunctionConfig, FunctionFact } from '../model/kinds/function.ts';
import { failures } from '../model/series.ts';
import { eachOf, functionSince, successesNeeded } from './signs/since.ts';

const looksAt = [
  'deployedApi',
  'functionConfig',
  'functionPlace',
  'functionMetrics',
  'gatewayMetrics',
  'executionLog',
  'accessLog',
  'functionLog',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Fault = StateFacts['functions'][number];

/** Statuses by which Lambda's Invoke refuses for the function's own state (messages.md §5); 429, 404, 403 and 503 are other causes. */
const refused = String.raw`Lambda invocation failed with status: (?:400|408|409|410|502)\b`;
const refusedGate = 'Lambda invocation failed with status: ';

/** Lambda's own sentences, by which it begins its refusal: what it could not do before any code ran. */
const refusals = [
  'access the specified image',
  'Lambda was ',
  'Lambda couldn',
  'Lambda is ',
  'currently in the following state',
  'CodeArtifactUser',
];
const refusalText = String.raw`(?:The function does not have permission to access the specified image|Lambda (?:was (?:unable|not able) to |was throttled (?:by Amazon EC2|while using )|couldn't decrypt |is initializing your function)|The operation cannot be performed at this time\. The function is currently in the following state|CodeArtifactUser(?:Pending|Deleted|Failed)Exception)`;

export default cause({
  id: 'lambda-state',
  title: 'Lambda turns calls away: the function cannot be run',
  about: {
    is: 'The function exists and may be called, and Lambda refuses to run it: it is not active, its KMS key cannot be used, its subnets have no free address, its file system is not reached. 500, and no line in the function’s log.',
    told: 'Lambda’s own answer (state), KMS’s (the key is not enabled) or EC2’s (no free address in any of its subnets), and a log line or the numbers (requests that reached no function) say that this is what fails. A grant on a key that was lost with a recreated role shows in none of them, and stays a suspicion.',
    withoutLogs: 'Confirmed all the same where Lambda, KMS or EC2 answer that something is wrong.',
  },
  looksAt,
  explains: ['lambda-malformed-response'],
  clues: [
    ...errorClues('state', 'messages.md §4, §5, §9'),
    gatewaySays(refusals, refusalText, 'messages.md §5 (Lambda’s answer without the object around it)'),
    // the headers are Lambda's: no caller writes them
    {
      kind: 'line',
      in: ['execution'],
      gates: ['x-amzn-ErrorType'],
      line: /x-amzn-ErrorType[=:] ?(?:KMS|EFS|ENI|EC2|Subnet|InvalidSubnet|InvalidSecurityGroup|SnapStart|CodeArtifactUser|ResourceConflict|ResourceNotReady)\w{0,40}Exception/,
      source: 'messages.md §5',
    },
    accessSays(refusals, refusalText, 'messages.md §5 (Lambda’s answer as the integration’s error)'),
    gatewaySays([refusedGate], refused, 'messages.md §2, §5'),
    accessSays([refusedGate], refused, 'messages.md §5'),
    {
      kind: 'shape',
      in: 'functionConfig',
      shape: notActive,
      title: 'a function is not active',
      source: 'causes.md, lambda-state (Confirm)',
    },
    {
      kind: 'shape',
      in: 'gatewayMetrics',
      shape: failures,
      title: 'the stage answers with 5xx',
      source: 'causes.md, lambda-state (Confirm)',
    },
  ],
  confirm,
  healed,
  advice,
});

function notActive(config: FunctionConfig): string | undefined {
  const hit = Object.entries(config.functions).find(([, f]) => f.state !== undefined && f.state !== 'Active');
  return hit && `${hit[0]} is ${hit[1].state}: ${hit[1].stateReason ?? hit[1].stateReasonCode ?? 'no reason given'}`;
}

function confirm(e: Seen): Verdict<StateFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  if (e.functionConfig.state === 'missing')
    return e.functionConfig.why === 'empty' && wasLookedAt(e.functionConfig)
      ? ruledOut(ref('deployedApi', e.deployedApi, 'no deployed route calls a Lambda function'))
      : unproven(lacking('functionConfig', e.functionConfig));
  const functions = functionsOf(e.deployedApi.value);
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  const quote = saidSo(e, burst?.minutes[0] ?? 0);
  const refusing = faultOf(burst, quote !== undefined, e.functionMetrics);
  const { functions: config } = e.functionConfig.value;
  const faults = functions.flatMap((f) => faultsIn(f, config[f.key], e.functionPlace));
  const related = faults.filter(({ key }) => refusing({ key }));
  if (related.length > 0) return confirmed(factsOf(related, quote), proof(e, related), burst?.unexplained);
  if (faults.length > 0)
    return agreeing(
      factsOf(faults, quote),
      lacking(
        'gatewayMetrics',
        e.gatewayMetrics,
        'something is wrong with a function; whether its routes are the ones that fail is not seen',
      ),
    );
  return nothingWrong(e, functions, quote, refusing);
}

/** Lambda, KMS and EC2 answer that all is well. A line may still name what none of them shows: a lost grant on a key, an interface limit. */
function nothingWrong(
  e: Seen,
  functions: readonly DeployedFunction[],
  quote: string | undefined,
  refusing: (f: DeployedFunction) => boolean,
): Verdict<StateFacts> {
  const config = e.functionConfig.state === 'got' ? e.functionConfig.value.functions : {};
  const unread = functions.filter((f) => config[f.key]?.exists !== false && config[f.key]?.state === undefined);
  if (quote !== undefined) {
    const facts = { functions: functions.filter(refusing).map((f) => ({ ref: f.ref, what: 'said' as const, detail: quote })), quote };
    return { is: 'unproven', missing: [lacking('functionPlace', e.functionPlace)], ...(facts.functions.length > 0 ? { facts } : {}) };
  }
  if (unread.length > 0)
    return unproven(lacking('functionConfig', e.functionConfig, `the state of ${listed(unread.map((f) => f.key))} is not known`));
  if (needsPlace(config) && e.functionPlace.state === 'missing') return unproven(lacking('functionPlace', e.functionPlace));
  return ruledOut(
    ref('functionConfig', e.functionConfig, `${listed(functions.map((f) => f.key))} ${functions.length === 1 ? 'is' : 'are'} active`),
  );
}
const needsPlace = (config: FunctionConfig['functions']): boolean =>
  Object.values(config).some((f) => f.kmsKeyArn !== undefined || f.vpc !== undefined);

type Keyed = Fault & { readonly key: string; readonly by: 'functionConfig' | 'functionPlace' };

function faultsIn({ key, ref: fn }: DeployedFunction, fact: FunctionFact | undefined, place: Evidence<FunctionPlace>): readonly Keyed[] {
  if (!fact?.exists) return [];
  if (fact.state !== undefined && fact.state !== 'Active') {
    const detail = [fact.stateReasonCode, fact.stateReason].filter((part) => part !== undefined).join(': ') || 'Lambda gives no reason';
    return [{ key, by: 'functionConfig', ref: fn, what: 'state', state: fact.state, detail }];
  }
  const { keys, freeAddresses } = place.state === 'got' ? place.value : { keys: {}, freeAddresses: {} };
  const keyState = fact.kmsKeyArn === undefined ? undefined : keys[fact.kmsKeyArn];
  if (fact.kmsKeyArn !== undefined && keyState !== undefined && keyState !== 'Enabled' && keyState !== 'unknown')
    return [{ key, by: 'functionPlace', ref: fn, what: 'key', kmsKeyArn: fact.kmsKeyArn, detail: `the key is ${keyState}` }];
  const subnetIds = fact.vpc?.subnetIds ?? [];
  return subnetIds.length > 0 && subnetIds.every((id) => freeAddresses[id] === 0)
    ? [{ key, by: 'functionPlace', ref: fn, what: 'addresses', subnetIds, detail: `no free address in ${listed(subnetIds)}` }]
    : [];
}

const factsOf = (faults: readonly Keyed[], quote: string | undefined): StateFacts => ({
  functions: faults.map(({ key: _key, by: _by, ...fault }) => fault),
  ...(quote === undefined ? {} : { quote }),
});
const proof = (e: Seen, faults: readonly Keyed[]): readonly EvidenceRef[] =>
  faults.map((f) => ref(f.by, e[f.by], f.state === undefined ? `${f.key}: ${f.detail}` : `${f.key} is ${f.state} (${f.detail})`));

/** The newest line since then in which Lambda says that it refused. */
function saidSo(e: Seen, from: number): string | undefined {
  const pattern = new RegExp(refused);
  const lines = (['executionLog', 'accessLog', 'functionLog'] as const).flatMap((kind) =>
    e[kind].state === 'got' ? e[kind].value.lines : [],
  );
  const says = (text: string): boolean => kindOfError(text) === 'state' || (text.includes(refusedGate) && pattern.test(text));
  return lines
    .filter((line) => line.at >= from)
    .findLast(({ text }) => says(text))
    ?.text.slice(0, 300);
}

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: StateFacts): Healed {
  const config = e.functionConfig.state === 'got' ? e.functionConfig.value.functions : {};
  const still = facts.functions.filter(({ ref: fn }) => {
    const fact = config[functionKey(fn)];
    return fact !== undefined && faultsIn({ key: functionKey(fn), ref: fn, routes: [] }, fact, e.functionPlace).length > 0;
  });
  if (still.length > 0)
    return {
      is: 'stillThere',
      by: [ref('functionConfig', e.functionConfig, `${listed(still.map((f) => functionKey(f.ref)))} still cannot be run`)],
    };
  const ran = eachOf(
    facts.functions,
    (f) => (functionSince(e.functionMetrics, functionKey(f.ref), sinceAt)?.invocations ?? 0) >= successesNeeded,
  );
  return ran && e.functionConfig.state === 'got'
    ? { is: 'healed', by: [ref('functionMetrics', e.functionMetrics, 'Lambda has run it since')] }
    : { is: 'tooEarly', missing: [lacking('functionMetrics', e.functionMetrics, 'too few invocations since')] };
}

function stepsFor(fault: Fault | undefined): readonly string[] {
  switch (fault?.what) {
    case 'state':
      if (/Subnet|ENI|IPAddress/.test(fault.detail))
        return [
          'Free addresses or interfaces in its subnets, or give it subnets with room; then save its configuration again, so that Lambda sets it up anew.',
        ];
      return fault.state === 'Inactive' || fault.state === 'Pending'
        ? ['It was idle and is being made ready: wait some minutes, calls wake it. Look again if it is not Active in five.']
        : ['Mend what the reason names, then deploy the function again: a Failed function does not come back by itself.'];
    case 'key':
      return [
        'Enable the key, or cancel its deletion; calls work again within a minute. Ask who switched it off, and why.',
        'If the key is gone for good: give the function another key and set its variables again.',
      ];
    case 'addresses':
      return ['Free addresses in these subnets, or give the function subnets with room (at least two).'];
    default:
      return [
        'Read what Lambda says. "KMS access was denied": the execution role lost its grant, often because it was deleted and made again under the same name. Save the function’s role again (set another, then this one): that renews the grant.',
        '"ENI" or "subnet": look at the VPC’s limits and free addresses. "EFS": look at mount targets and port 2049.',
      ];
  }
}

/** Subnets with free addresses are the owner's to choose. */
const elsewhere = (name: string) =>
  functionInCode(
    'Give it more subnets in code',
    name,
    { VpcConfig: { SubnetIds: ['SUBNET_WITH_FREE_ADDRESSES'], SecurityGroupIds: ['ITS_GROUP'] } },
    { vpc_config: { block: { subnet_ids: ['SUBNET_WITH_FREE_ADDRESSES'], security_group_ids: ['ITS_GROUP'] } } },
  );

function advice(facts: StateFacts | undefined): Advice {
  const first = facts?.functions[0];
  return {
    summary: first
      ? `Lambda does not run ${functionKey(first.ref)}: ${first.state ? `it is ${first.state}, ` : ''}${first.detail.replace(/\.$/, '')}.`
      : 'Lambda turns calls away before the function runs.',
    steps: [...stepsFor(first), 'No code of yours ran: neither a rollback nor more memory mends it.'],
    snippets: first
      ? [
          bash(
            'See its state',
            `aws lambda get-function-configuration ${functionArgs(first.ref)} --query '{State:State,Reason:StateReason,Update:LastUpdateStatus,Key:KMSKeyArn,Vpc:VpcConfig,Role:Role}'`,
          ),
          ...(first.kmsKeyArn
            ? [
                bash(
                  'Enable the key',
                  ...(first.detail.includes('PendingDeletion')
                    ? [`aws kms cancel-key-deletion --key-id ${shell(first.kmsKeyArn)} --region ${shell(first.ref.region)}`]
                    : []),
                  `aws kms enable-key --key-id ${shell(first.kmsKeyArn)} --region ${shell(first.ref.region)}`,
                ),
                ...keyInCode(first.kmsKeyArn),
              ]
            : []),
          ...(first.subnetIds ? elsewhere(first.ref.name) : []),
        ]
      : [],
  };
}

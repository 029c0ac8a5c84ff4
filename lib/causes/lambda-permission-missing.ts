// API Gateway may not call the function: its resource policy has no statement for a deployed route, or a Deny for it.
// Confirmed by the deployed routes against the policy of the very qualifier they name; a log line alone confirms nothing.
import { functionKey, type FunctionRef, type StageRef } from '../model/api.ts';
import { bash, counted, functionArgs, listed, shell } from '../model/advice.ts';
import { permissionInCode } from './signs/code-of-functions.ts';
import { besidesAuthorizer } from './signs/authorizer-lines.ts';
import { burstOf, faultOf } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import { functionsOf, nameOf, type DeployedFunction } from '../model/deployed.ts';
import type { Evidence, EvidenceSet } from '../model/evidence.ts';
import type { PermissionFacts } from '../model/facts/lambda.ts';
import type { FunctionPolicy } from '../model/kinds/function.ts';
import type { LogLines } from '../model/kinds/log.ts';
import { calledByRole, roleAdvice, roleSuspected, roleVerdict, stillBarred } from './signs/function-role.ts';
import { mayRoute, sourceArnOf } from '../model/policy.ts';
import { eachOf, functionSince, gatewaySince, successesNeeded } from './signs/since.ts';
import { failures, inBurst } from '../model/series.ts';

const looksAt = [
  'deployedApi',
  'functionPolicy',
  'functionConfig',
  'functionMetrics',
  'gatewayMetrics',
  'executionLog',
  'accessLog',
  'roles',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Barred = PermissionFacts['functions'][number];

const restText = 'Invalid permissions on Lambda function';
const httpText = 'have permissions to call the integration';
const toldText = 'have permission';
const roleText = 'permission to assume the provided role';
const httpRoleText = 'permissions to assume the IAM role configured on the integration';

export default cause({
  id: 'lambda-permission-missing',
  title: 'API Gateway is not allowed to call the Lambda function',
  about: {
    is: 'The function’s resource policy has no statement that lets API Gateway call it from a deployed route, or denies it. The client sees 500.',
    told: 'Each deployed route is held against the policy of the very function, alias or version it names: statement, principal, action, source ARN, account, qualifier, explicit deny. A log line or the numbers (requests that reached no function) then say that this is what fails.',
    withoutLogs: 'Confirmed all the same: the policy and the metrics are enough.',
  },
  looksAt,
  clues: [
    gatewaySays([restText], `(?:Execution failed due to configuration error: )?${restText}`, 'messages.md §2'),
    gatewaySays([roleText], `(?:Execution failed due to configuration error: )?API Gateway does not have ${roleText}`, 'messages.md §2'),
    gatewaySays(
      [toldText],
      `(?:Execution failed due to configuration error: )?(?:The )?API Gateway (?:does not|doesn.t) have permissions? to (?:invoke|call)`,
      'messages.md §2, §6 (in other words)',
    ),
    accessSays([httpRoleText], `doesn.t have ${httpRoleText}`, 'messages.md §9'),
    accessSays([restText, httpText], `${restText}|doesn.t have permissions to call the integration`, 'messages.md §2, §6'),
    accessSays(['API_CONFIGURATION_ERROR'], String.raw`\bAPI_CONFIGURATION_ERROR\b`, 'messages.md §8', [
      'AUTHORIZER',
      'PKIX',
      'Host name',
      'mapping',
      'transform',
      'decode',
      'Illegal',
      'Invalid endpoint',
      'Rate Exceeded',
      'Function not found',
    ]),
    {
      kind: 'shape',
      in: 'gatewayMetrics',
      shape: failures,
      title: 'the stage answers with 5xx',
      source: 'causes.md, lambda-permission-missing (Metrics)',
    },
    {
      kind: 'shape',
      in: 'functionPolicy',
      shape: noGrant,
      title: 'a policy has no statement that names this API',
      source: 'causes.md, lambda-permission-missing (Confirm)',
    },
  ],
  confirm,
  healed,
  advice,
});

function noGrant(policy: FunctionPolicy, at: StageRef): string | undefined {
  const all = Object.entries(policy.policies);
  const without = all.find(([, p]) => p === 'absent' || !p.statements.some((s) => s.effect === 'Allow' && speaksOf(s.conditions, at)));
  return without && `the policy of ${without[0]} has no statement that names this API`;
}
const speaksOf = (conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>, at: StageRef): boolean => {
  const sources = Object.values(conditions).flatMap((keys) => keys['aws:sourcearn'] ?? []);
  return (
    sources.length === 0 ||
    sources.some((arn) => arn.includes('/') && (arn.includes(at.apiId) || arn.includes(':*/') || arn.startsWith('*')))
  );
};

interface Judged {
  readonly f: DeployedFunction;
  readonly barred?: Barred;
  readonly open?: string;
}

function confirm(e: Seen, at: StageRef): Verdict<PermissionFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  const functions = functionsOf(e.deployedApi.value)
    .map((f) => ({ ...f, routes: f.routes.filter((r) => r.integration.credentials === undefined) }))
    .filter((f) => f.routes.length > 0);
  if (roleSuspected(e, at)) return agreeing({ functions: [] }, lacking('roles', e.roles));
  if (functions.length === 0)
    return (
      roleVerdict(e) ?? ruledOut(ref('deployedApi', e.deployedApi, 'no deployed route calls a Lambda function by its resource policy'))
    );
  if (e.functionPolicy.state === 'missing') return unproven(lacking('functionPolicy', e.functionPolicy));
  const judged = functions.map((f) => judge(f, e, at));
  const barred = judged.flatMap((j) => (j.barred ? [{ f: j.f, facts: j.barred }] : []));
  const open = judged.flatMap((j) => (j.open === undefined ? [] : [j.open]));
  if (barred.length === 0)
    return open.length > 0
      ? unproven(lacking('functionPolicy', e.functionPolicy, open.join('; ')))
      : ruledOut(
          ref(
            'functionPolicy',
            e.functionPolicy,
            `the policies let API Gateway call ${listed(functions.map((f) => f.key))} for every deployed route`,
          ),
        );
  return relate(barred, e);
}

function judge(f: DeployedFunction, e: Seen, at: StageRef): Judged {
  const policy = e.functionPolicy.state === 'got' ? e.functionPolicy.value.policies[f.key] : undefined;
  const exists = e.functionConfig.state === 'got' ? e.functionConfig.value.functions[f.key]?.exists : undefined;
  if (exists === false) return { f }; // lambda-not-found: there is nothing to call
  if (policy === undefined) return { f, open: `the policy of ${f.key} could not be read` };
  if (policy === 'absent' && exists === undefined)
    return { f, open: `whether ${f.key} exists could not be read, so "no policy" may mean "no function"` };
  const answers = f.routes.map((route) => ({ route, may: mayRoute(policy, at, route, f.ref) }));
  const shut = answers.filter(({ may }) => may === 'noStatement' || may === 'denied');
  if (shut.length === 0)
    return answers.some(({ may }) => may === 'unclear') ? { f, open: `a condition in the policy of ${f.key} cannot be evaluated` } : { f };
  return {
    f,
    barred: {
      ref: f.ref,
      routes: shut.map(({ route }) => ({ method: route.method, path: route.path, sourceArn: sourceArnOf(at, route) })),
      explicitDeny: shut.some(({ may }) => may === 'denied'),
    },
  };
}

/** The policy is a fact; that it is *this burst's* fault needs a sign: the gateway's line, or numbers that say calls never arrived. */
function relate(barred: readonly { readonly f: DeployedFunction; readonly facts: Barred }[], e: Seen): Verdict<PermissionFacts> {
  const burst = e.deployedApi.state === 'got' ? burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics) : undefined;
  const said = [e.executionLog, e.accessLog].some(saysSo);
  const isFault = faultOf(burst, said, e.functionMetrics);
  const related = barred.filter(({ f }) => isFault(f));
  const facts: PermissionFacts = { functions: (related.length > 0 ? related : barred).map((b) => b.facts) };
  if (related.length === 0)
    return agreeing(
      facts,
      lacking(
        'gatewayMetrics',
        e.gatewayMetrics,
        burst
          ? 'routes without a grant exist, but the failures of this burst are not theirs'
          : 'routes without a grant exist; whether they are the ones that fail is not seen yet',
      ),
    );
  const by = facts.functions.map((b) => ref('functionPolicy', e.functionPolicy, sentence(b)));
  return confirmed(
    facts,
    [
      ...by,
      ...numbers(
        related.map((r) => r.f),
        e,
        burst?.minutes,
      ),
    ],
    burst?.unexplained,
  );
}
/** Not in the authorizer's phase: there the same words mean the authorizer's function, and a statement added here would mend nothing. */
const saysSo = (log: Evidence<LogLines>): boolean =>
  log.state === 'got' &&
  besidesAuthorizer(log.value.lines).some(
    ({ text }) =>
      !text.includes('AUTHORIZER_') && (text.includes(restText) || text.includes(httpText) || text.includes('API_CONFIGURATION_ERROR')),
  );

const sentence = (b: Barred): string =>
  `the policy of ${functionKey(b.ref)} ${b.explicitDeny ? 'denies' : 'has no statement for'} ${b.routes.length > 3 ? counted(b.routes.length, 'deployed route') : listed(b.routes.map(nameOf))}`;

function numbers(functions: readonly DeployedFunction[], e: Seen, minutes: readonly number[] | undefined) {
  if (!minutes || e.functionMetrics.state === 'missing') return [];
  const metrics = e.functionMetrics.value.functions;
  return [
    ref(
      'functionMetrics',
      e.functionMetrics,
      functions
        .map((f) => `${f.key} was invoked ${inBurst(metrics[f.key], minutes)?.invocations ?? 0} times in the failing minutes`)
        .join('; '),
    ),
  ];
}

/** Healed when calls come through: the policy lets the routes through and the function was invoked since. What the code then does is another cause's matter. */
function healed(e: Seen, at: StageRef, sinceAt: number, facts: PermissionFacts): Healed {
  if (e.functionPolicy.state === 'missing') return { is: 'tooEarly', missing: [lacking('functionPolicy', e.functionPolicy)] };
  const policies = e.functionPolicy.value.policies;
  const shut = facts.functions.filter((f) =>
    f.routes.some((route) => !['allowed', 'unclear'].includes(mayRoute(policies[functionKey(f.ref)] ?? 'absent', at, route, f.ref))),
  );
  if (shut.length > 0) return { is: 'stillThere', by: shut.map((b) => ref('functionPolicy', e.functionPolicy, sentence(b))) };
  const barred = stillBarred(e, facts.roles ?? []);
  if (barred.length > 0) return { is: 'stillThere', by: barred };
  const keys = [...facts.functions.map((f) => functionKey(f.ref)), ...calledByRole(facts.roles ?? [])];
  const counts = keys.map((key) => ({ key, invoked: functionSince(e.functionMetrics, key, sinceAt)?.invocations ?? 0 }));
  if (eachOf(counts, ({ invoked }) => invoked >= successesNeeded))
    return {
      is: 'healed',
      by: [
        ref('functionMetrics', e.functionMetrics, counts.map(({ key, invoked }) => `${key} was invoked ${invoked} times since`).join('; ')),
      ],
    };
  return nothingArrives(
    e,
    sinceAt,
    eachOf(counts, ({ invoked }) => invoked === 0),
  );
}

/** IAM's effect lags by seconds, up to a minute (fixes.md §1): still no call after two whole minutes of failing requests is no lag any more. */
function nothingArrives(e: Seen, sinceAt: number, none: boolean): Healed {
  const gateway = gatewaySince(e.gatewayMetrics, sinceAt + 60_000);
  if (none && gateway && gateway.minutes >= 2 && gateway.failures >= successesNeeded && e.functionMetrics.state === 'got')
    return {
      is: 'stillThere',
      by: [ref('gatewayMetrics', e.gatewayMetrics, `${gateway.failures} requests failed since, and the function was not invoked`)],
    };
  return {
    is: 'tooEarly',
    missing: [lacking('functionMetrics', e.functionMetrics, `fewer than ${successesNeeded} invocations are seen since the change`)],
  };
}

function advice(facts: PermissionFacts | undefined, at: StageRef): Advice {
  const denied = facts?.functions.some((f) => f.explicitDeny) ?? false;
  const role = facts?.roles?.[0];
  if (role) return roleAdvice(role);
  return {
    summary: denied
      ? "A Deny statement in the function's policy shuts API Gateway out; somebody put it there."
      : `The function's policy does not let API stage ${at.apiId}/${at.stage} call it.`,
    steps: denied
      ? [
          'Find out who added the Deny statement, and why, before it is removed.',
          'Remove it with RemovePermission, or in the code that made it.',
        ]
      : [
          'Find out what removed the statement: a deploy that replaced the function, the alias or the permission.',
          'Add it again, on the qualifier the deployed integration names.',
          'Keep it in the code that deploys the function, so that the next deploy does not lose it.',
        ],
    snippets: denied ? (facts?.functions ?? []).slice(0, 1).map((f) => seePolicy(f.ref)) : letIn(facts),
  };
}
const seePolicy = (of: FunctionRef) =>
  bash(`See the policy of ${functionKey(of)}`, `aws lambda get-policy ${functionArgs(of)} --query Policy --output text`);
function letIn(facts: PermissionFacts | undefined): Advice['snippets'] {
  const all = facts?.functions ?? [];
  const [first] = all;
  const arn = first?.routes[0]?.sourceArn;
  return [
    ...all.map((f) =>
      bash(`Let API Gateway call ${functionKey(f.ref)}`, ...f.routes.slice(0, 5).map((route, n) => command(f.ref, route.sourceArn, n))),
    ),
    ...(first && arn !== undefined ? permissionInCode(first.ref.name, first.ref.qualifier, arn) : []),
  ];
}
const command = (to: FunctionRef, sourceArn: string, n: number): string =>
  `aws lambda add-permission ${functionArgs(to)} --statement-id by-hand-${n + 1} --action lambda:InvokeFunction --principal apigateway.amazonaws.com --source-arn ${shell(sourceArn)}`;

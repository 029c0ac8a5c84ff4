// API Gateway may not call the authorizer's function: its policy has no statement for `…/authorizers/{id}`. The log line is the same as
// for a route's function, and a permission added there would mend nothing: told apart by the phase and by the policies.
import { functionKey, type FunctionRef, type StageRef } from '../model/api.ts';
import { bash, functionArgs, listed, shell } from '../model/advice.ts';
import { permissionInCode } from './signs/code-of-functions.ts';
import {
  asksFunctions,
  authorizerClues,
  authorizerSays,
  barredHttpText,
  barredText,
  roleHttpText,
  roleText,
} from './signs/authorizer-said.ts';
import { burstOf, faultOf, type Burst } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays } from './signs/clue-lines.ts';
import { wasLookedAt, type EvidenceSet, type MissingRef } from '../model/evidence.ts';
import type { AuthorizerPermissionFacts } from '../model/facts/authorizer.ts';
import type { AuthorizerFact } from '../model/kinds/authorizer.ts';
import { authorizerArnOf, mayAuthorizer } from '../model/policy.ts';
import { inBurst, minuteMs, sum } from '../model/series.ts';
import { functionSince, gatewaySince, successesNeeded } from './signs/since.ts';

const looksAt = [
  'deployedApi',
  'authorizers',
  'authorizerMetrics',
  'functionMetrics',
  'gatewayMetrics',
  'executionLog',
  'accessLog',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Barred = AuthorizerPermissionFacts['authorizers'][number];

export default cause({
  id: 'authorizer-permission',
  title: 'API Gateway is not allowed to call the authorizer',
  about: {
    is: 'The policy of the Lambda authorizer’s function has no statement that lets API Gateway call it as this authorizer, or the authorizer’s role cannot be assumed. Every request that asks it fails with 500.',
    told: 'The function’s policy is held against the authorizer’s own source ARN (`…/authorizers/{id}`, without a stage); a log line of the authorizer’s phase, or an authorizer that was never invoked while requests reached no route’s function, says that this is what fails.',
    withoutLogs: 'Confirmed all the same: the policy and the metrics are enough.',
  },
  looksAt,
  clues: [accessSays([barredHttpText, roleHttpText], `${barredHttpText}|${roleHttpText}`, 'messages.md §6'), ...authorizerClues],
  confirm,
  healed,
  advice,
});

function confirm(e: Seen, at: StageRef): Verdict<AuthorizerPermissionFacts> {
  const said = authorizerSays(e, [barredText, roleText], [barredHttpText, roleHttpText, ...(barredInAccess(e) ? [barredText] : [])]);
  if (e.deployedApi.state === 'got' && !asksFunctions(e.deployedApi.value) && said === undefined)
    return ruledOut(ref('deployedApi', e.deployedApi, 'no Lambda authorizer stands before a route'));
  if (e.authorizers.state === 'missing') return open(lacking('authorizers', e.authorizers), said);
  const { authorizers, edited, notHad } = e.authorizers.value;
  const judged = authorizers.map((one) => judge(one, at));
  const barred = judged.flatMap((j) => (j.barred ? [j.barred] : []));
  const likely = [...barred, ...judged.flatMap((j) => (j.likely ? [j.likely] : []))];
  if (!wasLookedAt(e.authorizerMetrics)) return open(lacking('authorizerMetrics', e.authorizerMetrics), said, likely);
  const unsettled = [...judged.flatMap((j) => (j.open === undefined ? [] : [j.open])), ...Object.values(notHad ?? {}).map((m) => m.detail)];
  if (barred.length > 0) return relate(e, barred, said, edited === true);
  return unsettled.length > 0
    ? open(lacking('authorizers', e.authorizers, unsettled.join('; ')), said, likely)
    : ruledOut(ref('authorizers', e.authorizers, `the policies let API Gateway call ${listed(authorizers.map((a) => a.name))}`));
}

/** Not proven; what the gateway said of the authorizer agrees with it, and so does a policy that lets nobody call it. */
const open = (lack: MissingRef, said: string | undefined, likely: readonly Barred[] = []): Verdict<AuthorizerPermissionFacts> =>
  said === undefined && likely.length === 0 ? unproven(lack) : agreeing({ authorizers: likely }, lack);

/** An access log says "Invalid permissions" of a route as well; only beside the authorizer's own response type is it the authorizer's. */
const barredInAccess = (e: Seen): boolean =>
  e.accessLog.state === 'got' && e.accessLog.value.lines.some((l) => l.text.includes(barredText) && l.text.includes('AUTHORIZER_'));

interface Judged {
  readonly barred?: Barred;
  /** Shut out, unless its function is not there at all. */
  readonly likely?: Barred;
  readonly open?: string;
}

function judge(one: AuthorizerFact, at: StageRef): Judged {
  const { name, function: to, credentials, fact, policy } = one;
  if (!to || fact?.exists === false) return {}; // nothing there to call: authorizer-error
  if (credentials !== undefined) return { open: `${name} is called with the role ${credentials}, whose policies are not read` };
  if (policy === undefined) return { open: `the policy of ${functionKey(to)} could not be read` };
  if (policy === 'absent' && fact === undefined)
    return {
      open: `whether ${functionKey(to)} exists could not be read, so "no policy" may mean "no function"`,
      likely: shutOut(one, to, at),
    };
  const may = mayAuthorizer(policy, at, one.id, to);
  if (may === 'allowed') return {};
  if (may === 'unclear')
    return {
      open:
        one.id === undefined
          ? `the id of ${name} could not be read`
          : `a condition in the policy of ${functionKey(to)} cannot be evaluated`,
    };
  return { barred: shutOut(one, to, at, may === 'denied') };
}

const shutOut = ({ name, id }: AuthorizerFact, to: FunctionRef, at: StageRef, explicitDeny = false): Barred => ({
  name,
  ref: to,
  ...(id === undefined ? {} : { id, sourceArn: authorizerArnOf(at, id) }),
  explicitDeny,
});

/** The policy is a fact; that it is this burst's fault needs a sign: the gateway's words, or an authorizer that was never invoked. */
function relate(e: Seen, barred: readonly Barred[], said: string | undefined, edited: boolean): Verdict<AuthorizerPermissionFacts> {
  const burst = e.deployedApi.state === 'got' ? burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics) : undefined;
  const uninvoked = barred.filter((b) => (invocations(e, b, burst) ?? 0) === 0);
  if (uninvoked.length === 0)
    return ruledOut(ref('authorizerMetrics', e.authorizerMetrics, 'the authorizer was invoked in the failing minutes'));
  const silent = barred.filter((b) => invocations(e, b, burst) === 0 || fellShort(e, b, burst));
  const isFault = faultOf(burst, said !== undefined, e.authorizerMetrics);
  const related = (said === undefined ? silent : uninvoked).filter((b) => b.ref !== undefined && isFault({ key: functionKey(b.ref) }));
  const facts = { authorizers: related.length > 0 ? related : uninvoked };
  if (edited || related.length === 0)
    return agreeing(
      facts,
      edited
        ? lacking('deployedApi', e.deployedApi, 'only the edited authorizers could be read, not what the stage serves')
        : lacking('gatewayMetrics', e.gatewayMetrics, 'an authorizer may not be called; whether that is what fails is not seen yet'),
    );
  return confirmed(
    facts,
    [
      ...facts.authorizers.map((b) => ref('authorizers', e.authorizers, sentence(b))),
      ...(silent.length > 0 && e.authorizerMetrics.state === 'got'
        ? [ref('authorizerMetrics', e.authorizerMetrics, 'the authorizer was not invoked any more in the failing minutes')]
        : []),
    ],
    burst?.unexplained,
  );
}

/**
 * Invocations after the burst's first minute, in which the permission may still have been there; undefined while there is no more
 * than that. Lambda publishes nothing for a function that is not called: no datapoint over the whole span is no invocation.
 */
function invocations(e: Seen, b: Barred, burst: Burst | undefined): number | undefined {
  const minutes = burst?.minutes.slice(1) ?? [];
  if (minutes.length === 0 || !b.ref) return undefined;
  if (e.authorizerMetrics.state === 'missing') return e.authorizerMetrics.why === 'empty' ? 0 : undefined;
  return inBurst(e.authorizerMetrics.value.functions[functionKey(b.ref)], minutes)?.invocations ?? 0;
}

/** A share of the failures from which on a sign is more than noise. */
const half = 0.5;

/** In the burst's only minute so far: invoked less than before it, by as much as fails. */
function fellShort(e: Seen, b: Barred, burst: Burst | undefined): boolean {
  const series =
    b.ref && e.authorizerMetrics.state === 'got' ? e.authorizerMetrics.value.functions[functionKey(b.ref)]?.invocations : undefined;
  const [first, ...more] = burst?.minutes ?? [];
  if (!series || !burst || first === undefined || more.length > 0) return false;
  const before = series.at.filter((at) => at < first).length;
  const usual = before === 0 ? 0 : sum(series, -Infinity, first) / before;
  return burst.unexplained > 0 && usual - sum(series, first, first + minuteMs) >= half * burst.unexplained;
}

const sentence = (b: Barred): string =>
  `the policy of ${b.ref ? functionKey(b.ref) : b.name} ${b.explicitDeny ? 'denies' : 'has no statement for'} authorizer ${b.name}${b.sourceArn === undefined ? '' : ` (${b.sourceArn})`}`;

/** Healed when the policy lets it through, the authorizer was invoked since, and requests succeed. */
function healed(e: Seen, at: StageRef, sinceAt: number, facts: AuthorizerPermissionFacts): Healed {
  if (e.authorizers.state === 'missing') return { is: 'tooEarly', missing: [lacking('authorizers', e.authorizers)] };
  const now = e.authorizers.value.authorizers;
  const still = facts.authorizers.filter((b) => now.some((one) => one.name === b.name && judge(one, at).barred !== undefined));
  if (still.length > 0) return { is: 'stillThere', by: still.map((b) => ref('authorizers', e.authorizers, sentence(b))) };
  const invoked = facts.authorizers.filter(
    (b) => b.ref && (functionSince(e.authorizerMetrics, functionKey(b.ref), sinceAt)?.invocations ?? 0) > 0,
  );
  const gateway = gatewaySince(e.gatewayMetrics, sinceAt);
  if (
    facts.authorizers.length > 0 &&
    invoked.length === facts.authorizers.length &&
    gateway &&
    gateway.requests - gateway.failures >= successesNeeded
  )
    return {
      is: 'healed',
      by: [
        ref('authorizerMetrics', e.authorizerMetrics, `${listed(invoked.map((b) => b.name))} was invoked since`),
        ref('gatewayMetrics', e.gatewayMetrics, `${gateway.requests - gateway.failures} requests succeeded since`),
      ],
    };
  return { is: 'tooEarly', missing: [lacking('authorizerMetrics', e.authorizerMetrics, 'the authorizer was not seen invoked since')] };
}

function advice(facts: AuthorizerPermissionFacts | undefined, at: StageRef): Advice {
  const all = facts?.authorizers ?? [];
  const denied = all.some((b) => b.explicitDeny);
  return {
    summary: denied
      ? "A Deny statement in the authorizer function's policy shuts API Gateway out; somebody put it there."
      : `API Gateway may not call the authorizer${all.length === 0 ? '' : ` ${listed(all.map((b) => b.name))}`} of ${at.apiId}/${at.stage}: no request gets past it.`,
    steps: denied
      ? ['Find out who added the Deny statement, and why, before it is removed.']
      : [
          'Add the permission on the authorizer’s function, with the source ARN of the authorizer. It has no stage and no route in it: a permission for a route does not cover it.',
          'If the authorizer is called with a role, see that API Gateway may assume the role and that the role may invoke the function.',
          'Keep it in the code that deploys the authorizer, so that the next deploy does not lose it. Never take the authorizer off the routes to get going again.',
        ],
    snippets: denied
      ? all.slice(0, 1).flatMap((b) => (b.ref ? [seePolicy(b.ref)] : []))
      : all.length === 0
        ? [bash('Find the authorizer, its id and its function', listCommand(at))]
        : all.flatMap((b, n) =>
            b.ref && b.sourceArn !== undefined
              ? [
                  bash(
                    `Let API Gateway call ${functionKey(b.ref)} as ${b.name}`,
                    `aws lambda add-permission ${functionArgs(b.ref)} --statement-id authorizer-by-hand-${n + 1} --action lambda:InvokeFunction --principal apigateway.amazonaws.com --source-arn ${shell(b.sourceArn)}`,
                  ),
                  ...(n === 0 ? permissionInCode(b.ref.name, b.ref.qualifier, b.sourceArn) : []),
                ]
              : [],
          ),
  };
}

const seePolicy = (of: FunctionRef) =>
  bash(`See the policy of ${functionKey(of)}`, `aws lambda get-policy ${functionArgs(of)} --query Policy --output text`);
const listCommand = (at: StageRef): string =>
  at.apiType === 'REST'
    ? `aws apigateway get-authorizers --rest-api-id ${shell(at.apiId)} --region ${shell(at.region)}`
    : `aws apigatewayv2 get-authorizers --api-id ${shell(at.apiId)} --region ${shell(at.region)}`;

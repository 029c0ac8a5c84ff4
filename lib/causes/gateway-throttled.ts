// API Gateway itself turns requests away: a limit of the stage, a usage plan or the account. That is 429, not 5xx, unless the owner
// rewrote the gateway's answer; a limit of 0 (left so by infrastructure code) turns everything away.
import { bash, listed, stageArgs } from '../model/advice.ts';
import { throttlingInCode } from './signs/code-of-gateway.ts';
import type { StageRef } from '../model/api.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { gatewaySays } from './signs/clue-lines.ts';
import type { EvidenceRef, EvidenceSet } from '../model/evidence.ts';
import type { GatewayThrottledFacts } from '../model/facts/gateway.ts';
import type { DeployedApi, GatewayMetrics } from '../model/kinds/api.ts';
import type { ApiSettings } from '../model/kinds/gateway.ts';
import { failingMinutes, peak, sumIn } from '../model/series.ts';
import { worksAgain } from './signs/turned-away.ts';

const looksAt = ['deployedApi', 'apiSettings', 'accountLimits', 'gatewayMetrics', 'functionMetrics'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Stage = Pick<DeployedApi, 'throttling' | 'gatewayResponses'>;
type Limit = GatewayThrottledFacts['limits'][number];

/** Gateway responses that a throttled request is answered with, the nearest first (messages.md §1). */
const answeredBy = ['THROTTLED', 'QUOTA_EXCEEDED', 'DEFAULT_4XX'] as const;
/** Requests a second are averages of a minute: a stage that is throttled stands close to its limit, seldom at it. */
const close = 0.9;

export default cause({
  id: 'gateway-throttled',
  title: 'API Gateway itself throttles',
  about: {
    is: 'A limit of the stage, of a usage plan or of the account turns requests away: 429, or a 5xx where the owner rewrote that answer. A limit of 0 turns everything away.',
    told: 'The stage has a limit of 0 and requests are refused; or the answer is rewritten to 5xx, the requests stand at the limit, and the functions behind are not called for those that fail.',
    withoutLogs: 'Confirmed all the same where the stage’s own settings say it; a usage plan’s limit is seen in logs only.',
  },
  looksAt,
  clues: [
    gatewaySays(
      ['throttle limit exceeded', 'quota limit exceeded'],
      '(?:Key|Usage Plan)? ?(?:throttle|quota) limit exceeded for',
      'messages.md §2, §9',
    ),
    {
      kind: 'line',
      in: ['access'],
      gates: ['THROTTLED', 'QUOTA_EXCEEDED'],
      line: /(?:^|[^A-Z_])(?:THROTTLED|QUOTA_EXCEEDED)(?:[^A-Z_]|$)/,
      source: 'messages.md §1',
    },
    {
      kind: 'line',
      in: ['access'],
      gates: ['Too Many Requests', 'Limit Exceeded'],
      line: /"message": ?"(?:Too Many Requests|Limit Exceeded)"|\bstatus=429 body=.{0,100}(?:Too Many Requests|Limit Exceeded)/,
      unless: ['INTEGRATION_FAILURE'],
      source: 'messages.md §1 (THROTTLED, QUOTA_EXCEEDED)',
    },
    {
      kind: 'shape',
      in: 'deployedApi',
      shape: (api) => suspicious(api),
      title: 'a limit of the stage is 0, or a throttled request is answered with 5xx',
      source: 'causes.md, gateway-throttled (Confirm)',
    },
    {
      kind: 'shape',
      in: 'apiSettings',
      shape: (settings: ApiSettings) => settings.stage && suspicious(settings.stage),
      title: 'a limit of the stage is 0',
      source: 'causes.md, gateway-throttled (Confirm)',
    },
  ],
  confirm,
  healed,
  advice,
});

function suspicious(stage: Stage): string | undefined {
  const [zero] = zeroIn(stage);
  if (zero) return `the limit of ${named(zero)} is ${zero.rate ?? '-'} requests a second, ${zero.burst ?? '-'} at once`;
  const as = rewrittenIn(stage);
  return as && `a throttled request is answered with ${as.status} (${as.type})`;
}

const limitsIn = (stage: Stage): readonly Limit[] => Object.entries(stage.throttling ?? {}).map(([route, limit]) => ({ route, ...limit }));
const zeroIn = (stage: Stage): readonly Limit[] => limitsIn(stage).filter((l) => l.rate === 0 || l.burst === 0);
const named = (limit: Limit): string => (limit.route === '*' ? 'the stage' : limit.route);

/** The answer to a throttled request, where the owner made a 5xx of it. */
function rewrittenIn(stage: Stage): GatewayThrottledFacts['rewritten'] {
  const type = answeredBy.find((name) => stage.gatewayResponses?.[name] !== undefined);
  const status = type && stage.gatewayResponses?.[type];
  return type && status?.startsWith('5') ? { type, status } : undefined;
}

function stageOf(e: Seen): { readonly stage: Stage; readonly from: 'deployedApi' | 'apiSettings' } | undefined {
  if (e.deployedApi.state === 'got') return { stage: e.deployedApi.value, from: 'deployedApi' };
  const settings = e.apiSettings.state === 'got' ? e.apiSettings.value.stage : undefined;
  return settings && { stage: settings, from: 'apiSettings' };
}

/** What the gateway turned away in the newest minute (the newest that failed, if any did), at most: 4xx, and 5xx where throttling is answered so. */
function refusals(gateway: GatewayMetrics, rewritten: boolean): { readonly requests: number; readonly refused: number } {
  const newest = [failingMinutes(gateway).at(-1) ?? gateway.count.at.at(-1) ?? 0];
  return {
    requests: sumIn(gateway.count, newest),
    refused: sumIn(gateway.clientErrors, newest) + (rewritten ? sumIn(gateway.serverErrors, newest) : 0),
  };
}

function confirm(e: Seen): Verdict<GatewayThrottledFacts> {
  const found = stageOf(e);
  if (!found) return unproven(lacking('deployedApi', e.deployedApi));
  const { stage, from } = found;
  const rewritten = rewrittenIn(stage);
  const gateway = e.gatewayMetrics.state === 'got' ? e.gatewayMetrics.value : undefined;
  const peakCount = gateway && peak(gateway.count);
  const perSecond = peakCount === undefined ? undefined : peakCount / 60;
  const more = { ...(rewritten ? { rewritten } : {}), ...(perSecond === undefined ? {} : { perSecond }) };
  const zero = zeroIn(stage);
  const by = (says: string): EvidenceRef => ref(from, from === 'deployedApi' ? e.deployedApi : e.apiSettings, says);
  if (zero.length > 0) return judgeZero({ limits: zero, of: 'stage', ...more }, gateway, e, by);
  return judgeLimit({ limits: reached(stage, perSecond), of: 'stage', ...more }, gateway, e, by);
}

/** Limits of the stage that the requests of the busiest minute stand at. -1 is AWS's word for none. */
const reached = (stage: Stage, perSecond: number | undefined): readonly Limit[] =>
  perSecond === undefined ? [] : limitsIn(stage).filter((l) => l.rate !== undefined && l.rate > 0 && perSecond >= close * l.rate);

type By = (says: string) => EvidenceRef;

/** A limit of 0 refuses every call it covers. Numbers that say otherwise mean that nobody calls what it covers. */
function judgeZero(facts: GatewayThrottledFacts, gateway: GatewayMetrics | undefined, e: Seen, by: By): Verdict<GatewayThrottledFacts> {
  const all = facts.limits.some((l) => l.route === '*');
  // a route may have a limit of its own: unseen, the stage's 0 is certain only where none has
  const certain = all && limitsIn(stageOf(e)?.stage ?? {}).length === facts.limits.length;
  const seen = gateway && refusals(gateway, facts.rewritten !== undefined);
  const agrees = seen === undefined ? certain : seen.refused >= (all ? close * seen.requests : 1) && seen.refused > 0;
  const failing = gateway !== undefined && failingMinutes(gateway).length > 0;
  if (!agrees || (failing && !facts.rewritten))
    return {
      is: 'unproven',
      missing: [
        lacking(
          'gatewayMetrics',
          e.gatewayMetrics,
          `the limit of ${listed(facts.limits.map(named))} is 0, but what fails now is not refused by it`,
        ),
      ],
      ...(failing ? {} : { facts }),
    };
  return confirmed(
    facts,
    [
      by(
        `the limit of ${listed(facts.limits.map(named))} is 0: every request to it is refused${facts.rewritten ? ` with ${facts.rewritten.status}` : ' with 429'}`,
      ),
    ],
    gateway && sumIn(gateway.serverErrors, failingMinutes(gateway)),
  );
}

function judgeLimit(facts: GatewayThrottledFacts, gateway: GatewayMetrics | undefined, e: Seen, by: By): Verdict<GatewayThrottledFacts> {
  if (!gateway) return unproven(lacking('gatewayMetrics', e.gatewayMetrics));
  const account = e.accountLimits.state === 'got' ? e.accountLimits.value.rate : undefined;
  const ofAccount = account !== undefined && (facts.perSecond ?? 0) >= close * account;
  if (facts.limits.length === 0 && !ofAccount)
    return unproven(
      lacking(
        'gatewayMetrics',
        e.gatewayMetrics,
        'the requests do not stand at a limit of the stage or the account; a usage plan’s limit is not read',
      ),
    );
  const at: GatewayThrottledFacts =
    ofAccount && facts.limits.length === 0 ? { ...facts, limits: [{ route: '*', rate: account }], of: 'account' } : facts;
  const minutes = failingMinutes(gateway);
  const failures = sumIn(gateway.serverErrors, minutes);
  if (minutes.length === 0 || !at.rewritten)
    return minutes.length > 0
      ? ruledOut(by('a throttled request is answered with 429, and what fails is answered with 5xx'))
      : agreeing(at, lacking('gatewayMetrics', e.gatewayMetrics, 'the requests stand at the limit; that they are refused is not seen'));
  const taken =
    e.functionMetrics.state === 'got'
      ? Object.values(e.functionMetrics.value.functions).reduce((n, f) => n + sumIn(f.invocations, minutes), 0)
      : undefined;
  const away = taken === undefined ? undefined : sumIn(gateway.count, minutes) - taken;
  if (away === undefined || away < close * failures)
    return agreeing(at, lacking('functionMetrics', e.functionMetrics, 'whether the requests that fail reach a function is not seen'));
  return confirmed(
    at,
    [
      by(
        `${(at.perSecond ?? 0).toFixed(1)} requests a second stand at the limit of ${at.limits.map((l) => `${l.rate ?? '-'} for ${named(l)}`).join(', ')}, and a throttled request is answered with ${at.rewritten.status} (${at.rewritten.type})`,
      ),
      ref('gatewayMetrics', e.gatewayMetrics, `${Math.round(away)} requests of the failing minutes reached no function`),
    ],
    failures,
  );
}

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: GatewayThrottledFacts): Healed {
  const found = stageOf(e);
  if (!found) return { is: 'tooEarly', missing: [lacking('deployedApi', e.deployedApi)] };
  const by = (says: string): EvidenceRef => ref(found.from, found.from === 'deployedApi' ? e.deployedApi : e.apiSettings, says);
  const still = zeroIn(found.stage).filter((l) => facts.limits.some((was) => was.route === l.route));
  if (still.length > 0) return { is: 'stillThere', by: [by(`the limit of ${listed(still.map(named))} is still 0`)] };
  return worksAgain(e.gatewayMetrics, sinceAt, by('no limit of the stage is 0'));
}

/** Half as much again as comes in, and as much at once; only where the backend takes it. */
function raised(at: StageRef, { limits, perSecond = 0 }: GatewayThrottledFacts): Advice['snippets'] {
  const rate = Math.ceil(1.5 * Math.max(perSecond, limits[0]?.rate ?? 0, 1));
  const set =
    at.apiType === 'REST'
      ? `aws apigateway update-stage ${stageArgs(at)} --patch-operations 'op=replace,path=/*/*/throttling/rateLimit,value=${rate}' 'op=replace,path=/*/*/throttling/burstLimit,value=${rate}'`
      : `aws apigatewayv2 update-stage ${stageArgs(at)} --default-route-settings ThrottlingRateLimit=${rate},ThrottlingBurstLimit=${rate}`;
  return [bash(`Raise it to ${rate} a second (only if the backend takes that)`, set), ...throttlingInCode(at, rate, rate)];
}

function advice(facts: GatewayThrottledFacts | undefined, at: StageRef): Advice {
  const [limit] = facts?.limits ?? [];
  const zero = limit?.rate === 0 || limit?.burst === 0;
  return {
    summary: limit
      ? zero
        ? `The limit of ${named(limit)} is 0: API Gateway refuses every request to it.`
        : `Requests stand at the limit of ${named(limit)} (${limit.rate ?? '-'} a second${facts?.of === 'account' ? ', the whole account’s' : ''}).`
      : 'API Gateway refuses requests because a limit is reached: the stage’s, a usage plan’s or the account’s.',
    steps: [
      ...(facts?.rewritten
        ? [
            `The gateway response ${facts.rewritten.type} is rewritten to ${facts.rewritten.status}: set it back to 429, so that clients slow down and alarms of 5xx stay true.`,
          ]
        : []),
      zero
        ? 'Set the limit. A limit of 0 is often left behind by infrastructure code that sets any other default route setting: set both rate and burst there.'
        : 'Find out who calls so often before the limit is raised: it may be what protects the backend.',
      ...(facts?.of === 'account'
        ? ['The limit is shared by all APIs of the account and Region: ask for more under Service Quotas (L-8A5B8E43).']
        : []),
      ...(limit ? [] : ['Look at the usage plans of the API key that was refused.']),
    ],
    snippets: [
      bash(
        'See the limits of the stage',
        at.apiType === 'REST'
          ? `aws apigateway get-stage ${stageArgs(at)} --query methodSettings`
          : `aws apigatewayv2 get-stage ${stageArgs(at)} --query DefaultRouteSettings`,
      ),
      ...(zero
        ? [
            bash(
              'Set it to the account’s usual limit',
              at.apiType === 'REST'
                ? `aws apigateway update-stage ${stageArgs(at)} --patch-operations 'op=replace,path=/*/*/throttling/rateLimit,value=10000' 'op=replace,path=/*/*/throttling/burstLimit,value=5000'`
                : `aws apigatewayv2 update-stage ${stageArgs(at)} --default-route-settings ThrottlingRateLimit=10000,ThrottlingBurstLimit=5000`,
            ),
            ...throttlingInCode(at, 10_000, 5000),
          ]
        : []),
      ...(!zero && facts?.of === 'stage' ? raised(at, facts) : []),
    ],
  };
}

// The gateway stopped waiting: the slowest answers stand at the deployed timeout. The backend may still be running, so side
// effects are possible; the function itself reports no error.
import { functionKey, type StageRef } from '../model/api.ts';
import { bash, counted, listed, shell } from '../model/advice.ts';
import { integrationInCode, integrationV2InCode } from './signs/code-of-gateway.ts';
import { burstOf, type Burst } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { failedRequests } from './signs/access-request.ts';
import { answeredMinutes, ceilingOf, endedMinutes, reaches, slowAnswers } from './signs/ceiling.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import { functionsOf, nameOf, timeoutsOf } from '../model/deployed.ts';
import type { EvidenceSet, Got } from '../model/evidence.ts';
import type { IntegrationTimeoutFacts } from '../model/facts/lambda.ts';
import type { DeployedApi, GatewayMetrics } from '../model/kinds/api.ts';
import type { FunctionMetrics } from '../model/kinds/function.ts';
import { inBurst, peak, slowestMs } from '../model/series.ts';
import { durationMsIn } from './signs/report-lines.ts';
import { gatewaySince, successesNeeded } from './signs/since.ts';

const looksAt = ['deployedApi', 'gatewayMetrics', 'functionMetrics', 'functionConfig', 'accessLog', 'functionLog'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;

export default cause({
  id: 'integration-timeout',
  title: 'The backend took longer than the gateway waits',
  about: {
    is: 'The gateway gives up waiting for the backend and answers 504 (REST) or 503 (HTTP). The backend may still be running, so side effects are possible.',
    told: 'The slowest answers of the failing minutes stand at a deployed timeout. With a function behind it, either its duration reached that limit too, or its invocations have ended by now: until then it may be a late start. Behind a VPC link some requests must have gone through: where all hang, the way may be blocked.',
    withoutLogs: 'Confirmed all the same: latency and deployed timeouts are enough.',
  },
  looksAt,
  clues: [
    gatewaySays(['due to a timeout error'], 'Execution failed due to a timeout error', 'messages.md §2'),
    accessSays(['INTEGRATION_TIMEOUT'], String.raw`\bINTEGRATION_TIMEOUT\b`, 'messages.md §8'),
    accessSays(['Endpoint request timed out'], 'Endpoint request timed out', 'messages.md §2, §9'),
    // the status alone: a backend of one's own may answer 504 too
    { ...accessSays(['504'], String.raw`\bstatus"?\s?[=:]\s?"?504\b`, 'messages.md §2 (status 504)'), hint: true },
    {
      kind: 'line',
      in: ['access'],
      gates: ['Service Unavailable'],
      line: /"message": ?"Service Unavailable"/,
      unless: ['INTEGRATION_NETWORK_FAILURE'],
      // a way that is blocked and a link that is gone give HTTP APIs the same words
      hint: true,
      source: 'messages.md §0.5, §6 (HTTP API)',
    },
    {
      kind: 'shape',
      in: 'functionMetrics',
      shape: long,
      title: 'a function ran 29 seconds or longer',
      source: 'causes.md, integration-timeout (Confirm)',
    },
    {
      kind: 'shape',
      in: 'gatewayMetrics',
      shape: slowAnswers,
      title: 'the slowest answer of a failing minute took a second or longer',
      source: 'causes.md, integration-timeout (Confirm)',
    },
  ],
  confirm,
  healed,
  advice,
});

/** API Gateway waits 29 s by default, HTTP APIs 30 s at most (fixes.md §9). */
function long(metrics: FunctionMetrics): string | undefined {
  const hit = Object.entries(metrics.functions).find(([, f]) => (peak(f.durationMaxMs) ?? 0) >= 29_000);
  return hit && `${hit[0]} ran ${Math.round(peak(hit[1].durationMaxMs) ?? 0)} ms`;
}

function confirm(e: Seen, at: StageRef): Verdict<IntegrationTimeoutFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  if (e.gatewayMetrics.state === 'missing') return withoutGateway(e.deployedApi.value, e, at);
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  if (!burst) return withoutBurst(e.deployedApi.value, e.gatewayMetrics.value, e);
  if (slowestMs(e.gatewayMetrics.value, burst.minutes) === undefined)
    return unproven(lacking('gatewayMetrics', e.gatewayMetrics, 'the latency of the failing minutes is not known'));
  const timeoutMs = ceilingOf(e.deployedApi.value, e.gatewayMetrics.value, burst.minutes);
  if (timeoutMs === undefined)
    return ruledOut(
      ref(
        'gatewayMetrics',
        e.gatewayMetrics,
        `the slowest answers stand at none of the deployed limits (${listed(timeoutsOf(e.deployedApi.value).map((t) => `${t} ms`))})`,
      ),
    );
  return settle(e.deployedApi.value, e.gatewayMetrics, e, burst, timeoutMs);
}

/** A function that ran longer than the gateway waits agrees with it; whether those are the requests that failed is not seen. */
function withoutGateway(api: DeployedApi, e: Seen, at: StageRef): Verdict<IntegrationTimeoutFacts> {
  const missing = [lacking('gatewayMetrics', e.gatewayMetrics)];
  const metrics = e.functionMetrics.state === 'got' ? e.functionMetrics.value.functions : {};
  const slow = functionsOf(api).flatMap((f) =>
    f.routes
      .filter(
        (r) =>
          reaches(peak(metrics[f.key]?.durationMaxMs ?? none), r.integration.timeoutMs) || gaveUpOn(f.key, r.integration.timeoutMs, e, at),
      )
      .map((route) => ({ f, route })),
  );
  const [first] = slow;
  return first
    ? agreeing(
        { timeoutMs: first.route.integration.timeoutMs, routes: slow.map((s) => nameOf(s.route)), functions: [first.f.ref] },
        ...missing,
      )
    : unproven(...missing);
}
const none = { at: [], values: [] };

/** An answer of the gateway's own for a backend that was late, if the function may run as long as the gateway waits. */
function gaveUpOn(key: string, timeoutMs: number, e: Seen, at: StageRef): boolean {
  const seconds = e.functionConfig.state === 'got' ? e.functionConfig.value.functions[key]?.timeoutSeconds : undefined;
  if (e.accessLog.state === 'missing' || (seconds !== undefined && seconds * 1000 < timeoutMs)) return false;
  const { lines } = e.accessLog.value;
  const ran = e.functionLog.state === 'got' ? e.functionLog.value.lines.map(({ text }) => durationMsIn(text)) : [];
  const mayOutlast = seconds !== undefined || ran.some((ms) => reaches(ms, timeoutMs));
  return (
    failedRequests(lines).some((r) => r.status === 504 && r.backendStatus === undefined && r.serviceStatus === undefined) ||
    lines.some(({ text }) => bare504.test(text)) ||
    // HTTP APIs say the same of other failures: only a function that may outlast the gateway makes it this one
    (at.apiType === 'HTTP' && mayOutlast && lines.some(({ text }) => late503.test(text)))
  );
}
/** The status alone, or with its own name for a body. Other bodies are somebody else’s answer. */
const bare504 = /^status=504(?: [a-z-]{1,30}=[^ ]{0,100}){0,8}(?: body=(?:504 )?Gateway Time-?out)?$/i;
const late503 = /^status=503 (?:[a-z-]{1,30}=[^ ]{0,100} ){0,8}body=(?:\{"message": ?")?Service Unavailable(?:"\})?$/;

/** No failure is counted (yet). Answers that stand at the limit agree all the same: nothing else ends just there. */
function withoutBurst(api: DeployedApi, gateway: GatewayMetrics, e: Seen): Verdict<IntegrationTimeoutFacts> {
  const missing = [lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet')];
  const timeoutMs = ceilingOf(api, gateway, answeredMinutes(gateway));
  if (timeoutMs === undefined) return unproven(...missing);
  const routes = api.routes.filter((r) => r.integration?.timeoutMs === timeoutMs && r.integration.type !== 'MOCK');
  return agreeing({ timeoutMs, routes: routes.map(nameOf), functions: [] }, ...missing);
}

/** The limit was reached. With functions behind it, whether they were slow or only late to start is known when they have ended. */
function settle(
  api: DeployedApi,
  gateway: Got<GatewayMetrics>,
  e: Seen,
  burst: Burst,
  timeoutMs: number,
): Verdict<IntegrationTimeoutFacts> {
  const routes = api.routes.filter((r) => r.integration?.timeoutMs === timeoutMs && r.integration.type !== 'MOCK');
  const behind = functionsOf(api).filter((f) => f.routes.some((r) => r.integration.timeoutMs === timeoutMs));
  const metrics = e.functionMetrics.state === 'got' ? e.functionMetrics.value.functions : {};
  const slowOnes = behind.filter((f) => reaches(inBurst(metrics[f.key], burst.minutes)?.durationMaxMs, timeoutMs));
  const facts: IntegrationTimeoutFacts = {
    timeoutMs,
    routes: routes.map(nameOf),
    functions: (slowOnes.length > 0 ? slowOnes : behind).map((f) => f.ref),
  };
  const config = e.functionConfig.state === 'got' ? e.functionConfig.value.functions : {};
  const known = slowOnes.length > 0 || behind.length < routes.length || endedMinutes(burst, behind, config, gateway).length > 0;
  if (!known)
    return agreeing(facts, {
      kind: 'functionMetrics',
      why: 'late',
      detail:
        'the gateway gave up at its limit; whether the function is slow or only started late is known when its invocations have ended',
    });
  if (allHang(routes, burst))
    return agreeing(
      facts,
      lacking(
        'gatewayMetrics',
        gateway,
        'every request through the VPC link stood at the limit: a slow backend and a blocked way look the same',
      ),
    );
  const by = [ref('gatewayMetrics', gateway, `the slowest answers stand at ${timeoutMs} ms, where the gateway gives up`)];
  const ran = slowOnes.map((f) => `${f.key} ran ${Math.round(inBurst(metrics[f.key], burst.minutes)?.durationMaxMs ?? 0)} ms`);
  return confirmed(facts, ran.length > 0 ? [...by, ref('functionMetrics', e.functionMetrics, ran.join('; '))] : by, burst.unexplained);
}

/** A private backend that answers nobody: slowness leaves some requests through, a blocked way none (causes.md, network-blocked). */
const allHang = (routes: DeployedApi['routes'], burst: Burst): boolean =>
  routes.length > 0 && routes.every((r) => r.integration?.vpcLink !== undefined) && burst.failures >= allOf * burst.requests;
const allOf = 0.95;

/** The timeout of the routes as they are deployed now: it may have been raised since. */
function limitNow({ deployedApi }: Seen, facts: IntegrationTimeoutFacts): number {
  const routes = deployedApi.state === 'got' ? deployedApi.value.routes.filter((r) => facts.routes.includes(nameOf(r))) : [];
  return Math.max(facts.timeoutMs, ...routes.flatMap((r) => r.integration?.timeoutMs ?? []));
}

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: IntegrationTimeoutFacts): Healed {
  const since = gatewaySince(e.gatewayMetrics, sinceAt);
  const limitMs = limitNow(e, facts);
  if (since && since.failures > 0 && reaches(since.slowestMs, limitMs))
    return { is: 'stillThere', by: [ref('gatewayMetrics', e.gatewayMetrics, 'answers still stand at the limit')] };
  const enough =
    since &&
    since.minutes >= 2 &&
    since.requests - since.failures >= successesNeeded &&
    since.slowestMs !== undefined &&
    !reaches(since.slowestMs, limitMs);
  return enough
    ? {
        is: 'healed',
        by: [
          ref('gatewayMetrics', e.gatewayMetrics, `${since.requests} requests since, the slowest took ${Math.round(since.slowestMs)} ms`),
        ],
      }
    : { is: 'tooEarly', missing: [lacking('gatewayMetrics', e.gatewayMetrics, 'too few requests since')] };
}

function advice(facts: IntegrationTimeoutFacts | undefined, at: StageRef): Advice {
  const most = at.apiType === 'HTTP' ? 30_000 : 29_000;
  return {
    summary: facts
      ? `The gateway gives up after ${facts.timeoutMs / 1000} s on ${facts.routes.length > 3 ? counted(facts.routes.length, 'route') : listed(facts.routes)}.`
      : 'The gateway gave up waiting for the backend.',
    steps: [
      `Find what is slow${facts && facts.functions.length > 0 ? ` in ${listed(facts.functions.map(functionKey))}` : ''}: its slowest dependency, a bigger input, a release that just went out.`,
      'The work goes on after the gateway gave up: check for double writes when callers retry.',
      facts && facts.timeoutMs < most
        ? `The timeout may be raised up to ${most / 1000} s, if callers can wait that long.`
        : 'The timeout is at its usual maximum; answer early and work in the background, or stream.',
    ],
    snippets: facts ? [seeSlow(facts, at), ...(facts.timeoutMs < most ? raised(facts.routes[0] ?? at.apiId, most, at) : quota(at))] : [],
  };
}

/** What takes so long: a function's own log, else the gateway's numbers. */
function seeSlow({ functions: [first] }: IntegrationTimeoutFacts, at: StageRef): Advice['snippets'][number] {
  if (first)
    return bash(
      `See how long ${functionKey(first)} runs`,
      `aws logs filter-log-events --log-group-name ${shell(`/aws/lambda/${first.name}`)} --filter-pattern '[kind=REPORT, ...]' --region ${shell(first.region)} --max-items 20`,
    );
  const name = at.apiType === 'REST' ? `Name=ApiName,Value=${shell(at.apiName ?? 'API_NAME')}` : `Name=ApiId,Value=${shell(at.apiId)}`;
  return bash(
    'See how long the backend takes',
    `aws cloudwatch get-metric-statistics --namespace AWS/ApiGateway --metric-name IntegrationLatency --dimensions ${name} Name=Stage,Value=${shell(at.stage)} --start-time "$(date -u -d '-1 hour' +%FT%TZ)" --end-time "$(date -u +%FT%TZ)" --period 300 --extended-statistics p50 p99 --region ${shell(at.region)}`,
  );
}
const raised = (route: string, most: number, at: StageRef): Advice['snippets'] =>
  at.apiType === 'REST'
    ? integrationInCode('Keep the timeout in code', route, { TimeoutInMillis: most }, { timeout_milliseconds: most })
    : integrationV2InCode('Keep the timeout in code', route, { TimeoutInMillis: most }, { timeout_milliseconds: most });
/** Regional and private REST APIs may wait longer once the quota is raised; nothing else may (fixes.md §9). */
const quota = (at: StageRef): Advice['snippets'] =>
  at.apiType === 'REST'
    ? [
        bash(
          'Ask for a longer timeout (Regional and private REST APIs; AWS may lower the account’s requests a second for it)',
          `aws service-quotas request-service-quota-increase --service-code apigateway --quota-code L-E5AE38E3 --desired-value 60000 --region ${shell(at.region)}`,
        ),
      ]
    : [];

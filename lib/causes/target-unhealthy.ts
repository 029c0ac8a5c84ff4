// The load balancer behind a VPC link has no healthy target: none registered, or all fail their health checks. Load balancers fail open: with
// every target unhealthy they send requests to all of them, so callers meet errors and time-outs, and a 503 of the load balancer's own means
// that no target is registered (causes.md).
import { bash, counted, listed, shell } from '../model/advice.ts';
import { healthCheckInCode, targetInCode } from './signs/code-of-network.ts';
import type { StageRef } from '../model/api.ts';
import { servedSince } from './signs/backend-signs.ts';
import {
  agreeing,
  cause,
  confirmed,
  lacking,
  ref,
  ruledOut,
  unproven,
  type Advice,
  type Clue,
  type Healed,
  type Verdict,
} from '../model/cause.ts';
import { accessSays } from './signs/clue-lines.ts';
import type { EvidenceRef, EvidenceSet } from '../model/evidence.ts';
import type { TargetFacts } from '../model/facts/network.ts';
import type { LoadBalancerMetrics, LoadBalancers, TargetGroupFact } from '../model/kinds/network.ts';
import { burstIn, internalError, networkWords, privateBackend, sharedWords, signOf } from './signs/private-signs.ts';
import { balancerName, endingsOf, groupsBehind, waysOf, type Ending, type Way } from '../model/private-ways.ts';
import { peak, peakIn, sum, sumIn } from '../model/series.ts';

const looksAt = [
  'deployedApi',
  'vpcLinks',
  'loadBalancers',
  'loadBalancerMetrics',
  'gatewayMetrics',
  'functionMetrics',
  'executionLog',
  'accessLog',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Group = TargetFacts['groups'][number];

const noEndpoints = 'No target endpoints found for integration';

const clues: readonly Clue[] = [
  accessSays([noEndpoints], noEndpoints, 'messages.md §9 (Cloud Map)'),
  {
    kind: 'line',
    in: ['loadBalancer'],
    gates: [' 503 - '],
    // type, time, load balancer, client, no target, no times: elb_status_code 503, target_status_code -
    line: /^(?:https?|h2|grpcs?|wss?) \S{1,40} app\/\S{1,120} \S{1,60} - -1 -1 -1 503 - /,
    source: 'causes.md, target-unhealthy; AWS "Access logs for your Application Load Balancer"',
  },
  {
    kind: 'line',
    in: ['execution', 'access'],
    gates: ['<h1>503 Service Temporarily Unavailable'],
    line: /<h1>503 Service Temporarily Unavailable<\/h1>/,
    // others write the same page and sign it
    unless: ['nginx', 'openresty', 'cloudfront', 'CloudFront'],
    source: 'causes.md, target-unhealthy (ALB 503)',
  },
  {
    kind: 'line',
    in: ['execution', 'access'],
    gates: ['503 Service Temporarily Unavailable'],
    line: /503 Service Temporarily Unavailable/,
    hint: true, // an application load balancer's own page, and nginx's
    source: 'causes.md, target-unhealthy (ALB 503)',
  },
  sharedWords([internalError], new RegExp(internalError), 'messages.md §2 (KC: api-gateway-500-error-vpc, several causes)'),
  sharedWords(['INTEGRATION_NETWORK_FAILURE'], /\bINTEGRATION_NETWORK_FAILURE\b/, 'messages.md §6 (several causes)'),
  {
    kind: 'shape',
    in: 'loadBalancers',
    title: 'a target group has no healthy target',
    shape: noneHealthy,
    source: 'causes.md, target-unhealthy (Confirm)',
  },
  {
    kind: 'shape',
    in: 'loadBalancerMetrics',
    title: 'a load balancer answers 503 by itself',
    shape: ownErrors,
    source: 'causes.md, target-unhealthy (Confirm)',
  },
  privateBackend('causes.md, target-unhealthy (Confirm)'),
];

export default cause({
  id: 'target-unhealthy',
  title: 'No healthy target stands behind the load balancer',
  about: {
    is: 'The load balancer (or Cloud Map service) behind an integration has no healthy target: none registered, all failing their health checks, or none with a port.',
    told: 'Elastic Load Balancing’s own health of the targets, or its count of healthy ones in the failing minutes, is zero, and the errors it counted or the gateway’s numbers say that this is what fails.',
    withoutLogs: 'Confirmed all the same: target health and metrics are enough.',
  },
  looksAt,
  clues,
  explains: ['backend-unreachable', 'backend-error', 'integration-timeout'],
  confirm,
  healed,
  advice,
});

const healthyOnes = (group: TargetGroupFact): number => (group.targets ?? []).filter((t) => t.state.startsWith('healthy')).length;

function noneHealthy(all: LoadBalancers): string | undefined {
  for (const balancer of Object.values(all.balancers)) {
    const group = balancer.targetGroups?.find((g) => g.targets !== undefined && healthyOnes(g) === 0);
    if (group) return `none of ${counted(group.targets?.length ?? 0, 'target')} of ${shortName(group.arn)} is healthy`;
  }
  const service = Object.entries(all.services).find(([, s]) => s.exists && (s.instances === 0 || s.healthy === 0));
  return service && `${shortName(service[0])} has no healthy instance`;
}

function ownErrors(metrics: LoadBalancerMetrics): string | undefined {
  const hit = Object.entries(metrics.balancers).find(([, b]) => sum(b.noTarget) > 0);
  return hit && `${balancerName(hit[0])} answered 503 by itself ${sum(hit[1].noTarget)} times`;
}

function confirm(e: Seen): Verdict<TargetFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  const ways = waysOf(e.deployedApi.value);
  if (ways.length === 0)
    return e.deployedApi.value.partial === true
      ? unproven(lacking('deployedApi', e.deployedApi))
      : ruledOut(ref('deployedApi', e.deployedApi, 'no deployed integration leads to a load balancer or a Cloud Map service'));
  if (e.loadBalancers.state === 'missing') return unproven(lacking('loadBalancers', e.loadBalancers));
  const endings = endingsOf(ways, e.vpcLinks.state === 'got' ? e.vpcLinks.value : undefined, e.loadBalancers.value);
  const bad = [
    ...endings.flatMap((ending) => badGroups(e, ending)),
    ...ways.flatMap((way) => badService(way.service, way.routes, e.loadBalancers)),
  ];
  if (bad.length > 0) return relate(e, endings, bad);
  const unread = endings.some(
    (ending) => groupsBehind(ending).some((g) => g.targets === undefined) || ending.balancer.targetGroups === undefined,
  );
  return unread || endings.length === 0
    ? unproven(lacking('loadBalancers', e.loadBalancers, 'the health of the targets is not known'))
    : ruledOut(ref('loadBalancers', e.loadBalancers, `${listed(endings.map((x) => balancerName(x.key)))} has healthy targets`));
}

/** Groups behind a way without a healthy target: by their health now, or by what the load balancer counted in the failing minutes. */
function badGroups(e: Seen, ending: Ending): readonly Group[] {
  const groups = groupsBehind(ending);
  return groups.flatMap((group) => {
    const now = group.targets === undefined ? undefined : healthyOnes(group);
    if (now !== 0 && !wasAway(e, ending.key, group.arn, groups.length === 1)) return [];
    return [factOf(group, ending, (now ?? 0) > 0)];
  });
}

/** Counted by the load balancer: no healthy target, or (where it is its only group) 503s of its own for want of a registered one. */
function wasAway(e: Seen, key: string, group: string, alone: boolean): boolean {
  const metrics = e.loadBalancerMetrics.state === 'got' ? e.loadBalancerMetrics.value.balancers[key] : undefined;
  if (!metrics) return false;
  const healthy = metrics.healthy[group] ?? { at: [], values: [] };
  const burst = burstIn(e);
  // without the minutes of the burst: all the time there is, which proves nothing and agrees
  if (!burst) return peak(healthy) === 0 || (alone && sum(metrics.noTarget) > 0);
  return (
    peakIn(healthy, burst.minutes) === 0 ||
    (alone && burst.unexplained > 0 && sumIn(metrics.noTarget, burst.minutes) >= 0.5 * burst.unexplained)
  );
}

const factOf = (group: TargetGroupFact, { key, way }: Ending, passed: boolean): Group => ({
  arn: group.arn,
  balancer: balancerName(key),
  registered: group.targets?.length ?? 0,
  reasons: [...new Set((group.targets ?? []).filter((t) => !t.state.startsWith('healthy')).map((t) => t.reason ?? t.state))].sort(),
  routes: way.routes,
  ...(group.healthCheck === undefined ? {} : { healthCheck: group.healthCheck }),
  ...(passed ? { passed: true as const } : {}),
});

function badService(arn: string | undefined, routes: readonly string[], all: Seen['loadBalancers']): readonly Group[] {
  const service = arn !== undefined && all.state === 'got' ? all.value.services[arn] : undefined;
  if (arn === undefined || !service?.exists) return [];
  const portless = service.instances !== undefined && service.instances > 0 && service.withoutPort === service.instances;
  if (service.instances !== 0 && service.healthy !== 0 && !portless) return [];
  return [
    {
      arn,
      registered: service.instances ?? 0,
      reasons: portless ? ['no AWS_INSTANCE_PORT'] : service.instances === 0 ? [] : ['UNHEALTHY'],
      routes,
    },
  ];
}

function relate(e: Seen, endings: readonly Ending[], bad: readonly Group[]): Verdict<TargetFacts> {
  const facts: TargetFacts = { groups: bad };
  const routes = new Set(bad.flatMap((g) => g.routes));
  const failing = (way: Way): boolean => way.routes.some((r) => routes.has(r));
  const ways = e.deployedApi.state === 'got' ? waysOf(e.deployedApi.value).filter(failing) : [];
  const keys = endings.filter(({ way }) => failing(way)).map(({ key }) => key);
  const sign = signOf(e, ways, keys, true, [noEndpoints, ...networkWords]);
  if (!sign)
    return agreeing(
      facts,
      lacking('gatewayMetrics', e.gatewayMetrics, 'whether the routes of these targets are the ones that fail is not seen'),
    );
  return confirmed(facts, [...bad.map((g) => proof(e, g)), sign], burstIn(e)?.unexplained);
}

const proof = (e: Seen, g: Group): EvidenceRef =>
  g.passed ? ref('loadBalancerMetrics', e.loadBalancerMetrics, sentence(g)) : ref('loadBalancers', e.loadBalancers, sentence(g));

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
const shortName = (arn: string): string => arn.split('/')[1] ?? arn;

function sentence(g: Group): string {
  if (g.passed) return `${shortName(g.arn)} had no healthy target while requests failed; it has again now`;
  if (g.registered === 0) return `${shortName(g.arn)} has no target registered`;
  return `none of ${counted(g.registered, 'target')} of ${shortName(g.arn)} is healthy (${listed(g.reasons)})`;
}

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: TargetFacts): Healed {
  if (e.loadBalancers.state === 'missing') return { is: 'tooEarly', missing: [lacking('loadBalancers', e.loadBalancers)] };
  const groups = Object.values(e.loadBalancers.value.balancers).flatMap((b) => b.targetGroups ?? []);
  const still = facts.groups.find((g) => groups.some((now) => now.arn === g.arn && now.targets !== undefined && healthyOnes(now) === 0));
  return servedSince(
    e.gatewayMetrics,
    sinceAt,
    still && ref('loadBalancers', e.loadBalancers, `${shortName(still.arn)} still has no healthy target`),
  );
}

/** What each of AWS's reasons asks to be looked at (SDK: TargetHealthReasonEnum). */
const hints: Readonly<Record<string, string>> = {
  'Target.Timeout':
    'The health check gets no answer: the targets’ security group must admit the load balancer on the health-check port, and the process must listen there.',
  'Target.FailedHealthChecks': 'The connection to the targets fails: see whether the process runs and listens on that port.',
  'Target.ResponseCodeMismatch':
    'The targets answer the health check with another status than expected: see the path and the matcher of the check, and what the application answers there.',
  'Target.NotInUse': 'The targets are in an availability zone that the load balancer is not enabled for, or no listener uses the group.',
  'Target.InvalidState': 'The instances are stopped or terminated.',
  'Elb.InitialHealthChecking': 'The targets were registered moments ago; wait for the first checks.',
  'no AWS_INSTANCE_PORT':
    'The instances are registered in Cloud Map without AWS_INSTANCE_PORT, so API Gateway has no port to use: register them with one, or let the service use SRV records.',
};

const registerAgain = (group: string, at: StageRef): Advice['snippets'] => [
  bash(
    'Register a target again (its address or instance in place of TARGET_ID)',
    `aws elbv2 register-targets --target-group-arn ${shell(group)} --targets Id=TARGET_ID --region ${shell(at.region)}`,
  ),
  ...targetInCode(group),
];

function advice(facts: TargetFacts | undefined, at: StageRef): Advice {
  const [first] = facts?.groups ?? [];
  const own = (first?.reasons ?? []).flatMap((r) => hints[r] ?? []);
  return {
    summary: first
      ? `${capital(sentence(first))}; ${listed(first.routes.slice(0, 3))} ${first.routes.length === 1 ? 'leads' : 'lead'} there.`
      : 'The load balancer behind the integration has no healthy target.',
    steps: [
      ...(first?.passed
        ? ['It has passed: find out what took the targets away (a deploy that stopped the old tasks before the new ones were healthy).']
        : own),
      ...(first?.registered === 0
        ? ['Register targets again, or raise the desired count of the ECS service or Auto Scaling group that registers them.']
        : []),
      ...(first?.healthCheck
        ? [`If the health check was just changed (now: ${first.healthCheck}), put its path, port and expected status back.`]
        : []),
      'If a release of the backend just went out, roll it back.',
    ],
    snippets: first?.arn.includes(':targetgroup/')
      ? [
          bash(
            'See the health of the targets',
            `aws elbv2 describe-target-health --target-group-arn ${shell(first.arn)} --region ${shell(at.region)} --query 'TargetHealthDescriptions[].[Target.Id,TargetHealth]'`,
          ),
          ...(first.registered === 0 ? registerAgain(first.arn, at) : healthCheckInCode(first.arn)),
        ]
      : [],
  };
}

// The load balancers and Cloud Map services that deployed integrations or their VPC links lead to: listeners, target groups, health of the
// targets. What one call does not tell is left out; it never becomes "none".
import type { Aws } from '../aws/calls.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import type { BalancerFact, CloudMapFact, LoadBalancers } from '../model/kinds/network.ts';
import { balancerKeys, waysOf } from '../model/private-ways.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector, notHad } from './collector.ts';
import { balancerIn, listenersIn, targetGroupIn, targetsIn, type ListenerRead } from './reading/balancer.ts';
import { partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    loadBalancers: LoadBalancers;
  }
}

const calls = [
  'elbv2:DescribeLoadBalancers',
  'elbv2:DescribeListeners',
  'elbv2:DescribeRules',
  'elbv2:DescribeTargetGroups',
  'elbv2:DescribeTargetHealth',
  'servicediscovery:ListInstances',
  'servicediscovery:GetInstancesHealthStatus',
] as const;
type Calls = (typeof calls)[number];

/** At most so many of each: a stage has one or two private backends, and each costs calls. */
const [balancersRead, groupsRead, listenersRead, servicesRead] = [3, 3, 1, 2];

export default collector({
  kind: 'loadBalancers',
  title: 'Load balancers behind the integrations, and the health of their targets',
  trust: 'aws',
  calls,
  needs: ['deployedApi', 'vpcLinks'],
  round: 'suspect',
  maxCalls: balancersRead * (3 + listenersRead + groupsRead) + 2 * servicesRead,
  async read(aws, { have: { deployedApi, vpcLinks }, now }) {
    if (deployedApi.state === 'missing')
      return missing(deployedApi.why, `which load balancers are behind the stage is not known: ${deployedApi.detail}`);
    const ways = waysOf(deployedApi.value);
    const links = vpcLinks.state === 'got' ? vpcLinks.value : undefined;
    const keys = [...new Set(ways.flatMap((way) => balancerKeys(way, links)))].slice(0, balancersRead);
    const named = [...new Set(ways.flatMap((way) => (way.service === undefined ? [] : [way.service])))].slice(0, servicesRead);
    if (keys.length + named.length === 0) return nothingNamed(ways.length > 0 && vpcLinks.state === 'missing' ? vpcLinks : undefined);
    const [balancers, services] = await Promise.all([
      each(keys, (key) =>
        balancerOf(
          aws,
          key,
          ways.filter((w) => w.balancer === key).flatMap((w) => w.listener ?? []),
        ),
      ),
      each(named, (arn) => serviceOf(aws, arn)),
    ]);
    const lost = { ...balancers.lost, ...services.lost };
    const [first] = Object.values(lost);
    const had = Object.keys(balancers.had).length + Object.keys(services.had).length;
    return had === 0 && first
      ? first
      : got({ balancers: balancers.had, services: services.had, ...partly(lost) }, { from: now, to: now }, 'aws');
  },
});

const nothingNamed = (links: Missing | undefined): Missing =>
  links
    ? missing(links.why, `the load balancer is known to the VPC link only: ${links.detail}`)
    : missing('empty', 'no deployed integration leads to a load balancer or a Cloud Map service');

async function each<T>(keys: readonly string[], ask: (key: string) => Promise<Result<T, Missing>>) {
  const answers = await Promise.all(keys.map(async (key) => [key, await ask(key)] as const));
  return {
    had: Object.fromEntries(answers.flatMap(([key, a]) => (a.ok ? [[key, a.value]] : []))) as Readonly<Record<string, T>>,
    lost: Object.fromEntries(answers.flatMap(([key, a]) => (a.ok ? [] : [[key, a.error]]))) as Readonly<Record<string, Missing>>,
  };
}

/** By ARN, or by name where only a host name told of it. */
async function balancerOf(aws: Aws<Calls>, key: string, listeners: readonly string[]): Promise<Result<BalancerFact, Missing>> {
  const described = await aws.call('elbv2:DescribeLoadBalancers', key.startsWith('arn:') ? { LoadBalancerArns: [key] } : { Names: [key] });
  if (!described.ok && described.error.kind === 'gone') return ok({ arn: key, exists: false });
  const itself = described.ok ? balancerIn(key, described.value) : { arn: key, exists: true };
  if (!itself.exists || !itself.arn.startsWith('arn:')) return described.ok ? ok(itself) : err(notHad(described.error));
  const [heard, groups] = await Promise.all([listenersOf(aws, itself.arn, listeners), groupsOf(aws, itself.arn)]);
  if (!described.ok && !heard && !groups) return err(notHad(described.error));
  return ok({ ...itself, ...(heard ? { listeners: heard } : {}), ...(groups ? { targetGroups: groups } : {}) });
}

async function listenersOf(aws: Aws<Calls>, arn: string, wanted: readonly string[]): Promise<BalancerFact['listeners']> {
  const answer = await aws.call('elbv2:DescribeListeners', { LoadBalancerArn: arn });
  if (!answer.ok) return undefined;
  const all = listenersIn(answer.value);
  // Rules exist on application load balancers only; those of the listener that integrations name.
  const ruled = arn.includes(':loadbalancer/app/')
    ? all.filter((l) => l.arn !== undefined && (wanted.length === 0 || wanted.includes(l.arn)))
    : [];
  const asked = await Promise.all(ruled.slice(0, listenersRead).map((l) => withRules(aws, l)));
  return all.map((l) => asked.find((a) => a.arn === l.arn) ?? l);
}

async function withRules(aws: Aws<Calls>, listener: ListenerRead): Promise<ListenerRead> {
  const answer = listener.arn === undefined ? undefined : await aws.call('elbv2:DescribeRules', { ListenerArn: listener.arn });
  if (!answer?.ok || listener.targetGroups === undefined) return listener;
  const more = listenersIn({ Listeners: (answer.value.Rules ?? []).map((rule) => ({ DefaultActions: rule?.Actions })) });
  return { ...listener, targetGroups: [...new Set([...listener.targetGroups, ...more.flatMap((l) => l.targetGroups ?? [])])] };
}

async function groupsOf(aws: Aws<Calls>, arn: string): Promise<BalancerFact['targetGroups']> {
  const answer = await aws.call('elbv2:DescribeTargetGroups', { LoadBalancerArn: arn });
  if (!answer.ok) return undefined;
  const groups = (answer.value.TargetGroups ?? []).flatMap((g) => (g ? targetGroupIn(g) : []));
  return Promise.all(
    groups.map(async (group, n) => {
      const health = n < groupsRead ? await aws.call('elbv2:DescribeTargetHealth', { TargetGroupArn: group.arn }) : undefined;
      return health?.ok ? { ...group, targets: targetsIn(health.value) } : group;
    }),
  );
}

async function serviceOf(aws: Aws<Calls>, arn: string): Promise<Result<CloudMapFact, Missing>> {
  const ServiceId = arn.slice(arn.lastIndexOf('/') + 1);
  const [listed, health] = await Promise.all([
    aws.call('servicediscovery:ListInstances', { ServiceId }),
    aws.call('servicediscovery:GetInstancesHealthStatus', { ServiceId }),
  ]);
  if (!listed.ok) return listed.error.kind === 'gone' ? ok({ exists: false }) : err(notHad(listed.error));
  const instances = listed.value.Instances ?? [];
  const statuses = health.ok ? Object.values(health.value.Status ?? {}) : undefined;
  return ok({
    exists: true,
    instances: instances.length,
    withoutPort: instances.filter((i) => i?.Attributes !== undefined && i.Attributes['AWS_INSTANCE_PORT'] === undefined).length,
    // UNKNOWN: the service has no health check, or the first has not come in yet
    ...(statuses ? { healthy: statuses.filter((s) => s !== 'UNHEALTHY').length } : {}),
  });
}

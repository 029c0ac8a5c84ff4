// Reads what Elastic Load Balancing answers into facts. Answers are read as partial: a field that is not there stays unknown.
import type { Answer, CallName } from '../../aws/calls.ts';
import type { BalancerFact, ListenerFact, TargetFact, TargetGroupFact } from '../../model/kinds/network.ts';

type Value<N extends CallName> = Extract<Answer<N>, { ok: true }>['value'];

export type ListenerRead = ListenerFact;
const known = <T>(list: readonly (T | undefined)[] | undefined): readonly T[] => (list ?? []).filter((x) => x !== undefined);

/** The load balancer that was asked for; an answer with one that names itself not is taken as it. */
export function balancerIn(key: string, answer: Value<'elbv2:DescribeLoadBalancers'>): BalancerFact {
  const all = known(answer.LoadBalancers);
  const found = all.find((b) => b.LoadBalancerArn === key || b.LoadBalancerName === key) ?? (all.length === 1 ? all[0] : undefined);
  if (!found) return { arn: key, exists: false };
  const subnets = found.AvailabilityZones?.flatMap((z) => z?.SubnetId ?? []);
  const enforced = found.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic;
  return {
    arn: found.LoadBalancerArn ?? key,
    exists: true,
    ...(found.Type === undefined ? {} : { type: found.Type }),
    ...(found.Scheme === undefined ? {} : { scheme: found.Scheme }),
    ...(found.State?.Code === undefined ? {} : { state: found.State.Code }),
    ...(found.VpcId === undefined ? {} : { vpcId: found.VpcId }),
    ...(found.SecurityGroups === undefined ? {} : { securityGroups: known(found.SecurityGroups) }),
    ...(subnets === undefined ? {} : { subnets }),
    ...(enforced === undefined ? {} : { enforced: enforced === 'on' }),
  };
}

type Actions = NonNullable<NonNullable<Value<'elbv2:DescribeListeners'>['Listeners']>[number]>['DefaultActions'];

export const listenersIn = (answer: Pick<Value<'elbv2:DescribeListeners'>, 'Listeners'>): readonly ListenerRead[] =>
  known(answer.Listeners).map((l) => {
    const targetGroups = groupsIn(l.DefaultActions);
    return {
      ...(l.ListenerArn === undefined ? {} : { arn: l.ListenerArn }),
      ...(l.Port === undefined ? {} : { port: l.Port }),
      ...(l.Protocol === undefined ? {} : { protocol: l.Protocol }),
      ...(targetGroups === undefined ? {} : { targetGroups }),
    };
  });

function groupsIn(actions: Actions): readonly string[] | undefined {
  if (actions === undefined) return undefined;
  return [
    ...new Set(
      known(actions).flatMap((a) => [
        ...(a.TargetGroupArn === undefined ? [] : [a.TargetGroupArn]),
        ...known(a.ForwardConfig?.TargetGroups).flatMap((g) => g.TargetGroupArn ?? []),
      ]),
    ),
  ];
}

export function targetGroupIn(
  g: NonNullable<NonNullable<Value<'elbv2:DescribeTargetGroups'>['TargetGroups']>[number]>,
): readonly TargetGroupFact[] {
  if (g.TargetGroupArn === undefined) return [];
  const check = [g.HealthCheckProtocol, g.HealthCheckPath, g.HealthCheckPort && `port ${g.HealthCheckPort}`, g.Matcher?.HttpCode].filter(
    Boolean,
  );
  return [
    {
      arn: g.TargetGroupArn,
      ...(g.Port === undefined ? {} : { port: g.Port }),
      ...(g.TargetType === undefined ? {} : { targetType: g.TargetType }),
      ...(check.length === 0 ? {} : { healthCheck: check.join(' ') }),
    },
  ];
}

export const targetsIn = (answer: Value<'elbv2:DescribeTargetHealth'>): readonly TargetFact[] =>
  known(answer.TargetHealthDescriptions).map((t) => ({
    id: t.Target?.Id ?? 'a target',
    ...(t.Target?.Port === undefined ? {} : { port: t.Target.Port }),
    state: t.TargetHealth?.State ?? 'unknown',
    ...(t.TargetHealth?.Reason === undefined ? {} : { reason: t.TargetHealth.Reason }),
  }));

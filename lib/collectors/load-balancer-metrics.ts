// What the load balancers counted: requests, errors of their own, errors of the targets, healthy targets. A load balancer that nothing reaches
// publishes nothing (AWS "CloudWatch metrics for your Network Load Balancer"), so an empty series beside traffic is a sign too.
import { got, missing } from '../model/evidence.ts';
import type { Series } from '../model/kinds/api.ts';
import type { BalancerFact, LoadBalancerMetrics } from '../model/kinds/network.ts';
import { collector } from './collector.ts';
import { metricPages, readMetrics, type Wanted } from './reading/metrics.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    loadBalancerMetrics: LoadBalancerMetrics;
  }
}

type Name = 'requests' | 'ownErrors' | 'noTarget' | 'targetErrors' | 'connectionErrors' | 'turnedAway';

/** AWS "CloudWatch metrics for your Application Load Balancer" and "… Network Load Balancer"; a name that a kind does not have is not asked for. */
const names: Readonly<Record<'app' | 'net', Readonly<Partial<Record<Name, string>>>>> = {
  app: {
    requests: 'RequestCount',
    ownErrors: 'HTTPCode_ELB_5XX_Count',
    noTarget: 'HTTPCode_ELB_503_Count',
    targetErrors: 'HTTPCode_Target_5XX_Count',
    connectionErrors: 'TargetConnectionErrorCount',
  },
  net: {
    requests: 'NewFlowCount',
    connectionErrors: 'TCP_Target_Reset_Count',
    turnedAway: 'SecurityGroupBlockedFlowCount_Inbound_TCP',
  },
};
const groupsRead = 3;

/** `app/name/id`, as the dimension wants it; undefined for one known by name only. */
const dimensionOf = (arn: string): string | undefined => /:loadbalancer\/((?:app|net)\/.{1,120})$/.exec(arn)?.[1];
const groupDimension = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
const none: Series = { at: [], values: [] };

export default collector({
  kind: 'loadBalancerMetrics',
  title: 'Requests, errors and healthy targets of the load balancers',
  trust: 'aws',
  calls: ['cloudwatch:GetMetricData'],
  needs: ['loadBalancers'],
  round: 'suspect',
  maxCalls: metricPages,
  async read(aws, { have: { loadBalancers }, window }) {
    if (loadBalancers.state === 'missing') return loadBalancers;
    const all = Object.entries(loadBalancers.value.balancers).filter(([, b]) => b.exists && dimensionOf(b.arn) !== undefined);
    if (all.length === 0) return missing('empty', 'no load balancer stands behind the stage');
    const read = await readMetrics(
      aws,
      all.flatMap(([, b], n) => wantedOf(b, n)),
      window,
    );
    if (!read.ok) return read.error;
    const series = (id: string): Series => read.value.get(id) ?? none;
    const balancers = all.map(([key, b], n) => [
      key,
      {
        ...Object.fromEntries(
          (['requests', 'ownErrors', 'noTarget', 'targetErrors', 'connectionErrors', 'turnedAway'] as const).map((name) => [
            name,
            series(`b${n}_${name}`),
          ]),
        ),
        healthy: Object.fromEntries(groupsIn(b).map((g, i) => [g.arn, series(`b${n}_healthy${i}`)])),
      },
    ]);
    return got({ periodMs: 60_000, balancers: Object.fromEntries(balancers) as LoadBalancerMetrics['balancers'] }, window, 'aws');
  },
});

const groupsIn = (b: BalancerFact) => (b.targetGroups ?? []).slice(0, groupsRead);

function wantedOf(b: BalancerFact, n: number): readonly Wanted[] {
  const LoadBalancer = dimensionOf(b.arn) ?? '';
  const kind = LoadBalancer.startsWith('net/') ? 'net' : 'app';
  const namespace = kind === 'net' ? 'AWS/NetworkELB' : 'AWS/ApplicationELB';
  return [
    ...Object.entries(names[kind]).map(([key, name]): Wanted => ({
      id: `b${n}_${key}`,
      namespace,
      name,
      stat: 'Sum',
      dimensions: { LoadBalancer },
    })),
    ...groupsIn(b).map((g, i): Wanted => ({
      id: `b${n}_healthy${i}`,
      namespace,
      name: 'HealthyHostCount',
      stat: 'Maximum',
      dimensions: { LoadBalancer, TargetGroup: groupDimension(g.arn) },
    })),
  ];
}

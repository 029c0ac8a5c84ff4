// The web ACL before a REST stage: whether AWS WAF still has it, and how many requests it judged. Requests that the gateway counted and
// the web ACL never judged are those its own failure cost.
import type { Aws } from '../aws/calls.ts';
import type { StageRef } from '../model/api.ts';
import { got, missing, type Window } from '../model/evidence.ts';
import type { Series } from '../model/kinds/api.ts';
import type { WebAcl } from '../model/kinds/gateway.ts';
import { collector, notHad } from './collector.ts';
import { metricPages, readMetrics } from './reading/metrics.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    webAcl: WebAcl;
  }
}

const calls = ['wafv2:GetWebACLForResource', 'cloudwatch:GetMetricData'] as const;

export default collector({
  kind: 'webAcl',
  title: 'The web ACL before the stage',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: 1 + metricPages,
  async read(aws, { at, have, window, now }) {
    const api = have.deployedApi;
    if (api.state === 'missing') return missing(api.why, `whether a web ACL guards the stage is not known: ${api.detail}`);
    const arn = api.value.webAclArn;
    if (arn === undefined) return missing('empty', 'no web ACL guards the stage');
    const answer = await aws.call('wafv2:GetWebACLForResource', { ResourceArn: stageArn(at) });
    if (!answer.ok && answer.error.kind !== 'gone') return notHad(answer.error);
    const acl = answer.ok ? answer.value.WebACL : undefined;
    if (!acl?.ARN) return got({ arn, there: false }, { from: now, to: now }, 'aws');
    const visible = acl.VisibilityConfig?.CloudWatchMetricsEnabled === true ? acl.VisibilityConfig.MetricName : undefined;
    const judged = visible === undefined ? undefined : await judgedBy(aws, at, visible, window);
    return got(
      { arn: acl.ARN, there: true, ...(acl.Name === undefined ? {} : { name: acl.Name }), ...(judged ? { judged } : {}) },
      { from: now, to: now },
      'aws',
    );
  },
});

const stageArn = ({ region, apiId, stage }: StageRef): string => `arn:aws:apigateway:${region}::/restapis/${apiId}/stages/${stage}`;

/** Every request is either allowed or blocked; CloudWatch keys both by the web ACL's metric name, Region and the rule `ALL`. */
async function judgedBy(aws: Aws<'cloudwatch:GetMetricData'>, at: StageRef, name: string, window: Window): Promise<Series | undefined> {
  const dimensions = { WebACL: name, Region: at.region, Rule: 'ALL' };
  const read = await readMetrics(
    aws,
    (['AllowedRequests', 'BlockedRequests'] as const).map((metric) => ({
      id: metric === 'AllowedRequests' ? 'allowed' : 'blocked',
      namespace: 'AWS/WAFV2',
      name: metric,
      stat: 'Sum',
      dimensions,
    })),
    window,
  );
  if (!read.ok) return undefined;
  const byMinute = new Map<number, number>();
  for (const series of read.value.values())
    for (const [i, minute] of series.at.entries()) byMinute.set(minute, (byMinute.get(minute) ?? 0) + (series.values[i] ?? 0));
  const sorted = [...byMinute].sort(([a], [b]) => a - b);
  return { at: sorted.map(([minute]) => minute), values: sorted.map(([, n]) => n) };
}

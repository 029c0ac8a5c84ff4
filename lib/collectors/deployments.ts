// The deployments of the API, newest first: whether a newer one than the stage's exists, and whether the last one failed.
import { got } from '../model/evidence.ts';
import type { Deployment, Deployments } from '../model/kinds/gateway.ts';
import { collector, notHad } from './collector.ts';
import { optional } from './reading/stage-variables.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    deployments: Deployments;
  }
}

/** The answer is in no order that AWS promises: one whole page is read and sorted. */
const restPage = 500;
const v2Page = '500';
const kept = 5;

export default collector({
  kind: 'deployments',
  title: 'Deployments of the API',
  trust: 'aws',
  calls: ['apigateway:GetDeployments', 'apigatewayv2:GetDeployments'],
  needs: [],
  round: 'suspect',
  maxCalls: 1,
  async read(aws, { at, now }) {
    if (at.apiType === 'REST') {
      const answer = await aws.call('apigateway:GetDeployments', { restApiId: at.apiId, limit: restPage });
      if (!answer.ok) return notHad(answer.error);
      return got(newest((answer.value.items ?? []).map((d) => deployment(d?.id, d?.createdDate))), { from: now, to: now }, 'aws');
    }
    const answer = await aws.call('apigatewayv2:GetDeployments', { ApiId: at.apiId, MaxResults: v2Page });
    if (!answer.ok) return notHad(answer.error);
    const all = (answer.value.Items ?? []).map((d) => ({
      ...deployment(d?.DeploymentId, d?.CreatedDate),
      ...optional('status', d?.DeploymentStatus),
      ...optional('message', d?.DeploymentStatusMessage),
      ...(d?.AutoDeployed === undefined ? {} : { auto: d.AutoDeployed }),
    }));
    return got(newest(all), { from: now, to: now }, 'aws');
  },
});

function deployment(id: string | undefined, created: Date | undefined): Deployment {
  const at = created === undefined ? NaN : new Date(created).getTime();
  return { id: id ?? '', ...(Number.isFinite(at) ? { at } : {}) };
}

const newest = (all: readonly Deployment[]): Deployments => ({
  newest: [...all].sort((a, b) => (b.at ?? 0) - (a.at ?? 0)).slice(0, kept),
});

// What the faults of deployments share: somebody else's deployment, and the account without the list of those there were.
import type { Attempt } from '../../lib/aws/calls.ts';
import { at } from './fault.ts';

/** Points the stage at its oldest deployment. */
export async function otherDeployment(attempt: Attempt): Promise<unknown> {
  const list = await attempt('apigateway:GetDeployments', { restApiId: at.apiId });
  const [oldest] = (list.ok ? (list.value.items ?? []) : []).toSorted((a, b) => Number(a.createdDate) - Number(b.createdDate));
  return attempt('apigateway:UpdateStage', {
    restApiId: at.apiId,
    stageName: at.stage,
    patchOperations: [{ op: 'replace', path: '/deploymentId', value: oldest?.id }],
  });
}

type Stages = Record<string, Record<string, unknown>>;

/** A deployment that was made stays in the list, once or twice; which one is served, and what it holds, is compared. */
export function withoutDeployments(snapshot: unknown): unknown {
  const { stages, ...others } = snapshot as { stages: Stages };
  const kept = Object.entries(stages).map(([key, { deployments: _all, deploymentId: _id, ...stage }]) => [key, stage] as const);
  return { ...others, stages: Object.fromEntries(kept) };
}

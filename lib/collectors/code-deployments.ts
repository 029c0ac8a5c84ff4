// Deployments of CodeDeploy that are under way on a function behind the stage: what one shifts, nobody else may move (fixes.md §5).
import type { Answer, Aws } from '../aws/calls.ts';
import { functionsToLookAt } from '../model/deployed.ts';
import { got, type Missing } from '../model/evidence.ts';
import type { CodeDeployments, Shifting } from '../model/kinds/release.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector, notHad } from './collector.ts';
import { behindTheStage } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    codeDeployments: CodeDeployments;
  }
}

const calls = [
  'codedeploy:ListDeployments',
  'codedeploy:BatchGetDeployments',
  'codedeploy:ListDeploymentTargets',
  'codedeploy:BatchGetDeploymentTargets',
] as const;
type Calls = (typeof calls)[number];

/** Everything that is not over (SDK: DeploymentStatus). */
const underWay = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] as const;
/** BatchGetDeployments takes 25 (SDK); more than a few at once on Lambda is no shop we know of. */
const [deploymentsRead, targetsRead] = [25, 5];

export default collector({
  kind: 'codeDeployments',
  title: 'Deployments under way (CodeDeploy)',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: 2 + 2 * targetsRead,
  async read(aws, { have, lines, now }) {
    const behind = behindTheStage(have.deployedApi, (api) => functionsToLookAt(api, lines));
    if (!behind.ok) return behind.error;
    const running = await runningOf(aws);
    if (!running.ok) return running.error;
    const each = await Promise.all(running.value.map((one) => targetsOf(aws, one)));
    const failed = each.find((one) => !one.ok);
    if (failed && !failed.ok) return failed.error;
    const names = new Set(behind.value.map(({ ref }) => ref.name));
    const ours = each.flatMap((one) => (one.ok ? one.value : [])).filter((one) => names.has(one.functionName));
    return got({ running: ours }, { from: now, to: now }, 'aws');
  },
});

type Info = NonNullable<NonNullable<Extract<Answer<'codedeploy:BatchGetDeployments'>, { ok: true }>['value']['deploymentsInfo']>[number]>;

async function runningOf(aws: Aws<Calls>): Promise<Result<readonly Info[], Missing>> {
  const listed = await aws.call('codedeploy:ListDeployments', { includeOnlyStatuses: [...underWay] });
  if (!listed.ok) return err(notHad(listed.error));
  const ids = (listed.value.deployments ?? []).flatMap((id) => (id === undefined ? [] : [id])).slice(0, deploymentsRead);
  if (ids.length === 0) return ok([]);
  const infos = await aws.call('codedeploy:BatchGetDeployments', { deploymentIds: ids });
  if (!infos.ok) return err(notHad(infos.error));
  const lambda = (infos.value.deploymentsInfo ?? []).flatMap((one) => (one?.computePlatform === 'Lambda' ? [one] : []));
  return ok(lambda.slice(0, targetsRead));
}

async function targetsOf(aws: Aws<Calls>, info: Info): Promise<Result<readonly Shifting[], Missing>> {
  const deploymentId = info.deploymentId ?? '';
  const listed = await aws.call('codedeploy:ListDeploymentTargets', { deploymentId });
  if (!listed.ok) return err(notHad(listed.error));
  const targetIds = (listed.value.targetIds ?? []).flatMap((id) => (id === undefined ? [] : [id])).slice(0, deploymentsRead);
  if (targetIds.length === 0) return ok([]);
  const targets = await aws.call('codedeploy:BatchGetDeploymentTargets', { deploymentId, targetIds });
  if (!targets.ok) return err(notHad(targets.error));
  return ok((targets.value.deploymentTargets ?? []).flatMap((t) => shiftingOf(info, t?.lambdaTarget?.lambdaFunctionInfo)));
}

function shiftingOf(
  info: Info,
  shifted: { readonly [K in 'functionName' | 'functionAlias' | 'currentVersion' | 'targetVersion']?: string | undefined } | undefined,
): readonly Shifting[] {
  const { functionName, functionAlias, currentVersion, targetVersion } = shifted ?? {};
  if (functionName === undefined || functionAlias === undefined) return [];
  return [
    {
      id: info.deploymentId ?? '',
      application: info.applicationName ?? '',
      group: info.deploymentGroupName ?? '',
      status: info.status ?? 'Unknown',
      createdAt: info.createTime === undefined ? 0 : new Date(info.createTime).getTime(),
      functionName,
      alias: functionAlias,
      from: currentVersion ?? '',
      to: targetVersion ?? '',
      ...(info.creator === 'codeDeployRollback' ? { rollsBack: true } : {}),
    },
  ];
}

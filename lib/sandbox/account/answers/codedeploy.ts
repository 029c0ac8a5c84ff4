// CodeDeploy's answers: deployments by status, what each shifts, and the order to stop.
import { ok } from '../../../model/result.ts';
import type { Deployment } from '../codedeploy.ts';
import { fail, meta } from '../failure.ts';
import { arnOf } from '../functions.ts';
import type { Answers, Parts } from './parts.ts';

type Names = Extract<keyof Answers, `codedeploy:${string}`>;

const unknown = (id: string | undefined) =>
  fail('refused', 'DeploymentDoesNotExistException', `The deployment ${id ?? ''} could not be found`);

const info = (d: Deployment) => ({
  applicationName: d.application,
  deploymentGroupName: d.group,
  deploymentId: d.id,
  deploymentConfigName: 'CodeDeployDefault.LambdaLinear',
  status: d.status,
  createTime: new Date(d.createdAt),
  startTime: new Date(d.createdAt),
  creator: d.rollsBack === undefined ? ('user' as const) : ('codeDeployRollback' as const),
  computePlatform: 'Lambda' as const,
  rollbackInfo: {
    ...(d.rollbackId === undefined ? {} : { rollbackDeploymentId: d.rollbackId }),
    ...(d.rollsBack === undefined ? {} : { rollbackTriggeringDeploymentId: d.rollsBack }),
  },
});

const targetOf = ({ base }: Parts, d: Deployment) => ({
  deploymentTargetType: 'LambdaTarget' as const,
  lambdaTarget: {
    deploymentId: d.id,
    targetId: d.functionName,
    targetArn: arnOf(base, d.functionName),
    lambdaFunctionInfo: {
      functionName: d.functionName,
      functionAlias: d.alias,
      currentVersion: d.from,
      targetVersion: d.to,
      targetVersionWeight: d.weight,
    },
  },
});

export const codeDeployAnswers = (parts: Parts): Pick<Answers, Names> => {
  const { codeDeploy, trail } = parts;
  return {
    'codedeploy:ListDeployments': (input) => {
      const wanted = new Set<string>(input.includeOnlyStatuses ?? []);
      const found = [...codeDeploy.all.values()].filter((d) => wanted.size === 0 || wanted.has(d.status));
      return ok({ ...meta, deployments: found.map((d) => d.id).reverse() });
    },
    'codedeploy:BatchGetDeployments': (input) =>
      ok({
        ...meta,
        deploymentsInfo: (input.deploymentIds ?? []).flatMap((id) => {
          const d = codeDeploy.all.get(id);
          return d ? [info(d)] : [];
        }),
      }),
    'codedeploy:ListDeploymentTargets': (input) => {
      const d = codeDeploy.all.get(input.deploymentId ?? '');
      return d ? ok({ ...meta, targetIds: [d.functionName] }) : unknown(input.deploymentId);
    },
    'codedeploy:BatchGetDeploymentTargets': (input) => {
      const d = codeDeploy.all.get(input.deploymentId ?? '');
      if (!d) return unknown(input.deploymentId);
      return ok({ ...meta, deploymentTargets: input.targetIds?.includes(d.functionName) ? [targetOf(parts, d)] : [] });
    },
    'codedeploy:StopDeployment': (input, by) => {
      const stopped = codeDeploy.stop(input.deploymentId ?? '', input.autoRollbackEnabled === true);
      if (!stopped.ok) return stopped;
      trail.record({
        eventName: 'StopDeployment',
        eventSource: 'codedeploy.amazonaws.com',
        by,
        requestParameters: { deploymentId: input.deploymentId, autoRollbackEnabled: input.autoRollbackEnabled },
        resources: [],
      });
      return ok({ ...meta, status: 'Succeeded' as const, statusMessage: 'No more deployment lifecycle events will be run.' });
    },
  };
};

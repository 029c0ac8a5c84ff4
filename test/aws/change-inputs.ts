// One honest input for each call that changes functions or speaks with CodeDeploy, on listed things.
import type { CallName, In } from '../../lib/aws/calls.ts';

export const changeInputs = {
  'lambda:ListVersionsByFunction': { FunctionName: 'orders' },
  'lambda:GetRuntimeManagementConfig': { FunctionName: 'orders', Qualifier: '7' },
  'lambda:UpdateAlias': { FunctionName: 'orders', Name: 'live', FunctionVersion: '6' },
  'lambda:PublishVersion': { FunctionName: 'orders' },
  'lambda:PutFunctionConcurrency': { FunctionName: 'orders', ReservedConcurrentExecutions: 20 },
  'lambda:DeleteFunctionConcurrency': { FunctionName: 'orders' },
  'lambda:PutRuntimeManagementConfig': { FunctionName: 'orders:7', UpdateRuntimeOn: 'Auto' },
  'lambda:UpdateFunctionConfiguration': { FunctionName: 'orders', Timeout: 20 },
  'codedeploy:BatchGetDeployments': { deploymentIds: ['d-A1'] },
  'codedeploy:BatchGetDeploymentTargets': { deploymentId: 'd-A1', targetIds: ['orders'] },
  'codedeploy:ListDeployments': {},
  'codedeploy:ListDeploymentTargets': { deploymentId: 'd-A1' },
  'codedeploy:StopDeployment': { deploymentId: 'd-A1' },
} satisfies { readonly [N in CallName]?: In<N> };

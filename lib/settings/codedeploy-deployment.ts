// A deployment of CodeDeploy, stopped with a rollback: CodeDeploy itself puts the alias back and clears its weights (fixes.md §5). It cannot
// be taken back; the release is deployed anew instead.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object({
  accountId: v.string(),
  region: v.string(),
  deploymentId: v.string(),
  application: v.string(),
  group: v.string(),
  /** `orders:live from version 6 to 7`, for people. */
  shifts: v.string(),
});
const value = v.object({ stopped: v.literal(true) });
export type DeploymentTarget = v.InferOutput<typeof target>;
export type DeploymentValue = v.InferOutput<typeof value>;
type Target = DeploymentTarget;
type Value = ValueOf<DeploymentValue>;
type Read = 'codedeploy:BatchGetDeployments';
type Write = 'codedeploy:StopDeployment';

async function statusOf(aws: Aws<Read>, t: Target): Promise<Result<string, CallError>> {
  const answer = await aws.call('codedeploy:BatchGetDeployments', { deploymentIds: [t.deploymentId] });
  if (!answer.ok) return answer;
  const status = answer.value.deploymentsInfo?.[0]?.status;
  return status === undefined
    ? err({ kind: 'gone', call: 'codedeploy:BatchGetDeployments', name: 'Gone', message: `there is no deployment ${t.deploymentId}` })
    : ok(status);
}

export default setting({
  id: 'codedeploy-deployment',
  title: 'A deployment of CodeDeploy, stopped and rolled back',
  target,
  value,
  calls: { read: ['codedeploy:BatchGetDeployments'], write: ['codedeploy:StopDeployment'] },
  race: 'a deployment that ends in the moment between our read and our write answers that it is over, and nothing is stopped.',
  oneWay: 'the deployment stays stopped and rolled back: the release has to be deployed again',
  lockKey: (t: Target) => `codedeploy-deployment:${t.accountId}:${t.region}:${t.deploymentId}`,
  writesTo: (t: Target) => `arn:aws:codedeploy:${t.region}:${t.accountId}:deploymentgroup:${t.application}/${t.group}`,
  async read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
    const status = await statusOf(aws, t);
    return status.ok ? ok({ value: status.value === 'Stopped' ? { stopped: true } : 'absent' }) : status;
  },
  async write(aws: Aws<Read | Write>, t: Target): Promise<Result<void, CallError>> {
    const answer = await aws.call('codedeploy:StopDeployment', { deploymentId: t.deploymentId, autoRollbackEnabled: true });
    return answer.ok ? ok(undefined) : answer;
  },
  same: (a: Value, b: Value) => (a === 'absent' || b === 'absent' ? a === b : true),
  async settled(aws: Aws<Read>, t: Target): Promise<Result<'settled' | 'settling' | { readonly failed: string }, CallError>> {
    const status = await statusOf(aws, t);
    if (!status.ok) return status;
    if (status.value === 'Stopped') return ok('settled');
    return ok(status.value === 'Succeeded' ? { failed: `deployment ${t.deploymentId} had ended before it could be stopped` } : 'settling');
  },
  show: (t: Target) => `deployment ${t.deploymentId} of ${t.application}/${t.group} (${t.shifts}): under way → stopped and rolled back`,
  byHand: (t: Target) => `aws deploy stop-deployment --deployment-id ${t.deploymentId} --region ${t.region} --auto-rollback-enabled`,
  snippets: (t: Target): readonly Snippet[] => [
    {
      title: 'CDK',
      language: 'typescript',
      code: `// let CodeDeploy do it by itself next time\nnew codedeploy.LambdaDeploymentGroup(this, '${t.group.replaceAll(/[^A-Za-z0-9]/g, '')}', {\n  alias, deploymentConfig, alarms: [errors5xx], autoRollback: { deploymentInAlarm: true },\n});`,
    },
    {
      title: 'CloudFormation',
      language: 'yaml',
      code: `# on the AWS::CodeDeploy::DeploymentGroup ${t.group}\nAlarmConfiguration: { Enabled: true, Alarms: [{ Name: errors-5xx }] }\nAutoRollbackConfiguration: { Enabled: true, Events: [DEPLOYMENT_STOP_ON_ALARM] }`,
    },
    {
      title: 'Terraform',
      language: 'hcl',
      code: `# on the aws_codedeploy_deployment_group ${t.group}\nalarm_configuration {\n  enabled = true\n  alarms  = ["errors-5xx"]\n}\nauto_rollback_configuration {\n  enabled = true\n  events  = ["DEPLOYMENT_STOP_ON_ALARM"]\n}`,
    },
  ],
});

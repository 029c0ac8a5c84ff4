// CodeDeploy over the SDK; loaded on first use.
import {
  CodeDeployClient,
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'codedeploy'> {
  const client = new CodeDeployClient(settings);
  return {
    'codedeploy:BatchGetDeployments': (input) => client.send(new BatchGetDeploymentsCommand(input)),
    'codedeploy:BatchGetDeploymentTargets': (input) => client.send(new BatchGetDeploymentTargetsCommand(input)),
    'codedeploy:ListDeployments': (input) => client.send(new ListDeploymentsCommand(input)),
    'codedeploy:ListDeploymentTargets': (input) => client.send(new ListDeploymentTargetsCommand(input)),
    'codedeploy:StopDeployment': (input) => client.send(new StopDeploymentCommand(input)),
  };
}

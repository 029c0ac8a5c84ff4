// IAM over the SDK; loaded on first use.
import {
  IAMClient,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'iam'> {
  const client = new IAMClient(settings);
  return {
    'iam:GetRole': (input) => client.send(new GetRoleCommand(input)),
    'iam:GetRolePolicy': (input) => client.send(new GetRolePolicyCommand(input)),
    'iam:PutRolePolicy': (input) => client.send(new PutRolePolicyCommand(input)),
    'iam:DeleteRolePolicy': (input) => client.send(new DeleteRolePolicyCommand(input)),
    'iam:SimulatePrincipalPolicy': (input) => client.send(new SimulatePrincipalPolicyCommand(input)),
  };
}

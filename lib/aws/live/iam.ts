// IAM over the SDK; loaded on first use.
import {
  IAMClient,
  AttachRolePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
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
    'iam:GetPolicy': (input) => client.send(new GetPolicyCommand(input)),
    'iam:GetPolicyVersion': (input) => client.send(new GetPolicyVersionCommand(input)),
    'iam:ListAttachedRolePolicies': (input) => client.send(new ListAttachedRolePoliciesCommand(input)),
    'iam:AttachRolePolicy': (input) => client.send(new AttachRolePolicyCommand(input)),
    'iam:DetachRolePolicy': (input) => client.send(new DetachRolePolicyCommand(input)),
    'iam:SimulatePrincipalPolicy': (input) => client.send(new SimulatePrincipalPolicyCommand(input)),
  };
}

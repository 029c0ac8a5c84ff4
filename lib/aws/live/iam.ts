// IAM over the SDK; loaded on first use.
import { IAMClient, GetRoleCommand, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'iam'> {
  const client = new IAMClient(settings);
  return {
    'iam:GetRole': (input) => client.send(new GetRoleCommand(input)),
    'iam:SimulatePrincipalPolicy': (input) => client.send(new SimulatePrincipalPolicyCommand(input)),
  };
}

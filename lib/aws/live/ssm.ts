// Parameter Store over the SDK; loaded on first use.
import { SSMClient, GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'ssm'> {
  const client = new SSMClient(settings);
  return {
    'ssm:GetParameter': (input) => client.send(new GetParameterCommand(input)),
  };
}

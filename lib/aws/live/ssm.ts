// Parameter Store and Change Calendar over the SDK; loaded on first use.
import { GetCalendarStateCommand, GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'ssm'> {
  const client = new SSMClient(settings);
  return {
    'ssm:GetCalendarState': (input) => client.send(new GetCalendarStateCommand(input)),
    'ssm:GetParameter': (input) => client.send(new GetParameterCommand(input)),
  };
}

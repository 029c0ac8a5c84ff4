// Step Functions, as what stands behind a route, over the SDK; loaded on first use.
import { SFNClient, DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'states'> {
  const client = new SFNClient(settings);
  return {
    'states:DescribeStateMachine': (input) => client.send(new DescribeStateMachineCommand(input)),
  };
}

// CloudFormation over the SDK; loaded on first use.
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'cloudformation'> {
  const client = new CloudFormationClient(settings);
  return {
    'cloudformation:DescribeStackEvents': (input) => client.send(new DescribeStackEventsCommand(input)),
    'cloudformation:DescribeStackResource': (input) => client.send(new DescribeStackResourceCommand(input)),
    'cloudformation:DescribeStacks': (input) => client.send(new DescribeStacksCommand(input)),
  };
}

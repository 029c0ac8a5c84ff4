// CloudWatch Logs over the SDK; loaded on first use.
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  DescribeSubscriptionFiltersCommand,
  PutSubscriptionFilterCommand,
  DeleteSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'logs'> {
  const client = new CloudWatchLogsClient(settings);
  return {
    'logs:FilterLogEvents': (input) => client.send(new FilterLogEventsCommand(input)),
    'logs:DescribeSubscriptionFilters': (input) => client.send(new DescribeSubscriptionFiltersCommand(input)),
    'logs:PutSubscriptionFilter': (input) => client.send(new PutSubscriptionFilterCommand(input)),
    'logs:DeleteSubscriptionFilter': (input) => client.send(new DeleteSubscriptionFilterCommand(input)),
  };
}

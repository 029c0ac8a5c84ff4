// AWS Health over the SDK; loaded on first use. It answers for every Region from one place (evidence.md §10).
import { DescribeEventsCommand, HealthClient } from '@aws-sdk/client-health';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'health'> {
  const client = new HealthClient({ ...settings, region: 'us-east-1' });
  return {
    'health:DescribeEvents': (input) => client.send(new DescribeEventsCommand(input)),
  };
}

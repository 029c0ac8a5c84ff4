// CloudTrail over the SDK; loaded on first use.
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'cloudtrail'> {
  const client = new CloudTrailClient(settings);
  return {
    'cloudtrail:LookupEvents': (input) => client.send(new LookupEventsCommand(input)),
  };
}

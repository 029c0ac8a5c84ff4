// CloudTrail over the SDK; loaded on first use.
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

/** Where events of services without a Region are recorded (evidence.md §6). */
const globalRegion = 'us-east-1';

export function sends(settings: ClientSettings): Sends<'cloudtrail'> {
  const client = new CloudTrailClient(settings);
  const global = new CloudTrailClient({ ...settings, region: globalRegion });
  return {
    'cloudtrail:LookupGlobalEvents': (input) => global.send(new LookupEventsCommand(input)),
    'cloudtrail:LookupEvents': (input) => client.send(new LookupEventsCommand(input)),
  };
}

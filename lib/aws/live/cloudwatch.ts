// CloudWatch over the SDK; loaded on first use. Behind an endpoint of one's own (an emulator) it speaks the older query protocol,
// for emulators answer the SDK's newest one wrongly or not at all.
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export async function sends(settings: ClientSettings, endpoint: string | undefined): Promise<Sends<'cloudwatch'>> {
  const protocol = endpoint ? { protocol: (await import('@aws-sdk/core/protocols')).AwsQueryProtocol } : {};
  const client = new CloudWatchClient({ ...settings, ...protocol });
  return {
    'cloudwatch:GetMetricData': (input) => client.send(new GetMetricDataCommand(input)),
    'cloudwatch:DescribeAlarms': (input) => client.send(new DescribeAlarmsCommand(input)),
  };
}

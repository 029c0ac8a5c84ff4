// Key Management Service over the SDK; loaded on first use.
import { KMSClient, DescribeKeyCommand } from '@aws-sdk/client-kms';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'kms'> {
  const client = new KMSClient(settings);
  return {
    'kms:DescribeKey': (input) => client.send(new DescribeKeyCommand(input)),
  };
}

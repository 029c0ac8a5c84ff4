// Certificate Manager over the SDK; loaded on first use.
import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'acm'> {
  const client = new ACMClient(settings);
  return {
    'acm:DescribeCertificate': (input) => client.send(new DescribeCertificateCommand(input)),
  };
}

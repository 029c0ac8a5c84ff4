// AWS WAF over the SDK; loaded on first use.
import { GetWebACLForResourceCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'wafv2'> {
  const client = new WAFV2Client(settings);
  return {
    'wafv2:GetWebACLForResource': (input) => client.send(new GetWebACLForResourceCommand(input)),
  };
}

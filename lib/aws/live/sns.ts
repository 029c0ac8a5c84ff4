// SNS over the SDK; loaded on first use.
import { SNSClient, GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'sns'> {
  const client = new SNSClient(settings);
  return {
    'sns:GetTopicAttributes': (input) => client.send(new GetTopicAttributesCommand(input)),
  };
}

// SQS over the SDK; loaded on first use.
import { SQSClient, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'sqs'> {
  const client = new SQSClient(settings);
  return {
    'sqs:GetQueueAttributes': (input) => client.send(new GetQueueAttributesCommand(input)),
  };
}

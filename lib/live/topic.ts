// The topic over SNS: one JSON object a message; subjects are what e-mail and pagers can take.
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { ClientSettings } from '../aws/live/settings.ts';
import type { Topic } from '../world.ts';
import { asking } from './errors.ts';
import type { Settings } from './settings.ts';

export function liveTopic(settings: Settings, client: ClientSettings): Topic {
  const sns = new SNSClient(client);
  return {
    async publish(subject, message) {
      const command = new PublishCommand({
        TopicArn: settings.get('GATEMEDIC_TOPIC_ARN'),
        Subject: subjectOf(subject),
        Message: JSON.stringify(message),
      });
      await asking('sns:Publish', () => sns.send(command));
    },
  };
}

/** SNS takes at most 99 characters of ASCII without line breaks, and no empty subject (AWS: SNS Publish, Subject). */
export const subjectOf = (subject: string): string =>
  subject
    .replace(/[^\x20-\x7e]{1,99}/g, ' ')
    .trim()
    .slice(0, 99) || 'Gatemedic';

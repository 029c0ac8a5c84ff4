// The dead-letter queue over SQS: a record that could not be read, redacted, with the reason, for a person to look at.
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ClientSettings } from '../aws/live/settings.ts';
import { redactText } from '../aws/redact.ts';
import type { DeadLetter } from '../world.ts';
import { asking } from './errors.ts';
import type { Settings } from './settings.ts';

/** Characters of a record that are kept: at four bytes each, below the 256 KB of an SQS message. */
const longestRecord = 60_000;

export function liveDeadLetter(settings: Settings, client: ClientSettings): DeadLetter {
  const sqs = new SQSClient(client);
  return {
    async put(record, reason) {
      const command = new SendMessageCommand({
        QueueUrl: settings.get('GATEMEDIC_DEAD_LETTER_URL'),
        MessageBody: deadLetterBody(record, reason),
      });
      await asking('sqs:SendMessage', () => sqs.send(command));
    },
  };
}

/** The message: `{ reason, record, cut }`, the record as text, for it may be anything. */
export function deadLetterBody(record: unknown, reason: string): string {
  const text = typeof record === 'string' ? record : (JSON.stringify(record) ?? String(record));
  return JSON.stringify({
    reason: redactText(reason).slice(0, 1_000),
    record: redactText(text.slice(0, longestRecord)),
    cut: text.length > longestRecord,
  });
}

// DynamoDB, as what stands behind a route, over the SDK; loaded on first use.
import { DynamoDBClient, DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'dynamodb'> {
  const client = new DynamoDBClient(settings);
  return {
    'dynamodb:DescribeTable': (input) => client.send(new DescribeTableCommand(input)),
    'dynamodb:UpdateTable': (input) => client.send(new UpdateTableCommand(input)),
  };
}

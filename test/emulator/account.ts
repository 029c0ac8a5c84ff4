// What the emulated account holds, read over the wire by the services' own names.
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CloudWatchLogsClient,
  DescribeSubscriptionFiltersCommand,
  FilterLogEventsCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { endpoint, place } from './deploy.ts';

const dynamo = new DynamoDBClient({});
const sfn = new SFNClient({});
const lambda = new LambdaClient({});
const sqs = new SQSClient({ endpoint, useQueueUrlAsEndpoint: false });

/** Asks until there is an answer; says what it waited for when there is none. */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined | false>): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 500))) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
  }
  throw new Error(`waited ${seconds} s for ${what}`);
}

/** The values of all rows of one kind. */
async function rows<T>(table: string, kind: string): Promise<readonly T[]> {
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  return Items.filter((item) => item['pk']?.S?.startsWith(`${kind}#`)).map((item) => JSON.parse(item['value']?.S ?? 'null') as T);
}
export const incidents = (table: string): Promise<readonly Incident[]> => rows<Incident>(table, 'incident');
export const changes = (table: string): Promise<readonly ChangeRecord[]> => rows<ChangeRecord>(table, 'change');

export async function executions(
  machine: string,
): Promise<readonly { readonly name: string; readonly status: string; readonly input: string }[]> {
  const stateMachineArn = `arn:aws:states:${place.region}:${place.accountId}:stateMachine:${machine}`;
  const { executions: all = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  return Promise.all(
    all.map(async ({ executionArn }) => {
      const one = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return { name: one.name ?? '', status: one.status ?? '', input: one.input ?? '' };
    }),
  );
}

/** An alarm's change, as EventBridge delivers it (signals.md §1); MiniStack's alarms send none themselves. */
export async function alarmChanged(apiName: string, apiId: string, at: number): Promise<void> {
  const alarmName = `api-5xx-watched-${apiId}-prod`;
  const detail = {
    alarmName,
    configuration: {
      metrics: [
        {
          id: 'm1',
          metricStat: {
            metric: { namespace: 'AWS/ApiGateway', name: '5XXError', dimensions: { ApiName: apiName, Stage: 'prod' } },
            period: 60,
            stat: 'Sum',
          },
          returnData: true,
        },
      ],
    },
    previousState: { value: 'OK', timestamp: stamp(at - 600_000), reason: '' },
    state: {
      value: 'ALARM',
      timestamp: stamp(at),
      reason: 'Threshold Crossed',
      reasonData: JSON.stringify({
        version: '1.0',
        queryDate: stamp(at),
        startDate: stamp(at - 60_000),
        statistic: 'Sum',
        period: 60,
        recentDatapoints: [60],
        threshold: 5,
      }),
    },
  };
  await json('AWSEvents.PutEvents', {
    Entries: [
      {
        Source: 'aws.cloudwatch',
        DetailType: 'CloudWatch Alarm State Change',
        Resources: [`arn:aws:cloudwatch:${place.region}:${place.accountId}:alarm:${alarmName}`],
        Time: at / 1000,
        Detail: JSON.stringify(detail),
      },
    ],
  });
}
const stamp = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');

/** One call of EventBridge's JSON protocol: its client is no dependency of the project. */
async function json(target: string, body: unknown): Promise<void> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${place.accountId}/20260101/${place.region}/events/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body: JSON.stringify(body),
  });
  const said = (await answer.json()) as { FailedEntryCount?: number };
  if (!answer.ok || said.FailedEntryCount) throw new Error(`${target}: ${JSON.stringify(said)}`);
}

export const putSecret = (SecretId: string, SecretString: string): Promise<unknown> =>
  new SecretsManagerClient({}).send(new PutSecretValueCommand({ SecretId, SecretString }));

/** A queue that hears the topic. */
export async function listen(TopicArn: string): Promise<() => Promise<readonly Record<string, unknown>[]>> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'told' }));
  await new SNSClient({}).send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:${place.region}:${place.accountId}:told`,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const heard: Record<string, unknown>[] = [];
  return async () => {
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return heard;
      for (const m of Messages) {
        heard.push(JSON.parse(m.Body ?? '{}') as Record<string, unknown>);
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: m.ReceiptHandle }));
      }
    }
  };
}

export async function filters(
  logGroupName: string,
): Promise<readonly { readonly name: string; readonly destination: string; readonly pattern: string }[]> {
  const { subscriptionFilters = [] } = await new CloudWatchLogsClient({}).send(new DescribeSubscriptionFiltersCommand({ logGroupName }));
  return subscriptionFilters.map((f) => ({
    name: f.filterName ?? '',
    destination: f.destinationArn ?? '',
    pattern: f.filterPattern ?? '',
  }));
}

/**
 * MiniStack wants every term of a pattern in a line, also where `?a ?b` asks for any of them: our filters would deliver nothing. What
 * comes in is sorted out in code anyway.
 */
export async function openFilters(logGroupName: string): Promise<void> {
  for (const { name, destination } of await filters(logGroupName))
    await new CloudWatchLogsClient({}).send(
      new PutSubscriptionFilterCommand({ logGroupName, filterName: name, destinationArn: destination, filterPattern: '' }),
    );
}

/** How often a function has finished an event: its own log says so. */
export async function invoked(functionName: string): Promise<number> {
  const { events = [] } = await new CloudWatchLogsClient({}).send(
    new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${functionName}`, filterPattern: 'REPORT' }),
  );
  return events.length;
}

/** Invokes a function as a schedule does, and waits for its answer. */
export async function invoke(FunctionName: string): Promise<void> {
  const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{}') }));
  if (FunctionError) throw new Error(`${FunctionName} failed: ${FunctionError}`);
}

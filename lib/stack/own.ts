// Gatemedic's own resources: the table, the topic, the queues, the secrets, the kill switch.
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Installation } from '../model/installation.ts';
import { tableShape } from '../store/table.ts';
import { accept } from './nag.ts';
import { scheduleGroup } from './names.ts';

export interface Own {
  readonly table: dynamodb.Table;
  readonly topic: sns.Topic;
  /** Records that could not be read, each with its reason. */
  readonly aside: sqs.Queue;
  /** Events a function failed on, and deliveries that failed. */
  readonly undelivered: sqs.Queue;
  readonly slackToken: secrets.Secret;
  /** None where there is no receiver: nothing of Slack's comes in. */
  readonly slackSigning: secrets.Secret | undefined;
  readonly killSwitch: ssm.StringParameter;
  readonly schedules: CfnScheduleGroup;
}

/** Makes them all. */
export function makeOwn(scope: Construct, installation: Installation): Own {
  return {
    table: makeTable(scope),
    topic: makeTopic(scope),
    aside: makeQueue(scope, 'PutAside'),
    undelivered: makeQueue(scope, 'Undelivered'),
    slackToken: makeSecret(scope, 'SlackToken', 'Bot token of the Slack app, xoxb-…'),
    slackSigning:
      installation.receiver === 'none'
        ? undefined
        : makeSecret(scope, 'SlackSigningSecret', "Signing secret of the Slack app: what a click's signature is checked with"),
    killSwitch: makeKillSwitch(scope, installation),
    schedules: new CfnScheduleGroup(scope, 'Schedules', { name: scheduleGroup }),
  };
}

/** Kept when the stack goes: it is the journal of what was changed in the account. */
function makeTable(scope: Construct): dynamodb.Table {
  const table = new dynamodb.Table(scope, 'Table', {
    partitionKey: { name: tableShape.partitionKey, type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    encryption: dynamodb.TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: tableShape.ttl,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  table.addGlobalSecondaryIndex({
    indexName: tableShape.listIndex,
    partitionKey: { name: tableShape.listKey, type: dynamodb.AttributeType.STRING },
    sortKey: { name: tableShape.listSortKey, type: dynamodb.AttributeType.NUMBER },
    projectionType: dynamodb.ProjectionType.ALL,
  });
  return table;
}

/** Not encrypted with a key: alarms cannot publish to a topic under the key AWS manages, and what is published holds no secret. */
function makeTopic(scope: Construct): sns.Topic {
  const topic = new sns.Topic(scope, 'Topic', { displayName: 'Gatemedic', enforceSSL: true });
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  return topic;
}

function makeQueue(scope: Construct, id: string): sqs.Queue {
  const queue = new sqs.Queue(scope, id, {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  accept(queue, 'AwsSolutions-SQS3', 'This queue is itself where failed deliveries end; an alarm watches its depth.');
  return queue;
}

function makeSecret(scope: Construct, id: string, description: string): secrets.Secret {
  const secret = new secrets.Secret(scope, id, { description });
  accept(secret, 'AwsSolutions-SMG4', 'Slack issues this value; nothing in the account can rotate it.');
  return secret;
}

function makeKillSwitch(scope: Construct, installation: Installation): ssm.StringParameter {
  return new ssm.StringParameter(scope, 'KillSwitch', {
    parameterName: installation.killSwitchParameter,
    stringValue: 'off',
    allowedPattern: '^(on|off)$',
    description: 'Write "on" to stop every new change of Gatemedic at once. An undo is never stopped.',
  });
}

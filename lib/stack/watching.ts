// How news of a watched stage comes in: an alarm a stage, the rules that carry alarm changes to intake, and the leave for CloudWatch
// Logs to deliver batches to it.
import { Aws, Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { WatchedStage } from '../model/installation.ts';
import { arnOf, incidentMachine, stageAlarmPrefix, undoMachine } from './names.ts';

const failureNames = { REST: ['5XXError'], HTTP: ['5xx'], WEBSOCKET: ['ExecutionError', 'IntegrationError'] } as const;

/**
 * Which metrics count a stage's failures, and their dimensions (signals.md §8: REST is keyed by name, the others by id). A WebSocket API
 * counts calls that failed apart from integrations that answered badly, a crashed function among them: an alarm for each.
 */
const failureMetrics = (stage: WatchedStage): readonly cloudwatch.Metric[] =>
  failureNames[stage.apiType].map(
    (metricName) =>
      new cloudwatch.Metric({
        namespace: 'AWS/ApiGateway',
        statistic: 'Sum',
        period: Duration.seconds(60),
        metricName,
        dimensionsMap:
          stage.apiType === 'REST' ? { ApiName: stage.apiName, Stage: stage.stage } : { ApiId: stage.apiId, Stage: stage.stage },
      }),
  );

/** An alarm a stage, two for a WebSocket stage. Missing data is no failure: a stage without traffic has no datapoints. */
export function stageAlarms(scope: Construct, stages: readonly WatchedStage[], failuresPerMinute: number): readonly cloudwatch.Alarm[] {
  return stages.flatMap((stage, n) =>
    failureMetrics(stage).map((metric, m) => {
      const which = m === 0 ? '' : `-${metric.metricName}`;
      return new cloudwatch.Alarm(scope, `stage-${n + 1}${which}`, {
        alarmName: `${stageAlarmPrefix}${stage.apiId}-${stage.stage}${which}`,
        alarmDescription: `5xx answers of ${stage.apiName}, stage ${stage.stage}: opens an incident in Gatemedic`,
        metric,
        threshold: failuresPerMinute,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
    }),
  );
}

/** What an alarm on any API Gateway failure metric of the account has in its event: the watched stages' alarms, and the owner's own. */
const anyFailureAlarm = {
  configuration: {
    metrics: { metricStat: { metric: { namespace: ['AWS/ApiGateway'], name: Object.values(failureNames).flat() } } },
  },
};

/** A pattern holds 2,048 characters: so many alarm ARNs of the longest name (255) fit beside the rest (AWS: EventBridge quotas). */
const compositesInARule = 5;

/**
 * Carries state changes of alarms to intake: of any alarm of the account on a 5xx metric of API Gateway, so that stages nobody listed are
 * looked at too (and never changed: guard not-watched), and of the listed composite alarms, whose events name no metric.
 */
export function alarmRules(scope: Construct, intake: lambda.IFunction, composites: readonly string[], undelivered: sqs.IQueue): void {
  const changed = { source: ['aws.cloudwatch'], detailType: ['CloudWatch Alarm State Change'] };
  const listed = Array.from({ length: Math.ceil(composites.length / compositesInARule) }, (_, n) =>
    composites.slice(n * compositesInARule, (n + 1) * compositesInARule),
  );
  const patterns: readonly events.EventPattern[] = [
    { ...changed, detail: anyFailureAlarm },
    ...listed.map((resources) => ({ ...changed, resources: [...resources] })),
  ];
  for (const [n, eventPattern] of patterns.entries()) {
    new events.Rule(scope, n === 0 ? 'FailureAlarmChanged' : `CompositeAlarmChanged${n}`, {
      description:
        n === 0
          ? 'An alarm on 5xx of an API of this account changed: Gatemedic looks'
          : 'A listed composite alarm changed: Gatemedic looks',
      eventPattern,
      targets: [target(intake, undelivered)],
    });
  }
}

/** An execution that failed, timed out or was aborted is caught by nothing inside it (platform.md §12): the sweeper settles what it left. */
export function executionRule(scope: Construct, sweep: lambda.IFunction, undelivered: sqs.IQueue): void {
  new events.Rule(scope, 'ExecutionEndedBadly', {
    description: 'An execution of Gatemedic ended badly: the sweeper settles its incident',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        stateMachineArn: [incidentMachine, undoMachine].map((name) => arnOf(scope, 'states', `stateMachine:${name}`)),
      },
    },
    targets: [target(sweep, undelivered)],
  });
}

/** One permission for all log groups of the account: one a group overflows the function's policy at 44–62 groups (platform.md §12). */
export function logsMayInvoke(intake: lambda.IFunction): lambda.CfnPermission | undefined {
  intake.addPermission('AnyLogGroupOfThisAccount', {
    principal: new iam.ServicePrincipal('logs.amazonaws.com'),
    sourceAccount: Aws.ACCOUNT_ID,
  });
  return intake.node.tryFindChild('AnyLogGroupOfThisAccount') as lambda.CfnPermission | undefined;
}

const target = (fn: lambda.IFunction, undelivered: sqs.IQueue): LambdaFunction =>
  new LambdaFunction(fn, { deadLetterQueue: undelivered, maxEventAge: Duration.hours(6), retryAttempts: 20 });

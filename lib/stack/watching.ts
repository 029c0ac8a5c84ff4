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

/** Which metric counts a stage's failures, and its dimensions (signals.md §8: REST is keyed by name, the others by id). */
function failureMetric(stage: WatchedStage): cloudwatch.Metric {
  const shape = { namespace: 'AWS/ApiGateway', statistic: 'Sum', period: Duration.seconds(60) };
  if (stage.apiType === 'REST')
    return new cloudwatch.Metric({ ...shape, metricName: '5XXError', dimensionsMap: { ApiName: stage.apiName, Stage: stage.stage } });
  return new cloudwatch.Metric({
    ...shape,
    metricName: stage.apiType === 'HTTP' ? '5xx' : 'ExecutionError',
    dimensionsMap: { ApiId: stage.apiId, Stage: stage.stage },
  });
}

/** An alarm a stage. Missing data is no failure: a stage without traffic has no datapoints. */
export function stageAlarms(scope: Construct, stages: readonly WatchedStage[], failuresPerMinute: number): readonly cloudwatch.Alarm[] {
  return stages.map(
    (stage, n) =>
      new cloudwatch.Alarm(scope, `stage-${n + 1}`, {
        alarmName: `${stageAlarmPrefix}${stage.apiId}-${stage.stage}`,
        alarmDescription: `5xx answers of ${stage.apiName}, stage ${stage.stage}: opens an incident in Gatemedic`,
        metric: failureMetric(stage),
        threshold: failuresPerMinute,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      }),
  );
}

/** A pattern holds 2,048 characters: so many alarm ARNs of the longest name (255) fit beside the rest (AWS: EventBridge quotas). */
const compositesInARule = 5;

/** Carries state changes of the stage alarms (by the prefix of their names) and of the listed composite alarms to intake. */
export function alarmRules(scope: Construct, intake: lambda.IFunction, composites: readonly string[], undelivered: sqs.IQueue): void {
  const stages = [{ prefix: arnOf(scope, 'cloudwatch', `alarm:${stageAlarmPrefix}`) }];
  const listed = Array.from({ length: Math.ceil(composites.length / compositesInARule) }, (_, n) =>
    composites.slice(n * compositesInARule, (n + 1) * compositesInARule),
  );
  for (const [n, resources] of [stages, ...listed].entries()) {
    new events.Rule(scope, n === 0 ? 'StageAlarmChanged' : `CompositeAlarmChanged${n}`, {
      description: 'An alarm on a watched stage changed: Gatemedic looks',
      eventPattern: { source: ['aws.cloudwatch'], detailType: ['CloudWatch Alarm State Change'], resources: resources as string[] },
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

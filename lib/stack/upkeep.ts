// What keeps Gatemedic in order by itself: the sweeper's, the reconciler's and the digest's schedules, the subscription filters that come
// and go with the stack, and the alarms on Gatemedic itself.
import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct, IDependable } from 'constructs';
import type { Functions } from './functions.ts';
import { prefix } from '../model/names.ts';
import { scheduleGroup } from './names.ts';
import type { Own } from './own.ts';

/** The role EventBridge Scheduler takes; `StringEquals` on the account keeps another account's schedules out. */
export function schedulerRole(scope: Construct, id: string, description: string): iam.Role {
  const principal = new iam.ServicePrincipal('scheduler.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
  return new iam.Role(scope, id, { assumedBy: principal, description });
}

/** Sweep every five minutes, look after the filters every fifteen, send the digest once a week. */
export function makeSchedules(
  scope: Construct,
  functions: Functions,
  own: Own,
  digest: { readonly expression: string; readonly timezone: string },
): void {
  const role = schedulerRole(scope, 'SchedulesRole', 'Gatemedic: starts the sweeper, the reconciler and the digest');
  const { sweep, subscribe, digest: weekly, intake } = functions;
  for (const { live } of [sweep, subscribe, weekly])
    role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [live.functionArn] }));
  own.undelivered.grantSendMessages(role);
  const schedule = (id: string, expression: string, arn: string, input: unknown, timezone = 'UTC'): void => {
    new CfnSchedule(scope, id, {
      name: `${prefix}-${id.toLowerCase()}`,
      groupName: scheduleGroup,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timezone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn,
        roleArn: role.roleArn,
        input: Stack.of(scope).toJsonString(input),
        deadLetterConfig: { arn: own.undelivered.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
    }).addResourceDependency(own.schedules);
  };
  schedule('Sweep', 'rate(5 minutes)', sweep.live.functionArn, {});
  schedule('Subscribe', 'rate(15 minutes)', subscribe.live.functionArn, { destinationArn: intake.live.functionArn });
  schedule('Digest', digest.expression, weekly.live.functionArn, {}, digest.timezone);
}

/** CloudFormation waits this long for the reconciler's answer; its function is done, or dead, before. */
const filtersTimeout = Duration.minutes(3);

/** The filters are made when the stack comes and taken away when it goes: left behind they would hold one of a group's two slots. */
export function makeFilters(scope: Construct, functions: Functions, after: readonly IDependable[]): CustomResource {
  const { subscribe, intake } = functions;
  const filters = new CustomResource(scope, 'Filters', {
    resourceType: 'Custom::GatemedicSubscriptionFilters',
    serviceToken: subscribe.live.functionArn,
    serviceTimeout: filtersTimeout,
    properties: { destinationArn: intake.live.functionArn, version: subscribe.version.functionArn },
  });
  filters.node.addDependency(subscribe.live, subscribe.role, ...after);
  return filters;
}

/** Its function answers within its two minutes, whatever it meets; CloudFormation gives up on it soon after. */
const farewellTimeout = Duration.minutes(3);

/**
 * On the way out, before anything it needs goes: what was lent is taken back and what stays is listed. `after` is what it needs; whatever could
 * begin a change meanwhile depends on it, and so is gone before it.
 */
export function makeFarewell(scope: Construct, { farewell }: Functions, after: readonly IDependable[]): CustomResource {
  const resource = new CustomResource(scope, 'Farewell', {
    resourceType: 'Custom::GatemedicFarewell',
    serviceToken: farewell.live.functionArn,
    serviceTimeout: farewellTimeout,
  });
  resource.node.addDependency(farewell.live, farewell.role, ...after);
  return resource;
}

/** Alarms on Gatemedic itself, told to the topic: who mends the mender is a person. */
export function makeOwnAlarms(scope: Construct, functions: Functions, machines: readonly StateMachine[], own: Own): void {
  const tell = new SnsAction(own.topic);
  const minutes = { period: Duration.minutes(5), statistic: 'Sum' };
  const alarm = (name: string, metric: cloudwatch.IMetric, description: string): void => {
    new cloudwatch.Alarm(scope, `own-${name}`, {
      alarmName: `${prefix}-own-${name}`,
      alarmDescription: description,
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(tell);
  };
  for (const { fn, duty } of Object.values(functions))
    alarm(`${duty.id}-errors`, fn.metricErrors(minutes), `Gatemedic's ${duty.id} function fails; its log says why`);
  for (const [id, machine] of machines.entries()) {
    const name = id === 0 ? 'incident' : 'undo';
    alarm(
      `${name}-failed`,
      machine.metricFailed(minutes),
      `An execution of Gatemedic's ${name} machine failed; a change may stand unproven`,
    );
    alarm(`${name}-timed-out`, machine.metricTimedOut(minutes), `An execution of Gatemedic's ${name} machine ran out of time`);
  }
  const depth = { period: Duration.minutes(5), statistic: 'Maximum' };
  alarm(
    'put-aside',
    own.aside.metricApproximateNumberOfMessagesVisible(depth),
    'Records that Gatemedic could not read wait in its queue, each with the reason',
  );
  alarm(
    'undelivered',
    own.undelivered.metricApproximateNumberOfMessagesVisible(depth),
    'Events that Gatemedic failed on, or never got, wait in its queue',
  );
}

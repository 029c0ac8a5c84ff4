// Rows of the services that watch or steer: CloudWatch, CloudFormation, CloudTrail, Application Auto Scaling, and the kill switch in Parameter Store.
import type { CallName, CallRow, Here } from '../calls.ts';

type Rows = { readonly [N in Extract<CallName, `cloud${string}` | `ssm:${string}` | `application-autoscaling:${string}`>]: CallRow<N> };

const everything = [{ resources: ['*'] }];
const stack = (here: Here, nameOrArn: string | undefined): string =>
  nameOrArn?.startsWith('arn:') ? nameOrArn : `arn:aws:cloudformation:${here.region}:${here.accountId}:stack/${nameOrArn ?? '*'}/*`;
const parameter = (here: Here, name: string | undefined): string =>
  `arn:aws:ssm:${here.region}:${here.accountId}:parameter${name?.startsWith('/') ? '' : '/'}${name ?? '*'}`;

/** A calendar of this account by its name; a shared one by its ARN. */
const calendar = (here: Here, name: string): string =>
  name.startsWith('arn:') ? name : `arn:aws:ssm:${here.region}:${here.accountId}:document/${name}`;

export const watchRows: Rows = {
  'cloudwatch:GetMetricData': {
    iam: ['cloudwatch:GetMetricData'],
    effect: 'read',
    why: 'Reads request, error, throttle and duration metrics of the stage and its functions.',
    wide: 'It has no resource: every metric of the account and Region can be read.',
    resource: () => ['*'],
    grants: () => everything,
  },
  'cloudwatch:DescribeAlarms': {
    iam: ['cloudwatch:DescribeAlarms'],
    effect: 'read',
    why: 'Finds the alarms below a composite alarm.',
    // SDK, DescribeAlarms: composite alarms are only returned when the permission is scoped to `*`.
    wide: 'Composite alarms are only answered when the permission is on `*`: the settings of every alarm can be read.',
    resource: () => ['*'],
    grants: () => everything,
  },
  'application-autoscaling:DescribeScalableTargets': {
    iam: ['application-autoscaling:DescribeScalableTargets'],
    effect: 'read',
    why: 'Sees whether Application Auto Scaling steers an alias’ warm environments or a table’s capacity: then nothing is set beside it.',
    wide: 'It has no resource: every scalable target of the account and Region can be listed; only the one alias or table is asked for.',
    resource: () => ['*'],
    grants: () => everything,
  },
  'cloudformation:DescribeStackResource': {
    iam: ['cloudformation:DescribeStackResource'],
    effect: 'read',
    why: 'Finds the construct or the template’s resource that owns what is changed, so that it can be made to last there.',
    wide: 'The stack of a function is only known once its tags are read: the resources of every stack of the account and Region can be described. Of their metadata only the construct’s path and SAM’s resource are kept.',
    resource: (input, here) => [stack(here, input.StackName)],
    grants: (scope) => [{ resources: [stack(scope, '*')] }],
  },
  'cloudformation:DescribeStackEvents': {
    iam: ['cloudformation:DescribeStackEvents'],
    effect: 'read',
    why: 'Sees at once whether a deploy removed the permission.',
    wide: 'The stack of a function is only known once its tags are read: the events of every stack of the account and Region can be read. Properties of anything but a Lambda permission are dropped before they are stored.',
    resource: (input, here) => [stack(here, input.StackName)],
    grants: (scope) => [{ resources: [stack(scope, '*')] }],
  },
  'cloudformation:DescribeStacks': {
    iam: ['cloudformation:DescribeStacks'],
    effect: 'read',
    why: 'Sees whether a deploy of the function’s stack still runs.',
    wide: 'The stack of a function is only known once its tags are read: every stack of the account and Region can be described. Values of parameters and outputs are dropped before anybody sees them.',
    resource: (input, here) => [stack(here, input.StackName)],
    grants: (scope) => [{ resources: [stack(scope, '*')] }],
  },
  'cloudtrail:LookupEvents': {
    iam: ['cloudtrail:LookupEvents'],
    effect: 'read',
    why: 'Finds out who removed a permission or released a function.',
    wide: 'It has no resource: every management event of the last 90 days can be read.',
    resource: () => ['*'],
    grants: () => everything,
  },
  'cloudtrail:LookupGlobalEvents': {
    iam: ['cloudtrail:LookupEvents'],
    effect: 'read',
    why: 'Finds out in us-east-1, where IAM’s events are recorded, who took a role’s permission away, and what it said.',
    wide: 'It has no resource: every management event of the last 90 days can be read.',
    resource: () => ['*'],
    grants: () => everything,
  },
  'ssm:GetCalendarState': {
    iam: ['ssm:GetCalendarState'],
    effect: 'read',
    why: 'Asks the owner’s change calendars whether anything may be changed unasked now.',
    resource: (input, here) => (input.CalendarNames ?? []).map((name) => calendar(here, name)),
    // an action with no resource is in no role: without a calendar nothing is asked
    grants: (scope) => {
      const resources = (scope.changeCalendars ?? []).map((name) => calendar(scope, name));
      return resources.length === 0 ? [] : [{ resources }];
    },
  },
  'ssm:GetParameter': {
    iam: ['ssm:GetParameter'],
    effect: 'read',
    why: 'Reads the kill switch before each decision and each write.',
    resource: (input, here) => [parameter(here, input.Name)],
    grants: (scope) => [{ resources: [parameter(scope, scope.killSwitchParameter)] }],
  },
};

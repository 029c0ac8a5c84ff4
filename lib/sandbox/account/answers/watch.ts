// CloudWatch, CloudTrail, CloudFormation, Application Auto Scaling and SSM: reads only, each with the delay the real one has.
import { ok } from '../../../model/result.ts';
import { fail, meta } from '../failure.ts';
import { type Stat, statistic } from '../metrics.ts';
import { trailJson, type TrailRecord, userName, globalRegion, recordedIn } from '../trail.ts';
import { type Alarm } from '../alarms.ts';
import type { In } from '../../../aws/calls.ts';
import { searched } from './metric-search.ts';
import type { Answers, Parts } from './parts.ts';

type Names =
  | 'cloudwatch:GetMetricData'
  | 'cloudwatch:DescribeAlarms'
  | 'cloudtrail:LookupEvents'
  | 'cloudtrail:LookupGlobalEvents'
  | 'cloudformation:DescribeStackEvents'
  | 'cloudformation:DescribeStackResource'
  | 'cloudformation:DescribeStacks'
  | 'application-autoscaling:DescribeScalableTargets';

/** Cuts a page out of a list; the token is the next index. */
function page<T>(items: readonly T[], size: number, token: string | undefined): { items: readonly T[]; next: string | undefined } {
  const from = Number(token ?? 0);
  return { items: items.slice(from, from + size), next: from + size < items.length ? String(from + size) : undefined };
}

interface MetricStat {
  readonly Metric?:
    | {
        readonly Namespace?: string | undefined;
        readonly MetricName?: string | undefined;
        readonly Dimensions?: readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[] | undefined;
      }
    | undefined;
  readonly Period?: number | undefined;
  readonly Stat?: string | undefined;
}

function series(parts: Parts, stat: MetricStat, from: number, to: number): readonly (readonly [number, number])[] {
  const dims = Object.fromEntries((stat.Metric?.Dimensions ?? []).map((d) => [d.Name ?? '', d.Value ?? '']));
  const periodMs = (stat.Period ?? 60) * 1000;
  const found = parts.metrics.read({
    namespace: stat.Metric?.Namespace ?? '',
    metric: stat.Metric?.MetricName ?? '',
    dims,
    periodMs,
    from,
    to,
  });
  const value = (s: Stat): number => statistic(s, stat.Stat ?? 'Sum') ?? Number.NaN;
  return [...found].map(([at, s]) => [at, value(s)] as const).sort((a, b) => a[0] - b[0]);
}

const knownStats = ['Sum', 'Average', 'Maximum', 'Minimum', 'SampleCount'];

function metricData(parts: Parts, input: In<'cloudwatch:GetMetricData'>): ReturnType<Answers['cloudwatch:GetMetricData']> {
  const queries = input.MetricDataQueries ?? [];
  if (queries.length > 500)
    return fail('refused', 'ValidationError', 'The collection MetricDataQueries must not have a size greater than 500.');
  const from = input.StartTime?.getTime() ?? 0;
  const to = input.EndTime?.getTime() ?? 0;
  const found = queries.map((q) => (q.Expression === undefined ? undefined : searched(parts, q.Expression, from, to)));
  const bad = queries.find((q, n) => !found[n] && (!q.MetricStat || !knownStats.includes(q.MetricStat.Stat ?? '')));
  if (bad)
    return fail(
      'refused',
      'ValidationError',
      `the sandbox answers MetricStat with ${knownStats.join(', ')} only; query ${bad.Id} asks for ${bad.Expression ?? bad.MetricStat?.Stat ?? 'nothing'}`,
    );
  if (to <= from) return fail('refused', 'ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  const results = queries.flatMap((q, n) => {
    if (q.ReturnData === false) return [];
    const own = [{ label: q.Label ?? q.MetricStat?.Metric?.MetricName ?? '', points: series(parts, q.MetricStat ?? {}, from, to) }];
    return (found[n] ?? own).map(({ label, points }) => {
      const ordered = input.ScanBy === 'TimestampAscending' ? points : [...points].reverse();
      return {
        ...(q.Id === undefined ? {} : { Id: q.Id }),
        Label: label,
        Timestamps: ordered.map(([at]) => new Date(at)),
        Values: ordered.map(([, value]) => value),
        StatusCode: 'Complete' as const,
      };
    });
  });
  return ok({ ...meta, MetricDataResults: results, Messages: [] });
}

function metricAlarm(alarm: Alarm) {
  const { spec, state } = alarm;
  return {
    AlarmName: spec.name,
    AlarmArn: alarm.arn,
    ...(spec.description === undefined ? {} : { AlarmDescription: spec.description }),
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.createdAt),
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.reasonData === undefined ? {} : { StateReasonData: state.reasonData }),
    StateUpdatedTimestamp: new Date(state.at),
    StateTransitionedTimestamp: new Date(state.at),
    MetricName: spec.metricName,
    Namespace: spec.namespace,
    Statistic: spec.statistic ?? ('Sum' as const),
    Dimensions: Object.entries(spec.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Period: spec.periodSeconds,
    EvaluationPeriods: spec.evaluationPeriods,
    DatapointsToAlarm: spec.datapointsToAlarm ?? spec.evaluationPeriods,
    Threshold: spec.threshold,
    ComparisonOperator: spec.comparison,
    TreatMissingData: spec.treatMissingData ?? 'missing',
  };
}

function found(r: TrailRecord, key: string | undefined, value: string | undefined): boolean {
  if (key === undefined) return true;
  if (key === 'EventName') return r.eventName === value;
  if (key === 'EventSource') return r.eventSource === value;
  if (key === 'Username') return userName(r) === value;
  if (key === 'ResourceName') return r.resources.some((x) => x.name === value);
  return key === 'ResourceType'
    ? r.resources.some((x) => x.type === value)
    : key === 'EventId'
      ? r.id === value
      : key === 'ReadOnly'
        ? value === 'false'
        : false;
}

function lookup(parts: Parts, input: In<'cloudtrail:LookupEvents'>, region: string): ReturnType<Answers['cloudtrail:LookupEvents']> {
  const attribute = input.LookupAttributes?.[0];
  if ((input.LookupAttributes?.length ?? 0) > 1)
    return fail('refused', 'InvalidLookupAttributesException', 'You can specify only one lookup attribute.');
  const [from, to] = [input.StartTime?.getTime() ?? 0, input.EndTime?.getTime() ?? Infinity];
  const all = parts.trail
    .visible()
    .filter(
      (r) =>
        recordedIn(r, region, parts.base.here.region) &&
        r.at >= from &&
        r.at <= to &&
        found(r, attribute?.AttributeKey, attribute?.AttributeValue),
    )
    .reverse();
  const { items, next } = page(all, Math.min(input.MaxResults ?? 50, 50), input.NextToken);
  const events = items.map((r) => ({
    EventId: r.id,
    EventName: r.eventName,
    ReadOnly: 'false',
    EventTime: new Date(Math.floor(r.at / 1000) * 1000),
    EventSource: r.eventSource,
    Username: userName(r),
    Resources: r.resources.map((x) => ({ ResourceType: x.type, ResourceName: x.name })),
    CloudTrailEvent: trailJson(parts.base, r),
  }));
  return ok({ ...meta, Events: events, ...(next === undefined ? {} : { NextToken: next }) });
}

export function watchAnswers(parts: Parts): Pick<Answers, Names> {
  const stackOf = (name: string | undefined) => [...parts.stacks.all.values()].find((s) => s.name === name || s.id === name);
  return {
    'cloudwatch:GetMetricData': (input) => metricData(parts, input),
    'cloudwatch:DescribeAlarms': (input) => {
      const wantsMetric = input.AlarmTypes === undefined || input.AlarmTypes.includes('MetricAlarm');
      const chosen = [...parts.alarms.all.values()].filter(
        (a) =>
          (input.AlarmNames?.includes(a.spec.name) ?? true) &&
          a.spec.name.startsWith(input.AlarmNamePrefix ?? '') &&
          (input.StateValue === undefined || a.state.value === input.StateValue),
      );
      const { items, next } = page(wantsMetric ? chosen : [], Math.min(input.MaxRecords ?? 50, 100), input.NextToken);
      return ok({ ...meta, MetricAlarms: items.map(metricAlarm), CompositeAlarms: [], ...(next === undefined ? {} : { NextToken: next }) });
    },
    'cloudtrail:LookupEvents': (input) => lookup(parts, input, parts.base.here.region),
    'cloudtrail:LookupGlobalEvents': (input) => lookup(parts, input, globalRegion),
    'cloudformation:DescribeStackEvents': (input) => {
      const stack = stackOf(input.StackName);
      if (!stack) return fail('gone', 'ValidationError', `Stack [${input.StackName}] does not exist`);
      const { items, next } = page([...stack.events].reverse(), 100, input.NextToken);
      const events = items.map((e) => ({
        StackId: stack.id,
        EventId: e.id,
        StackName: stack.name,
        LogicalResourceId: e.logicalId,
        PhysicalResourceId: e.physicalId,
        ResourceType: e.type,
        Timestamp: new Date(e.at),
        ResourceStatus: e.status as never,
        ...(e.reason === undefined ? {} : { ResourceStatusReason: e.reason }),
        ...(e.properties === undefined ? {} : { ResourceProperties: e.properties }),
      }));
      return ok({ ...meta, StackEvents: events, ...(next === undefined ? {} : { NextToken: next }) });
    },
    'cloudformation:DescribeStackResource': (input) => {
      const stack = stackOf(input.StackName);
      const id = input.LogicalResourceId ?? '';
      const made = stack?.events.findLast((e) => e.logicalId === id);
      if (!stack || !made) return fail('gone', 'ValidationError', `Resource ${id} does not exist for stack ${input.StackName}`);
      const metadata = stack.metadata[id];
      return ok({
        ...meta,
        StackResourceDetail: {
          StackName: stack.name,
          StackId: stack.id,
          LogicalResourceId: id,
          PhysicalResourceId: made.physicalId,
          ResourceType: made.type,
          LastUpdatedTimestamp: new Date(made.at),
          ResourceStatus: made.status as never,
          ...(metadata === undefined ? {} : { Metadata: JSON.stringify(metadata) }),
        },
      });
    },
    'cloudformation:DescribeStacks': (input) => {
      const stack = stackOf(input.StackName);
      if (input.StackName !== undefined && !stack)
        return fail('gone', 'ValidationError', `Stack with id ${input.StackName} does not exist`);
      const shown = (stack ? [stack] : [...parts.stacks.all.values()]).map((s) => ({
        StackId: s.id,
        StackName: s.name,
        CreationTime: new Date(s.createdAt),
        ...(s.updatedAt === undefined ? {} : { LastUpdatedTime: new Date(s.updatedAt) }),
        StackStatus: s.status as never,
        Tags: Object.entries(s.tags).map(([Key, Value]) => ({ Key, Value })),
      }));
      return ok({ ...meta, Stacks: shown });
    },
    'application-autoscaling:DescribeScalableTargets': ({ ServiceNamespace: space, ResourceIds }) => {
      const asked = [...parts.provisioning.steered].filter(
        (id) => id.startsWith('table/') === (space === 'dynamodb') && (ResourceIds?.includes(id) ?? true),
      );
      return ok({ ...meta, ScalableTargets: asked.map((id) => scalable(parts, id)) });
    },
  };
}

/** A steered table is steered in its writes; an alias in its warm environments. */
function scalable({ base }: Parts, ResourceId: string) {
  const table = ResourceId.startsWith('table/');
  const role = table ? 'dynamodb.application-autoscaling.amazonaws.com' : 'lambda.application-autoscaling.amazonaws.com';
  const name = table ? 'DynamoDBTable' : 'LambdaConcurrency';
  return {
    ServiceNamespace: table ? ('dynamodb' as const) : ('lambda' as const),
    ResourceId,
    ScalableDimension: table ? ('dynamodb:table:WriteCapacityUnits' as const) : ('lambda:function:ProvisionedConcurrency' as const),
    MinCapacity: table ? 1 : 0,
    MaxCapacity: 10,
    RoleARN: `arn:aws:iam::${base.here.accountId}:role/aws-service-role/${role}/AWSServiceRoleForApplicationAutoScaling_${name}`,
    CreationTime: new Date(0),
  };
}

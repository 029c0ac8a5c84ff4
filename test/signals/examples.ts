// Raw events in AWS's exact shapes. Sources: Amazon CloudWatch User Guide "Alarm events and EventBridge" (metric, math and composite
// examples), Amazon CloudWatch Logs User Guide "Using subscription filters" (batch), public payloads of alarms by SNS and by a Lambda
// action; log lines from real public logs (function timeout 2019, invoke permission 2021) with ids changed.
import { gzipSync } from 'node:zlib';

export const here = { accountId: '123456789012', region: 'us-east-1' };
const arn = (name: string) => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`;

export const metricAlarm = (
  change: {
    name?: string;
    state?: string;
    at?: string;
    account?: string;
    dimensions?: Record<string, string>;
    metric?: string;
    namespace?: string;
    reasonData?: string;
  } = {},
) => {
  const at = change.at ?? '2019-10-02T17:04:40.989+0000';
  const name = change.name ?? 'Api5xx';
  return {
    version: '0',
    id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: change.account ?? '123456789012',
    time: '2019-10-02T17:04:40Z',
    region: 'us-east-1',
    resources: [arn(name)],
    detail: {
      alarmName: name,
      configuration: {
        description: 'x',
        metrics: [
          {
            id: '30b6c6b2-a864-43a2-4877-c09a1afc3b87',
            metricStat: {
              metric: {
                namespace: change.namespace ?? 'AWS/ApiGateway',
                name: change.metric ?? '5XXError',
                dimensions: change.dimensions ?? { ApiName: 'orders', Stage: 'prod' },
              },
              period: 60,
              stat: 'Sum',
            },
            returnData: true,
          },
        ],
      },
      previousState: { value: 'OK', reason: 'Threshold Crossed', timestamp: '2019-10-01T13:56:40.987+0000' },
      state: {
        value: change.state ?? 'ALARM',
        reason: 'Threshold Crossed: 1 out of the last 1 datapoints [99.5 (02/10/19 16:59:00)] was greater than the threshold (50.0)',
        reasonData:
          change.reasonData ??
          '{"version":"1.0","queryDate":"2019-10-02T17:04:40.985+0000","startDate":"2019-10-02T16:59:00.000+0000","statistic":"Sum","period":300,"recentDatapoints":[99.0],"threshold":50.0}',
        timestamp: at,
      },
    },
  };
};

export const mathAlarm = {
  ...metricAlarm(),
  detail: {
    alarmName: 'ErrorRate',
    configuration: {
      metrics: [
        { id: 'e1', expression: 'm1/m2*100', label: 'error rate', returnData: true },
        {
          id: 'm1',
          metricStat: {
            metric: { namespace: 'AWS/ApiGateway', name: '5xx', dimensions: { ApiId: 'h1h2h3h4h5', Stage: '$default' } },
            period: 60,
            stat: 'Sum',
          },
          returnData: false,
        },
        {
          id: 'm2',
          metricStat: {
            metric: { namespace: 'AWS/ApiGateway', name: 'Count', dimensions: { ApiId: 'h1h2h3h4h5', Stage: '$default' } },
            period: 60,
            stat: 'Sum',
          },
          returnData: false,
        },
      ],
    },
    state: {
      value: 'ALARM',
      reason: 'r',
      reasonData:
        '{"version":"1.0","queryDate":"2019-10-02T17:04:40.985+0000","startDate":"2019-10-02T17:03:00.000+0000","period":60,"recentDatapoints":[12.5],"threshold":5.0}',
      timestamp: '2019-10-02T17:04:40.989+0000',
    },
  },
};

export const compositeAlarm = (change: { suppressed?: string; triggering?: boolean; rule?: string } = {}) => ({
  ...metricAlarm(),
  resources: [arn('SvcAgg')],
  detail: {
    alarmName: 'SvcAgg',
    state: {
      value: 'ALARM',
      reason: `${arn('Child')} transitioned to ALARM at Friday 22 July, 2022 15:57:45 UTC`,
      ...(change.triggering === false
        ? {}
        : {
            reasonData: JSON.stringify({
              triggeringAlarms: [{ arn: arn('Child'), state: { value: 'ALARM', timestamp: '2022-07-22T15:57:45.394+0000' } }],
            }),
          }),
      timestamp: '2022-07-22T15:57:45.394+0000',
      ...(change.suppressed
        ? { actionsSuppressedBy: change.suppressed, actionsSuppressedReason: `Actions suppressed by ${change.suppressed}` }
        : {}),
    },
    configuration: {
      alarmRule: change.rule ?? 'ALARM(Child) OR ALARM("Other one")',
      actionsSuppressor: 'Maint',
      actionsSuppressorWaitPeriod: 120,
    },
  },
});

export const snsMessage = {
  AlarmName: 'Api5xx',
  AlarmDescription: 'd',
  AWSAccountId: '123456789012',
  AlarmConfigurationUpdatedTimestamp: '2022-07-22T15:57:45.394+0000',
  NewStateValue: 'ALARM',
  NewStateReason: 'Threshold Crossed: …',
  StateChangeTime: '2019-10-02T17:04:40.989+0000',
  Region: 'US East (N. Virginia)',
  AlarmArn: arn('Api5xx'),
  OldStateValue: 'OK',
  OKActions: [],
  AlarmActions: ['arn:aws:sns:us-east-1:123456789012:t'],
  InsufficientDataActions: [],
  Trigger: {
    MetricName: '5XXError',
    Namespace: 'AWS/ApiGateway',
    StatisticType: 'Statistic',
    Statistic: 'SUM',
    Unit: null,
    Dimensions: [
      { value: 'orders', name: 'ApiName' },
      { value: 'prod', name: 'Stage' },
    ],
    Period: 60,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 5.0,
    TreatMissingData: 'notBreaching',
    EvaluateLowSampleCountPercentile: '',
  },
};
export const snsMath = {
  ...snsMessage,
  AlarmName: 'ErrorRate',
  Trigger: {
    Period: 60,
    Metrics: [
      { Expression: 'm1/m2', Id: 'e1', Label: 'rate', ReturnData: true },
      {
        Id: 'm1',
        MetricStat: {
          Metric: {
            Dimensions: [
              { value: 'h1h2h3h4h5', name: 'ApiId' },
              { value: 'live', name: 'Stage' },
            ],
            MetricName: '5xx',
            Namespace: 'AWS/ApiGateway',
          },
          Period: 60,
          Stat: 'Sum',
        },
        ReturnData: false,
      },
    ],
  },
};
export const snsEvent = (...messages: unknown[]) => ({
  Records: messages.map((m) => ({
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: 'arn:aws:sns:us-east-1:123456789012:t:1',
    Sns: {
      Type: 'Notification',
      Subject: 'ALARM: "Api5xx" in US East (N. Virginia)',
      Message: typeof m === 'string' ? m : JSON.stringify(m),
    },
  })),
});

export const lambdaAction = {
  source: 'aws.cloudwatch',
  alarmArn: arn('Api5xx'),
  accountId: '123456789012',
  time: '2026-08-04T12:36:15.490+0000',
  region: 'us-east-1',
  alarmData: metricAlarm({ at: '2026-08-04T12:36:15.490+0000' }).detail,
};

export const t0 = 1_676_291_462_000;
export const logEvent = (n: number, message: string, at = t0 + n) => ({ id: String(n).padStart(56, '3'), timestamp: at, message });

/** Packs a batch as CloudWatch Logs does. */
export const batchEvent = (logEvents: readonly unknown[], change: Record<string, unknown> = {}) => ({
  awslogs: {
    data: gzipSync(
      JSON.stringify({
        messageType: 'DATA_MESSAGE',
        owner: '123456789012',
        logGroup: 'API-Gateway-Execution-Logs_a1b2c3d4e5/prod',
        logStream: '8d5e957f297893487bd98fa830fa6413',
        subscriptionFilters: ['gatemedic'],
        logEvents,
        ...change,
      }),
    ).toString('base64'),
  },
});

export const requestId = (n: number) => `${n.toString(16).padStart(8, '0')}-6545-11ea-9e1a-0242ac110002`;
/** What one request without the invoke permission writes at level ERROR. */
export const permissionLines = (n: number, at = t0 + n) => [
  logEvent(2 * n, `(${requestId(n)}) Execution failed due to configuration error: Invalid permissions on Lambda function`, at),
  logEvent(2 * n + 1, `(${requestId(n)}) Method completed with status: 500`, at),
];

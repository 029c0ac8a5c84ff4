// What the services behind the stage counted themselves: calls they took, and calls they turned away for their rate. No caller can forge them.
import { got, missing } from '../model/evidence.ts';
import type { ServiceMetrics, CallMetrics } from '../model/kinds/direct.ts';
import { callKey, callsLookedAt, readsItems, serviceCallsOf, type ServiceCall } from '../model/service-call.ts';
import { collector } from './collector.ts';
import { metricPages, readMetrics, type Wanted } from './reading/metrics.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    serviceMetrics: ServiceMetrics;
  }
}

type Metric = Omit<Wanted, 'id'>;

/**
 * The metrics of each service, by AWS's own names and dimensions (DynamoDB, SQS, SNS, Step Functions and Kinesis developer guides,
 * "CloudWatch metrics"). SQS and SNS publish no count of throttled requests.
 */
function metricsOf({ service, action, target }: ServiceCall): Readonly<Partial<Record<keyof CallMetrics, Metric>>> {
  const name = target?.name ?? '';
  const sum = (namespace: Wanted['namespace'], metric: string, dimensions: Wanted['dimensions']): Metric => ({
    namespace,
    name: metric,
    stat: 'Sum',
    dimensions,
  });
  switch (service) {
    case 'dynamodb': {
      const operation = { TableName: name, Operation: action ?? '' };
      const units = readsItems(action) ? 'ConsumedReadCapacityUnits' : 'ConsumedWriteCapacityUnits';
      return {
        throttled: sum('AWS/DynamoDB', 'ThrottledRequests', operation),
        taken: { namespace: 'AWS/DynamoDB', name: 'SuccessfulRequestLatency', stat: 'SampleCount', dimensions: operation },
        consumed: sum('AWS/DynamoDB', units, { TableName: name }),
      };
    }
    case 'sqs':
      return { taken: sum('AWS/SQS', 'NumberOfMessagesSent', { QueueName: name }) };
    case 'sns':
      return { taken: sum('AWS/SNS', 'NumberOfMessagesPublished', { TopicName: name }) };
    case 'states':
      return {
        taken: sum('AWS/States', 'ExecutionsStarted', { StateMachineArn: target?.arn ?? '' }),
        throttled: sum('AWS/States', 'ThrottledEvents', { APIName: action ?? 'StartExecution' }),
      };
    case 'kinesis':
      return {
        taken: sum('AWS/Kinesis', 'IncomingRecords', { StreamName: name }),
        throttled: sum('AWS/Kinesis', 'WriteProvisionedThroughputExceeded', { StreamName: name }),
      };
    default:
      return {};
  }
}

export default collector({
  kind: 'serviceMetrics',
  title: 'What the services behind the stage took and turned away',
  trust: 'aws',
  calls: ['cloudwatch:GetMetricData'],
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: metricPages,
  async read(aws, { at, have, window }) {
    const api = have.deployedApi;
    if (api.state === 'missing') return missing(api.why, `which services stand behind the stage is not known: ${api.detail}`);
    const named = serviceCallsOf(api.value, at).filter((c) => c.target);
    const wanted = named
      .slice(0, callsLookedAt)
      .flatMap((call, n) =>
        Object.entries(metricsOf(call)).map(([series, metric]) => ({ ...metric, call: callKey(call), series, id: `${series}${n}` })),
      );
    if (wanted.length === 0) return missing('empty', 'no deployed route names a service that counts its calls');
    const read = await readMetrics(aws, wanted, window);
    if (!read.ok) return read.error;
    const calls: Record<string, CallMetrics> = {};
    for (const { call, series, id } of wanted) calls[call] = { ...calls[call], [series]: read.value.get(id) ?? { at: [], values: [] } };
    return got({ periodMs: 60_000, calls }, window, 'aws');
  },
});

// EventBridge: `CloudWatch Alarm State Change` (signals.md §1), and the same news as a direct Lambda action of an alarm (§2).
import * as v from 'valibot';
import type { Reading } from '../model/signal.ts';
import { readAlarm, type AlarmMetric, type AlarmNews } from './alarm.ts';
import { ignored, isObject, readingOf, refused, shape, type Look } from './shape.ts';

const entry = v.looseObject({
  expression: v.optional(v.string()),
  metricStat: v.optional(
    v.looseObject({
      metric: v.looseObject({
        namespace: v.optional(v.string(), ''),
        name: v.optional(v.string(), ''),
        dimensions: v.optional(v.record(v.string(), v.string()), {}),
      }),
    }),
  ),
});
const detail = v.looseObject({
  alarmName: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  state: v.looseObject({
    value: v.string(),
    timestamp: v.string(),
    reasonData: v.optional(v.string()),
    actionsSuppressedBy: v.optional(v.string()),
  }),
  configuration: v.optional(v.looseObject({ metrics: v.optional(v.array(entry), []), alarmRule: v.optional(v.string()) }), {}),
});
type Detail = v.InferOutput<typeof detail>;

const metricsOf = (d: Detail): readonly AlarmMetric[] =>
  d.configuration.metrics.flatMap(({ metricStat }) =>
    metricStat ? [{ namespace: metricStat.metric.namespace, name: metricStat.metric.name, dimensions: metricStat.metric.dimensions }] : [],
  );

const newsOf = (d: Detail, accountId: string, arn: string): AlarmNews => ({
  name: d.alarmName,
  arn,
  accountId,
  state: d.state.value,
  at: d.state.timestamp,
  reasonData: d.state.reasonData,
  suppressedBy: d.state.actionsSuppressedBy,
  metrics: metricsOf(d),
  query: d.configuration.metrics.some((m) => /^\s{0,20}SELECT\s/i.test(m.expression ?? '')),
  rule: d.configuration.alarmRule,
});

function readDetail(value: unknown, accountId: unknown, arn: unknown, look: Look, event: unknown): Reading {
  const read = v.safeParse(detail, value);
  if (!read.success)
    return readingOf(
      [],
      refused(`alarm event: ${v.getDotPath(read.issues[0]) ?? 'detail'} ${read.issues[0].message.slice(0, 200)}`, event),
    );
  const name = read.output.alarmName;
  const named = typeof arn === 'string' ? arn.slice(0, 400) : `arn:aws:cloudwatch:${look.here.region}:${look.here.accountId}:alarm:${name}`;
  return readAlarm(newsOf(read.output, typeof accountId === 'string' ? accountId.slice(0, 40) : 'unknown', named), look, event);
}

/** EventBridge's form: `detail`, `account`, the alarm's ARN in `resources`. */
export const alarmEvent = shape({
  id: 'alarm-event',
  title: 'CloudWatch alarm, by EventBridge',
  fits: (event) => event['source'] === 'aws.cloudwatch' && 'detail-type' in event,
  async read(event, look) {
    const kind = event['detail-type'];
    if (kind !== 'CloudWatch Alarm State Change')
      return readingOf([], ignored(`event ${String(kind).slice(0, 80)} is no change of an alarm's state`));
    const resources = event['resources'];
    return readDetail(event['detail'], event['account'], Array.isArray(resources) ? resources[0] : undefined, look, event);
  },
});

/** The alarm's own Lambda action: `alarmData` and `accountId` instead of `detail` and `account`. */
export const alarmAction = shape({
  id: 'alarm-action',
  title: 'CloudWatch alarm, by a Lambda action',
  fits: (event) => event['source'] === 'aws.cloudwatch' && isObject(event['alarmData']),
  read: async (event, look) => readDetail(event['alarmData'], event['accountId'], event['alarmArn'], look, event),
});

// An alarm by SNS (signals.md §3): the same news in other words, as a JSON string inside each record.
import * as v from 'valibot';
import type { Reading } from '../model/signal.ts';
import { readAlarm, type AlarmMetric, type AlarmNews } from './alarm.ts';
import { isObject, readingOf, refused, shape, together, type Look } from './shape.ts';

const dimensions = v.optional(v.array(v.looseObject({ name: v.string(), value: v.string() })), []);
const metric = v.looseObject({
  Namespace: v.optional(v.nullable(v.string())),
  MetricName: v.optional(v.nullable(v.string())),
  Dimensions: dimensions,
});
const trigger = v.looseObject({
  ...metric.entries,
  Statistic: v.optional(v.nullable(v.string())),
  Metrics: v.optional(
    v.array(v.looseObject({ Expression: v.optional(v.nullable(v.string())), MetricStat: v.optional(v.looseObject({ Metric: metric })) })),
    [],
  ),
});
const message = v.looseObject({
  AlarmName: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  AlarmArn: v.optional(v.string()),
  AWSAccountId: v.string(),
  NewStateValue: v.string(),
  StateChangeTime: v.string(),
  NewStateReasonData: v.optional(v.string()),
  ActionsSuppressedBy: v.optional(v.nullable(v.string())),
  AlarmRule: v.optional(v.nullable(v.string())),
  Trigger: v.optional(trigger),
});
type Message = v.InferOutput<typeof message>;
type Metric = v.InferOutput<typeof metric>;

const plain = (m: Metric): AlarmMetric => ({
  namespace: m.Namespace ?? '',
  name: m.MetricName ?? '',
  dimensions: Object.fromEntries(m.Dimensions.map((d) => [d.name, d.value])),
});

function metricsOf(m: Message): readonly AlarmMetric[] {
  if (!m.Trigger) return [];
  const inside = m.Trigger.Metrics.flatMap((entry) => (entry.MetricStat ? [plain(entry.MetricStat.Metric)] : []));
  return m.Trigger.MetricName ? [plain(m.Trigger), ...inside] : inside;
}

const newsOf = (m: Message, look: Look): AlarmNews => ({
  name: m.AlarmName,
  arn: m.AlarmArn ?? `arn:aws:cloudwatch:${look.here.region}:${m.AWSAccountId.slice(0, 12)}:alarm:${m.AlarmName}`,
  accountId: m.AWSAccountId.slice(0, 40),
  state: m.NewStateValue,
  at: m.StateChangeTime,
  reasonData: m.NewStateReasonData,
  suppressedBy: m.ActionsSuppressedBy ?? undefined,
  metrics: metricsOf(m),
  query: (m.Trigger?.Metrics ?? []).some((entry) => /^\s{0,20}SELECT\s/i.test(entry.Expression ?? '')),
  rule: m.AlarmRule ?? undefined,
});

const text = v.pipe(v.string(), v.maxLength(300_000), v.parseJson(), message);

function readRecord(record: unknown, look: Look): Reading {
  const sns = isObject(record) ? record['Sns'] : undefined;
  const read = v.safeParse(text, isObject(sns) ? sns['Message'] : undefined);
  if (!read.success)
    return readingOf(
      [],
      refused(`alarm by SNS: ${v.getDotPath(read.issues[0]) ?? 'Message'} ${read.issues[0].message.slice(0, 200)}`, record),
    );
  return readAlarm(newsOf(read.output, look), look, record);
}

/** One record or many; a bad one does not cost its neighbours. */
export const alarmTopic = shape({
  id: 'alarm-topic',
  title: 'CloudWatch alarm, by SNS',
  fits: (event) => Array.isArray(event['Records']) && event['Records'].some((r) => isObject(r) && isObject(r['Sns'])),
  async read(event, look) {
    const records = event['Records'];
    return together((Array.isArray(records) ? records : []).map((record: unknown) => readRecord(record, look)));
  },
});

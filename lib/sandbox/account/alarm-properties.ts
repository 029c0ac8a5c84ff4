// An alarm as a CloudFormation template describes it, read into the account's own form.
import * as v from 'valibot';
import type { AlarmSpec } from './alarms.ts';

const properties = v.looseObject({
  AlarmName: v.string(),
  AlarmDescription: v.optional(v.string()),
  Namespace: v.string(),
  MetricName: v.string(),
  Dimensions: v.optional(v.array(v.looseObject({ Name: v.string(), Value: v.string() })), []),
  Threshold: v.number(),
  ComparisonOperator: v.picklist([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  Period: v.number(),
  EvaluationPeriods: v.number(),
  DatapointsToAlarm: v.optional(v.number()),
  TreatMissingData: v.optional(v.picklist(['notBreaching', 'breaching', 'ignore', 'missing'])),
  Statistic: v.optional(v.picklist(['Sum', 'Average', 'Maximum', 'Minimum', 'SampleCount'])),
});

/** Reads `Properties` of an AWS::CloudWatch::Alarm, its name filled in; throws naming the key for one it does not know (metric math). */
export function alarmSpecOf(input: Readonly<Record<string, unknown>>): AlarmSpec {
  const read = v.safeParse(properties, input);
  if (!read.success)
    throw new Error(
      `the sandbox cannot run the alarm ${String(input['AlarmName'])}: ${v.getDotPath(read.issues[0]) ?? ''} ${read.issues[0].message}`,
    );
  const p = read.output;
  return {
    name: p.AlarmName,
    namespace: p.Namespace,
    metricName: p.MetricName,
    dimensions: Object.fromEntries(p.Dimensions.map((d) => [d.Name, d.Value])),
    threshold: p.Threshold,
    comparison: p.ComparisonOperator,
    periodSeconds: p.Period,
    evaluationPeriods: p.EvaluationPeriods,
    ...(p.DatapointsToAlarm === undefined ? {} : { datapointsToAlarm: p.DatapointsToAlarm }),
    ...(p.TreatMissingData === undefined ? {} : { treatMissingData: p.TreatMissingData }),
    ...(p.Statistic === undefined ? {} : { statistic: p.Statistic }),
    ...(p.AlarmDescription === undefined ? {} : { description: p.AlarmDescription }),
  };
}

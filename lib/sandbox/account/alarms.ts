// CloudWatch alarms: evaluated each minute on the datapoints visible by then; EventBridge hears of transitions only.
import type { Base } from './base.ts';
import { createLateness } from './lateness.ts';
import { type Metrics, minuteMs, statistic } from './metrics.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type Comparison = 'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold' | 'LessThanOrEqualToThreshold';
export interface AlarmSpec {
  readonly name: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly treatMissingData?: 'notBreaching' | 'breaching' | 'ignore' | 'missing';
  readonly statistic?: 'Sum' | 'Average' | 'Maximum' | 'Minimum' | 'SampleCount';
  readonly description?: string;
}
export interface Judged {
  readonly value: AlarmState;
  readonly reason: string;
  readonly reasonData: string | undefined;
  readonly at: number;
}
export interface Alarm {
  readonly spec: AlarmSpec;
  readonly arn: string;
  readonly createdAt: number;
  state: Judged;
}
/** An event of the default bus, in EventBridge's shape. */
export interface BusEvent {
  readonly version: string;
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}
export interface Alarms {
  readonly all: Map<string, Alarm>;
  put(spec: AlarmSpec): Alarm;
  onEvent(listener: (event: BusEvent) => void): void;
}

interface Point {
  readonly at: number;
  readonly value: number | undefined;
}

/** CloudWatch writes `+0000`, without the colon of RFC 3339. */
const stamp = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');
const breaches = (spec: AlarmSpec, value: number): boolean =>
  spec.comparison === 'GreaterThanThreshold'
    ? value > spec.threshold
    : spec.comparison === 'GreaterThanOrEqualToThreshold'
      ? value >= spec.threshold
      : spec.comparison === 'LessThanThreshold'
        ? value < spec.threshold
        : value <= spec.threshold;
const words: Readonly<Record<Comparison, string>> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** `02/10/19 16:59:00`: day first, as the reason has it. */
function reasonDate(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}

const decimal = (n: number): string => (Number.isInteger(n) ? `${n}.0` : String(n));

function reasonOf(spec: AlarmSpec, points: readonly Point[], to: AlarmState): string {
  const known = points.filter((p) => p.value !== undefined);
  if (known.length === 0) {
    if (to === 'INSUFFICIENT_DATA') return 'Insufficient Data: 1 datapoint was unknown.';
    return `Threshold Crossed: no datapoints were received for ${points.length} period${points.length === 1 ? '' : 's'} and ${points.length} missing datapoint${points.length === 1 ? ' was' : 's were'} treated as [${to === 'OK' ? 'NonBreaching' : 'Breaching'}].`;
  }
  const list = known.map((p) => `${decimal(p.value ?? 0)} (${reasonDate(p.at)})`).join(', ');
  const needed = spec.datapointsToAlarm ?? spec.evaluationPeriods;
  const tail =
    to === 'ALARM'
      ? `(minimum ${needed} datapoint${needed === 1 ? '' : 's'} for OK -> ALARM transition)`
      : `(minimum 1 datapoint for ALARM -> OK transition)`;
  return `Threshold Crossed: ${known.length} out of the last ${spec.evaluationPeriods} datapoints [${list}] ${known.length === 1 ? 'was' : 'were'} ${to === 'ALARM' ? '' : 'not '}${words[spec.comparison]} the threshold (${decimal(spec.threshold)}) ${tail}.`;
}

function judge(spec: AlarmSpec, points: readonly Point[], now: AlarmState): AlarmState {
  const missing = spec.treatMissingData ?? 'missing';
  const known = points.filter((p) => p.value !== undefined);
  const bad = known.filter((p) => breaches(spec, p.value ?? 0)).length + (missing === 'breaching' ? points.length - known.length : 0);
  if (bad >= (spec.datapointsToAlarm ?? spec.evaluationPeriods)) return 'ALARM';
  if (known.length > 0 || missing === 'notBreaching' || missing === 'breaching') return 'OK';
  return missing === 'ignore' ? now : 'INSUFFICIENT_DATA';
}

/** The newest period all of whose minutes have had time to become visible. */
function newestPeriod(metrics: Metrics, periodMs: number, now: number): number {
  let start = Math.floor(now / periodMs) * periodMs - periodMs;
  while (metrics.visibleAt(start + periodMs - minuteMs) > now) start -= periodMs;
  return start;
}

function pointsOf(metrics: Metrics, spec: AlarmSpec, now: number): Point[] {
  const periodMs = spec.periodSeconds * 1000;
  const last = newestPeriod(metrics, periodMs, now);
  const from = last - (spec.evaluationPeriods - 1) * periodMs;
  const found = metrics.read({
    namespace: spec.namespace,
    metric: spec.metricName,
    dims: spec.dimensions,
    periodMs,
    from,
    to: last + periodMs,
  });
  return Array.from({ length: spec.evaluationPeriods }, (_, i) => {
    const at = from + i * periodMs;
    const stat = found.get(at);
    return { at, value: stat && statistic(stat, spec.statistic ?? 'Sum') };
  });
}

function dataOf(spec: AlarmSpec, points: readonly Point[], now: number): string {
  const known = points.filter((p) => p.value !== undefined);
  return JSON.stringify({
    version: '1.0',
    queryDate: stamp(now),
    ...(known[0] ? { startDate: stamp(known[0].at) } : {}),
    statistic: spec.statistic ?? 'Sum',
    period: spec.periodSeconds,
    recentDatapoints: known.map((p) => p.value),
    threshold: spec.threshold,
    evaluatedDatapoints: [...known].reverse().map((p) => ({ timestamp: stamp(p.at), value: p.value })),
  });
}

const shown = (state: Judged) => ({
  value: state.value,
  reason: state.reason,
  ...(state.reasonData === undefined ? {} : { reasonData: state.reasonData }),
  timestamp: stamp(state.at),
});

/** The `CloudWatch Alarm State Change` event (AWS "Alarm events and EventBridge"). */
function stateChange(base: Base, alarm: Alarm, previous: Judged): BusEvent {
  const { spec } = alarm;
  const metric = { namespace: spec.namespace, name: spec.metricName, dimensions: spec.dimensions };
  const metrics = [{ id: base.id(), metricStat: { metric, period: spec.periodSeconds, stat: spec.statistic ?? 'Sum' }, returnData: true }];
  return {
    version: '0',
    id: base.id(),
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: base.here.accountId,
    time: `${new Date(alarm.state.at).toISOString().slice(0, 19)}Z`,
    region: base.here.region,
    resources: [alarm.arn],
    detail: {
      alarmName: spec.name,
      configuration: { ...(spec.description === undefined ? {} : { description: spec.description }), metrics },
      previousState: shown(previous),
      state: shown(alarm.state),
    },
  };
}

export function createAlarms(base: Base, metrics: Metrics, doubles: () => boolean): Alarms {
  const all = new Map<string, Alarm>();
  const listeners: ((event: BusEvent) => void)[] = [];
  const late = createLateness(base, doubles);

  const evaluate = (alarm: Alarm): void => {
    const now = base.clock.now();
    const points = pointsOf(metrics, alarm.spec, now);
    const value = judge(alarm.spec, points, alarm.state.value);
    if (value === alarm.state.value) return;
    const previous = alarm.state;
    alarm.state = { value, reason: reasonOf(alarm.spec, points, value), reasonData: dataOf(alarm.spec, points, now), at: now };
    const event = stateChange(base, alarm, previous);
    late(() => {
      for (const listener of listeners) listener(event);
    });
  };
  const tick = (alarm: Alarm): void => {
    base.clock.after(
      minuteMs,
      () => {
        if (all.get(alarm.spec.name) !== alarm) return;
        evaluate(alarm);
        tick(alarm);
      },
      { quiet: true },
    );
  };
  return {
    all,
    put(spec) {
      const at = base.clock.now();
      const state: Judged = { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', reasonData: undefined, at };
      const alarm: Alarm = {
        spec,
        arn: `arn:aws:cloudwatch:${base.here.region}:${base.here.accountId}:alarm:${spec.name}`,
        createdAt: at,
        state,
      };
      all.set(spec.name, alarm);
      tick(alarm);
      return alarm;
    },
    onEvent: (listener) => void listeners.push(listener),
  };
}

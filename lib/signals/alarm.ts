// What an alarm says, whichever way it came: one normal form, read into signals by the metrics it watches.
import * as v from 'valibot';
import type { Reading, Signal, Subject } from '../model/signal.ts';
import { isOwnAlarm } from './own.ts';
import { ignored, readingOf, refused, type Look } from './shape.ts';

export interface AlarmMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface AlarmNews {
  readonly name: string;
  readonly arn: string;
  readonly accountId: string;
  readonly state: string;
  /** The transition, in AWS's own format. */
  readonly at: string;
  readonly reasonData: string | undefined;
  readonly suppressedBy: string | undefined;
  readonly metrics: readonly AlarmMetric[];
  /** An expression that watches metrics nobody names (Metrics Insights). */
  readonly query: boolean;
  /** Set for a composite alarm. */
  readonly rule: string | undefined;
}

/** `2019-10-02T17:04:40.989+0000` (signals.md §1a) or RFC 3339, in ms. */
function awsInstant(text: string): number | undefined {
  if (text.length > 40) return undefined;
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isFinite(at) && at > 0 ? at : undefined;
}

/** Which dimension and which API a failure metric speaks of (signals.md §8: three families, different names and dimensions). */
const failureMetrics: Readonly<Record<string, 'REST' | 'HTTP' | 'WEBSOCKET'>> = {
  '5XXError': 'REST',
  '5xx': 'HTTP',
  ExecutionError: 'WEBSOCKET',
  IntegrationError: 'WEBSOCKET',
};

/** An owner may call a metric of his own `constructor`, which every object has. */
const isGatewayFailure = (m: AlarmMetric): boolean => m.namespace === 'AWS/ApiGateway' && Object.hasOwn(failureMetrics, m.name);

function subjectOf(m: AlarmMetric): Subject | undefined {
  const apiType = failureMetrics[m.name];
  const { ApiName: name, ApiId: apiId, Stage: stage } = m.dimensions;
  if (!apiType) return undefined;
  if (apiType === 'REST') return name ? { by: 'apiName', name, ...(stage ? { stage } : {}) } : undefined;
  if (!apiId) return undefined;
  return stage ? { by: 'stage', apiType, apiId, stage } : { by: 'apiId', apiType, apiId };
}

/** The stages an alarm's metrics speak of, each once. A math alarm names them in any of its metrics, not in the first. */
export function subjectsOf(metrics: readonly AlarmMetric[]): readonly Subject[] {
  const found = metrics.filter(isGatewayFailure).flatMap((m) => subjectOf(m) ?? []);
  return [...new Map(found.map((s) => [JSON.stringify(s), s])).values()];
}

const instant = v.optional(v.string());
const reasonShape = v.looseObject({
  startDate: instant,
  statistic: v.optional(v.string()),
  recentDatapoints: v.optional(v.array(v.nullable(v.number()))),
  triggeringAlarms: v.optional(v.array(v.looseObject({ arn: v.string() }))),
});
const reason = v.pipe(v.string(), v.maxLength(64_000), v.parseJson(), reasonShape);
type Reason = v.InferOutput<typeof reasonShape>;

const reasonOf = (news: AlarmNews): Reason => {
  const read = v.safeParse(reason, news.reasonData);
  return read.success ? read.output : {};
};

/** The name in an alarm's ARN; names may hold colons. */
const nameInArn = (arn: string): string | undefined => /^arn:[\w-]{1,20}:cloudwatch:[\w-]{0,30}:\d{12}:alarm:(.{1,255})$/s.exec(arn)?.[1];

/** `ALARM(Child) OR ALARM("Other one")` → the names, quotes and ARNs taken off (SDK: PutCompositeAlarm AlarmRule). */
export function namesInRule(rule: string): readonly string[] {
  const found = rule.slice(0, 10_240).matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\s{0,8}\(\s{0,8}("?)([^")]{1,255})\1\s{0,8}\)/g);
  return [...new Set([...found].flatMap(([, , name]) => (name ? [nameInArn(name.trim()) ?? name.trim()] : [])))];
}

/** The children that made a composite alarm go off: as the event says, else all that its rule names. */
function childrenOf(news: AlarmNews, because: Reason): readonly string[] {
  const triggering = (because.triggeringAlarms ?? []).flatMap(({ arn }) => nameInArn(arn) ?? []);
  return triggering.length > 0 ? triggering : namesInRule(news.rule ?? '');
}

/** How many requests failed, where the alarm adds them up itself. */
const failuresOf = (because: Reason, metrics: readonly AlarmMetric[]): number =>
  metrics.length === 1 && because.statistic === 'Sum'
    ? Math.round((because.recentDatapoints ?? []).reduce<number>((sum, n) => sum + (n ?? 0), 0))
    : 0;

function signalOf(news: AlarmNews, subject: Subject, because: Reason, at: number): Signal {
  const startedAt = because.startDate === undefined ? undefined : awsInstant(because.startDate);
  return {
    key: `alarm:${news.arn}:${news.at}`,
    from: 'alarm',
    state: news.state === 'ALARM' ? 'bad' : 'ok',
    subject,
    firstAt: Math.min(startedAt ?? at, at),
    lastAt: at,
    failures: failuresOf(because, news.metrics),
    lines: [],
    source: news.arn,
  };
}

/** Reads an alarm's transition. Whatever it is, there is one answer: signals, or why not. */
export function readAlarm(news: AlarmNews, look: Look, record: unknown): Reading {
  const aside = notOurs(news, look, record);
  if (aside) return aside;
  const at = awsInstant(news.at);
  if (at === undefined)
    return readingOf([], refused(`alarm ${news.name} says it changed at ${news.at.slice(0, 60)}, which is no instant`, record));
  const because = reasonOf(news);
  const subjects = subjectsFor(news, because);
  if (subjects.length > 0) return readingOf(subjects.map((s) => signalOf(news, s, because, at)));
  return readingOf([], withoutSubject(news, record));
}

function subjectsFor(news: AlarmNews, because: Reason): readonly Subject[] {
  if (news.rule === undefined) return subjectsOf(news.metrics);
  const names = childrenOf(news, because);
  return names.length > 0 && !isOwnAlarm(news.name) ? [{ by: 'alarms', names }] : [];
}

/** Another account's bus, states that are no news, and alarms whose owner asked for silence. */
function notOurs(news: AlarmNews, look: Look, record: unknown): Reading | undefined {
  if (news.accountId !== look.here.accountId)
    return readingOf(
      [],
      refused(`alarm ${news.name} is of account ${news.accountId}; this installation watches ${look.here.accountId}`, record),
    );
  if (news.state !== 'ALARM' && news.state !== 'OK')
    return readingOf([], ignored(`alarm ${news.name} went to ${news.state}, which says nothing about the stage`));
  if (news.suppressedBy !== undefined)
    return readingOf([], ignored(`alarm ${news.name} is suppressed by ${news.suppressedBy}: its owner asked for silence`));
  return undefined;
}

function withoutSubject(news: AlarmNews, record: unknown) {
  if (isOwnAlarm(news.name)) return ignored(`alarm ${news.name} is Gatemedic's own`);
  if (news.rule !== undefined) return refused(`composite alarm ${news.name} names no alarm in its rule`, record);
  if (news.query)
    return refused(
      `alarm ${news.name} watches a query, which names no stage; put an alarm on ApiName and Stage (or ApiId and Stage)`,
      record,
    );
  if (news.metrics.some(isGatewayFailure))
    return refused(`alarm ${news.name} names no API in its dimensions; add ApiName and Stage (or ApiId and Stage)`, record);
  return ignored(`alarm ${news.name} does not watch an API Gateway 5xx metric`);
}

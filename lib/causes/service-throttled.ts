// The AWS service behind a route turns calls away for their rate: a table without enough capacity, an API limit. The service's own metrics
// confirm it; to the gateway it is a 400 or 429 that often fits no mapping.
import { bash, shell } from '../model/advice.ts';
import { onDemandInCode } from './signs/code-of-functions.ts';
import type { StageRef } from '../model/api.ts';
import { burstOf, type Burst } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import type { EvidenceSet } from '../model/evidence.ts';
import type { ServiceThrottledFacts } from '../model/facts/direct.ts';
import type { ServiceMetrics } from '../model/kinds/direct.ts';
import { placesUnknown, readsItems, serviceCallsOf, type ServiceCall } from '../model/service-call.ts';
import { calledOf, callsSince, enoughThrottled, metricsOf, spoken, throttledIn, usedPerSecond } from './signs/service-numbers.ts';
import { nextMinute, sum } from '../model/series.ts';
import { successesNeeded } from './signs/since.ts';
import { answerShown, coded, lineWith, typed } from './signs/upstream.ts';

const looksAt = [
  'deployedApi',
  'serviceMetrics',
  'serviceTargets',
  'gatewayMetrics',
  'functionMetrics',
  'executionLog',
  'accessLog',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Throttled = ServiceThrottledFacts['targets'][number];

/** How services name it (SDK error names; causes.md, service-throttled). */
const names = [
  'ProvisionedThroughputExceeded',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'TooManyRequestsException',
  '<Code>Throttling',
  '"Throttling"',
  '<Code>SlowDown',
  'SlowDownException',
];
const words = String.raw`(?:ProvisionedThroughputExceeded|Thrott(?:ling|led)Exception|RequestLimitExceeded|RequestThrottled|TooManyRequestsException|<Code>(?:Throttling|SlowDown)|"Code":\s{0,3}"Throttling|SlowDownException)`;
/** What a function's own call met, or Lambda itself says, is told by other causes. */
const others = ['errorMessage', 'errorType', 'stackTrace', 'ConcurrentInvocationLimitExceeded', 'Rate Exceeded.'];
const status429 = 'Endpoint Response Status Code: 429';

export default cause({
  id: 'service-throttled',
  title: 'The AWS service behind the route turns calls away for their rate',
  about: {
    is: 'A route calls an AWS service without a function between, and the service throttles: a DynamoDB table out of capacity, a stream or an API at its limit. API Gateway does not try again; the client sees 500, or the 400 that the service gave.',
    told: 'The service’s own metrics count as many throttled calls in the failing minutes as half of the failures that nothing else accounts for.',
    withoutLogs:
      'Confirmed all the same for DynamoDB, Step Functions and Kinesis: their metrics are enough. SQS and SNS count no throttled calls.',
  },
  looksAt,
  clues: [
    gatewaySays(names, `${answerShown}${words}`, 'causes.md, service-throttled (Confirm)', others),
    gatewaySays(
      [status429],
      `(?:Execution failed due to configuration error: )?No match for output mapping.{0,60}${status429}`,
      'messages.md §2',
    ),
    accessSays(
      names,
      String.raw`${typed}(?:ProvisionedThroughputExceeded|Thrott|RequestLimitExceeded|RequestThrottled|TooManyRequests|SlowDown)|${coded}(?:Throttling|RequestThrottled|SlowDown)`,
      'causes.md, service-throttled (Confirm)',
      others,
    ),
    accessSays([status429], `No match for output mapping.{0,60}${status429}`, 'messages.md §2'),
    {
      kind: 'shape',
      in: 'deployedApi',
      shape: (api, at) => {
        const call = serviceCallsOf(api, at)[0];
        return call && `a deployed route calls ${spoken(calledOf(call))}`;
      },
      title: 'a deployed route calls an AWS service',
      source: 'causes.md, service-throttled (Confirm)',
    },
    {
      kind: 'shape',
      in: 'serviceMetrics',
      shape: counted,
      title: 'the service counts throttled calls',
      source: 'causes.md, service-throttled (Confirm)',
    },
  ],
  explains: ['response-mapping-error', 'service-request-invalid'],
  confirm,
  healed,
  advice,
});

function counted(metrics: ServiceMetrics): string | undefined {
  const hit = Object.entries(metrics.calls).find(([, c]) => c.throttled !== undefined && sum(c.throttled) > 0);
  return hit?.[1].throttled && `${hit[0]}: ${sum(hit[1].throttled)} calls throttled`;
}

function confirm(e: Seen, at: StageRef): Verdict<ServiceThrottledFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  const api = e.deployedApi.value;
  const calls = serviceCallsOf(api, at);
  if (calls.length === 0)
    return placesUnknown(api, at)
      ? unproven(lacking('deployedApi', e.deployedApi, 'which service is called is not known'))
      : ruledOut(ref('deployedApi', e.deployedApi, 'no deployed route calls an AWS service without a function between'));
  if (e.serviceMetrics.state === 'missing') return unproven(lacking('serviceMetrics', e.serviceMetrics));
  const burst = burstOf(api, e.gatewayMetrics, e.functionMetrics);
  if (!burst) return unproven(lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet'));
  const hit = calls.map((call) => ({ call, throttled: throttledIn(call, e.serviceMetrics, burst) })).filter((h) => h.throttled > 0);
  return hit.length === 0 ? none(calls, e) : relate(hit, burst, e);
}

/** No count is no zero: SQS and SNS count none, and metrics of the last minutes may be late. */
function none(calls: readonly ServiceCall[], e: Seen): Verdict<ServiceThrottledFacts> {
  const blind = calls.filter((c) => metricsOf(e.serviceMetrics, c)?.throttled === undefined);
  return blind.length > 0
    ? unproven(
        lacking(
          'serviceMetrics',
          e.serviceMetrics,
          `${spoken(calledOf(blind[0] ?? { key: '', service: '', routes: [] }))} has no metric of throttled calls`,
        ),
      )
    : ruledOut(ref('serviceMetrics', e.serviceMetrics, 'the services throttled no call in the failing minutes'));
}

interface Hit {
  readonly call: ServiceCall;
  readonly throttled: number;
}

function relate(hit: readonly Hit[], burst: Burst, e: Seen): Verdict<ServiceThrottledFacts> {
  const all = hit.reduce((n, h) => n + h.throttled, 0);
  const facts: ServiceThrottledFacts = { targets: hit.map((h) => factOf(h, burst, e)) };
  const said = lineWith(e, (text) => names.some((name) => text.includes(name)) || text.includes(status429)) !== undefined;
  if (!enoughThrottled(all, burst) && !(said && burst.unexplained > 0))
    return agreeing(
      facts,
      lacking('serviceMetrics', e.serviceMetrics, `${all} throttled calls do not account for ${burst.unexplained} failures`),
    );
  return confirmed(
    facts,
    facts.targets.map((t) => ref('serviceMetrics', e.serviceMetrics, sentence(t))),
    Math.min(all, burst.unexplained),
  );
}

function factOf({ call, throttled }: Hit, burst: Burst, e: Seen): Throttled {
  const target = e.serviceTargets.state === 'got' ? e.serviceTargets.value.targets[call.key] : undefined;
  const used = usedPerSecond(call, e.serviceMetrics, burst.minutes);
  const bought = target?.provisioned && (readsItems(call.action) ? target.provisioned.readUnits : target.provisioned.writeUnits);
  return {
    ...calledOf(call),
    throttled,
    ...(used === undefined ? {} : { usedPerSecond: used }),
    ...(bought === undefined ? {} : { boughtPerSecond: bought }),
    ...(target?.onDemand ? { onDemand: true } : {}),
  };
}
const sentence = (t: Throttled): string =>
  `${spoken(t)}: ${t.throttled} calls throttled${t.boughtPerSecond === undefined ? '' : `, ${t.usedPerSecond ?? '?'} of ${t.boughtPerSecond} capacity units a second used`}`;

function healed(e: Seen, at: StageRef, sinceAt: number): Healed {
  if (e.deployedApi.state === 'missing' || e.serviceMetrics.state === 'missing')
    return {
      is: 'tooEarly',
      missing: [e.deployedApi.state === 'missing' ? lacking('deployedApi', e.deployedApi) : lacking('serviceMetrics', e.serviceMetrics)],
    };
  const since = serviceCallsOf(e.deployedApi.value, at).map((call) => callsSince(call, e.serviceMetrics, nextMinute(sinceAt)));
  const throttled = since.reduce((n, s) => n + (s?.throttled ?? 0), 0);
  if (throttled > 0) return { is: 'stillThere', by: [ref('serviceMetrics', e.serviceMetrics, `${throttled} calls throttled since`)] };
  return since.length > 0 && since.every((s) => (s?.taken ?? 0) >= successesNeeded)
    ? { is: 'healed', by: [ref('serviceMetrics', e.serviceMetrics, 'the services took calls since, and throttled none')] }
    : { is: 'tooEarly', missing: [lacking('serviceMetrics', e.serviceMetrics, 'too few calls are seen since')] };
}

function advice(facts: ServiceThrottledFacts | undefined, at: StageRef): Advice {
  const first = facts?.targets[0];
  return {
    summary: first ? `${sentence(first)}.` : 'The AWS service behind a route throttles the gateway’s calls.',
    steps: [
      first?.onDemand
        ? 'The table is on demand: one key takes more than a partition can (1,000 writes or 3,000 reads a second), or traffic more than doubled at once. Spread the keys, or warm the table’s throughput.'
        : 'Raise the capacity to what is used and half as much again, or the maximum of its autoscaling if that steers it; on demand if traffic comes in bursts.',
      'Until then, limit the stage’s rate so that callers get 429 and try again later, rather than 500.',
      'API Gateway tries nothing again: callers have to, with growing pauses.',
    ],
    snippets:
      first?.service === 'dynamodb' && first.target !== undefined
        ? [table(first, first.target, at), ...(first.onDemand ? [] : onDemandInCode(first.target))]
        : [seeQuota(first?.service, at)],
  };
}

/** Services without a capacity of their own stand at a quota. */
const seeQuota = (service: string | undefined, at: StageRef) =>
  bash(
    'See the quotas of the service',
    `aws service-quotas list-service-quotas --service-code ${shell(service ?? 'SERVICE')} --region ${shell(at.region)}`,
  );

const table = (t: Throttled, name: string, at: StageRef) =>
  bash(
    `Give ${name} more capacity`,
    `aws application-autoscaling describe-scalable-targets --service-namespace dynamodb --resource-ids ${shell(`table/${name}`)} --region ${shell(at.region)}`,
    t.onDemand
      ? `aws dynamodb describe-table --table-name ${shell(name)} --query Table.WarmThroughput --region ${shell(at.region)}`
      : `aws dynamodb update-table --table-name ${shell(name)} --billing-mode PAY_PER_REQUEST --region ${shell(at.region)}`,
  );

// What AWS Health says of this Region. It answers for accounts with a support plan only; without one it is *not enabled*, never *no incident*.
import { got, missing } from '../model/evidence.ts';
import { minuteMs } from '../model/series.ts';
import type { AwsHealth, HealthEvent } from '../model/kinds/gateway.ts';
import { collector, notHad } from './collector.ts';
import { optional } from './reading/stage-variables.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    awsHealth: AwsHealth;
  }
}

/** What a request to an API goes through, as AWS Health names services. */
const services = ['APIGATEWAY', 'LAMBDA', 'WAF', 'ELASTICLOADBALANCING', 'DYNAMODB', 'SQS', 'IAM', 'CLOUDFRONT', 'MULTIPLE_SERVICES'];
/** An incident that ended this long before the burst is not its cause. */
const lookBackMs = 60 * minuteMs;

export default collector({
  kind: 'awsHealth',
  title: 'What AWS Health says of this Region',
  trust: 'aws',
  calls: ['health:DescribeEvents'],
  needs: [],
  round: 'suspect',
  maxCalls: 1,
  async read(aws, { at, window, now }) {
    const answer = await aws.call('health:DescribeEvents', {
      filter: { services, regions: [at.region, 'global'], eventTypeCategories: ['issue'], eventStatusCodes: ['open', 'closed'] },
      maxResults: 100,
    });
    if (!answer.ok)
      return answer.error.name.includes('SubscriptionRequired')
        ? missing('notEnabled', 'AWS Health answers only accounts with a Business or Enterprise support plan')
        : notHad(answer.error);
    const events = (answer.value.events ?? []).flatMap((e) => (e?.service === undefined ? [] : [eventOf(e)]));
    const lately = events.filter((e) => e.to === undefined || e.to >= window.from - lookBackMs);
    return got({ events: lately }, { from: window.from - lookBackMs, to: now }, 'aws');
  },
});

type Raw = {
  readonly service?: string | undefined;
  readonly region?: string | undefined;
  readonly eventTypeCode?: string | undefined;
  readonly startTime?: Date | undefined;
  readonly endTime?: Date | undefined;
};

function eventOf(e: Raw): HealthEvent {
  return {
    service: e.service ?? '',
    ...optional('region', e.region),
    ...optional('code', e.eventTypeCode),
    ...instant('from', e.startTime),
    ...instant('to', e.endTime),
  };
}

function instant<K extends 'from' | 'to'>(key: K, date: Date | undefined): { readonly [P in K]?: number } {
  const at = date === undefined ? NaN : new Date(date).getTime();
  return Number.isFinite(at) ? ({ [key]: at } as { [P in K]: number }) : {};
}

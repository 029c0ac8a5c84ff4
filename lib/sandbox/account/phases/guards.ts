// What stands before a route: the web ACL, and the stage's limit. A request that either turns away asks nothing behind it.
import { routeKeyOf } from '../apis.ts';
import { accountThrottle, type Throttle } from '../around.ts';
import { add } from '../metrics.ts';
import type { Phase, PhaseParts } from './phase.ts';

/** AWS WAF is asked first; what it judges it counts, what it cannot judge it does not (messages.md §9: the gateway answers 500). */
export const webAcl = ({ around, metrics }: Pick<PhaseParts, 'around' | 'metrics'>): Phase => ({
  answer({ api, at }) {
    if (api.around.webAclArn === undefined) return undefined;
    const acl = around.webAcls.get(api.around.webAclArn);
    if (acl && !acl.failing) {
      add(metrics.row(acl.series, at), 0, 1);
      return undefined;
    }
    return {
      status: 500,
      fault: {
        name: 'waf',
        status: 500,
        responseType: 'DEFAULT_5XX',
        early: true,
        lines: () => ['There was an error evaluating the AWS WAF rules associated with this API'],
        variables: { 'waf.error': 'WAF call got timed out', wafError: 'Failed to call WAF', 'waf.status': 500 },
      },
    };
  },
});

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket a stage (AWS "Throttle requests to your REST APIs"): 429, unless the owner rewrote that answer. */
export const stageLimit = (): Phase => {
  const buckets = new Map<Throttle, Bucket>();
  return {
    answer({ api, route, at }) {
      const own = route && api.around.routeThrottles[routeKeyOf(route)];
      const limit = own ?? api.around.throttle;
      if (!limit) return undefined;
      const { rate, burst } = { ...accountThrottle, ...limit };
      // a limit that is set anew begins with a full bucket
      const bucket = buckets.get(limit) ?? { tokens: burst, at };
      buckets.set(limit, bucket);
      bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) / 1000) * rate);
      bucket.at = at;
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return undefined;
      }
      return {
        status: 429,
        fault: { name: 'limit', status: 429, responseType: 'THROTTLED', early: true, lines: () => [], message: 'Too Many Requests' },
      };
    },
  };
};

/** The owner's own statuses of gateway responses; a type that is not set falls back to its family (messages.md §1). */
export const rewritten = (): Phase => ({
  change({ api }, reply) {
    const { fault } = reply;
    if (!fault) return reply;
    const { gatewayResponses } = api.around;
    const family = fault.status >= 500 ? 'DEFAULT_5XX' : 'DEFAULT_4XX';
    const status = Number(gatewayResponses[fault.responseType] ?? gatewayResponses[family]);
    return Number.isFinite(status) && status > 0 ? { ...reply, status } : reply;
  },
});

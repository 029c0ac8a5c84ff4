// The rate limits of AWS's control planes as token buckets, shared by everybody in the account.
import type { CallName } from '../../aws/calls.ts';
import type { Base } from './base.ts';
import { globalRegion } from './trail.ts';

interface Limit {
  readonly bucket: string;
  readonly perSecond: number;
  readonly burst: number;
  readonly error: string;
  readonly says: string;
}

const limit = (bucket: string, perSecond: number, burst: number, error: string, says: string): Limit => ({
  bucket,
  perSecond,
  burst,
  error,
  says,
});

/** API Gateway: 10 a second, burst 40, account-wide (AWS "Amazon API Gateway quotas"). */
const gateway = limit('apigateway', 10, 40, 'TooManyRequestsException', 'Too Many Requests');
/** One deployment in five seconds (AWS "API Gateway quotas"; fixes.md, general rules). */
const deployments = { ...gateway, bucket: 'apigateway deployments', perSecond: 0.2, burst: 1 };
/** Lambda: GetPolicy 15 a second, the rest of the control plane 15 a second together (AWS "Lambda quotas"). */
const lambda = limit('lambda', 15, 15, 'TooManyRequestsException', 'Rate exceeded');
const lambdaPolicy = { ...lambda, bucket: 'lambda policy' };
/** CloudTrail: 2 LookupEvents a second (SDK documentation of LookupEvents). */
const trail = limit('cloudtrail', 2, 2, 'ThrottlingException', 'Rate exceeded');
/** Logs: FilterLogEvents 25 a second in us-east-1, else mostly 10; subscription filter calls 5 a second (AWS "CloudWatch Logs quotas"). */
const filters = limit('logs subscriptions', 5, 5, 'ThrottlingException', 'Rate exceeded');
const search = (region: string): Limit =>
  limit('logs search', region === 'us-east-1' ? 25 : 10, region === 'us-east-1' ? 25 : 10, 'ThrottlingException', 'Rate exceeded');
/** The rest publish no figure or one far above use; a figure in their order of size. */
const generous = (bucket: string, perSecond: number): Limit =>
  limit(bucket, perSecond, perSecond, bucket === 'ssm' ? 'ThrottlingException' : 'Throttling', 'Rate exceeded');

function limitOf(call: CallName, region: string): Limit {
  if (call === 'apigateway:CreateDeployment') return deployments;
  if (call.startsWith('apigateway')) return gateway;
  if (call === 'lambda:GetPolicy') return lambdaPolicy;
  if (call.startsWith('lambda:')) return lambda;
  if (call === 'cloudtrail:LookupEvents') return trail;
  if (call === 'cloudtrail:LookupGlobalEvents') return region === globalRegion ? trail : { ...trail, bucket: 'cloudtrail elsewhere' };
  if (call === 'logs:FilterLogEvents') return search(region);
  if (call.startsWith('logs:')) return filters;
  if (call === 'cloudwatch:GetMetricData') return generous('metrics', 50);
  return generous(call.slice(0, call.indexOf(':')), call.startsWith('ssm:') ? 40 : 10);
}

export interface Throttled {
  readonly name: string;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** Answers the refusal when a call is one too many. */
export function createThrottle(base: Base): (call: CallName) => Throttled | undefined {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (call) => {
    const l = limitOf(call, base.here.region);
    const now = base.clock.now();
    const bucket = buckets.get(l.bucket) ?? { tokens: l.burst, at: now };
    bucket.tokens = Math.min(l.burst, bucket.tokens + ((now - bucket.at) / 1000) * l.perSecond);
    bucket.at = now;
    buckets.set(l.bucket, bucket);
    if (bucket.tokens < 1)
      return {
        name: l.error,
        message: l.says,
        ...(call.startsWith('apigateway') ? { retryAfterMs: 1000 / Math.min(1, l.perSecond) } : {}),
      };
    bucket.tokens -= 1;
    return undefined;
  };
}

// CloudTrail: who called what; a record can be looked up some five minutes after the call, sometimes much later.
import { type Base, spread } from './base.ts';

/** Who made a call, as `userIdentity` tells it. */
export type Caller =
  | { readonly kind: 'person'; readonly arn: string; readonly userName: string }
  | { readonly kind: 'stack'; readonly stack: string }
  | { readonly kind: 'role'; readonly name: string };

export interface TrailInput {
  /** With its API date, as Lambda records it: `RemovePermission20150331v2`. */
  readonly eventName: string;
  readonly eventSource: string;
  readonly by: Caller;
  readonly requestParameters: Readonly<Record<string, unknown>>;
  readonly responseElements?: Readonly<Record<string, unknown>>;
  readonly resources: readonly { readonly type: string; readonly name: string }[];
  readonly delayMs?: number;
}
export interface TrailRecord extends TrailInput {
  readonly id: string;
  readonly at: number;
  readonly visibleAt: number;
}

export interface Trail {
  record(input: TrailInput): void;
  visible(): readonly TrailRecord[];
  /** How long records take from now on; undefined is the usual. */
  delayMs: number | undefined;
}

/** Where the events of services without a Region are recorded, and only there (evidence.md §6). */
export const globalRegion = 'us-east-1';
const globalSources = ['iam.amazonaws.com'];
/** Whether a record stands in a Region's history, for an account that lives in `home`. */
export const recordedIn = (r: TrailInput, region: string, home: string): boolean =>
  globalSources.includes(r.eventSource) ? region === globalRegion : region === home;

/** Records kept; LookupEvents keeps 90 days, a run sees hours. */
const kept = 5000;

/** Five minutes on average, seven at most; AWS promises nothing (CloudTrail: "typically within 5 minutes"). */
export function createTrail(base: Base): Trail {
  const records: TrailRecord[] = [];
  const trail: Trail = {
    delayMs: undefined,
    record(input) {
      const at = base.clock.now();
      const id = base.id();
      const delayMs = input.delayMs ?? trail.delayMs ?? Math.round(spread(240_000, 420_000, base.seed, id));
      records.push({ ...input, id, at, visibleAt: at + delayMs });
      if (records.length > kept) records.shift();
    },
    visible: () => records.filter((r) => r.visibleAt <= base.clock.now()),
  };
  return trail;
}

function identityOf(base: Base, by: Caller): Record<string, unknown> {
  const account = base.here.accountId;
  if (by.kind === 'person')
    return {
      type: by.arn.includes(':assumed-role/') ? 'AssumedRole' : 'IAMUser',
      principalId: 'AIDAEXAMPLEPERSON',
      arn: by.arn,
      accountId: account,
      userName: by.userName,
    };
  const role = by.kind === 'stack' ? 'cdk-hnb659fds-cfn-exec-role' : by.name;
  const session = by.kind === 'stack' ? 'AWSCloudFormation' : 'gatemedic';
  const issuer = {
    type: 'Role',
    principalId: 'AROAEXAMPLEROLE',
    arn: `arn:aws:iam::${account}:role/${role}`,
    accountId: account,
    userName: role,
  };
  const identity = {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLEROLE:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    accountId: account,
    sessionContext: { sessionIssuer: issuer },
  };
  return by.kind === 'stack' ? { ...identity, invokedBy: 'cloudformation.amazonaws.com' } : identity;
}

/** The record's JSON, as `CloudTrailEvent` carries it. */
export function trailJson(base: Base, r: TrailRecord): string {
  const service = r.by.kind === 'stack' ? 'cloudformation.amazonaws.com' : undefined;
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: identityOf(base, r.by),
    eventTime: `${new Date(r.at).toISOString().slice(0, 19)}Z`,
    eventSource: r.eventSource,
    eventName: r.eventName,
    awsRegion: globalSources.includes(r.eventSource) ? globalRegion : base.here.region,
    sourceIPAddress: service ?? '198.51.100.7',
    userAgent: service ?? (r.by.kind === 'person' ? 'aws-cli/2.31.0' : 'aws-sdk-js/3'),
    requestParameters: r.requestParameters,
    responseElements: r.responseElements ?? null,
    requestID: r.id,
    eventID: r.id,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: base.here.accountId,
    eventCategory: 'Management',
  });
}

export function userName(r: TrailRecord): string {
  if (r.by.kind === 'person') return r.by.userName;
  return r.by.kind === 'stack' ? 'AWSCloudFormation' : 'gatemedic';
}

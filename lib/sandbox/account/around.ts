// What lies around a stage in the account: limits and rewritten answers of the stage, web ACLs, custom domains, events of AWS Health.
import type { Base } from './base.ts';
import type { ServedStage } from './apis.ts';
import type { Metrics, Series } from './metrics.ts';

export interface Throttle {
  readonly rate?: number;
  readonly burst?: number;
}
/** Requests a second and at once of the whole account and Region (AWS "API Gateway quotas"). */
export const accountThrottle = { rate: 10_000, burst: 5000 } as const;

/** Settings of a stage that need no deployment. */
export interface StageAround {
  /** Requests a second, and at once; what is not set is the account's. */
  throttle?: Throttle;
  /** Limits of single routes, by `GET /orders` (REST) or route key; they go before the stage's. */
  routeThrottles: Readonly<Record<string, Throttle>>;
  webAclArn?: string;
  /** The certificate the stage shows to its backends. */
  clientCertificate?: { readonly id: string; readonly expiresAt: number };
  /** Gateway responses the owner rewrote: type → status. Part of the API, in force with a deployment; here at once. */
  gatewayResponses: Readonly<Record<string, string>>;
  /** The API's own address is switched off. */
  ownAddressOff: boolean;
  updatedAt: number;
}

export interface WebAcl {
  readonly arn: string;
  readonly name: string;
  readonly series: Series;
  /** AWS WAF does not answer the gateway. */
  failing: boolean;
}

export interface Domain {
  readonly name: string;
  readonly certificateArn: string;
  /** When its certificate ends. */
  certificateUntil: number;
  status: 'AVAILABLE' | 'PENDING_CERTIFICATE_REIMPORT' | 'PENDING_OWNERSHIP_VERIFICATION';
  mappings: readonly { readonly path: string; readonly apiId: string; readonly stage: string }[];
}

export interface HealthEvent {
  readonly service: string;
  readonly from: number;
  /** Seen by the account from then on: AWS writes its events minutes after the fact. */
  readonly visibleAt: number;
  to?: number;
}

export interface Around {
  readonly webAcls: Map<string, WebAcl>;
  readonly domains: Map<string, Domain>;
  readonly health: HealthEvent[];
  /** Without a support plan, AWS Health refuses to answer. */
  supportPlan: boolean;
  /** The account's role by which API Gateway writes logs; without it no stage can be told to. */
  logsRole: string | undefined;
  putWebAcl(name: string): WebAcl;
}

const wafMetrics = ['AllowedRequests', 'BlockedRequests'] as const;

export const stageAround = (): StageAround => ({ routeThrottles: {}, gatewayResponses: {}, ownAddressOff: false, updatedAt: 0 });

export function createAround(base: Base, metrics: Metrics): Around {
  const webAcls = new Map<string, WebAcl>();
  return {
    webAcls,
    domains: new Map(),
    health: [],
    supportPlan: true,
    logsRole: `arn:aws:iam::${base.here.accountId}:role/apigateway-logs`,
    putWebAcl(name) {
      const { region, accountId } = base.here;
      const acl = {
        arn: `arn:aws:wafv2:${region}:${accountId}:regional/webacl/${name}/${base.id()}`,
        name,
        failing: false,
        series: metrics.series('AWS/WAFV2', { WebACL: name, Region: region, Rule: 'ALL' }, wafMetrics),
      };
      webAcls.set(acl.arn, acl);
      return acl;
    },
  };
}

/** When the stage was changed last: a setting of its own, or a deployment. */
export const lastUpdatedAt = (api: Pick<ServedStage, 'around' | 'deployedAt'>): number => Math.max(api.around.updatedAt, api.deployedAt);

// What evidence tells of what lies around a stage: the API's own settings, its edited draft, its deployments, the domains that lead to it,
// who changed it, its web ACL, the account's limits, the other APIs, and AWS itself.
import type { ApiType } from '../api.ts';
import type { DeployedApi, Series } from './api.ts';

/** Settings of the API and, where its definition could not be read, of the stage. */
export interface ApiSettings {
  readonly name?: string;
  /** The API's own address (`…execute-api…`) is switched off: only custom domains lead to it. */
  readonly defaultEndpointDisabled?: boolean;
  readonly endpointTypes?: readonly string[];
  /** Read only where the deployed definition is missing: it holds the same. */
  readonly stage?: Omit<DeployedApi, 'routes'>;
}

/** A route as it was edited last. It may differ from what callers meet: it proves nothing about them. */
export interface DraftRoute {
  readonly method: string;
  readonly path: string;
  /** What the route leads to; absent: nothing. */
  readonly leadsTo?: string;
  /** REST: the resource's id; others: the integration's. */
  readonly id?: string;
}
export interface Draft {
  readonly routes: readonly DraftRoute[];
  /** More than was read. */
  readonly cut: boolean;
  /** REST: every difference that a deployment to this stage would publish; absent where the two could not be compared as a whole. */
  readonly undeployed?: readonly { readonly route: string; readonly field: string; readonly says: string }[];
}

export interface Deployment {
  readonly id: string;
  readonly at?: number;
  /** HTTP and WebSocket APIs: PENDING, FAILED or DEPLOYED, and why it failed. */
  readonly status?: string;
  readonly message?: string;
  readonly auto?: boolean;
}
/** Newest first. */
export interface Deployments {
  readonly newest: readonly Deployment[];
}

export interface CustomDomain {
  readonly name: string;
  /** AVAILABLE, UPDATING, PENDING, PENDING_CERTIFICATE_REIMPORT, PENDING_OWNERSHIP_VERIFICATION, FAILED. */
  readonly status?: string;
  readonly message?: string;
  readonly certificateArn?: string;
  /** By AWS Certificate Manager, for domains that lead to this API: ISSUED, EXPIRED, REVOKED …, and its end. */
  readonly certificateStatus?: string;
  readonly certificateUntil?: number;
  /** Absent: they could not be read. */
  readonly mappings?: readonly { readonly path: string; readonly apiId: string; readonly stage?: string }[];
  /** API Gateway's own complaints about the truststore of mutual TLS. */
  readonly truststoreWarnings?: readonly string[];
  /** Rules decide where requests go (BASE_PATH_MAPPING_ONLY where not said): mappings may not be asked at all. */
  readonly routing?: string;
}
export interface CustomDomains {
  readonly domains: readonly CustomDomain[];
  /** When: a certificate is over or not by it. */
  readonly lookedAt: number;
  /** Domains whose mappings were not asked for. */
  readonly notLookedAt: number;
}

/** A change of the API that somebody made, by CloudTrail. */
export interface ApiChange {
  readonly id?: string;
  readonly at: number;
  /** `UpdateStage`, `CreateDeployment`, `DeleteBasePathMapping` … */
  readonly name: string;
  readonly by: string;
  /** Whose rights the call was made with. */
  readonly principalArn?: string;
  /** `cloudformation.amazonaws.com` when CloudFormation made the call. */
  readonly invokedBy?: string;
  /** What the caller's program called itself. */
  readonly userAgent?: string;
  readonly stage?: string;
  /** What was set or removed: `/variables/fn`, `/deploymentId` … */
  readonly edits?: readonly { readonly op: string; readonly path: string; readonly value?: string }[];
  readonly domainName?: string;
  readonly basePath?: string;
  /** The API that a mapping was made for; a record of its removal does not name it. */
  readonly mappedTo?: string;
  readonly mappedStage?: string;
}
export interface ApiTrail {
  readonly changes: readonly ApiChange[];
}

/** The web ACL of a stage, and what AWS WAF counted there. */
export interface WebAcl {
  readonly arn: string;
  /** False: AWS WAF knows of no web ACL for this stage, though the stage names one. */
  readonly there: boolean;
  readonly name?: string;
  /** Requests it judged, a minute; absent where its metrics are off or could not be had. */
  readonly judged?: Series;
}

export interface AccountLimits {
  /** Requests a second, and at once, of all APIs of the account and Region together. */
  readonly rate?: number;
  readonly burst?: number;
  /** The account has a role by which API Gateway writes logs; without one no stage can be told to. */
  readonly logsRole?: boolean;
}

/** The 5xx of the other APIs of the account and Region, in the same span. */
export interface Neighbours {
  readonly apis: readonly {
    readonly name: string;
    readonly type: Exclude<ApiType, 'WEBSOCKET'>;
    readonly requests: Series;
    readonly serverErrors: Series;
  }[];
}

/** An event of AWS Health for this Region. */
export interface HealthEvent {
  readonly service: string;
  readonly region?: string;
  readonly code?: string;
  readonly from?: number;
  /** Absent: it lasts. */
  readonly to?: number;
}
export interface AwsHealth {
  readonly events: readonly HealthEvent[];
}

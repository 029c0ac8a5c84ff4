// The facts that causes of the gateway itself establish.
import type { ApiChange, HealthEvent } from '../kinds/gateway.ts';

/** stage-variable-missing: variables that deployed integrations use and the stage does not fill, or fills with what does not exist. */
export interface VariableFacts {
  readonly variables: readonly {
    readonly name: string;
    readonly why: 'absent' | 'empty' | 'badCharacters' | 'leadsNowhere';
    readonly value?: string;
    /** `GET /orders` */
    readonly routes: readonly string[];
    /** What it was before, and who took it away, where CloudTrail tells. */
    readonly before?: string;
    readonly changed?: ApiChange;
  }[];
}

/** canary-failing: the share of the requests that the canary takes fails, and the stage's own does not. */
export interface CanaryFacts {
  readonly percent: number;
  readonly deploymentId?: string;
  /** Names of the variables that go before the stage's. */
  readonly variables: readonly string[];
  readonly failed: number;
  readonly requests: number;
  readonly changed?: ApiChange;
}

/** integration-missing. */
export interface IntegrationMissingFacts {
  /** Deployed routes that lead nowhere. */
  readonly routes: readonly string[];
  /** Edited routes that lead somewhere and are not deployed. */
  readonly undeployed: readonly string[];
  /** A deployment that is newer than the stage's; it may have been made for another stage. */
  readonly newerDeployment?: string;
  /** The last deployment failed, in AWS's words. */
  readonly failedDeployment?: string;
  readonly changed?: ApiChange;
}

/** gateway-throttled. */
export interface GatewayThrottledFacts {
  /** `*` is the whole stage. */
  readonly limits: readonly { readonly route: string; readonly rate?: number; readonly burst?: number }[];
  /** Whose limit it is. */
  readonly of: 'stage' | 'account' | 'unknown';
  /** The gateway response that the owner rewrote, and the status callers get. */
  readonly rewritten?: { readonly type: string; readonly status: string };
  readonly perSecond?: number;
}

/** custom-domain. */
export interface CustomDomainFacts {
  readonly domains: readonly {
    readonly name: string;
    readonly what: 'noMapping' | 'notAvailable' | 'certificateExpired' | 'truststore' | 'ownAddressOff';
    readonly says: string;
  }[];
  readonly changed?: ApiChange;
}

/** waf-error. */
export interface WafFacts {
  readonly arn: string;
  readonly gone: boolean;
  /** Failures of the burst that the web ACL never judged. */
  readonly unjudged?: number;
}

/** aws-incident. */
export interface IncidentFacts {
  readonly events: readonly HealthEvent[];
  /** Other APIs that failed in the same minutes. */
  readonly neighbours: readonly string[];
}

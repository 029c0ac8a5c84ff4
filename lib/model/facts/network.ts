// What the causes about VPC links, load balancers and networks establish; for fixes and messages.
import type { FunctionRef } from '../api.ts';

/** vpc-link-unavailable. */
export interface VpcLinkFacts {
  readonly links: readonly {
    readonly id: string;
    readonly version?: 1 | 2;
    /** AWS's status; `gone` where there is no such link, `noBalancer` where its load balancer is gone. */
    readonly status: string;
    readonly message?: string;
    readonly routes: readonly string[];
  }[];
}

/** target-unhealthy. */
export interface TargetFacts {
  readonly groups: readonly {
    /** Target group's ARN, or a Cloud Map service's. */
    readonly arn: string;
    readonly balancer?: string;
    readonly registered: number;
    /** AWS's reasons, each once. */
    readonly reasons: readonly string[];
    readonly healthCheck?: string;
    readonly routes: readonly string[];
    /** They are healthy again by now: it was so while requests failed. */
    readonly passed?: true;
  }[];
}

/** network-blocked. */
export interface NetworkFacts {
  readonly ways: readonly {
    /** `enforced`: the load balancer's groups meet PrivateLink traffic. `scheme`: internet-facing. `worn`: the link wears another's group. `wayOut`: a function's. */
    readonly what: 'egress' | 'ingress' | 'acl' | 'enforced' | 'scheme' | 'worn' | 'wayOut' | 'listener';
    readonly says: string;
    readonly at: string;
    readonly port?: number;
    readonly peer?: string;
    /** `ingress`: all groups that could hold the missing rule, all groups of the peer, and the subnets of its addresses. */
    readonly groups?: readonly string[];
    readonly peers?: readonly string[];
    readonly peerSubnets?: readonly string[];
    readonly routes: readonly string[];
    readonly function?: FunctionRef;
  }[];
}

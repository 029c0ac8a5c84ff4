// What evidence tells of the way to a private backend: VPC links, load balancers and their targets, security groups, ACLs, routes. Compact,
// plain JSON. A field that AWS did not tell is absent, and never read as *none*.
import type { Series } from './api.ts';
import type { PartlyHad } from './function.ts';

/** By id, as the deployment names them. */
export interface VpcLinks extends PartlyHad {
  readonly links: Readonly<Record<string, VpcLinkFact>>;
}
export interface VpcLinkFact {
  readonly id: string;
  /** False: API Gateway answers *not found* for the id, in both versions where both are possible. */
  readonly exists: boolean;
  /** 1: PrivateLink to a network load balancer (REST). 2: interfaces of its own in subnets (HTTP, and REST since 2025-11). */
  readonly version?: 1 | 2;
  /** AVAILABLE, PENDING, DELETING, FAILED, INACTIVE (SDK: VpcLinkStatus of both clients). */
  readonly status?: string;
  readonly message?: string;
  /** Network load balancers a link of version 1 leads to. */
  readonly targets: readonly string[];
  /** Of version 2. */
  readonly securityGroups: readonly string[];
  readonly subnets: readonly string[];
}

export interface LoadBalancers extends PartlyHad {
  /** By ARN; by name for one that is only known by its host name. */
  readonly balancers: Readonly<Record<string, BalancerFact>>;
  /** Cloud Map services that integrations name, by ARN. */
  readonly services: Readonly<Record<string, CloudMapFact>>;
}
export interface BalancerFact {
  readonly arn: string;
  /** False: Elastic Load Balancing has no such load balancer. */
  readonly exists: boolean;
  readonly type?: string;
  readonly scheme?: string;
  /** active, provisioning, active_impaired, failed. */
  readonly state?: string;
  readonly vpcId?: string;
  readonly securityGroups?: readonly string[];
  readonly subnets?: readonly string[];
  /** Security groups are enforced on PrivateLink traffic too (network load balancers). */
  readonly enforced?: boolean;
  readonly listeners?: readonly ListenerFact[];
  readonly targetGroups?: readonly TargetGroupFact[];
}
export interface ListenerFact {
  readonly arn?: string;
  readonly port?: number;
  readonly protocol?: string;
  /** Target groups its actions and rules forward to; absent where that was not told. */
  readonly targetGroups?: readonly string[];
}
export interface TargetGroupFact {
  readonly arn: string;
  readonly port?: number;
  readonly targetType?: string;
  readonly healthCheck?: string;
  /** Absent where their health was not told. */
  readonly targets?: readonly TargetFact[];
}
export interface TargetFact {
  readonly id: string;
  readonly port?: number;
  /** healthy, unhealthy, initial, unused, draining … (SDK: TargetHealthStateEnum). */
  readonly state: string;
  /** Target.FailedHealthChecks, Target.Timeout … (SDK: TargetHealthReasonEnum). */
  readonly reason?: string;
}
export interface CloudMapFact {
  readonly exists: boolean;
  readonly instances?: number;
  readonly healthy?: number;
  /** Instances without `AWS_INSTANCE_PORT`: API Gateway has no endpoint to use. */
  readonly withoutPort?: number;
}

/** By key of the load balancer, as in `LoadBalancers`. */
export interface LoadBalancerMetrics extends PartlyHad {
  readonly periodMs: number;
  readonly balancers: Readonly<Record<string, BalancerMetrics>>;
}
export interface BalancerMetrics {
  /** RequestCount; NewFlowCount of a network load balancer. */
  readonly requests: Series;
  /** 5xx the load balancer itself answered; none on a network load balancer. */
  readonly ownErrors: Series;
  /** 503s among them: no target registered. */
  readonly noTarget: Series;
  readonly targetErrors: Series;
  /** Connections to targets that failed; resets by targets of a network load balancer. */
  readonly connectionErrors: Series;
  /** New TCP connections its security groups turned away (network load balancers). */
  readonly turnedAway: Series;
  /** The most healthy targets a target group had in a minute, by the group's ARN. */
  readonly healthy: Readonly<Record<string, Series>>;
}

export interface Network extends PartlyHad {
  readonly securityGroups: Readonly<Record<string, SecurityGroupFact>>;
  readonly subnets: Readonly<Record<string, SubnetFact>>;
  readonly acls: readonly AclFact[];
  /** Route tables of the functions' VPCs. */
  readonly routeTables: readonly RouteTableFact[];
  /** VPC endpoints of the functions' VPCs. */
  readonly endpoints?: readonly EndpointFact[];
  /** Security groups and subnet of targets, by their address or instance id. */
  readonly interfaces: Readonly<Record<string, { readonly securityGroups: readonly string[]; readonly subnet?: string }>>;
}
export interface SecurityGroupFact {
  readonly id: string;
  readonly ingress?: readonly RuleFact[];
  readonly egress?: readonly RuleFact[];
}
export interface RuleFact {
  /** `tcp`, `-1` for all … */
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly ranges: readonly string[];
  readonly groups: readonly string[];
  /** It names prefix lists, whose ranges were not read. */
  readonly lists?: true;
}
export interface SubnetFact {
  readonly id: string;
  readonly range?: string;
  readonly vpcId?: string;
}
export interface AclFact {
  readonly id: string;
  readonly subnets: readonly string[];
  readonly entries: readonly AclEntry[];
}
export interface AclEntry {
  readonly number: number;
  readonly egress: boolean;
  readonly allow: boolean;
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly range?: string;
}
export interface RouteTableFact {
  readonly vpcId?: string;
  readonly subnets: readonly string[];
  readonly main: boolean;
  /** Where 0.0.0.0/0 leads: `nat-…`, `igw-…`, `tgw-…` …; absent: nowhere. */
  readonly wayOut?: string;
  /** What it leads to is gone (route state `blackhole`). */
  readonly blackhole?: true;
}
export interface EndpointFact {
  /** `com.amazonaws.us-east-1.sqs`. */
  readonly service: string;
  readonly state?: string;
  readonly vpcId?: string;
  /** Of an interface endpoint. */
  readonly securityGroups?: readonly string[];
}

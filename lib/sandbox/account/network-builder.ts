// What owners do to networks and private backends; each leaves the CloudTrail record it would.
import type { Parts } from './answers/parts.ts';
import { noteRules } from './group-rules.ts';
import { functionReaches, putPrivateBackend, type GroupRule, type PrivateBackend, type PrivateBackendSpec } from './network.ts';
import type { Caller } from './trail.ts';

type Side = 'ingress' | 'egress';

export interface NetworkBuilder {
  /** A VPC link, a load balancer, healthy targets, and the rules that let them talk. */
  putPrivateBackend(spec: PrivateBackendSpec): PrivateBackend;
  /** What AWS makes of a link: FAILED, INACTIVE …; undefined: somebody deletes it. */
  setLink(id: string, status: string | undefined, message?: string): void;
  /** Takes all rules of one side away; the answer puts them back. */
  revokeRules(group: string, side: Side, by: Caller): () => void;
  /** An ACL entry that refuses TCP to a port; the answer takes it away. */
  denyPort(port: number, by: Caller): () => void;
  /** Whether the targets' processes answer. */
  setTargetsUp(balancer: string, up: boolean): void;
  /** What the targets answer. */
  setTargetsAnswer(balancer: string, status: number): void;
  /** Makes the listener speak TLS with a certificate for these names. */
  putCertificate(balancer: string, names: readonly string[], expiresAt: number): void;
  /** Deregisters all targets; the answer registers them again. */
  deregister(balancer: string, by: Caller): () => void;
  /** Enforces the load balancer's groups on PrivateLink traffic, or not. */
  enforceGroups(balancer: string, enforced: boolean): void;
  /** Puts a function into the VPC. */
  placeFunction(name: string, services?: readonly string[]): void;
  /** Deletes the NAT gateway that the subnets' default route leads to; the answer makes another. */
  deleteNatGateway(by: Caller): () => void;
  /** A VPC that never had a way out. */
  removeWayOut(): void;
  /** Whether a function reaches an AWS service from where it is. */
  reaches(functionName: string, service: string): boolean;
}

export function createNetworkBuilder({ base, network: net, trail }: Parts): NetworkBuilder {
  const note = (eventName: string, eventSource: string, by: Caller, requestParameters: Readonly<Record<string, unknown>>): void =>
    trail.record({ eventName, eventSource, by, requestParameters, resources: [] });
  const must = <T>(found: T | undefined, what: string): T => {
    if (found === undefined) throw new Error(`there is no ${what} in the sandbox's network`);
    return found;
  };
  const balancer = (arn: string) => must(net.balancers.get(arn), `load balancer ${arn}`);
  return {
    putPrivateBackend: (spec) => putPrivateBackend(base, net, spec),
    setLink(id, status, message = '') {
      const link = must(net.links.get(id), `VPC link ${id}`);
      if (status === undefined) net.links.delete(id);
      else Object.assign(link, { status, message });
    },
    revokeRules(group, side, by) {
      const found = must(net.groups.get(group), `security group ${group}`);
      const before: readonly GroupRule[] = found[side];
      found[side] = [];
      const parts = { base, network: net, trail };
      noteRules(parts, side === 'ingress' ? 'RevokeSecurityGroupIngress' : 'RevokeSecurityGroupEgress', { by, group, rules: before });
      return () => void (found[side] = [...before]);
    },
    denyPort(port, by) {
      net.aclDenies.set(`${port}`, { port, egress: false });
      note('CreateNetworkAclEntry', 'ec2.amazonaws.com', by, { portRange: { from: port, to: port }, ruleAction: 'deny' });
      return () => void net.aclDenies.delete(`${port}`);
    },
    setTargetsUp(arn, up) {
      for (const target of balancer(arn).targets) target.up = up;
    },
    setTargetsAnswer(arn, status) {
      for (const target of balancer(arn).targets) target.answers = status;
    },
    putCertificate(arn, names, expiresAt) {
      balancer(arn).certificate = {
        arn: `arn:aws:acm:${base.here.region}:${base.here.accountId}:certificate/${balancer(arn).name}`,
        names,
        expiresAt,
      };
    },
    deregister(arn, by) {
      const found = balancer(arn);
      const before = found.targets;
      found.targets = [];
      note('DeregisterTargets', 'elasticloadbalancing.amazonaws.com', by, { targetGroupArn: found.targetGroupArn });
      return () => void (found.targets = before);
    },
    enforceGroups(arn, enforced) {
      balancer(arn).enforced = enforced;
    },
    placeFunction(name, services = []) {
      const id = `sg-${name}`;
      net.groups.set(id, { id, ingress: [], egress: [{ from: 0, to: 65_535, cidr: '0.0.0.0/0' }] });
      net.places.set(name, { subnets: [...net.frontSubnets], groups: [id] });
      for (const service of services) net.endpoints.add(service);
    },
    deleteNatGateway(by) {
      const before = new Map(net.wayOut);
      for (const [subnet, out] of before) net.wayOut.set(subnet, `${out}-deleted`);
      note('DeleteNatGateway', 'ec2.amazonaws.com', by, { natGatewayId: [...before.values()][0] });
      return () => {
        for (const [subnet, out] of before) net.wayOut.set(subnet, out);
      };
    },
    removeWayOut: () => net.wayOut.clear(),
    reaches: (name, service) => functionReaches(net, name, service),
  };
}

// May traffic pass from here to there? Security groups of both sides and network ACLs both ways, evaluated for one TCP port. Pure; what was
// not told makes the answer `unclear`, never `no`.
import { holds, ipRange } from '../../model/ip-range.ts';
import type { AclEntry, AclFact, Network, RuleFact } from '../../model/kinds/network.ts';

export type Passes = 'yes' | 'no' | 'unclear';

/** One side of a hop. `securityGroups` absent: not told; empty: it has none, so none turn anything away. */
export interface Side {
  readonly name: string;
  readonly securityGroups?: readonly string[];
  readonly subnets?: readonly string[];
}
export interface Blocked {
  readonly by: 'egress' | 'ingress' | 'acl';
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** The security group that lacks the rule, or the ACL. */
  readonly at: string;
  /** The peer the missing rule should name. */
  readonly peer?: string;
  /** All groups of the side that lacks the rule, and of the peer, and where the peer's addresses are. */
  readonly groups: readonly string[];
  readonly peers: readonly string[];
  readonly peerSubnets: readonly string[];
  readonly says: string;
}
export type Hop = { readonly passes: 'yes' | 'unclear' } | { readonly passes: 'no'; readonly blocked: Blocked };

/** Ports a client's end of a connection may have: what an ACL must let back (AWS "Network ACLs, ephemeral ports"). */
const ephemeral = { from: 1024, to: 65_535 };

/** One hop: egress of the one side, ingress of the other, ACLs there and back. */
export function hop(net: Network, from: Side, to: Side, port: number): Hop {
  const out = groupsPass(net, from, to, 'egress', port);
  if (out === 'no') return closed('egress', from, to, port, from.securityGroups?.[0] ?? from.name, to.securityGroups?.[0]);
  const into = groupsPass(net, to, from, 'ingress', port);
  if (into === 'no') return closed('ingress', from, to, port, to.securityGroups?.[0] ?? to.name, from.securityGroups?.[0]);
  const acl = aclsPass(net, from, to, port);
  if (acl.passes === 'no') return closed('acl', from, to, port, acl.at);
  return { passes: out === 'yes' && into === 'yes' && acl.passes === 'yes' ? 'yes' : 'unclear' };
}

const words: Readonly<Record<Blocked['by'], (b: Omit<Blocked, 'says'>) => string>> = {
  egress: (b) => `security group ${b.at} of ${b.from} lets nothing out to ${b.to} on port ${b.port}`,
  ingress: (b) => `security group ${b.at} of ${b.to} has no rule that admits ${b.from} on port ${b.port}`,
  acl: (b) => `network ACL ${b.at} turns traffic between ${b.from} and ${b.to} on port ${b.port} away`,
};
function closed(by: Blocked['by'], from: Side, to: Side, port: number, at: string, peer?: string): Hop {
  const [own, other] = by === 'egress' ? [from, to] : [to, from];
  const sides = { groups: own.securityGroups ?? [], peers: other.securityGroups ?? [], peerSubnets: other.subnets ?? [] };
  const b = { by, from: from.name, to: to.name, port, at, ...sides, ...(peer === undefined ? {} : { peer }) };
  return { passes: 'no', blocked: { ...b, says: words[by](b) } };
}

/** Rules of all groups of a side add up: one that admits is enough. */
function groupsPass(net: Network, own: Side, peer: Side, direction: 'ingress' | 'egress', port: number): Passes {
  if (own.securityGroups === undefined) return 'unclear';
  if (own.securityGroups.length === 0) return 'yes';
  const rules = own.securityGroups.map((id) => net.securityGroups[id]?.[direction]);
  const answers = rules.flatMap((known) =>
    known === undefined ? (['unclear'] as const) : known.map((r) => rulePasses(net, r, peer, port)),
  );
  return answers.includes('yes') ? 'yes' : answers.includes('unclear') ? 'unclear' : 'no';
}

function rulePasses(net: Network, rule: RuleFact, peer: Side, port: number): Passes {
  if (!['tcp', '6', '-1'].includes(rule.protocol)) return 'no';
  if (rule.protocol !== '-1' && ((rule.fromPort ?? 0) > port || (rule.toPort ?? 65_535) < port)) return 'no';
  if (rule.groups.some((id) => peer.securityGroups?.includes(id))) return 'yes';
  const byGroup: Passes = rule.groups.length > 0 && peer.securityGroups === undefined ? 'unclear' : 'no';
  const byRange = rule.ranges.map((range) => covers(range, rangesOf(net, peer)));
  const all = [byGroup, ...byRange, ...(rule.lists ? (['unclear'] as const) : [])];
  return all.includes('yes') ? 'yes' : all.includes('unclear') ? 'unclear' : 'no';
}

/** The address ranges of a side's subnets; undefined where one is not known. */
function rangesOf(net: Network, side: Side): readonly string[] | undefined {
  if (!side.subnets || side.subnets.length === 0) return undefined;
  const ranges = side.subnets.map((id) => net.subnets[id]?.range);
  return ranges.every((r) => r !== undefined) ? ranges : undefined;
}

/** Whether a rule's range holds all of these addresses; part of them is unclear, for which of them are used is not known. */
function covers(range: string, peers: readonly string[] | undefined): Passes {
  if (range === '0.0.0.0/0') return 'yes';
  const outer = ipRange(range);
  if (!outer) return range.includes(':') ? 'no' : 'unclear'; // an IPv6 range admits no IPv4 traffic
  if (!peers) return 'unclear';
  const inner = peers.map(ipRange);
  if (inner.every((i) => i && holds(outer, i))) return 'yes';
  return inner.every((i) => i && (i.to < outer.from || i.from > outer.to)) ? 'no' : 'unclear';
}

type AclAnswer = { readonly passes: 'yes' | 'unclear' } | { readonly passes: 'no'; readonly at: string };

/** ACLs stand between subnets, not inside one. Closed only when no pair of subnets gets through. */
function aclsPass(net: Network, from: Side, to: Side, port: number): AclAnswer {
  const pairs = (from.subnets ?? []).flatMap((a) => (to.subnets ?? []).map((b) => pairPasses(net, a, b, port)));
  const [first] = pairs;
  if (!first) return { passes: 'unclear' };
  if (pairs.some((p) => p.passes === 'yes')) return { passes: 'yes' };
  return pairs.find((p) => p.passes === 'unclear') ?? first;
}

function pairPasses(net: Network, from: string, to: string, port: number): AclAnswer {
  if (from === to) return { passes: 'yes' };
  const steps = [
    { subnet: from, peer: to, egress: true, ports: { from: port, to: port } },
    { subnet: to, peer: from, egress: false, ports: { from: port, to: port } },
    { subnet: to, peer: from, egress: true, ports: ephemeral },
    { subnet: from, peer: to, egress: false, ports: ephemeral },
  ];
  let unclear = false;
  for (const step of steps) {
    const acl = net.acls.find((a) => a.subnets.includes(step.subnet));
    const passes = acl ? aclPasses(acl, net.subnets[step.peer]?.range, step.egress, step.ports) : 'unclear';
    if (acl && passes === 'no') return { passes: 'no', at: acl.id };
    unclear ||= passes === 'unclear';
  }
  return { passes: unclear ? 'unclear' : 'yes' };
}

/** Entries are tried by number; the first that fits decides, and none refuses. */
function aclPasses(acl: AclFact, peer: string | undefined, egress: boolean, ports: { from: number; to: number }): Passes {
  const entries = acl.entries.filter((e) => e.egress === egress).toSorted((a, b) => a.number - b.number);
  for (const entry of entries) {
    const fits = entryFits(entry, peer, ports);
    if (fits === 'no') continue;
    return fits === 'unclear' ? 'unclear' : entry.allow ? 'yes' : 'no';
  }
  return 'no';
}

function entryFits(e: AclEntry, peer: string | undefined, ports: { from: number; to: number }): Passes {
  if (!['6', 'tcp', '-1'].includes(e.protocol) || e.range === undefined) return 'no';
  const [low, high] = e.protocol === '-1' ? [0, 65_535] : [e.fromPort ?? 0, e.toPort ?? 65_535];
  if (low > ports.to || high < ports.from) return 'no';
  const range = covers(e.range, peer === undefined ? undefined : [peer]);
  return range === 'yes' && (low > ports.from || high < ports.to) ? 'unclear' : range;
}

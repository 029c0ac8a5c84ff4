// Security groups and ACLs, evaluated: what lets a packet through, what does not, and what cannot be told.
import { describe, expect, it } from 'vitest';
import type { AclEntry, Network, RuleFact } from '../../../lib/model/kinds/network.ts';
import { hop, type Side } from '../../../lib/causes/signs/network-path.ts';

const all = (egress: boolean): AclEntry => ({ number: 100, egress, allow: true, protocol: '-1', range: '0.0.0.0/0' });
const tcp = (from: number, to: number, more: Partial<RuleFact> = {}): RuleFact => ({
  protocol: 'tcp',
  fromPort: from,
  toPort: to,
  ranges: [],
  groups: [],
  ...more,
});
const anything: RuleFact = { protocol: '-1', ranges: ['0.0.0.0/0'], groups: [] };
const net = (ingress: readonly RuleFact[] | undefined, entries: readonly AclEntry[] = []): Network => ({
  securityGroups: { a: { id: 'a', egress: [anything] }, b: { id: 'b', ...(ingress ? { ingress } : {}) } },
  subnets: { s1: { id: 's1', range: '10.0.1.0/24' }, s2: { id: 's2', range: '10.0.2.0/24' } },
  acls: [{ id: 'acl', subnets: ['s1', 's2'], entries: [...entries, all(true), all(false)] }],
  routeTables: [],
  interfaces: {},
});
const from: Side = { name: 'the link', securityGroups: ['a'], subnets: ['s1'] };
const to: Side = { name: 'the balancer', securityGroups: ['b'], subnets: ['s2'] };
const passes = (network: Network, port = 443, a = from, b = to) => hop(network, a, b, port).passes;

describe('security groups', () => {
  it.each([
    ['the peer group on the port', tcp(443, 443, { groups: ['a'] }), 'yes'],
    ['a range of ports', tcp(1, 1000, { groups: ['a'] }), 'yes'],
    ['the peer’s subnet', tcp(443, 443, { ranges: ['10.0.0.0/16'] }), 'yes'],
    ['everybody', anything, 'yes'],
    ['another port', tcp(80, 80, { groups: ['a'] }), 'no'],
    ['another group', tcp(443, 443, { groups: ['c'] }), 'no'],
    ['another subnet', tcp(443, 443, { ranges: ['10.0.9.0/24'] }), 'no'],
    ['another protocol', { ...tcp(443, 443, { groups: ['a'] }), protocol: 'udp' }, 'no'],
    ['IPv6 only', tcp(443, 443, { ranges: ['::/0'] }), 'no'],
    ['one address of the subnet', tcp(443, 443, { ranges: ['10.0.1.17/32'] }), 'unclear'],
    ['a prefix list', tcp(443, 443, { lists: true }), 'unclear'],
  ] as const)('a rule for %s: %s → %s', (_name, rule, expected) => {
    expect(passes(net([rule]))).toBe(expected);
  });
  it('names the group that lacks the rule, and the peer it should name', () => {
    expect(hop(net([]), from, to, 443)).toEqual({
      passes: 'no',
      blocked: {
        by: 'ingress',
        from: 'the link',
        to: 'the balancer',
        port: 443,
        at: 'b',
        peer: 'a',
        groups: ['b'],
        peers: ['a'],
        peerSubnets: ['s1'],
        says: 'security group b of the balancer has no rule that admits the link on port 443',
      },
    });
  });
  it('adds up the rules of all groups of a side', () => {
    const two = { ...to, securityGroups: ['x', 'b'] };
    const with2 = { ...net([tcp(443, 443, { groups: ['a'] })]) };
    expect(hop({ ...with2, securityGroups: { ...with2.securityGroups, x: { id: 'x', ingress: [] } } }, from, two, 443).passes).toBe('yes');
  });
  it('takes rules that were not told, and groups that were not told, for unclear', () => {
    expect(passes(net(undefined))).toBe('unclear');
    expect(passes(net([]), 443, from, { name: 'b', subnets: ['s2'] })).toBe('unclear');
  });
});

describe('network ACLs', () => {
  const open = [tcp(443, 443, { groups: ['a'] })];
  const deny = (egress: boolean, more: Partial<AclEntry> = {}): AclEntry => ({
    number: 10,
    egress,
    allow: false,
    protocol: '6',
    range: '0.0.0.0/0',
    ...more,
  });
  it.each([
    ['the port inwards', deny(false, { fromPort: 443, toPort: 443 })],
    ['the port outwards', deny(true, { fromPort: 443, toPort: 443 })],
    ['the way back', deny(true, { fromPort: 1024, toPort: 65_535 })],
  ] as const)('are closed by an entry that denies %s', (_name, entry) => {
    expect(hop(net(open, [entry]), from, to, 443)).toMatchObject({ passes: 'no', blocked: { by: 'acl', at: 'acl' } });
  });
  it('try entries by number: an allow before the deny decides', () => {
    const first: AclEntry = { ...deny(false, { fromPort: 443, toPort: 443 }), number: 5, allow: true };
    expect(passes(net(open, [deny(false, { fromPort: 443, toPort: 443 }), first]))).toBe('yes');
  });
  it('do not stand inside one subnet', () => {
    expect(passes(net(open, [deny(false)]), 443, from, { ...to, subnets: ['s1'] })).toBe('yes');
  });
  it('are unclear where only part of the ephemeral ports is denied', () => {
    expect(passes(net(open, [deny(true, { fromPort: 1024, toPort: 2000 })]))).toBe('unclear');
  });
  it('are unclear where no ACL of the subnets was read', () => {
    expect(passes({ ...net(open), acls: [] })).toBe('unclear');
  });
});

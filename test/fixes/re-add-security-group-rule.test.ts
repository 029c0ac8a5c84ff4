// re-add-security-group-rule: exactly the revoked rule that is missing, and every reason to leave it alone.
import { describe, expect, test } from 'vitest';
import '../../lib/collectors/index.ts';
import fix from '../../lib/fixes/re-add-security-group-rule.ts';
import { got, missing, type EvidenceSet } from '../../lib/model/evidence.ts';
import type { RecordedRule, RulesWrite } from '../../lib/model/kinds/removal.ts';
import { ok } from '../../lib/model/result.ts';
import { at } from '../laws/fault.ts';

const now = Date.UTC(2026, 10, 20, 12);
const window = { from: 0, to: now };
const way = {
  what: 'ingress',
  says: 'security group sg-a of the targets has no rule that admits the load balancer on port 8080',
  at: 'sg-a',
  port: 8080,
  peer: 'sg-b',
  groups: ['sg-a', 'sg-a2'],
  peers: ['sg-b', 'sg-b2'],
  peerSubnets: ['s1'],
  routes: [],
};
const rule = (over: Partial<RecordedRule> = {}): RecordedRule => ({
  protocol: 'tcp',
  fromPort: 8080,
  toPort: 8080,
  group: 'sg-b',
  ...over,
});
const range = (one: string): RecordedRule => ({ protocol: 'tcp', fromPort: 8080, toPort: 8080, range: one });
const write = (when: number, what: RulesWrite['what'], ...rules: readonly RecordedRule[]): RulesWrite => ({
  at: when,
  by: 'alice',
  what,
  rules,
});

interface Given {
  readonly ways?: unknown;
  readonly trail?: Readonly<Record<string, readonly RulesWrite[]>> | 'late';
  readonly there?: unknown;
  readonly subnets?: object;
}
const plan = (g: Given = {}) =>
  fix.plan({
    id: 'inc-1',
    at,
    diagnosis: { cause: 'network-blocked', certainty: 'confirmed', at: now, suspects: [], missing: [] },
    facts: { ways: g.ways ?? [way] },
    evidence: {
      network: got({ subnets: g.subnets ?? { s1: { id: 's1', range: '10.0.1.0/24' } } }, window, 'aws'),
      groupTrail:
        g.trail === 'late'
          ? missing('late', 'CloudTrail has no record of a change yet')
          : got({ groups: g.trail ?? { 'sg-a': [write(now - 60_000, 'revoked', rule())] } }, window, 'aws'),
    } as unknown as EvidenceSet<'network' | 'groupTrail'>,
    caps: { usdPerHour: 1, usdPerDay: 1, warmEnvironments: 1 },
    now,
    read: async () => ok({ value: g.there ?? 'absent' }),
  });
const revoked = (...rules: readonly RecordedRule[]): Given => ({ trail: { 'sg-a': [write(now, 'revoked', ...rules)] } });

describe('what is put back', () => {
  test('the rule as it was recorded, with who revoked it', async () => {
    expect(await plan()).toEqual(
      ok([
        {
          setting: 'security-group-rule',
          target: {
            accountId: at.accountId,
            region: at.region,
            groupId: 'sg-a',
            protocol: 'tcp',
            fromPort: 8080,
            toPort: 8080,
            source: { kind: 'group', group: 'sg-b' },
            removed: 'revoked by alice at 2026-11-20 11:59 UTC',
            stage: { apiType: 'REST', apiId: at.apiId, apiName: 'orders', stage: 'prod' },
          },
          from: 'absent',
          to: { description: 'put back by gatemedic for inc-1' },
        },
      ]),
    );
  });
  test.each<[string, RecordedRule, object]>([
    ['a private range that holds the peer’s subnets', range('10.0.0.0/16'), { source: { kind: 'range', range: '10.0.0.0/16' } }],
    ['a span of ports', rule({ fromPort: 8000, toPort: 9000 }), { fromPort: 8000, toPort: 9000 }],
    ['another of the peer’s groups', rule({ group: 'sg-b2' }), { source: { kind: 'group', group: 'sg-b2' } }],
    ['every protocol', { protocol: '-1', fromPort: -1, toPort: -1, group: 'sg-b' }, { protocol: '-1' }],
    ['a group of this account', rule({ groupOwner: at.accountId }), {}],
  ])('%s', async (_, one, target) => {
    expect(await plan(revoked(one))).toMatchObject(ok([{ target }]));
  });
  test('of several that were revoked, only the one that is missing', async () => {
    const planned = await plan(revoked(rule({ fromPort: 22, toPort: 22 }), rule(), range('0.0.0.0/0')));
    expect(planned).toMatchObject(ok([{ target: { source: { kind: 'group' }, fromPort: 8080 } }]));
    expect(planned.ok && planned.value).toHaveLength(1);
  });
  test('in another group of the same side, where it stood', async () => {
    expect(await plan({ trail: { 'sg-a2': [write(now, 'revoked', rule())] } })).toMatchObject(ok([{ target: { groupId: 'sg-a2' } }]));
  });
  test('once, where two ways miss it', async () => {
    const planned = await plan({ ways: [way, { ...way, says: 'again' }] });
    expect(planned.ok && planned.value).toHaveLength(1);
  });
});

test.each<[string, Given, RegExp]>([
  ['a public range', revoked(range('0.0.0.0/0')), /opening to public addresses is never done/],
  ['a public range that happens to hold the subnet', { ...revoked(range('10.0.0.0/7')) }, /opening to public addresses/],
  ['a group of another account', revoked(rule({ groupOwner: '999999999999' })), /999999999999.*not this one/],
  ['another port', revoked(rule({ fromPort: 443, toPort: 443 })), /no revocation \(yet\)/],
  ['another peer', revoked(rule({ group: 'sg-x' })), /no revocation/],
  ['a range that does not hold the peer', revoked(range('10.9.0.0/16')), /no revocation/],
  ['a range, where the peer’s subnets are not known', { ...revoked(range('10.0.0.0/16')), subnets: {} }, /no revocation/],
  ['it was made again since', { trail: { 'sg-a': [write(2, 'authorized', rule()), write(1, 'revoked', rule())] } }, /no revocation/],
  ['it stands there again', { there: { description: '' } }, /somebody put it back/],
  ['a trail that is late', { trail: 'late' }, /no record of a change yet/],
  ['an outbound rule', { ways: [{ ...way, what: 'egress' }] }, /does not mend it/],
  ['an ACL beside it', { ways: [way, { ...way, what: 'acl', says: 'network ACL acl-1 turns it away' }] }, /acl-1/],
  ['a port that is not known', { ways: [{ ...way, port: undefined }] }, /which port/],
  ['no way', { ways: [] }, /does not say/],
  ['facts of another shape', { ways: 'x' }, /does not say/],
])('steps aside: %s', async (_, given, says) => {
  const planned = await plan(given);
  expect(planned.ok ? planned.value : planned.error.reason).toMatch(says);
});

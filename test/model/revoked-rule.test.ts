// Which inbound rule was revoked, and whether it is the one that is missing.
import { describe, expect, it } from 'vitest';
import { holds, ipRange, isPrivate } from '../../lib/model/ip-range.ts';
import type { RecordedRule, RulesWrite } from '../../lib/model/kinds/removal.ts';
import { lets, revokedRules } from '../../lib/model/revoked-rule.ts';

const rule = (over: Partial<RecordedRule> = {}): RecordedRule => ({
  protocol: 'tcp',
  fromPort: 8080,
  toPort: 8080,
  group: 'sg-b',
  ...over,
});
const write = (at: number, what: RulesWrite['what'], ...rules: readonly RecordedRule[]): RulesWrite => ({ at, by: 'alice', what, rules });

describe('revoked rules', () => {
  it('are those not authorized again since, newest first', () => {
    const writes = [
      write(1, 'authorized', rule()),
      write(2, 'revoked', rule(), rule({ group: 'sg-c' })),
      write(3, 'authorized', rule({ group: 'sg-c', id: 'sgr-2' })),
      write(4, 'revoked', rule({ fromPort: 443, toPort: 443 })),
    ];
    expect(revokedRules('sg-a', writes).map((r) => [r.rule.fromPort, r.rule.group, r.at])).toEqual([
      [443, 'sg-b', 4],
      [8080, 'sg-b', 2],
    ]);
  });
  it('count once, at their last revocation', () => {
    const twice = [write(1, 'revoked', rule()), write(2, 'authorized', rule()), write(3, 'revoked', rule())];
    expect(revokedRules('sg-a', twice).map((r) => r.at)).toEqual([3]);
  });
  it('are none where a rule was only modified', () => expect(revokedRules('sg-a', [write(1, 'modified', rule())])).toEqual([]));
});

describe('a rule lets the peer through', () => {
  const wanted = { port: 8080, peers: ['sg-b'], peerRanges: ['10.0.1.0/24', '10.0.2.0/24'] };
  const range = (one: string) => ({ protocol: 'tcp', fromPort: 0, toPort: 65_535, range: one });
  it.each([
    ['by its group', rule(), true],
    ['every protocol', { protocol: '-1', group: 'sg-b' }, true],
    ['a span of ports', rule({ fromPort: 8000, toPort: 9000 }), true],
    ['not another group', rule({ group: 'sg-x' }), false],
    ['not another port', rule({ fromPort: 443, toPort: 443 }), false],
    ['not another protocol', rule({ protocol: 'udp' }), false],
    ['a range that holds all of its addresses', range('10.0.0.0/16'), true],
    ['not one that holds a part of them', range('10.0.1.0/24'), false],
    ['not an IPv6 range', range('::/0'), false],
  ] as const)('%s', (_, one, is) => expect(lets(one, wanted)).toBe(is));
  it('not by a range where its addresses are not known', () =>
    expect(lets(range('10.0.0.0/8'), { ...wanted, peerRanges: [] })).toBe(false));
});

describe('ranges', () => {
  it.each([
    ['10.1.2.3', true],
    ['172.16.0.0/12', true],
    ['172.0.0.0/8', false],
    ['100.64.0.0/10', true],
    ['192.168.0.0/15', false],
    ['0.0.0.0/0', false],
    ['203.0.113.0/24', false],
    ['fd00::/8', false],
  ])('%s is private: %s', (range, is) => expect(isPrivate(range)).toBe(is));
  it('no range', () => {
    for (const text of ['10.0.0.256', '10.0.0.0/33', 'pl-1', '']) expect(ipRange(text)).toBeUndefined();
  });
  it('holds its ends', () => {
    const [outer, inner] = [ipRange('10.0.0.0/24'), ipRange('10.0.0.255')];
    expect(outer && inner && holds(outer, inner)).toBe(true);
  });
});

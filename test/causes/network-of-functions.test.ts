// Functions in a VPC: a timeout of their own, or no way out. What a route or a group says is proof only together with a function that hangs.
import { describe, expect, it } from 'vitest';
import type { Gathered } from '../../lib/model/evidence.ts';
import type { NetworkFacts } from '../../lib/model/facts/network.ts';
import { diagnose } from '../../lib/stages/looking/diagnose.ts';
import { at, config, deployed, fact, key, lacks, line, log, metrics, now, orders, route } from './evidence.ts';
import { everything, network, rule, way } from './private-way.ts';

const say = (more: Gathered) => diagnose({ gathered: way(more), at, lines: [], now });
const ends = (more: Gathered): string => {
  const d = say(more);
  return `${d.certainty} ${d.cause}`;
};
const networkFacts = (more: Gathered): NetworkFacts | undefined => {
  const verdict = say(more).suspects.find((s) => s.id === 'network-blocked')?.verdict;
  return verdict && 'facts' in verdict ? (verdict.facts as NetworkFacts) : undefined;
};

describe('a function in a VPC', () => {
  const table = (more: object) =>
    network({ routeTables: [{ vpcId: 'vpc-1', subnets: ['subnet-f'], main: false, ...more }], endpoints: [] });
  const placed = fact({ vpc: { vpcId: 'vpc-1', subnetIds: ['subnet-f'], securityGroupIds: [] }, timeoutSeconds: 10 });
  const stopped = metrics({ [key]: { errors: [0, 100], durationMaxMs: [80, 10_000] } });
  const inVpc: Gathered = {
    deployedApi: deployed(route('/orders')),
    vpcLinks: lacks('empty'),
    loadBalancers: lacks('empty'),
    loadBalancerMetrics: lacks('empty'),
    functionConfig: config({ [key]: placed }),
    functionMetrics: stopped,
  };
  it('is cut off when its default route leads to something that is gone: the timeout is the consequence', () => {
    expect(ends({ ...inVpc, network: table({ wayOut: 'nat-1', blackhole: true }) })).toBe('confirmed network-blocked');
  });
  it('is not accused while it does not hang', () => {
    const quick = {
      ...inVpc,
      functionMetrics: metrics({ [key]: { errors: [0, 100] } }),
      network: table({ wayOut: 'nat-1', blackhole: true }),
    };
    expect(ends(quick)).not.toContain('network-blocked');
  });
  it('without a NAT gateway it is a timeout with a suspicion, and confirmed when its log says that connections hang', () => {
    expect(ends({ ...inVpc, network: table({}) })).toBe('confirmed lambda-timeout');
    expect(say({ ...inVpc, network: table({}) }).behind).toContain('network-blocked');
    const said = { functionLog: log(line('function', 'Error: connect ETIMEDOUT 52.46.1.1:443')) };
    expect(ends({ ...inVpc, ...said, network: table({}) })).toBe('confirmed network-blocked');
    expect(ends({ ...inVpc, ...said, network: table({ wayOut: 'igw-1' }) })).toBe('confirmed network-blocked');
  });
  it('with a NAT gateway its timeout is its own', () => {
    expect(ends({ ...inVpc, network: table({ wayOut: 'nat-1' }) })).toBe('confirmed lambda-timeout');
  });
  it('is cut off from a service whose endpoint does not admit it, and from nothing else', () => {
    const nat = { vpcId: 'vpc-1', subnets: ['subnet-f'], main: false, wayOut: 'nat-1' };
    const endpoint = { service: 'com.amazonaws.us-east-1.sqs', vpcId: 'vpc-1', securityGroups: ['sg-endpoint'] };
    const withRule = (...rules: readonly ReturnType<typeof rule>[]) =>
      network({
        routeTables: [nat],
        endpoints: [endpoint],
        securityGroups: { 'sg-f': { id: 'sg-f', egress: [everything] }, 'sg-endpoint': { id: 'sg-endpoint', ingress: rules } },
      });
    const grouped = { ...placed, vpc: { vpcId: 'vpc-1', subnetIds: ['subnet-f'], securityGroupIds: ['sg-f'] } };
    const said = {
      functionConfig: config({ [key]: grouped }),
      functionLog: log(line('function', 'ConnectTimeoutError: connect timeout=60')),
    };
    expect(ends({ ...inVpc, ...said, network: withRule(rule(443, { group: 'sg-other' })) })).toBe('confirmed network-blocked');
    expect(ends({ ...inVpc, ...said, network: withRule(rule(443, { group: 'sg-f' })) })).not.toContain('network-blocked');
  });
  it('is not the reason while most of it gets through, whatever its route says', () => {
    const some = metrics({ [key]: { errors: [0, 10], durationMaxMs: [80, 10_000] } });
    expect(ends({ ...inVpc, functionMetrics: some, network: table({ wayOut: 'nat-1', blackhole: true }) })).toBe(
      'confirmed lambda-timeout',
    );
  });
  it('names the function', () => {
    expect(networkFacts({ ...inVpc, network: table({ wayOut: 'nat-1', blackhole: true }) })?.ways[0]?.function).toEqual(orders);
  });
});

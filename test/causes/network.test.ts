// Behind a VPC link: evidence → diagnosis, with and without logs. The gateway's words are the same for a failed link, dead targets and a
// blocked way, so each of them is the others' near miss.
import { describe, expect, it } from 'vitest';
import type { Cause } from '../../lib/model/cause.ts';
import { causes } from '../../lib/causes/index.ts';
import { got, type Gathered } from '../../lib/model/evidence.ts';
import type { NetworkFacts, TargetFacts, VpcLinkFacts } from '../../lib/model/facts/network.ts';
import type { LogLine } from '../../lib/model/signal.ts';
import { diagnose, seen } from '../../lib/stages/looking/diagnose.ts';
import { at, backend, config, deployed, gateway, key, lacks, line, log, metrics, now, route, span } from './evidence.ts';
import {
  balancers,
  balancerArn,
  counted,
  everything,
  groupArn,
  links,
  network,
  privateRoute,
  rule,
  targets,
  way,
  withRules,
} from './private-way.ts';

const say = (more: Gathered, lines: readonly LogLine[] = []) => diagnose({ gathered: way(more), at, lines, now });
const ends = (more: Gathered): string => {
  const d = say(more);
  return `${d.certainty} ${d.cause}`;
};
const standing = (more: Gathered, id: string) => say(more).suspects.find((s) => s.id === id)?.verdict;
const facts = (more: Gathered, id: string): unknown => {
  const verdict = standing(more, id);
  return verdict && 'facts' in verdict ? verdict.facts : undefined;
};
const linkFacts = (more: Gathered) => facts(more, 'vpc-link-unavailable') as VpcLinkFacts | undefined;
const targetFacts = (more: Gathered) => facts(more, 'target-unhealthy') as TargetFacts | undefined;
const networkFacts = (more: Gathered) => facts(more, 'network-blocked') as NetworkFacts | undefined;
const causeOf = (id: string): Cause => {
  const found = causes.find((c) => c.id === id);
  if (!found) throw new Error(`no cause ${id}`);
  return found;
};
const internal = log(
  line('execution', '(r) Execution failed due to configuration error: There was an internal error while executing your request'),
);
/** Requests got as far as the load balancer before the burst, and no further than the link in it. */
const silent = counted({ requests: [100, undefined] });

describe('vpc-link-unavailable', () => {
  it.each(['FAILED', 'INACTIVE', 'DELETING', 'PENDING'])('is confirmed by the status %s, without any log', (status) => {
    const gathered = { vpcLinks: links({ status, message: 'because' }), loadBalancerMetrics: silent };
    expect(ends(gathered)).toBe('confirmed vpc-link-unavailable');
    expect(linkFacts(gathered)).toEqual({
      links: [{ id: 'link1', version: 2, status, message: 'because', routes: ['GET /orders'] }],
    });
  });
  it('is confirmed when there is no such link, and when its load balancer is gone', () => {
    expect(ends({ vpcLinks: links({ exists: false, status: undefined as never }) })).toBe('confirmed vpc-link-unavailable');
    const deleted = {
      vpcLinks: links({ version: 1, targets: [balancerArn], securityGroups: [], subnets: [] }),
      loadBalancers: balancers({ exists: false }),
      deployedApi: deployed(privateRoute('/orders', { uri: 'http://orders.internal/' })),
    };
    expect(ends(deleted)).toBe('confirmed vpc-link-unavailable');
  });
  it('stays suspected where only a forgeable line speaks, and the link may not be read', () => {
    expect(ends({ vpcLinks: lacks('denied'), loadBalancers: lacks('denied'), network: lacks('denied'), executionLog: internal })).toBe(
      'suspected vpc-link-unavailable',
    );
  });
  it('is ruled out by an available link, whatever the words', () => {
    expect(standing({ executionLog: internal }, 'vpc-link-unavailable')?.is).toBe('ruledOut');
  });
  it('is told in a stage with functions by the failures that no function accounts for', () => {
    const mixed = {
      deployedApi: deployed(privateRoute('/private'), route('/orders')),
      vpcLinks: links({ status: 'FAILED' }),
      functionMetrics: metrics({ [key]: { invocations: [60, 60] } }),
      functionConfig: config(),
      gatewayMetrics: gateway({ serverErrors: [0, 40] }),
      loadBalancerMetrics: lacks('late'),
    };
    expect(ends(mixed)).toBe('confirmed vpc-link-unavailable');
  });
  it('is not this burst while its routes are not the ones that fail', () => {
    const mixed = {
      deployedApi: deployed(privateRoute('/private'), route('/orders')),
      vpcLinks: links({ status: 'FAILED' }),
      functionMetrics: metrics({ [key]: { errors: [0, 100] } }),
      functionConfig: config(),
      functionLog: log(line('function', "[ERROR] KeyError: 'x'")),
    };
    expect(standing(mixed, 'vpc-link-unavailable')?.is).toBe('unproven');
    expect(say(mixed).cause).toBe('lambda-unhandled-error');
  });
});

describe('target-unhealthy', () => {
  it('is confirmed by failing health checks and the errors that the load balancer counted', () => {
    const gathered = {
      loadBalancers: balancers(targets('unhealthy', 'unhealthy')),
      loadBalancerMetrics: counted({ ownErrors: [undefined, 100], healthyHosts: [2, 0] }),
    };
    expect(ends(gathered)).toBe('confirmed target-unhealthy');
    expect(targetFacts(gathered)?.groups).toEqual([
      { arn: groupArn, balancer: 'orders', registered: 2, reasons: ['Target.Timeout'], routes: ['GET /orders'] },
    ]);
  });
  it('is confirmed with no target registered', () => {
    const gathered = {
      loadBalancers: balancers(targets()),
      loadBalancerMetrics: counted({ ownErrors: [undefined, 100], noTarget: [undefined, 100] }),
    };
    expect(ends(gathered)).toBe('confirmed target-unhealthy');
  });
  it('is told as passed when targets were away while requests failed and are back', () => {
    const gathered = { loadBalancerMetrics: counted({ ownErrors: [undefined, 100], healthyHosts: [2, 0] }) };
    expect(ends(gathered)).toBe('confirmed target-unhealthy');
    expect(targetFacts(gathered)?.groups[0]?.passed).toBe(true);
  });
  it('is ruled out while one target is healthy', () => {
    const gathered = {
      loadBalancers: balancers(targets('healthy', 'unhealthy')),
      loadBalancerMetrics: counted({ targetErrors: [undefined, 100] }),
    };
    expect(standing(gathered, 'target-unhealthy')?.is).toBe('ruledOut');
    expect(ends(gathered)).toBe('confirmed backend-error');
  });
  it('counts the group that the listener forwards to, not its neighbours', () => {
    const neighbour = { arn: `${groupArn}9`, targets: [{ id: '10.0.2.99', state: 'unhealthy' }] };
    const group = balancers().state === 'got' ? targets('healthy').targetGroups?.[0] : undefined;
    expect(standing({ loadBalancers: balancers({ targetGroups: group ? [group, neighbour] : [] }) }, 'target-unhealthy')?.is).toBe(
      'ruledOut',
    );
  });
  it('knows Cloud Map services without a healthy instance, and instances without a port', () => {
    const service = 'arn:aws:servicediscovery:us-east-1:111122223333:service/srv-a1b2c3';
    const api = deployed(privateRoute('/orders', { uri: service }));
    const one = (more: object) => ({
      deployedApi: api,
      loadBalancers: got(
        { balancers: {}, services: { [service]: { exists: true, instances: 2, healthy: 2, withoutPort: 0, ...more } } },
        span,
        'aws',
      ),
    });
    expect(ends(one({ healthy: 0 }))).toBe('confirmed target-unhealthy');
    expect(targetFacts(one({ withoutPort: 2 }))?.groups[0]?.reasons).toEqual(['no AWS_INSTANCE_PORT']);
    expect(ends(one({}))).not.toContain('target-unhealthy');
  });
});

describe('network-blocked', () => {
  it('is confirmed by the rule that is missing before the load balancer', () => {
    const gathered = { network: withRules('sg-balancer', 'ingress', []), loadBalancerMetrics: silent };
    expect(ends(gathered)).toBe('confirmed network-blocked');
    expect(networkFacts(gathered)?.ways[0]).toMatchObject({
      what: 'ingress',
      at: 'sg-balancer',
      peer: 'sg-link',
      port: 80,
    });
    const { snippets } = causeOf('network-blocked').advice(facts(gathered, 'network-blocked'), at);
    expect(snippets[0]?.code).toBe(
      `aws ec2 authorize-security-group-ingress --group-id sg-balancer --ip-permissions 'IpProtocol=tcp,FromPort=80,ToPort=80,UserIdGroupPairs=[{GroupId=sg-link}]' --region us-east-1`,
    );
  });
  it('is the root of targets that its own rule makes unhealthy', () => {
    const gathered = {
      network: withRules('sg-target', 'ingress', [rule(9090, { group: 'sg-balancer' })]),
      loadBalancers: balancers(targets('unhealthy', 'unhealthy')),
      loadBalancerMetrics: counted({ ownErrors: [undefined, 100], healthyHosts: [2, 0] }),
    };
    expect(ends(gathered)).toBe('confirmed network-blocked');
    expect(standing(gathered, 'target-unhealthy')?.is).toBe('confirmed');
  });
  it('explains a timeout that is only its consequence', () => {
    const slow = gateway({ integrationLatencyMaxMs: [80, 30_000], latencyMaxMs: [90, 30_010] });
    expect(ends({ network: withRules('sg-link', 'egress', []), gatewayMetrics: slow, loadBalancerMetrics: silent })).toBe(
      'confirmed network-blocked',
    );
  });
  it('is ruled out where every hop is open, however slow the backend', () => {
    const slow = gateway({ integrationLatencyMaxMs: [80, 30_000], latencyMaxMs: [90, 30_010] });
    expect(standing({ gatewayMetrics: slow }, 'network-blocked')?.is).toBe('ruledOut');
  });
  it('never takes what was not read for closed or open', () => {
    const unread = { network: network({ securityGroups: {} }) };
    expect(standing(unread, 'network-blocked')?.is).toBe('unproven');
    expect(ends(unread)).not.toContain('network-blocked');
  });
  it('is only suspected while groups are enforced on PrivateLink traffic, and confirmed by what they turned away', () => {
    const enforced = {
      deployedApi: deployed(privateRoute('/orders', { uri: 'http://orders.internal/' })),
      vpcLinks: links({ version: 1, targets: [balancerArn], securityGroups: [], subnets: [] }),
      loadBalancers: balancers({ type: 'network', enforced: true }),
      loadBalancerMetrics: silent,
      network: withRules('sg-balancer', 'ingress', [rule(80, { range: '10.0.0.0/16' })]),
    };
    expect(ends(enforced)).toBe('suspected network-blocked');
    expect(ends({ ...enforced, loadBalancerMetrics: counted({ requests: [100, undefined], turnedAway: [undefined, 100] }) })).toBe(
      'confirmed network-blocked',
    );
    expect(ends({ ...enforced, loadBalancers: balancers({ type: 'network', enforced: false }) })).not.toContain('network-blocked');
    const open = withRules('sg-balancer', 'ingress', [everything]);
    expect(ends({ ...enforced, network: open })).not.toContain('network-blocked');
  });
  it('is confirmed when nothing listens any more where the integration leads', () => {
    const other = [{ arn: `${balancerArn}-other`, port: 81, targetGroups: [groupArn] }];
    expect(networkFacts({ loadBalancers: balancers({ listeners: other }), loadBalancerMetrics: silent })?.ways[0]?.what).toBe('listener');
    expect(ends({ loadBalancers: balancers({ listeners: [] }), loadBalancerMetrics: silent })).toBe('confirmed network-blocked');
    expect(ends({ loadBalancers: balancers({ listeners: undefined as never }), loadBalancerMetrics: silent })).not.toContain(
      'network-blocked',
    );
  });
  it('suspects an internet-facing load balancer behind a link', () => {
    expect(ends({ loadBalancers: balancers({ scheme: 'internet-facing' }), loadBalancerMetrics: silent })).toBe(
      'suspected network-blocked',
    );
    expect(ends({ loadBalancers: balancers({ scheme: 'internet-facing' }) })).not.toContain('network-blocked');
  });
  it('believes requests that arrive more than rules that seem to be closed', () => {
    expect(ends({ network: withRules('sg-balancer', 'ingress', []) })).not.toContain('network-blocked');
  });
  it('leaves a stage without anything private alone', () => {
    const plain = {
      deployedApi: deployed(backend('/x')),
      vpcLinks: lacks('empty'),
      loadBalancers: lacks('empty'),
      network: lacks('empty'),
    };
    expect(causeOf('network-blocked').confirm(seen(causeOf('network-blocked'), way(plain)), at).is).toBe('ruledOut');
  });
});

describe('a network load balancer', () => {
  const keeps = { loadBalancers: balancers({ type: 'network', securityGroups: [] }) };
  it('may keep the link’s addresses: targets that admit either are not called closed', () => {
    const toLink = withRules('sg-target', 'ingress', [rule(8080, { group: 'sg-link' })]);
    expect(ends({ ...keeps, network: toLink })).not.toContain('network-blocked');
    expect(ends({ ...keeps, network: withRules('sg-target', 'ingress', [rule(8080, { range: '10.0.9.0/24' })]) })).toBe(
      'confirmed network-blocked',
    );
  });
});

describe('healed', () => {
  const calm = gateway({ serverErrors: [0, 0] });
  const since = now - 9 * 60_000;
  it.each([
    ['vpc-link-unavailable', { links: [{ id: 'link1', status: 'FAILED', routes: [] }] }, { vpcLinks: links({ status: 'FAILED' }) }],
    [
      'target-unhealthy',
      { groups: [{ arn: groupArn, registered: 2, reasons: [], routes: [] }] },
      { loadBalancers: balancers(targets('unhealthy')) },
    ],
    [
      'network-blocked',
      { ways: [{ what: 'ingress', at: 'sg-balancer', says: 's', routes: [] }] },
      { network: withRules('sg-balancer', 'ingress', []) },
    ],
  ] as const)('%s: by what AWS says and by good answers, never by either alone', (id, had, still) => {
    const cause = causeOf(id);
    const healed = (more: Gathered) => cause.healed(seen(cause, way(more)), at, since, had).is;
    expect(healed({ gatewayMetrics: calm })).toBe('healed');
    expect(healed({ gatewayMetrics: calm, ...still })).toBe('stillThere');
    expect(healed({ gatewayMetrics: lacks('late') })).toBe('tooEarly');
  });
});

// VPC links, load balancers and networks as AWS answers of them: both versions of a link, partial answers, and nothing asked that is not on the way.
import { describe, expect, it } from 'vitest';
import loadBalancerMetrics from '../../lib/collectors/load-balancer-metrics.ts';
import loadBalancers from '../../lib/collectors/load-balancers.ts';
import network from '../../lib/collectors/network.ts';
import vpcLinks from '../../lib/collectors/vpc-links.ts';
import flowLog from '../../lib/collectors/flow-log.ts';
import { got, missing, type Evidence } from '../../lib/model/evidence.ts';
import type { Route } from '../../lib/model/kinds/api.ts';
import type { LoadBalancers, VpcLinks } from '../../lib/model/kinds/network.ts';
import { api, fakeAws, haveApi, http, now, refusal, rest, route, window } from './fake-aws.ts';

const place = 'arn:aws:elasticloadbalancing:us-east-1:111122223333';
const balancerArn = `${place}:loadbalancer/app/orders/0123456789abcdef`;
const listenerArn = `${place}:listener/app/orders/0123456789abcdef/aaaabbbbccccdddd`;
const groupArn = `${place}:targetgroup/orders/1111222233334444`;
const privateRoute = (uri: string): Route => ({
  method: 'GET',
  path: '/orders',
  integration: { type: 'HTTP_PROXY', uri, vpcLink: 'link1', timeoutMs: 29_000 },
});
const input = { at: rest, window, lines: [], now };
const have = haveApi(api([privateRoute(listenerArn)]));
const noLinks: Evidence<VpcLinks> = missing('denied', 'links denied');
const value = <T>(e: Evidence<T>): T => {
  if (e.state === 'missing') throw new Error(`missing: ${e.why} ${e.detail}`);
  return e.value;
};

describe('vpcLinks', () => {
  it('asks for a REST API’s link in both versions, the second only where the first has none', async () => {
    const first = fakeAws({ 'apigateway:GetVpcLink': { status: 'FAILED', statusMessage: 'why', targetArns: [balancerArn] } });
    expect(value(await vpcLinks.read(first.aws, { ...input, have })).links['link1']).toEqual({
      id: 'link1',
      exists: true,
      version: 1,
      status: 'FAILED',
      message: 'why',
      targets: [balancerArn],
      securityGroups: [],
      subnets: [],
    });
    expect(first.asked.map((a) => a.name)).toEqual(['apigateway:GetVpcLink']);
    const second = fakeAws({
      'apigateway:GetVpcLink': refusal('gone'),
      'apigatewayv2:GetVpcLink': { VpcLinkStatus: 'AVAILABLE', SecurityGroupIds: ['sg-1'], SubnetIds: ['subnet-1'] },
    });
    expect(value(await vpcLinks.read(second.aws, { ...input, have })).links['link1']).toMatchObject({
      version: 2,
      status: 'AVAILABLE',
      securityGroups: ['sg-1'],
    });
  });
  it('calls a link gone only when neither version has it', async () => {
    const neither = fakeAws({ 'apigateway:GetVpcLink': refusal('gone'), 'apigatewayv2:GetVpcLink': refusal('gone') });
    expect(value(await vpcLinks.read(neither.aws, { ...input, have })).links['link1']?.exists).toBe(false);
    const half = fakeAws({ 'apigateway:GetVpcLink': refusal('gone'), 'apigatewayv2:GetVpcLink': refusal('throttled') });
    expect(await vpcLinks.read(half.aws, { ...input, have })).toMatchObject({ state: 'missing', why: 'throttled' });
  });
  it('asks for an HTTP API’s link in the one version it can have', async () => {
    const one = fakeAws({ 'apigatewayv2:GetVpcLink': { VpcLinkStatus: 'INACTIVE' } });
    await vpcLinks.read(one.aws, { ...input, at: http, have });
    expect(one.asked.map((a) => a.name)).toEqual(['apigatewayv2:GetVpcLink']);
  });
  it('asks nothing where no integration uses a link', async () => {
    const one = fakeAws({});
    expect(await vpcLinks.read(one.aws, { ...input, have: haveApi(api([route('/x', 'f')])) })).toMatchObject({ why: 'empty' });
    expect(one.asked).toEqual([]);
  });
});

const whole = {
  'elbv2:DescribeLoadBalancers': {
    LoadBalancers: [
      {
        LoadBalancerArn: balancerArn,
        Type: 'application',
        Scheme: 'internal',
        State: { Code: 'active' },
        VpcId: 'vpc-1',
        SecurityGroups: ['sg-lb'],
        AvailabilityZones: [{ SubnetId: 'subnet-1' }],
      },
    ],
  },
  'elbv2:DescribeListeners': {
    Listeners: [{ ListenerArn: listenerArn, Port: 80, Protocol: 'HTTP', DefaultActions: [{ Type: 'fixed-response' }] }],
  },
  'elbv2:DescribeRules': { Rules: [{ Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: groupArn }] } }] }] },
  'elbv2:DescribeTargetGroups': { TargetGroups: [{ TargetGroupArn: groupArn, Port: 8080, TargetType: 'ip', HealthCheckPath: '/health' }] },
  'elbv2:DescribeTargetHealth': {
    TargetHealthDescriptions: [{ Target: { Id: '10.0.2.20', Port: 8080 }, TargetHealth: { State: 'unhealthy', Reason: 'Target.Timeout' } }],
  },
};

describe('loadBalancers', () => {
  it('reads listener, rules, groups and health of what the integration names', async () => {
    const one = fakeAws(whole);
    const read = value(await loadBalancers.read(one.aws, { ...input, have: { ...have, vpcLinks: noLinks } }));
    expect(read.balancers[balancerArn]).toMatchObject({
      exists: true,
      scheme: 'internal',
      securityGroups: ['sg-lb'],
      subnets: ['subnet-1'],
      listeners: [{ port: 80, targetGroups: [groupArn] }],
      targetGroups: [
        { arn: groupArn, healthCheck: '/health', targets: [{ id: '10.0.2.20', state: 'unhealthy', reason: 'Target.Timeout' }] },
      ],
    });
  });
  it('leaves out what one call does not tell, and never makes it none', async () => {
    const one = fakeAws({ ...whole, 'elbv2:DescribeTargetHealth': refusal('denied'), 'elbv2:DescribeListeners': refusal('throttled') });
    const fact = value(await loadBalancers.read(one.aws, { ...input, have: { ...have, vpcLinks: noLinks } })).balancers[balancerArn];
    expect(fact?.listeners).toBeUndefined();
    expect(fact?.targetGroups?.[0]).not.toHaveProperty('targets');
  });
  it('knows one that is gone from one that may not be read', async () => {
    const gone = fakeAws({ 'elbv2:DescribeLoadBalancers': refusal('gone') });
    expect(
      value(await loadBalancers.read(gone.aws, { ...input, have: { ...have, vpcLinks: noLinks } })).balancers[balancerArn]?.exists,
    ).toBe(false);
    expect(await loadBalancers.read(fakeAws({}).aws, { ...input, have: { ...have, vpcLinks: noLinks } })).toMatchObject({ why: 'denied' });
  });
  it('follows a link of version 1 to its load balancer, and says why it cannot', async () => {
    const rests = haveApi(api([privateRoute('http://orders.internal:8080/x')]));
    const links: Evidence<VpcLinks> = got(
      { links: { link1: { id: 'link1', exists: true, targets: [balancerArn], securityGroups: [], subnets: [] } } },
      window,
      'aws',
    );
    expect(
      Object.keys(value(await loadBalancers.read(fakeAws(whole).aws, { ...input, have: { ...rests, vpcLinks: links } })).balancers),
    ).toEqual([balancerArn]);
    expect(await loadBalancers.read(fakeAws(whole).aws, { ...input, have: { ...rests, vpcLinks: noLinks } })).toMatchObject({
      why: 'denied',
    });
  });
  it('finds a public load balancer by its host name', async () => {
    const open = haveApi(
      api([
        {
          method: 'GET',
          path: '/x',
          integration: { type: 'HTTP_PROXY', uri: 'http://shop-1234567890.us-east-1.elb.amazonaws.com/x', timeoutMs: 29_000 },
        },
      ]),
    );
    const one = fakeAws(whole);
    await loadBalancers.read(one.aws, { ...input, have: { ...open, vpcLinks: missing('empty', 'none') } });
    expect(one.asked[0]).toEqual({ name: 'elbv2:DescribeLoadBalancers', input: { Names: ['shop'] } });
  });
  it('counts Cloud Map instances that are healthy, and those without a port', async () => {
    const service = 'arn:aws:servicediscovery:us-east-1:111122223333:service/srv-a1b2c3';
    const one = fakeAws({
      'servicediscovery:ListInstances': {
        Instances: [
          { Id: 'a', Attributes: { AWS_INSTANCE_PORT: '80' } },
          { Id: 'b', Attributes: { AWS_INSTANCE_IPV4: '10.0.0.1' } },
        ],
      },
      'servicediscovery:GetInstancesHealthStatus': { Status: { a: 'UNHEALTHY', b: 'UNKNOWN' } },
    });
    const read = value(
      await loadBalancers.read(one.aws, { ...input, have: { ...haveApi(api([privateRoute(service)])), vpcLinks: noLinks } }),
    );
    expect(read.services[service]).toEqual({ exists: true, instances: 2, withoutPort: 1, healthy: 1 });
  });
});

const balancersHad: Evidence<LoadBalancers> = got(
  {
    balancers: {
      [balancerArn]: {
        arn: balancerArn,
        exists: true,
        securityGroups: ['sg-lb'],
        subnets: ['subnet-1'],
        vpcId: 'vpc-1',
        targetGroups: [{ arn: groupArn, targets: [{ id: '10.0.2.20', state: 'healthy' }] }],
      },
    },
    services: {},
  },
  window,
  'aws',
);

describe('network', () => {
  const nothing = {
    vpcLinks: missing('empty', 'none'),
    loadBalancers: missing('empty', 'none'),
    functionConfig: missing('empty', 'none'),
  } as const;
  it('reads the groups of the targets it finds, in one question', async () => {
    const one = fakeAws({
      'ec2:DescribeNetworkInterfaces': {
        NetworkInterfaces: [{ PrivateIpAddress: '10.0.2.20', SubnetId: 'subnet-2', Groups: [{ GroupId: 'sg-target' }] }],
      },
      'ec2:DescribeSecurityGroups': {
        SecurityGroups: [
          {
            GroupId: 'sg-target',
            IpPermissions: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: 'sg-lb' }] }],
          },
        ],
      },
      'ec2:DescribeSubnets': { Subnets: [{ SubnetId: 'subnet-2', CidrBlock: '10.0.2.0/24' }] },
      'ec2:DescribeNetworkAcls': refusal('denied'),
    });
    const read = value(await network.read(one.aws, { ...input, have: { ...have, ...nothing, loadBalancers: balancersHad } }));
    expect(read.interfaces).toEqual({ '10.0.2.20': { securityGroups: ['sg-target'], subnet: 'subnet-2' } });
    expect(read.securityGroups['sg-target']?.ingress).toEqual([
      { protocol: 'tcp', fromPort: 80, toPort: 80, ranges: [], groups: ['sg-lb'] },
    ]);
    expect(read.securityGroups['sg-target']).not.toHaveProperty('egress');
    expect(read.notHad?.['NetworkAcls']?.why).toBe('denied');
    expect(one.asked.find((a) => a.name === 'ec2:DescribeSecurityGroups')?.input).toEqual({
      Filters: [{ Name: 'group-id', Values: ['sg-lb', 'sg-target'] }],
    });
    expect(one.asked.some((a) => a.name === 'ec2:DescribeRouteTables')).toBe(false);
  });
  it('asks nothing where no VPC is on the way', async () => {
    const one = fakeAws({});
    expect(await network.read(one.aws, { ...input, have: { ...have, ...nothing } })).toMatchObject({ why: 'empty' });
    expect(one.asked).toEqual([]);
  });
  it('says why it does not know of one', async () => {
    expect(await network.read(fakeAws({}).aws, { ...input, have: { ...have, ...nothing, vpcLinks: noLinks } })).toMatchObject({
      why: 'denied',
    });
  });
});

describe('flowLog', () => {
  const have2 = { vpcLinks: noLinks, loadBalancers: balancersHad } as const;
  it('reads rejected packets only where a flow log is on', async () => {
    const off = fakeAws({ 'ec2:DescribeFlowLogs': { FlowLogs: [] } });
    expect(await flowLog.read(off.aws, { ...input, have: have2 })).toMatchObject({ why: 'notEnabled' });
    expect(off.asked).toHaveLength(1);
    const on = fakeAws({
      'ec2:DescribeFlowLogs': { FlowLogs: [{ LogGroupName: 'flows', FlowLogStatus: 'ACTIVE' }] },
      'logs:FilterLogEvents': {
        events: [
          { timestamp: now, message: '2 1 eni-1 10.0.1.7 10.0.2.20 1 80 6 1 40 1 2 REJECT OK' },
          { timestamp: now, message: '2 1 eni-9 10.0.1.7 10.0.2.99 1 22 6 1 40 1 2 REJECT OK' },
        ],
      },
    });
    const { lines } = value(await flowLog.read(on.aws, { ...input, have: have2 }));
    expect(lines.map((l) => [l.log, l.text.includes('10.0.2.20')])).toEqual([['flow', true]]);
  });
});

describe('loadBalancerMetrics', () => {
  it('asks each kind for the metrics it has, by the dimensions it has', async () => {
    const one = fakeAws({ 'cloudwatch:GetMetricData': { MetricDataResults: [] } });
    await loadBalancerMetrics.read(one.aws, { ...input, have: { loadBalancers: balancersHad } });
    const queries = (one.asked[0]?.input['MetricDataQueries'] ?? []) as {
      MetricStat: { Metric: { MetricName: string; Dimensions: unknown } };
    }[];
    expect(queries.map((q) => q.MetricStat.Metric.MetricName)).toEqual([
      'RequestCount',
      'HTTPCode_ELB_5XX_Count',
      'HTTPCode_ELB_503_Count',
      'HTTPCode_Target_5XX_Count',
      'TargetConnectionErrorCount',
      'HealthyHostCount',
    ]);
    expect(queries.at(-1)?.MetricStat.Metric.Dimensions).toEqual([
      { Name: 'LoadBalancer', Value: 'app/orders/0123456789abcdef' },
      { Name: 'TargetGroup', Value: 'targetgroup/orders/1111222233334444' },
    ]);
  });
});

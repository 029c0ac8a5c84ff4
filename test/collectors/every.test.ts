// Laws over every collector: whatever AWS refuses or leaves out becomes a named reason, nothing throws, nothing undeclared is called, the price holds.
import { describe, expect, it } from 'vitest';
import type { CallError, CallName } from '../../lib/aws/calls.ts';
import { collectors } from '../../lib/collectors/index.ts';
import { got, missing, missingReasons, type EvidenceSet, type EvidenceKind } from '../../lib/model/evidence.ts';
import { api, fakeAws, haveApi, haveNothing, http, now, refusal, rest, route, window } from './fake-aws.ts';

const functions = Array.from({ length: 14 }, (_, n) => route(`/${n}`, `f${String(n).padStart(2, '0')}`, n % 2 ? 'live' : undefined));
const access = {
  accessLog: { destinationArn: 'arn:aws:logs:us-east-1:111122223333:log-group:access', format: '' },
  webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/1',
};
/** A queue and a table that are called without a function between, with a role. */
const services = [
  { name: 'sqs', path: '111122223333/orders' },
  { name: 'dynamodb', action: 'PutItem' },
].map((service) => ({
  method: 'POST',
  path: `/${service.name}`,
  integration: {
    type: 'AWS' as const,
    timeoutMs: 29_000,
    service,
    credentials: 'arn:aws:iam::111122223333:role/gateway',
    requestTemplates: { 'application/json': '{"TableName": "orders"}' },
  },
}));
/** A backend outside the account, which the owner lets us connect to. */
const backend = {
  method: 'GET',
  path: '/x',
  integration: { type: 'HTTP_PROXY' as const, timeoutMs: 29_000, uri: 'https://api.example.com/orders', httpMethod: 'GET' },
};
/** A backend behind a VPC link. */
const behindLink = {
  method: 'GET',
  path: '/private',
  integration: {
    type: 'HTTP_PROXY' as const,
    timeoutMs: 29_000,
    uri: 'http://shop.internal/',
    vpcLink: 'l1n2k3',
    target: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/1234567890abcdef',
  },
};
const probes = { hosts: ['api.example.com'], methods: ['GET /x'] };
const loadBalancers = got(
  {
    balancers: {
      shop: {
        arn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/shop/1',
        exists: true,
        listeners: [{ arn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/net/shop/1/2', port: 443, protocol: 'TLS' }],
        targetGroups: [
          {
            arn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/3',
            targets: [{ id: '10.0.2.20', state: 'healthy' }],
          },
        ],
      },
    },
    services: {},
  },
  window,
  'aws',
);
const vpcLinks = got({ links: {} }, window, 'aws');
/** A function with everything that can be asked about around it. */
const functionConfig = got(
  {
    functions: {
      f00: {
        ref: { accountId: rest.accountId, region: rest.region, name: 'f00' },
        exists: true,
        kmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/k',
        vpc: { vpcId: 'vpc-1', subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
        tracing: 'Active',
        role: 'arn:aws:iam::111122223333:role/f00',
      },
    },
  },
  window,
  'aws',
);
const functionMetrics = got({ periodMs: 60_000, functions: { f00: { errors: { at: [now - 60_000], values: [3] } } } }, window, 'aws');
const guard = {
  name: 'Guard',
  type: 'token' as const,
  uri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:guard/invocations',
  function: { accountId: '111122223333', region: 'us-east-1', name: 'guard' },
};
const authorizers = got({ authorizers: [{ ...guard, routes: [] }] }, window, 'aws');
/** A role that may not do what a route asks of it, and the security groups on the way. */
const may = [{ action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:111122223333:orders', decision: 'implicitDeny' }] as const;
const roles = got({ roles: { 'arn:aws:iam::111122223333:role/gateway': { exists: true, may } } }, window, 'aws');
const network = got(
  {
    securityGroups: { 'sg-1': { id: 'sg-1' } },
    subnets: {},
    acls: [],
    routeTables: [],
    interfaces: { '10.0.2.20': { securityGroups: ['sg-2'] } },
  },
  window,
  'aws',
);
const have = {
  ...haveApi(api([...functions, ...services, backend, behindLink], { ...access, clientCertificateId: 'c1', authorizers: [guard] })),
  authorizers,
  loadBalancers,
  vpcLinks,
  functionConfig,
  functionMetrics,
  roles,
  network,
} as unknown as EvidenceSet<EvidenceKind>;
const haveNone = {
  ...haveNothing(),
  authorizers: missing('denied', 'x'),
  loadBalancers: missing('denied', 'x'),
  vpcLinks: missing('denied', 'x'),
  functionConfig: missing('denied', 'x'),
  functionMetrics: missing('denied', 'x'),
  roles: missing('denied', 'x'),
  network: missing('denied', 'x'),
} as unknown as EvidenceSet<EvidenceKind>;
/** A deployment before, which named a function. */
const kept = [
  {
    deploymentId: 'd0',
    keptAt: now,
    routes: [{ name: 'GET /0', print: 'p', function: { accountId: rest.accountId, region: rest.region, name: 'f00' } }],
  },
];
const read = (c: (typeof collectors)[number], aws: ReturnType<typeof fakeAws>, evidence = have, at = rest) =>
  c.read(aws.aws, { at, window, have: evidence, lines: [], now, probes, kept });
const all = <T>(value: T): Partial<Record<CallName, T>> =>
  Object.fromEntries(collectors.flatMap((c) => c.calls).map((name) => [name, value]));
const kinds: readonly CallError['kind'][] = ['denied', 'throttled', 'gone', 'down', 'refused', 'notRecorded', 'overBudget', 'conflict'];

describe.each(collectors.map((c) => [c.kind, c] as const))('%s', (_, c) => {
  it.each(kinds)('names why when every call is %s', async (kind) => {
    const evidence = await read(c, fakeAws(all(refusal(kind))));
    if (evidence.state === 'missing') expect(missingReasons).toContain(evidence.why);
    if (kind === 'denied' || kind === 'throttled') expect(evidence).toMatchObject({ state: 'missing', why: kind });
  });
  it('survives answers without any field', async () => {
    await expect(read(c, fakeAws(all({})))).resolves.toBeDefined();
  });
  it.each([
    {
      MetricDataResults: [{}, { Id: 'count' }, { Id: 'count', Timestamps: [undefined, 'x'], Values: [1] }],
      events: [{}, { message: 5 }],
      Events: [{}, { EventName: 'RemovePermission20150331v2', CloudTrailEvent: '{' }],
      StackEvents: [{}],
      Stacks: [{}],
      Tags: { 'aws:cloudformation:stack-name': 's' },
      Policy: '{',
      body: new Uint8Array([255, 0]),
    },
    {
      MetricDataResults: undefined,
      Policy: '[]',
      events: undefined,
      StackEvents: [
        {
          ResourceType: 'AWS::Lambda::Permission',
          ResourceStatus: 'DELETE_COMPLETE',
          PhysicalResourceId: 'x',
          Timestamp: new Date(now),
          ResourceProperties: '{',
        },
      ],
    },
  ])('survives garbage', async (answer) => {
    await expect(read(c, fakeAws(all(answer)))).resolves.toBeDefined();
  });
  it.each([rest, http])('calls only what it declares, and no more than its price', async (at) => {
    const aws = fakeAws(all({ nextToken: 'more', NextToken: 'more', Tags: { 'aws:cloudformation:stack-name': 's' } }));
    await read(c, aws, have, at);
    expect(aws.asked.filter((a) => !c.calls.includes(a.name))).toEqual([]);
    expect(aws.asked.length).toBeLessThanOrEqual(c.maxCalls);
  });
  it('passes on why the deployed API is not known', async () => {
    if (!c.needs.includes('deployedApi') || c.kind === 'executionLog' || c.kind === 'apiSettings') return;
    expect(await read(c, fakeAws(all({})), haveNone)).toMatchObject({ state: 'missing', why: 'denied' });
  });
  it('has a title, and forgeable trust for logs only', () => {
    expect(c.title).not.toBe('');
    expect(c.trust).toBe(c.kind.endsWith('Log') ? 'forgeable' : 'aws');
  });
});

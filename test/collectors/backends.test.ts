// Collectors of HTTP backends: what is asked of whom, what an answer becomes, and that nobody is connected to whom the owner did not list.
import { describe, expect, it } from 'vitest';
import certificates from '../../lib/collectors/certificates.ts';
import endpointProbe from '../../lib/collectors/endpoint-probe.ts';
import testInvoke from '../../lib/collectors/test-invoke.ts';
import { got, missing, type Evidence } from '../../lib/model/evidence.ts';
import type { DeployedApi, Route } from '../../lib/model/kinds/api.ts';
import type { LoadBalancers } from '../../lib/model/kinds/network.ts';
import { api, fakeAws, now, refusal, rest, window, type FakeAws } from './fake-aws.ts';

const http = (uri: string, more: Partial<NonNullable<Route['integration']>> = {}, method = 'GET'): Route => ({
  method,
  path: '/x',
  integration: { type: 'HTTP_PROXY', httpMethod: method, uri, timeoutMs: 29_000, ...more },
});
const stage = (routes: readonly Route[], more: Partial<DeployedApi> = {}): Evidence<DeployedApi> => got(api(routes, more), window, 'aws');

describe('endpointProbe', () => {
  const look = (aws: FakeAws, routes: readonly Route[], hosts: readonly string[] = ['api.example.com']) =>
    endpointProbe.read(aws.aws, { at: rest, window, have: { deployedApi: stage(routes) }, lines: [], now, probes: { hosts, methods: [] } });

  it('asks the deployed address for a path that only reads', async () => {
    const aws = fakeAws({
      'probe:Tls': { Dns: 'found', Connect: 'open', Tls: { Names: ['api.example.com'], NotAfter: new Date(now) }, Status: 200 },
    });
    const evidence = await look(aws, [http('https://api.example.com/orders', {}, 'POST'), http('https://api.example.com/health?x=1')]);
    expect(aws.asked.map((a) => a.input)).toEqual([
      { Host: 'api.example.com', Port: 443, Tls: true, ServerName: 'api.example.com', Path: '/health' },
    ]);
    expect(evidence).toMatchObject({
      state: 'got',
      trust: 'aws',
      value: {
        endpoints: {
          'https://api.example.com:443': {
            dns: 'found',
            connect: 'open',
            tls: { names: ['api.example.com'], expiresAt: now },
            status: 200,
            path: '/health',
          },
        },
      },
    });
  });
  it('asks for the root where every path holds a parameter or changes something', async () => {
    const aws = fakeAws({ 'probe:Tls': { Dns: 'unknownName' } });
    await look(aws, [http('http://api.example.com:8080/orders/{id}'), http('http://api.example.com:8080/orders', {}, 'DELETE')]);
    expect(aws.asked.map((a) => a.input)).toMatchObject([{ Port: 8080, Tls: false, Path: '/' }]);
  });
  it('connects to nobody the owner did not list, and says whom to list', async () => {
    const aws = fakeAws({ 'probe:Tls': { Dns: 'found' } });
    expect(await look(aws, [http('https://other.example.com/')])).toMatchObject({
      why: 'notEnabled',
      detail: expect.stringContaining('other.example.com') as string,
    });
    expect(await look(aws, [http('https://api.example.com.evil.test/')])).toMatchObject({ why: 'notEnabled' });
    expect(aws.asked).toEqual([]);
  });
  it('asks nothing of an address behind a VPC link: what answers there from outside is something else', async () => {
    const aws = fakeAws({ 'probe:Tls': { Dns: 'found' } });
    expect(await look(aws, [http('https://api.example.com/', { vpcLink: 'vl-1' })])).toMatchObject({ why: 'empty' });
    expect(aws.asked).toEqual([]);
  });
  it('says which address was not asked', async () => {
    const aws = fakeAws({ 'probe:Tls': { Dns: 'found', Connect: 'open' } });
    expect(await look(aws, [http('http://api.example.com/'), http('http://other.example.com/')])).toMatchObject({
      value: { notHad: { 'http://other.example.com:80': { why: 'notEnabled' } } },
    });
  });
});

describe('certificates', () => {
  const listener = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/net/shop/1/2';
  const balancers = (protocol: string): Evidence<LoadBalancers> =>
    got(
      { balancers: { shop: { arn: 'lb', exists: true, listeners: [{ arn: listener, port: 443, protocol }] } }, services: {} },
      window,
      'aws',
    );
  const look = (aws: FakeAws, loadBalancers: Evidence<LoadBalancers>, more: Partial<DeployedApi> = {}) =>
    certificates.read(aws.aws, {
      at: rest,
      window,
      have: { deployedApi: stage([http('https://api.example.com/')], more), loadBalancers },
      lines: [],
      now,
    });
  const described = {
    Certificate: {
      DomainName: 'api.example.com',
      SubjectAlternativeNames: ['api.example.com', '*.example.net'],
      Status: 'ISSUED',
      NotAfter: new Date(now),
    },
  };

  it('describes every certificate that a TLS listener may show', async () => {
    const aws = fakeAws({
      'elbv2:DescribeListenerCertificates': { Certificates: [{ CertificateArn: 'c1', IsDefault: true }, { CertificateArn: 'c2' }] },
      'acm:DescribeCertificate': described,
    });
    expect(await look(aws, balancers('TLS'))).toMatchObject({
      state: 'got',
      value: {
        certificates: { c1: { names: ['api.example.com', '*.example.net'], status: 'ISSUED', expiresAt: now }, c2: {} },
        listeners: { [listener]: { port: 443, certificates: ['c1', 'c2'] } },
      },
    });
  });
  it('asks nothing of a listener without TLS', async () => {
    const aws = fakeAws({});
    expect(await look(aws, balancers('TCP'))).toMatchObject({ state: 'missing', why: 'empty' });
    expect(aws.asked).toEqual([]);
  });
  it('reads until when the stage’s own certificate is valid, though the listeners are denied', async () => {
    const aws = fakeAws({ 'apigateway:GetClientCertificate': { expirationDate: new Date(now) } });
    expect(await look(aws, balancers('TLS'), { clientCertificateId: 'abc' })).toMatchObject({
      value: { client: { id: 'abc', expiresAt: now }, notHad: { [listener]: { why: 'denied' } } },
    });
  });
  it('keeps denied apart from empty', async () => {
    expect(
      await look(fakeAws({ 'apigateway:GetClientCertificate': refusal('denied') }), missing('denied', 'x'), { clientCertificateId: 'abc' }),
    ).toMatchObject({ why: 'denied' });
    expect(await look(fakeAws({}), missing('empty', 'x'))).toMatchObject({ why: 'empty' });
  });
});

describe('testInvoke', () => {
  const routes = [http('https://api.example.com/'), { method: 'GET', path: '/x/{id}' }, { method: 'ANY', path: '/any' }];
  const look = (aws: FakeAws, methods: readonly string[], at = rest) =>
    testInvoke.read(aws.aws, {
      at,
      window,
      have: { deployedApi: stage(routes, { variables: { fn: 'live' } }) },
      lines: [],
      now,
      probes: { hosts: [], methods },
    });
  const answers = (log: string) => ({
    'apigateway:GetResources': {
      items: [
        { id: 'r1', path: '/x' },
        { id: 'r2', path: '/any' },
        { id: 'r3', path: '/x/{id}' },
      ],
    },
    'apigateway:TestInvokeMethod': { status: 500, log, latency: 31 },
  });
  const log = [
    'Execution log for request r',
    'Fri Nov 20 10:00:00 UTC 2026 : Endpoint request headers: {X-Amz-Security-Token=secret}',
    "Fri Nov 20 10:00:00 UTC 2026 : Execution failed due to configuration error: Host name 'a' does not match the certificate subject provided by the peer (CN=b)",
    'Fri Nov 20 10:00:00 UTC 2026 : Method completed with status: 500',
  ].join('\n');

  it('calls the listed methods with the stage’s variables, and keeps only the lines that say how it ended', async () => {
    const aws = fakeAws(answers(log));
    const evidence = await look(aws, ['GET /x']);
    expect(aws.asked.at(-1)?.input).toEqual({
      restApiId: rest.apiId,
      resourceId: 'r1',
      httpMethod: 'GET',
      pathWithQueryString: '/x',
      stageVariables: { fn: 'live' },
    });
    expect(evidence).toMatchObject({ state: 'got', value: { methods: { 'GET /x': { status: 500, latencyMs: 31 } } } });
    expect(JSON.stringify(evidence)).toContain('does not match the certificate');
    expect(JSON.stringify(evidence)).not.toContain('secret');
  });
  it.each([
    ['a method that is not listed', []],
    ['another method of the same path', ['POST /x']],
    ['a path with a parameter', ['GET /x/{id}']],
    ['a path that is not deployed', ['GET /admin']],
  ])('never calls %s', async (_, methods) => {
    const aws = fakeAws(answers(log));
    expect(await look(aws, methods)).toMatchObject({ state: 'missing', why: 'notEnabled' });
    expect(aws.asked).toEqual([]);
  });
  it('has nothing to call on an HTTP API', async () => {
    const aws = fakeAws(answers(log));
    expect(await look(aws, ['GET /x'], { ...rest, apiType: 'HTTP' })).toMatchObject({ why: 'notEnabled' });
    expect(aws.asked).toEqual([]);
  });
  it('calls a listed verb of a route for any, two methods at most', async () => {
    const aws = fakeAws(answers(log));
    await look(aws, ['GET /any', 'GET /x', 'HEAD /any']);
    expect(aws.asked.filter((a) => a.name === 'apigateway:TestInvokeMethod').map((a) => a.input['resourceId'])).toEqual(['r2', 'r1']);
  });
});

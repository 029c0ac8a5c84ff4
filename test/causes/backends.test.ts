// Evidence → verdict for HTTP backends and TLS: each beside the ones it is mistaken for.
import { describe, expect, it } from 'vitest';
import tlsFailure from '../../lib/causes/backend-tls-failure.ts';
import unreachable from '../../lib/causes/backend-unreachable.ts';
import { got, type Evidence } from '../../lib/model/evidence.ts';
import type { Certificates } from '../../lib/model/kinds/backend.ts';
import type { BalancerMetrics, LoadBalancerMetrics } from '../../lib/model/kinds/network.ts';
import { burst, deployed, gateway, key, lacks, line, log, metrics, minute, now, route, span } from './evidence.ts';
import { ends, executed, good, http, probed, say, stage, verdictOf } from './http-stage.ts';

const networkLine = executed('Execution failed due to a network error communicating with endpoint');

describe('backend-unreachable', () => {
  it.each([
    ['the name is unknown', { dns: 'unknownName' }],
    ['the port is closed', { connect: 'refused' }],
    ['connections are reset', { connect: 'reset' }],
  ] as const)('is confirmed without any log: %s', (_, one) => {
    expect(ends(stage({ endpointProbe: probed(one) }))).toBe('confirmed backend-unreachable');
  });
  it('is suspected by the gateway’s line, and says what would settle it', () => {
    const d = say(stage({ executionLog: networkLine, endpointProbe: lacks('notEnabled') }));
    expect(`${d.certainty} ${d.cause}`).toBe('suspected backend-unreachable');
    expect(d.missing).toContainEqual(expect.objectContaining({ kind: 'endpointProbe', why: 'notEnabled' }));
  });
  it('is confirmed on the log path before metrics are there, and by no line alone', () => {
    const early = { executionLog: networkLine, gatewayMetrics: lacks('late') };
    expect(ends(stage({ ...early, endpointProbe: probed({ connect: 'refused' }) }))).toBe('confirmed backend-unreachable');
    expect(ends(stage({ ...early, endpointProbe: probed(good) }))).toBe('suspected backend-unreachable');
    expect(ends(stage({ gatewayMetrics: lacks('late'), endpointProbe: probed({ connect: 'refused' }) }))).toBe(
      'suspected backend-unreachable',
    );
  });
  it('is not confirmed by a connection that hangs for us: a filter may let the gateway through', () => {
    expect(ends(stage({ endpointProbe: probed({ connect: 'timedOut' }) }))).toBe('suspected backend-unreachable');
  });
  it('is not confirmed while functions account for all failures', () => {
    const mixed = {
      deployedApi: deployed(route('/orders'), http('https://api.example.com/orders')),
      functionMetrics: metrics({ [key]: { errors: [0, 100] } }),
      endpointProbe: probed({ connect: 'refused' }),
    };
    expect(verdictOf(unreachable, mixed)?.is).toBe('unproven');
  });
  it('is suspected by an HTTP API’s word for it where no VPC link is on the way, and by it alone nowhere else', () => {
    const accessLog = log(line('access', '{"status":"503","responseType":"INTEGRATION_NETWORK_FAILURE"}'));
    expect(ends(stage({ accessLog }))).toBe('suspected backend-unreachable');
    const linked = deployed(http('https://api.example.com/orders', { vpcLink: 'vl-1' }));
    expect(ends(stage({ accessLog, deployedApi: linked }))).toBe('unknown unknown');
  });
  it('is not told from a probe when the address stands behind a VPC link', () => {
    const linked = deployed(http('https://api.example.com/orders', { vpcLink: 'vl-1' }));
    expect(verdictOf(unreachable, stage({ deployedApi: linked, endpointProbe: probed({ connect: 'refused' }) }))?.is).toBe('unproven');
  });
  it('is ruled out when there is no HTTP backend', () => {
    expect(verdictOf(unreachable, { executionLog: networkLine })?.is).toBe('ruledOut');
  });
});

describe('backend-error', () => {
  const format = '{"status":"$context.status","type":"$context.error.responseType","own":"$context.integration.status"}';
  const withFormat = got(
    {
      routes: [http('https://api.example.com/orders')],
      variables: {},
      tags: {},
      executionLogging: 'OFF' as const,
      accessLog: { destinationArn: 'arn:aws:logs:us-east-1:111122223333:log-group:/a', format },
    },
    span,
    'aws',
  );
  it('is confirmed when the backend answers us 5xx too', () => {
    expect(ends(stage({ endpointProbe: probed({ ...good, status: 503 }) }))).toBe('confirmed backend-error');
  });
  it.each([
    [{ status: 500 }, 'confirmed backend-error'],
    [{ status: 500, path: '/' }, 'unknown unknown'],
    [{ status: 503, path: '/' }, 'confirmed backend-error'],
    [{ status: 501 }, 'unknown unknown'],
  ])('takes %j for what it is worth', (one, told) => {
    expect(ends(stage({ endpointProbe: probed({ ...good, ...one }) }))).toBe(told);
  });
  it('is suspected by an access-log line that was passed on, in the owner’s format', () => {
    const accessLog = log(line('access', '{"status":"503","type":"-","own":"503"}'));
    expect(ends(stage({ deployedApi: withFormat, accessLog }))).toBe('suspected backend-error');
  });
  it('is not seen in a line whose error the gateway made', () => {
    const accessLog = log(line('access', '{"status":"504","type":"INTEGRATION_FAILURE","own":"-"}'));
    expect(ends(stage({ deployedApi: withFormat, accessLog }))).not.toContain('backend-error');
  });
  it('is unknown though connection, handshake and answer are good for us: the probe is newer than the numbers', () => {
    expect(ends(stage({ endpointProbe: probed(good) }))).toBe('unknown unknown');
  });
  it('is unknown, not guessed, when nothing but 5xx is seen', () => {
    expect(ends(stage({ endpointProbe: lacks('notEnabled') }))).toBe('unknown unknown');
  });
  it('is suspected by JSON that the gateway does not write, where no function could have written it', () => {
    const answered = (body: string) => log(line('access', `status=500 body=${body}`));
    const nest = '{"statusCode":500,"message":"Internal server error"}';
    expect(ends(stage({ accessLog: answered(nest) }))).toBe('suspected backend-error');
    expect(ends(stage({ accessLog: answered('{"message": "Internal server error"}') }))).toBe('unknown unknown');
    expect(ends(stage({ accessLog: answered('{"errorMessage":"x","errorType":"Error"}') }))).toBe('unknown unknown');
    const mixed = deployed(http('https://api.example.com/orders'), route('/other'));
    expect(ends(stage({ deployedApi: mixed, accessLog: answered(nest) }))).not.toContain('backend-error');
  });
  it('is suspected by a 503 page that a proxy signed; a load balancer’s has no name under it', () => {
    const shown = (end: string) =>
      log(line('access', `status=503 body=<html><body><h1>503 Service Temporarily Unavailable</h1>${end}</body></html>`));
    expect(ends(stage({ accessLog: shown('<hr><center>nginx</center>') }))).toBe('suspected backend-error');
    expect(ends(stage({ accessLog: shown('') }))).not.toContain('backend-error');
  });
  it('is suspected by a page: the gateway itself writes JSON', () => {
    expect(ends(stage({ accessLog: log(line('access', 'status=502 body=<html><head><title>502 Bad Gateway</title>')) }))).toBe(
      'suspected backend-error',
    );
  });
  it('is suspected for a function that answers 5xx on purpose', () => {
    const accessLog = log(
      line('access', '{"status":"503","responseType":"-","integration_status":"503","integration_integrationStatus":"200"}'),
    );
    expect(ends({ accessLog })).toBe('suspected backend-error');
  });
});

describe('behind a load balancer', () => {
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/1';
  const none = { at: [], values: [] };
  const of = (count: number) => ({ at: burst, values: burst.map(() => count) });
  const counted = (more: Partial<BalancerMetrics>): Evidence<LoadBalancerMetrics> =>
    got(
      {
        periodMs: minute,
        balancers: {
          [arn]: {
            requests: none,
            ownErrors: none,
            noTarget: none,
            targetErrors: none,
            connectionErrors: none,
            turnedAway: none,
            healthy: {},
            ...more,
          },
        },
      },
      span,
      'aws',
    );
  const linked = deployed(http('http://shop.internal/orders', { vpcLink: 'vl-1' }));
  const told = (more: Partial<BalancerMetrics>) => ends(stage({ deployedApi: linked, loadBalancerMetrics: counted(more) }));
  it('is backend-error when its targets answer 5xx', () => {
    expect(told({ targetErrors: of(100) })).toBe('confirmed backend-error');
  });
  it('is none of the targets’ doing when the load balancer answers itself, or they account for few', () => {
    expect(told({ targetErrors: of(20), ownErrors: of(80) })).toBe('unknown unknown');
    expect(told({ targetErrors: of(20) })).toBe('unknown unknown');
  });
  it('is backend-unreachable when connections to the targets fail', () => {
    expect(told({ connectionErrors: of(100) })).toBe('confirmed backend-unreachable');
    expect(told({ connectionErrors: of(1) })).toBe('unknown unknown');
  });
});

describe('backend-tls-failure', () => {
  const certificates = (fact: Partial<Certificates>): Evidence<Certificates> =>
    got({ certificates: {}, listeners: {}, ...fact }, span, 'aws');
  it.each(['expired', 'wrongName', 'untrusted', 'notTls', 'handshake', 'notYetValid'] as const)(
    'is confirmed by the probe: %s',
    (fault) => {
      expect(ends(stage({ endpointProbe: probed({ connect: 'open', tls: { fault } }) }))).toBe('confirmed backend-tls-failure');
    },
  );
  it('is not confirmed while most requests of the only backend go well: a handshake fails for all of them', () => {
    const few = gateway({ serverErrors: [0, 5] });
    expect(ends(stage({ gatewayMetrics: few, endpointProbe: probed({ connect: 'open', tls: { fault: 'untrusted' } }) }))).toBe(
      'suspected backend-tls-failure',
    );
  });
  it('is suspected by the gateway’s line', () => {
    expect(ends(stage({ executionLog: executed('Execution failed due to configuration error: PKIX path building failed: x') }))).toBe(
      'suspected backend-tls-failure',
    );
  });
  it('is suspected by a test call, never confirmed: it uses the edited configuration', () => {
    const lines = ['Fri Nov 20 10:00:00 UTC 2026 : Execution failed due to configuration error: PKIX path building failed: x'];
    expect(ends(stage({ testInvoke: got({ methods: { 'GET /x': { status: 500, lines } } }, span, 'aws') }))).toBe(
      'suspected backend-tls-failure',
    );
  });
  it('is confirmed when the stage’s own client certificate ran out', () => {
    expect(ends(stage({ certificates: certificates({ client: { id: 'c1', expiresAt: now - minute } }) }))).toBe(
      'confirmed backend-tls-failure',
    );
    expect(ends(stage({ certificates: certificates({ client: { id: 'c1', expiresAt: now + minute } }) }))).toBe('unknown unknown');
  });
  describe('behind a VPC link', () => {
    const listener = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/net/shop/1/2';
    const linked = (uri: string) => deployed(http(uri, { vpcLink: 'vl-1' }));
    const shows = (names: readonly string[], expiresAt = now + 1000 * minute, status = 'ISSUED') =>
      certificates({ certificates: { c: { names, status, expiresAt } }, listeners: { [listener]: { port: 443, certificates: ['c'] } } });
    it.each([
      ['the name is not covered', shows(['*.example.net']), 'confirmed backend-tls-failure'],
      ['a star stands for one label only', shows(['*.com']), 'confirmed backend-tls-failure'],
      ['it ran out', shows(['api.example.com'], now - minute, 'EXPIRED'), 'confirmed backend-tls-failure'],
      ['it is good', shows(['*.example.com']), 'unknown unknown'],
    ] as const)('%s', (_, held, told) => {
      expect(ends(stage({ deployedApi: linked('https://api.example.com/orders'), certificates: held }))).toBe(told);
    });
    it('goes by the name to verify where an HTTP API names the listener', () => {
      const byListener = (serverName: string) => deployed(http(listener, { vpcLink: 'vl-1', tls: { serverName } }));
      expect(ends(stage({ deployedApi: byListener('api.example.com'), certificates: shows(['*.example.net']) }))).toBe(
        'confirmed backend-tls-failure',
      );
      expect(ends(stage({ deployedApi: byListener('x.example.net'), certificates: shows(['*.example.net']) }))).toBe('unknown unknown');
    });
    it('says nothing of a plain HTTP listener', () => {
      expect(ends(stage({ deployedApi: linked('http://api.example.com/orders'), certificates: shows(['*.example.net']) }))).toBe(
        'unknown unknown',
      );
    });
  });
  it('does not count an unknown authority where the integration does not ask for one', () => {
    const lax = deployed(http('https://api.example.com/orders', { tls: { insecure: true } }));
    const tls = (fault: 'untrusted' | 'expired') =>
      ends(stage({ deployedApi: lax, endpointProbe: probed({ connect: 'open', tls: { fault } }) }));
    expect(tls('untrusted')).not.toContain('confirmed');
    expect(tls('expired')).toBe('confirmed backend-tls-failure');
  });
  it('is ruled out by a good handshake', () => {
    expect(verdictOf(tlsFailure, stage({ endpointProbe: probed(good) }))?.is).toBe('ruledOut');
  });
});

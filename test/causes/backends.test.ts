// Evidence → verdict for HTTP backends, TLS and routes: each beside the ones it is mistaken for.
import { describe, expect, it } from 'vitest';
import backendError from '../../lib/causes/backend-error.ts';
import tlsFailure from '../../lib/causes/backend-tls-failure.ts';
import unreachable from '../../lib/causes/backend-unreachable.ts';
import routeMismatch from '../../lib/causes/integration-route-mismatch.ts';
import integrationTimeout from '../../lib/causes/integration-timeout.ts';
import permissionMissing from '../../lib/causes/lambda-permission-missing.ts';
import type { Cause } from '../../lib/model/cause.ts';
import { got, type Evidence, type Gathered } from '../../lib/model/evidence.ts';
import type { Certificates, EndpointProbe, ProbedEndpoint } from '../../lib/model/kinds/backend.ts';
import type { Route } from '../../lib/model/kinds/api.ts';
import { diagnose, seen } from '../../lib/stages/looking/diagnose.ts';
import { at, backend, burst, deployed, evidence, gateway, key, lacks, line, log, metrics, minute, now, route, span } from './evidence.ts';

const family: readonly Cause[] = [
  backendError,
  tlsFailure,
  unreachable,
  routeMismatch,
  integrationTimeout,
  permissionMissing,
] as unknown as readonly Cause[];
const say = (more: Gathered) => diagnose({ gathered: evidence(more), at, lines: [], now, causes: family });
const ends = (more: Gathered): string => {
  const d = say(more);
  return `${d.certainty} ${d.cause}`;
};
const verdictOf = (c: { readonly id: string }, more: Gathered) => say(more).suspects.find((s) => s.id === c.id)?.verdict;

const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
const executed = (text: string) => log(line('execution', `${rid}${text}`));
const http = (uri: string, more: Partial<NonNullable<Route['integration']>> = {}): Route => ({
  method: 'GET',
  path: '/x',
  integration: { type: 'HTTP_PROXY', httpMethod: 'GET', uri, timeoutMs: 29_000, ...more },
});
const origin = 'https://api.example.com:443';
const probed = (one: Partial<ProbedEndpoint>, where = origin): Evidence<EndpointProbe> =>
  got({ endpoints: { [where]: { dns: 'found', path: '/orders', ...one } } }, span, 'aws');
/** A stage with one HTTPS backend that fails, and no functions. */
const stage = (more: Gathered = {}): Gathered => ({
  deployedApi: deployed(http('https://api.example.com/orders')),
  functionMetrics: lacks('empty'),
  functionConfig: lacks('empty'),
  functionPolicy: lacks('empty'),
  ...more,
});
const good: Partial<ProbedEndpoint> = { connect: 'open', tls: {}, status: 200 };
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
  it('is suspected by an access-log line that was passed on, in the owner’s format', () => {
    const accessLog = log(line('access', '{"status":"503","type":"-","own":"503"}'));
    expect(ends(stage({ deployedApi: withFormat, accessLog }))).toBe('suspected backend-error');
  });
  it('is not seen in a line whose error the gateway made', () => {
    const accessLog = log(line('access', '{"status":"504","type":"INTEGRATION_FAILURE","own":"-"}'));
    expect(ends(stage({ deployedApi: withFormat, accessLog }))).not.toContain('backend-error');
  });
  it('is the likely one when connection, handshake and answer are good for us', () => {
    expect(ends(stage({ endpointProbe: probed(good) }))).toBe('suspected backend-error');
  });
  it('is unknown, not guessed, when nothing but 5xx is seen', () => {
    expect(ends(stage({ endpointProbe: lacks('notEnabled') }))).toBe('unknown unknown');
  });
  it('is suspected for a function that answers 5xx on purpose', () => {
    const accessLog = log(
      line('access', '{"status":"503","responseType":"-","integration_status":"503","integration_integrationStatus":"200"}'),
    );
    expect(ends({ accessLog })).toBe('suspected backend-error');
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
  it('is suspected by the gateway’s line', () => {
    expect(ends(stage({ executionLog: executed('Execution failed due to configuration error: PKIX path building failed: x') }))).toBe(
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
      certificates({ certificates: { c: { names, status, expiresAt } }, listeners: { [listener]: ['c'] } });
    it.each([
      ['the name is not covered', shows(['*.example.net']), 'confirmed backend-tls-failure'],
      ['a star stands for one label only', shows(['*.com']), 'confirmed backend-tls-failure'],
      ['it ran out', shows(['api.example.com'], now - minute, 'EXPIRED'), 'confirmed backend-tls-failure'],
      ['it is good', shows(['*.example.com']), 'unknown unknown'],
    ] as const)('%s', (_, held, told) => {
      expect(ends(stage({ deployedApi: linked('https://api.example.com/orders'), certificates: held }))).toBe(told);
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

describe('integration-route-mismatch', () => {
  const silent = metrics({
    [key]: { invocations: [100, undefined], errors: [0, undefined], throttles: [0, undefined], durationMaxMs: [80, undefined] },
  });
  const refused = executed(
    'Endpoint response body before transformations: <Message>Unable to determine service/operation name to be authorized</Message>',
  );
  it('is confirmed without any log: Lambda called with GET', () => {
    expect(ends({ deployedApi: deployed(route('/orders', undefined, { httpMethod: 'GET' })), functionMetrics: silent })).toBe(
      'confirmed integration-route-mismatch',
    );
  });
  it('is no missing permission: the policy allows the call', () => {
    const more = {
      deployedApi: deployed(route('/orders', undefined, { httpMethod: 'GET' })),
      functionMetrics: silent,
      executionLog: refused,
    };
    expect(verdictOf(permissionMissing, more)?.is).not.toBe('confirmed');
    expect(ends(more)).toBe('confirmed integration-route-mismatch');
  });
  it('is ruled out when Lambda is called with POST and the addresses are well formed', () => {
    const d = verdictOf(routeMismatch, {
      deployedApi: deployed(route('/orders', undefined, { httpMethod: 'POST' })),
      functionMetrics: silent,
    });
    expect(d).toBeUndefined(); // not even a suspect
    const verdict = routeMismatch.confirm(
      seen(routeMismatch, evidence({ deployedApi: deployed(route('/orders', undefined, { httpMethod: 'POST' })) })),
      at,
    );
    expect(verdict.is).toBe('ruledOut');
  });
  it('is confirmed where nothing fills a path variable, and only on REST', () => {
    const proxy = http('https://api.example.com/{proxy}');
    expect(ends(stage({ deployedApi: deployed(proxy) }))).toBe('confirmed integration-route-mismatch');
    const mapped = http('https://api.example.com/{proxy}', {
      requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
    });
    expect(ends(stage({ deployedApi: deployed(mapped) }))).toBe('unknown unknown');
    const onHttp = diagnose({
      gathered: evidence(stage({ deployedApi: deployed(proxy) })),
      at: { ...at, apiType: 'HTTP' },
      lines: [],
      now,
      causes: family,
    });
    expect(onHttp.cause).toBe('unknown');
  });
  it.each(['https://api example.com/x', 'https:///x', 'https://api.example.com/a|b', 'ftp://api.example.com/x'])(
    'is confirmed by the address %s',
    (uri) => {
      expect(ends(stage({ deployedApi: deployed(http(uri)) }))).toBe('confirmed integration-route-mismatch');
    },
  );
  it('leaves an address with a missing stage variable to its own cause', () => {
    const open = http('https://${stageVariables.host}/x', { unresolved: 'host' });
    expect(ends(stage({ deployedApi: deployed(open) }))).not.toContain('route-mismatch');
  });
  it('is confirmed when the backend has no such path and a 404 becomes a 5xx', () => {
    const answers = [
      { pattern: '', statusCode: '200' },
      { pattern: String.raw`4\d{2}`, statusCode: '500' },
    ];
    const hides = http('https://api.example.com/orders', { type: 'HTTP', answers });
    expect(ends(stage({ deployedApi: deployed(hides), endpointProbe: probed({ ...good, status: 404 }) }))).toBe(
      'confirmed integration-route-mismatch',
    );
    expect(ends(stage({ deployedApi: deployed(hides), endpointProbe: probed({ ...good, status: 204 }) }))).not.toContain('route-mismatch');
    const honest = http('https://api.example.com/orders', {
      type: 'HTTP',
      answers: [
        { pattern: '', statusCode: '200' },
        { pattern: '404', statusCode: '404' },
      ],
    });
    expect(ends(stage({ deployedApi: deployed(honest), endpointProbe: probed({ ...good, status: 404 }) }))).not.toContain('route-mismatch');
  });
});

describe('integration-timeout and a blocked way', () => {
  const linked = deployed(http('http://api.example.com/x', { vpcLink: 'vl-1' }));
  const slow = (failed: number) =>
    gateway({ integrationLatencyMaxMs: [80, 29_010], latencyMaxMs: [90, 29_015], serverErrors: [0, failed] });
  it('is suspected only, while all that goes through the link hangs', () => {
    expect(ends(stage({ deployedApi: linked, gatewayMetrics: slow(100) }))).toBe('suspected integration-timeout');
  });
  it('is confirmed when some requests come through', () => {
    expect(ends(stage({ deployedApi: linked, gatewayMetrics: slow(40) }))).toBe('confirmed integration-timeout');
  });
});

describe('healing and advice', () => {
  const later = burst.at(-1) ?? now;
  const served = (good: number, bad: number) =>
    got(
      {
        periodMs: minute,
        ...Object.fromEntries(['clientErrors', 'latencyMaxMs', 'integrationLatencyMaxMs'].map((k) => [k, { at: [], values: [] }])),
        count: { at: [later + minute, later + 2 * minute], values: [good, good] },
        serverErrors: { at: [later + minute, later + 2 * minute], values: [bad, bad] },
      } as never,
      span,
      'aws',
    );
  const facts = { backends: [{ origin, routes: ['GET /x'], name: 'api.example.com' }], functions: [], routes: [] } as never;
  it.each([backendError, tlsFailure, unreachable, routeMismatch] as unknown as readonly Cause[])(
    '$id: needs good answers, and no sign that it lasts',
    (c) => {
      const heal = (more: Gathered) => c.healed(seen(c, evidence(stage(more))), at, later, facts).is;
      expect(heal({ gatewayMetrics: served(50, 0) })).toBe('healed');
      expect(heal({ gatewayMetrics: served(50, 20) })).toBe('tooEarly');
      expect(heal({ gatewayMetrics: served(1, 0) })).toBe('tooEarly');
      expect(heal({ gatewayMetrics: lacks('empty') })).toBe('tooEarly');
    },
  );
  it.each([
    [unreachable, { connect: 'refused' }],
    [tlsFailure, { connect: 'open', tls: { fault: 'expired' } }],
    [backendError, { ...good, status: 500 }],
  ] as const)('is still there while the probe meets the same', (c, one) => {
    const e = seen(c, evidence(stage({ gatewayMetrics: served(50, 0), endpointProbe: probed(one) })));
    expect((c as unknown as Cause).healed(e, at, later, facts).is).toBe('stillThere');
  });
  it('gives commands that name the very resource', () => {
    const verdict = verdictOf(routeMismatch, { deployedApi: deployed(route('/orders', undefined, { httpMethod: 'GET' })) });
    const advice = routeMismatch.advice(verdict && verdict.is !== 'ruledOut' ? (verdict.facts as never) : undefined, at);
    expect(advice.snippets[0]?.code).toMatchInlineSnapshot(`
      "RESOURCE=$(aws apigateway get-resources --rest-api-id a1b2c3d4e5 --region us-east-1 --limit 500 --query "items[?path=='/orders'].id" --output text)
      aws apigateway update-integration --rest-api-id a1b2c3d4e5 --region us-east-1 --resource-id "$RESOURCE" --http-method GET --patch-operations op=replace,path=/httpMethod,value=POST
      aws apigateway create-deployment --rest-api-id a1b2c3d4e5 --region us-east-1 --stage-name prod"
    `);
  });
});

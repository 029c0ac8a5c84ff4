// Evidence → verdict for routes that ask for what is not there, for waits behind a link, and how all HTTP causes heal.
import { describe, expect, it } from 'vitest';
import backendError from '../../lib/causes/backend-error.ts';
import tlsFailure from '../../lib/causes/backend-tls-failure.ts';
import unreachable from '../../lib/causes/backend-unreachable.ts';
import routeMismatch from '../../lib/causes/integration-route-mismatch.ts';
import permissionMissing from '../../lib/causes/lambda-permission-missing.ts';
import type { Cause } from '../../lib/model/cause.ts';
import { got, type Gathered } from '../../lib/model/evidence.ts';
import { diagnose, seen } from '../../lib/stages/looking/diagnose.ts';
import { at, burst, deployed, evidence, gateway, key, lacks, line, log, metrics, minute, now, route, span } from './evidence.ts';
import { ends, executed, family, good, http, origin, probed, stage, verdictOf } from './http-stage.ts';

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
    const partial = got(
      { routes: [proxy], variables: {}, tags: {}, executionLogging: 'unknown' as const, partial: true as const },
      span,
      'aws',
    );
    expect(ends(stage({ deployedApi: partial }))).toBe('unknown unknown');
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
  it('leaves the words about an authorizer’s address, and about one that waits for a variable, to their own causes', () => {
    const words = 'Execution failed due to configuration error: Invalid endpoint address';
    const plain = executed(words);
    expect(ends(stage({ executionLog: plain }))).toBe('suspected integration-route-mismatch');
    const phase = log(
      ...['Starting authorizer: a1b2c3 for request: r', words, 'Execution failed due to configuration error: Authorizer error'].map(
        (text) => line('execution', text),
      ),
    );
    expect(verdictOf(routeMismatch, stage({ executionLog: phase }))?.is).toBe('ruledOut');
    const open = deployed(http('https://${stageVariables.host}/x', { unresolved: 'host' }));
    expect(verdictOf(routeMismatch, stage({ deployedApi: open, executionLog: plain }))?.is).toBe('ruledOut');
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

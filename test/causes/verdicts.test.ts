// Evidence → diagnosis: each cause with and without logs, and the near misses that must end elsewhere.
import { describe, expect, it } from 'vitest';
import type { Gathered } from '../../lib/model/evidence.ts';
import { got } from '../../lib/model/evidence.ts';
import type { PermissionFacts } from '../../lib/model/facts/lambda.ts';
import { diagnose } from '../../lib/stages/looking/diagnose.ts';
import {
  anyRoute,
  at,
  backend,
  config,
  deployed,
  evidence,
  fact,
  gateway,
  grant,
  key,
  lacks,
  line,
  log,
  metrics,
  now,
  orders,
  policy,
  route,
  span,
} from './evidence.ts';

const say = (more: Gathered) => diagnose({ gathered: evidence(more), at, lines: [], now });
const ends = (more: Gathered): string => {
  const d = say(more);
  return `${d.certainty} ${d.cause}`;
};
const permissionLine = line('execution', '(r) Execution failed due to configuration error: Invalid permissions on Lambda function');
/** The function is not reached any more. */
const unreached = metrics({
  [key]: {
    invocations: [100, undefined],
    durationMaxMs: [80, undefined],
    concurrentMax: [2, undefined],
    errors: [0, undefined],
    throttles: [0, undefined],
  },
});
const neverInvoked = got({ periodMs: 60_000, functions: {} }, span, 'aws');

describe('lambda-permission-missing', () => {
  const shut = { functionPolicy: policy(), functionMetrics: unreached };
  it('is confirmed by policy and metrics, without any log', () => {
    expect(ends(shut)).toBe('confirmed lambda-permission-missing');
  });
  it('carries what the fix needs', () => {
    const verdict = say({ ...shut, deployedApi: deployed(route('/orders/{id}'), route('/')) }).suspects.find(
      (s) => s.id === 'lambda-permission-missing',
    )?.verdict;
    const facts = verdict?.is === 'confirmed' ? (verdict.facts as PermissionFacts) : undefined;
    const base = 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/prod/GET/';
    expect(facts).toEqual({
      functions: [
        {
          ref: orders,
          explicitDeny: false,
          routes: [
            { method: 'GET', path: '/orders/{id}', sourceArn: `${base}orders/*` },
            { method: 'GET', path: '/', sourceArn: base },
          ],
        },
      ],
    });
  });
  it('is confirmed on the log path before metrics are there', () => {
    expect(ends({ ...shut, executionLog: log(permissionLine), gatewayMetrics: lacks('late'), functionMetrics: lacks('late') })).toBe(
      'confirmed lambda-permission-missing',
    );
  });
  it('is confirmed for a new alias that never had the grant', () => {
    expect(
      ends({
        functionPolicy: got({ policies: { [key]: 'absent' } }, span, 'aws'),
        functionMetrics: neverInvoked,
        executionLog: log(permissionLine),
      }),
    ).toBe('confirmed lambda-permission-missing');
    expect(ends({ functionPolicy: policy(), functionMetrics: lacks('empty') })).toBe('confirmed lambda-permission-missing');
  });
  it('is confirmed for a Deny, and says so', () => {
    const d = say({ ...shut, functionPolicy: policy(grant(anyRoute), grant(anyRoute, 'Deny')) });
    const verdict = d.suspects.find((s) => s.id === 'lambda-permission-missing')?.verdict;
    expect(verdict?.is === 'confirmed' && (verdict.facts as PermissionFacts).functions[0]?.explicitDeny).toBe(true);
  });
  it('is confirmed when one route of several lost its grant', () => {
    const two = {
      deployedApi: deployed(route('/a'), route('/b')),
      functionPolicy: policy(grant('arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*/GET/a')),
      functionMetrics: metrics({ [key]: { invocations: [100, 60] } }),
      gatewayMetrics: gateway({ serverErrors: [0, 40] }),
    };
    expect(ends(two)).toBe('confirmed lambda-permission-missing');
  });
  it('is ruled out by the policy, whatever the log claims: forged lines', () => {
    expect(
      ends({ executionLog: log(permissionLine), accessLog: log(line('access', 'Invalid permissions on Lambda function')) }),
    ).not.toContain('confirmed');
    expect(say({ executionLog: log(permissionLine) }).suspects.find((s) => s.id === 'lambda-permission-missing')?.verdict.is).toBe(
      'ruledOut',
    );
  });
  it('is only suspected while the policy may not be read', () => {
    expect(ends({ functionPolicy: lacks('denied'), executionLog: log(permissionLine) })).toBe('suspected lambda-permission-missing');
    expect(say({ functionPolicy: lacks('denied'), executionLog: log(permissionLine) }).nextProbe).toMatch(/allow Gatemedic to read/);
  });
  it("is not confirmed for a route nobody calls, while the failures are the code's", () => {
    const legacy = { ...orders, name: 'legacy' };
    const d = say({
      deployedApi: deployed(route('/orders'), route('/legacy', legacy)),
      functionPolicy: got(
        {
          policies: {
            [key]: {
              statements: [
                {
                  effect: 'Allow',
                  actions: ['lambda:InvokeFunction'],
                  principals: ['apigateway.amazonaws.com'],
                  resources: [],
                  conditions: {},
                },
              ],
              sizeBytes: 1,
            },
            'legacy:live': { statements: [], sizeBytes: 1 },
          },
        },
        span,
        'aws',
      ),
      functionConfig: config({ [key]: fact(), 'legacy:live': { ...fact(), ref: legacy } }),
      functionMetrics: metrics({ [key]: { errors: [0, 100] } }),
      functionLog: log(line('function', "[ERROR] KeyError: 'x'")),
    });
    expect(`${d.certainty} ${d.cause}`).toBe('confirmed lambda-unhandled-error');
    expect(d.suspects.find((s) => s.id === 'lambda-permission-missing')?.verdict.is).not.toBe('confirmed');
  });
  it('leaves routes with a role alone', () => {
    expect(
      ends({ ...shut, deployedApi: deployed(route('/orders', orders, { credentials: 'arn:aws:iam::111122223333:role/r' })) }),
    ).not.toContain('confirmed lambda-permission');
  });
});

describe('lambda-not-found', () => {
  const gone = {
    functionConfig: config({ [key]: { ref: orders, exists: false, notFound: 'Function not found' } }),
    functionPolicy: got({ policies: { [key]: 'absent' as const } }, span, 'aws'),
    functionMetrics: unreached,
  };
  it("is confirmed by Lambda's own answer, though the log speaks of permissions", () => {
    expect(ends({ ...gone, executionLog: log(permissionLine) })).toBe('confirmed lambda-not-found');
  });
  it('is confirmed without logs', () => {
    expect(ends(gone)).toBe('confirmed lambda-not-found');
  });
  it('is ruled out where the function exists: a moment of an alias update', () => {
    expect(
      ends({ executionLog: log(line('execution', 'Execution failed due to configuration error: Function not found: arn')) }),
    ).not.toContain('lambda-not-found');
  });
  it('stays suspected where Lambda may not be asked', () => {
    expect(
      ends({
        ...gone,
        functionConfig: lacks('denied'),
        executionLog: log(line('execution', 'Execution failed due to configuration error: Function not found: arn')),
      }),
    ).toBe('suspected lambda-not-found');
  });
});

describe('lambda-throttled', () => {
  const throttled = { functionMetrics: metrics({ [key]: { invocations: [100, 5], throttles: [0, 95] } }) };
  it('is confirmed by the metric alone, and names the limit', () => {
    const d = say({ ...throttled, functionConcurrency: got({ functions: { [key]: { reserved: 1 } } }, span, 'aws') });
    expect(`${d.certainty} ${d.cause}`).toBe('confirmed lambda-throttled');
    expect(d.suspects.find((s) => s.id === 'lambda-throttled')?.verdict).toMatchObject({
      facts: { functions: [{ limit: 'reserved', reserved: 1, throttles: 380 }] },
    });
  });
  it('is not the burst when the throttles lie before it', () => {
    expect(ends({ functionMetrics: metrics({ [key]: { throttles: [5, 0] } }) })).not.toContain('lambda-throttled');
  });
  it('is not confirmed by a line when nothing was throttled', () => {
    expect(ends({ executionLog: log(line('execution', 'Lambda invocation failed with status: 429. Lambda request id: x')) })).not.toContain(
      'lambda-throttled',
    );
  });
});

describe('the two timeouts and cold starts', () => {
  const slow = gateway({ integrationLatencyMaxMs: [80, 29_009], latencyMaxMs: [90, 29_011] });
  it("lambda-timeout: errors at the function's own limit, below the gateway's", () => {
    expect(
      ends({
        functionMetrics: metrics({ [key]: { errors: [0, 100], durationMaxMs: [80, 10_000] } }),
        gatewayMetrics: gateway({ integrationLatencyMaxMs: [80, 10_020] }),
      }),
    ).toBe('confirmed lambda-timeout');
  });
  it('integration-timeout: the function runs longer than the gateway waits, without an error', () => {
    expect(
      ends({
        gatewayMetrics: slow,
        functionMetrics: metrics({ [key]: { durationMaxMs: [80, 40_000] } }),
        functionConfig: config({ [key]: fact({ timeoutSeconds: 60 }) }),
      }),
    ).toBe('confirmed integration-timeout');
  });
  it('integration-timeout: a backend without Lambda', () => {
    expect(
      ends({
        deployedApi: deployed(backend('/x')),
        gatewayMetrics: slow,
        functionMetrics: lacks('empty'),
        functionConfig: lacks('empty'),
        functionPolicy: lacks('empty'),
      }),
    ).toBe('confirmed integration-timeout');
  });
  it('is no timeout when the answers are slow but stand below every limit', () => {
    expect(ends({ gatewayMetrics: gateway({ integrationLatencyMaxMs: [80, 15_000] }) })).not.toContain('timeout');
  });
  it('lambda-cold-start: the limit is reached, the function itself is quick, concurrency steps up', () => {
    const d = say({ gatewayMetrics: slow, functionMetrics: metrics({ [key]: { durationMaxMs: [80, 900], concurrentMax: [2, 30] } }) });
    expect(`${d.certainty} ${d.cause}`).toBe('confirmed lambda-cold-start');
    expect(d.suspects.find((s) => s.id === 'integration-timeout')?.verdict.is).toBe('confirmed');
    expect(d.suspects.find((s) => s.id === 'lambda-cold-start')?.verdict).toMatchObject({
      facts: { ref: orders, peakConcurrency: 30, timeoutMs: 29_000 },
    });
  });
  it('waits with both until invocations have surely ended: a slow function looks the same at first', () => {
    const d = say({
      gatewayMetrics: slow,
      functionMetrics: metrics({ [key]: { durationMaxMs: [80, 900], concurrentMax: [2, 30] } }),
      functionConfig: config({ [key]: fact({ timeoutSeconds: 900 }) }),
    });
    expect(d.certainty).toBe('suspected');
    expect(d.missing.some((m) => m.why === 'late')).toBe(true);
  });
  it('is a slow function, not a cold start, when its own duration reaches the limit', () => {
    expect(
      ends({
        gatewayMetrics: slow,
        functionMetrics: metrics({ [key]: { durationMaxMs: [80, 29_500], concurrentMax: [2, 30] } }),
        functionConfig: config({ [key]: fact({ timeoutSeconds: 60 }) }),
      }),
    ).toBe('confirmed integration-timeout');
  });
  it('is a slow function, too, when its long runs began in the minute before: the gateway counts a request when it ends', () => {
    const d = say({
      gatewayMetrics: slow,
      functionMetrics: metrics({ [key]: { durationMaxMs: [40_000, 900], concurrentMax: [2, 30] } }),
      functionConfig: config({ [key]: fact({ timeoutSeconds: 60 }) }),
    });
    expect(d.suspects.find((s) => s.id === 'lambda-cold-start')?.verdict.is).toBe('ruledOut');
  });
  it('is a cold start all the same when Lambda says the init phase ran into its 10 s', () => {
    expect(
      ends({
        gatewayMetrics: slow,
        functionMetrics: metrics({ [key]: { durationMaxMs: [80, 30_400], concurrentMax: [2, 30] } }),
        functionConfig: config({ [key]: fact({ timeoutSeconds: 60 }) }),
        functionLog: log(line('function', 'INIT_REPORT Init Duration: 9999.20 ms\tPhase: init\tStatus: timeout')),
      }),
    ).toBe('confirmed lambda-cold-start');
  });
  it('does not call it a cold start while another backend waits as long', () => {
    expect(
      ends({
        deployedApi: deployed(route('/orders'), backend('/x')),
        gatewayMetrics: slow,
        functionMetrics: metrics({ [key]: { durationMaxMs: [80, 900], concurrentMax: [2, 30] } }),
      }),
    ).toBe('confirmed integration-timeout');
  });
});

// Evidence → verdict for what the code itself does wrong, and the positive signs by which each cause counts as healed.
import { describe, expect, it } from 'vitest';
import type { Evidence, Gathered } from '../../lib/model/evidence.ts';
import type { GatewayMetrics } from '../../lib/model/kinds/api.ts';
import type { PermissionFacts } from '../../lib/model/facts/lambda.ts';
import { diagnose } from '../../lib/stages/looking/diagnose.ts';
import { at, before, burst, evidence, gateway, key, lacks, line, log, metrics, minute, now, orders, policy } from './evidence.ts';

const say = (more: Gathered) => diagnose({ gathered: evidence(more), at, lines: [], now });
const ends = (more: Gathered): string => {
  const d = say(more);
  return `${d.certainty} ${d.cause}`;
};

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

describe('lambda-unhandled-error and lambda-malformed-response', () => {
  const crashing = { functionMetrics: metrics({ [key]: { errors: [0, 100] } }) };
  const malformed = log(line('execution', '(r) Execution failed due to configuration error: Malformed Lambda proxy response'));
  it('unhandled: errors, and a log that names the error', () => {
    expect(ends({ ...crashing, functionLog: log(line('function', '2026\tid\tERROR\tInvoke Error \t{"errorType":"TypeError"}')) })).toBe(
      'confirmed lambda-unhandled-error',
    );
  });
  it('unhandled: says which log is missing', () => {
    const d = say({ ...crashing, functionLog: lacks('denied') });
    expect(`${d.certainty} ${d.cause}`).toBe('suspected lambda-unhandled-error');
    expect(d.missing).toContainEqual(expect.objectContaining({ kind: 'functionLog', why: 'denied' }));
    expect(d.nextProbe).toBeDefined();
  });
  it.each([
    ['Runtime.ImportModuleError: Error: Cannot find module x', 'lambda-init-failure'],
    ['Error: connect ECONNREFUSED', 'lambda-dependency-failure'],
    ['AccessDeniedException: not is not authorized to perform: s3:GetObject', 'lambda-dependency-failure'],
    ['RequestId: x Error: Runtime exited with error: signal: killed', 'lambda-out-of-memory'],
    ['Response payload size exceeded maximum allowed payload size (6291556 bytes).', 'response-too-large'],
  ])('is not the code when the newest error is of another kind: %s', (text, other) => {
    expect(ends({ ...crashing, functionLog: log(line('function', text)) })).toBe(`confirmed ${other}`);
  });
  it('is the timeout, not the code, when every error stands at the limit', () => {
    expect(
      ends({
        functionMetrics: metrics({ [key]: { errors: [0, 100], durationMaxMs: [80, 10_001] } }),
        functionLog: log(line('function', '[ERROR] KeyError: 1')),
      }),
    ).toBe('confirmed lambda-timeout');
  });
  it('malformed: invoked, no error, and the gateway says so', () => {
    expect(ends({ executionLog: malformed })).toBe('confirmed lambda-malformed-response');
  });
  it('malformed: without a log it is a suspicion that names the log', () => {
    const d = say({});
    expect(`${d.certainty} ${d.cause}`).toBe('suspected lambda-malformed-response');
    expect(d.nextProbe).toBe('turn on execution logging (level ERROR) of a1b2c3d4e5/prod');
  });
  it('is not malformed when the function counts the errors', () => {
    expect(ends({ ...crashing, executionLog: malformed })).not.toContain('malformed');
  });
  it('is not malformed when nobody reached the function', () => {
    expect(ends({ functionMetrics: unreached, executionLog: malformed })).not.toBe('confirmed lambda-malformed-response');
  });
});

describe('healed', () => {
  const since = burst[0] ?? now;
  it('permission: enough invocations through the policy, not their outcome', async () => {
    const { default: cause } = await import('../../lib/causes/lambda-permission-missing.ts');
    const facts: PermissionFacts = {
      functions: [{ ref: orders, explicitDeny: false, routes: [{ method: 'GET', path: '/orders', sourceArn: 'x' }] }],
    };
    const judge = (more: Gathered) => cause.healed(evidence(more) as never, at, since, facts).is;
    expect(judge({ functionMetrics: metrics({ [key]: { errors: [0, 100] } }) })).toBe('healed');
    expect(judge({ functionPolicy: policy() })).toBe('stillThere');
    expect(judge({ functionMetrics: metrics({ [key]: { invocations: [100, 1] } }) })).toBe('tooEarly');
    expect(judge({ functionMetrics: unreached })).toBe('stillThere');
    expect(judge({ functionMetrics: lacks('late') })).toBe('tooEarly');
    expect(judge({ functionPolicy: lacks('throttled') })).toBe('tooEarly');
  });
  it('cold start: no answer at the limit any more', async () => {
    const { default: cause } = await import('../../lib/causes/lambda-cold-start.ts');
    const judge = (more: Gathered) =>
      cause.healed(evidence(more) as never, at, since, { ref: orders, peakConcurrency: 3, timeoutMs: 29_000 }).is;
    expect(judge({ gatewayMetrics: gateway({ serverErrors: [0, 0] }) })).toBe('healed');
    expect(judge({ gatewayMetrics: gateway({ integrationLatencyMaxMs: [80, 29_000] }) })).toBe('stillThere');
    expect(judge({ gatewayMetrics: lacks('late') })).toBe('tooEarly');
  });
  it.each(['lambda-throttled', 'lambda-timeout', 'lambda-unhandled-error'])(
    '%s: its own count is 0 while invocations go on',
    async (id) => {
      const { causes } = await import('../../lib/causes/index.ts');
      const cause = causes.find((c) => c.id === id);
      const facts = { functions: [{ ref: orders, throttles: 1, errors: 1, timeoutSeconds: 10 }] };
      const judge = (functionMetrics: Gathered['functionMetrics']) =>
        cause?.healed(evidence(functionMetrics ? { functionMetrics } : {}) as never, at, since, facts).is;
      expect(judge(metrics({ [key]: {} }))).toBe('healed');
      expect(judge(metrics({ [key]: { errors: [0, 5], throttles: [0, 5], durationMaxMs: [80, 10_000] } }))).toBe('stillThere');
      expect(judge(metrics({ [key]: { invocations: [100, undefined], throttles: [0, undefined] } }))).toBe('tooEarly');
    },
  );
});

it('uses minutes before and in the burst', () => {
  expect(before.length + burst.length).toBe(14);
});

describe('an earlier burst', () => {
  const later = (): Evidence<GatewayMetrics> => {
    const metricsOf = gateway({ integrationLatencyMaxMs: [80, 29_000] });
    return metricsOf.state === 'got' ? { ...metricsOf, value: { ...metricsOf.value, burstFrom: now - minute } } : metricsOf;
  };
  it.each([
    ['throttles', { functionMetrics: metrics({ [key]: { throttles: [0, 95] } }) }],
    ['timeouts', { functionMetrics: metrics({ [key]: { errors: [0, 100], durationMaxMs: [80, 10_000] } }) }],
    ['cold starts', { functionMetrics: metrics({ [key]: { durationMaxMs: [80, 900], concurrentMax: [2, 30] } }) }],
    ['errors', { functionMetrics: metrics({ [key]: { errors: [0, 100] } }), functionLog: log(line('function', '[ERROR] KeyError: 1')) }],
  ])('of %s confirms nothing about the present one', (_, more) => {
    expect(ends({ ...more, gatewayMetrics: later() })).not.toContain('confirmed');
    expect(ends(more)).not.toBe('unknown unknown');
  });
});

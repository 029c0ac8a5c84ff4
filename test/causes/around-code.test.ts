// Evidence → verdict for functions that Lambda will not run or that others fail, and the positive signs by which each counts as healed.
import { describe, expect, it } from 'vitest';
import type { Evidence, Gathered } from '../../lib/model/evidence.ts';
import { got } from '../../lib/model/evidence.ts';
import type { TraceCall, Traces } from '../../lib/model/kinds/around-function.ts';
import { causes } from '../../lib/causes/index.ts';
import { seen } from '../../lib/stages/looking/diagnose.ts';
import { at, burst, evidence, key, lacks, line, log, metrics, minute, now, orders, span } from './evidence.ts';
import { say, ends, verdictOf, factsOf, crashing, inLog, configured, noModule, killed, ownError } from './failing-code.ts';

describe('healed', () => {
  const since = (burst.at(-1) ?? now) + minute;
  const after = (values: Partial<Record<'invocations' | 'errors', number>>) => {
    const minutes = [since, since + minute, since + 2 * minute];
    const series = (value: number) => ({ at: minutes, values: minutes.map(() => value) });
    const { invocations = 50, errors = 0 } = values;
    const one = {
      invocations: series(invocations),
      errors: series(errors),
      throttles: series(0),
      durationMaxMs: series(80),
      concurrentMax: series(2),
    };
    return { functionMetrics: got({ periodMs: minute, functions: { [key]: one } }, span, 'aws') };
  };
  const healed = (id: string, more: Gathered, facts: object) => {
    const one = causes.find((c) => c.id === id);
    return one?.healed(seen(one, evidence(more)), at, since, facts).is;
  };
  const failing = { functions: [{ ref: orders, errors: 5 }] };
  it.each(['lambda-init-failure', 'lambda-out-of-memory', 'lambda-payload-mismatch', 'lambda-dependency-failure'])(
    '%s: invoked since, without an error',
    (id) => {
      expect(healed(id, after({}), failing)).toBe('healed');
      expect(healed(id, after({ errors: 1 }), failing)).toBe('stillThere');
      expect(healed(id, after({ invocations: 0 }), failing)).toBe('tooEarly');
      expect(healed(id, { functionMetrics: lacks('late') }, failing)).toBe('tooEarly');
    },
  );
  it('response-too-large: by the function, or above the limit of the gateway by the stage', () => {
    expect(healed('response-too-large', after({}), { functions: [orders] })).toBe('healed');
    expect(healed('response-too-large', after({ errors: 2 }), { functions: [orders] })).toBe('stillThere');
    expect(healed('response-too-large', {}, { functions: [], limitBytes: 10_485_760 })).toBe('tooEarly');
  });
  it('lambda-state: active, and run by Lambda since', () => {
    const facts = { functions: [{ ref: orders, what: 'state', detail: 'x', state: 'Failed' }] };
    expect(healed('lambda-state', { ...after({}), ...configured({ state: 'Active' }) }, facts)).toBe('healed');
    expect(healed('lambda-state', { ...after({}), ...configured({ state: 'Failed' }) }, facts)).toBe('stillThere');
    expect(healed('lambda-state', { ...after({ invocations: 0 }), ...configured({ state: 'Active' }) }, facts)).toBe('tooEarly');
    expect(healed('lambda-state', { ...after({}), functionConfig: lacks('denied') }, facts)).toBe('tooEarly');
  });
});

describe('lambda-state', () => {
  const unreached = {
    functionMetrics: metrics({
      [key]: {
        invocations: [100, undefined],
        durationMaxMs: [80, undefined],
        errors: [0, undefined],
        throttles: [0, undefined],
        concurrentMax: [2, undefined],
      },
    }),
  };
  const place = (keys: Readonly<Record<string, string>>, freeAddresses: Readonly<Record<string, number>> = {}): Gathered => ({
    functionPlace: got({ keys, freeAddresses }, span, 'aws'),
  });
  const kmsKeyArn = 'arn:aws:kms:us-east-1:111122223333:key/k';
  const vpc = { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] };
  const noKms = log(
    line(
      'execution',
      '(r) Endpoint response body before transformations: {"Message":"Lambda was unable to decrypt the environment variables because KMS access was denied."}',
    ),
  );

  it("is confirmed by Lambda's own answer, without any log", () => {
    expect(ends({ ...unreached, ...configured({ state: 'Failed', stateReasonCode: 'InvalidSubnet' }) })).toBe('confirmed lambda-state');
  });
  it('is confirmed by a key that is not enabled', () => {
    const more = { ...unreached, ...configured({ state: 'Active', kmsKeyArn }), ...place({ [kmsKeyArn]: 'Disabled' }) };
    expect(ends(more)).toBe('confirmed lambda-state');
    expect(factsOf('lambda-state', more)).toMatchObject({ functions: [{ what: 'key', kmsKeyArn }] });
  });
  it('is confirmed by subnets without an address, all of them', () => {
    const more = (free: Readonly<Record<string, number>>) => ({
      ...unreached,
      ...configured({ state: 'Active', vpc }),
      ...place({}, free),
    });
    expect(ends(more({ 'subnet-1': 0, 'subnet-2': 0 }))).toBe('confirmed lambda-state');
    expect(ends(more({ 'subnet-1': 0, 'subnet-2': 7 }))).not.toContain('lambda-state');
  });
  it('is no fault of a burst whose calls arrive', () => {
    expect(ends({ ...crashing, ...inLog(ownError), ...configured({ state: 'Inactive' }) })).toBe('confirmed lambda-unhandled-error');
  });
  it('a grant that was lost shows nowhere but in the line: suspected', () => {
    expect(ends({ ...unreached, ...configured({ state: 'Active' }), ...place({}), executionLog: noKms })).toBe('suspected lambda-state');
  });
  it('our own lack of kms:Decrypt says nothing of the function', () => {
    const more = configured({ state: 'Active', environmentError: { code: 'AccessDeniedException', message: 'no' } });
    expect(verdictOf('lambda-state', { ...more, ...place({}) }).is).toBe('ruledOut');
  });
  it('says what it lacks while the key may not be read', () => {
    const more = { ...unreached, ...configured({ state: 'Active', kmsKeyArn }), functionPlace: lacks('denied') };
    expect(verdictOf('lambda-state', more)).toMatchObject({ is: 'unproven', missing: [{ kind: 'functionPlace', why: 'denied' }] });
  });
});

describe('lambda-dependency-failure', () => {
  const traces = (...calls: readonly (readonly TraceCall[])[]): { traces: Evidence<Traces> } => ({
    traces: got({ traces: calls.map((list, n) => ({ id: `1-${n}`, durationMs: 10_000, calls: list })) }, span, 'aws'),
  });
  const hangs: TraceCall = { name: 'db.internal', ms: 9_900, unfinished: true };
  const quick: TraceCall = { name: 'S3', operation: 'GetObject', ms: 30 };
  const timedOut = {
    functionMetrics: metrics({ [key]: { errors: [0, 100], durationMaxMs: [80, 10_001] } }),
    ...inLog('id Task timed out after 10.00 seconds'),
  };

  it('is confirmed by errors and a log that names it', () => {
    expect(ends({ ...crashing, ...inLog('Error: connect ECONNREFUSED 10.0.2.15:5432') })).toBe('confirmed lambda-dependency-failure');
    const facts = factsOf('lambda-dependency-failure', {
      ...crashing,
      ...inLog('Error: connect ECONNREFUSED 10.0.2.15:5432'),
    });
    expect(facts).toMatchObject({ what: 'refused', name: '10.0.2.15:5432' });
  });
  it('names the action that was denied', () => {
    const text =
      'AccessDeniedException: User: x is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:111122223333:table/notes because';
    expect(factsOf('lambda-dependency-failure', { ...crashing, ...inLog(text) })).toMatchObject({
      what: 'denied',
      action: 'dynamodb:PutItem',
      name: 'arn:aws:dynamodb:us-east-1:111122223333:table/notes',
    });
  });
  it('a timeout because a dependency hangs: the hang is the root, the timeout its consequence', () => {
    const d = say({ ...timedOut, ...traces([quick, hangs], [hangs]) });
    expect(`${d.certainty} ${d.cause}`).toBe('confirmed lambda-dependency-failure');
    expect(d.suspects.find((s) => s.id === 'lambda-timeout')?.verdict.is).toBe('confirmed');
    expect(d.consequences).toContain('lambda-timeout');
  });
  it('without a trace it is the timeout', () => {
    expect(ends({ ...timedOut, traces: lacks() })).toBe('confirmed lambda-timeout');
    expect(ends({ ...timedOut, ...traces([quick], [quick]) })).toBe('confirmed lambda-timeout');
  });
  it('one trace in three does not speak for the burst', () => {
    expect(ends({ ...timedOut, ...traces([hangs], [quick], [quick]) })).toBe('confirmed lambda-timeout');
  });
  it('tells a refusal in a trace', () => {
    const refused: TraceCall = { name: 'DynamoDB', operation: 'PutItem', ms: 12, error: true, throttled: true, status: 400 };
    expect(factsOf('lambda-dependency-failure', { ...crashing, ...traces([refused]) })).toMatchObject({
      what: 'throttled',
      name: 'DynamoDB',
    });
  });
  it('code that catches the error and answers 5xx itself leaves a suspicion', () => {
    expect(ends(inLog('AccessDeniedException: User: x is not authorized to perform: dynamodb:PutItem'))).toBe(
      'suspected lambda-dependency-failure',
    );
  });
});

describe('lambda-cold-start beside an error', () => {
  const slowStart = 'REPORT RequestId: x\tDuration: 200.00 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\tInit Duration: 2523.11 ms';
  const unmeasured = { gatewayMetrics: lacks('late'), functionMetrics: lacks('late') };
  it('is named by a slow start alone', () => {
    expect(ends({ ...unmeasured, ...inLog(slowStart) })).toBe('suspected lambda-cold-start');
  });
  it.each([
    [noModule, 'lambda-init-failure'],
    ['Error: connect ECONNREFUSED 10.0.2.15:5432', 'lambda-dependency-failure'],
    [ownError, 'lambda-unhandled-error'],
    [killed, 'lambda-out-of-memory'],
  ])('steps back where the log names an error: %s', (text, other) => {
    expect(ends({ ...unmeasured, ...inLog(text, slowStart) })).toBe(`suspected ${other}`);
  });
});

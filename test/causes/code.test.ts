// Evidence → verdict for functions that fail: what the metrics count, what a line names, what the deployment and Lambda answer; and the pairs that look alike.
import { describe, expect, it } from 'vitest';
import type { Evidence, Gathered } from '../../lib/model/evidence.ts';
import { got } from '../../lib/model/evidence.ts';
import type { TraceCall, Traces } from '../../lib/model/kinds/around-function.ts';
import type { FunctionConfig, FunctionFact } from '../../lib/model/kinds/function.ts';
import type { StageRef } from '../../lib/model/api.ts';
import { causes } from '../../lib/causes/index.ts';
import { errorIn } from '../../lib/model/code-faults.ts';
import { diagnose, seen } from '../../lib/stages/looking/diagnose.ts';
import {
  at,
  burst,
  config,
  deployed,
  evidence,
  fact,
  gateway,
  key,
  lacks,
  line,
  log,
  metrics,
  minute,
  now,
  orders,
  route,
  span,
} from './evidence.ts';

const say = (more: Gathered, place: StageRef = at) => diagnose({ gathered: evidence(more), at: place, lines: [], now });
const ends = (more: Gathered, place: StageRef = at): string => {
  const d = say(more, place);
  return `${d.certainty} ${d.cause}`;
};
const verdictOf = (id: string, more: Gathered, place: StageRef = at) => {
  const one = causes.find((c) => c.id === id);
  if (!one) throw new Error(`no cause ${id}`);
  return one.confirm(seen(one, evidence(more)), place);
};
const factsOf = (id: string, more: Gathered, place: StageRef = at): unknown => {
  const verdict = verdictOf(id, more, place);
  if (verdict.is === 'ruledOut') throw new Error('ruled out');
  return verdict.facts;
};

const crashing = { functionMetrics: metrics({ [key]: { errors: [0, 100] } }) };
const half = { functionMetrics: metrics({ [key]: { errors: [0, 50] } }), gatewayMetrics: gateway({ serverErrors: [0, 50] }) };
const inLog = (...texts: readonly string[]) => ({
  functionLog: log(...texts.map((text, n) => line('function', text, (burst[1] ?? now) + n))),
});
const configured = (more: Partial<FunctionFact>): { functionConfig: Evidence<FunctionConfig> } => ({
  functionConfig: config({ [key]: fact(more) }),
});

const noModule = '{"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module \'app\'"}';
const killed = 'RequestId: x Error: Runtime exited with error: signal: killed';
const ownError = 'ERROR\tInvoke Error \t{"errorType":"TypeError"}';

describe('errorIn', () => {
  it.each([
    [
      '2026\tid\tERROR\tInvoke Error \t{"errorType":"Error","errorMessage":"connect ECONNREFUSED\\nat x","stack":[]}',
      'Error: connect ECONNREFUSED',
    ],
    ['{"errorType":"Runtime.ImportModuleError","errorMessage":"Runtime.ImportModuleError: x"}', 'Runtime.ImportModuleError: x'],
    ['Endpoint response body before transformations: {"errorMessage":"x"}', 'x'],
    ['{"errorMessage":"x"} and {"more"}', '{"errorMessage":"x"} and {"more"}'],
    ['[ERROR] KeyError: 1', '[ERROR] KeyError: 1'],
  ])('%s', (text, said) => {
    expect(errorIn(text)).toBe(said);
  });
});

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

describe('lambda-init-failure', () => {
  it('is confirmed when every call fails and the log names the start', () => {
    expect(ends({ ...crashing, ...inLog(noModule) })).toBe('confirmed lambda-init-failure');
  });
  it('says what the package must fit', () => {
    const facts = factsOf('lambda-init-failure', {
      ...crashing,
      ...inLog(noModule),
      ...configured({ handler: 'index.handler', architectures: ['arm64'] }),
    });
    expect(facts).toMatchObject({ functions: [{ errors: 400, handler: 'index.handler', architecture: 'arm64' }] });
  });
  it('stays a suspicion while half of the calls succeed: a module that is loaded late, or a line that callers wrote', () => {
    expect(ends({ ...half, ...inLog(noModule) })).toBe('suspected lambda-init-failure');
  });
  it('is not named by one line among many of another kind', () => {
    expect(ends({ ...crashing, ...inLog(killed, killed, killed, noModule) })).toBe('confirmed lambda-out-of-memory');
  });
  it('takes a SyntaxError of the code, and none of the data', () => {
    expect(ends({ ...crashing, ...inLog('SyntaxError: Unexpected token }') })).toBe('confirmed lambda-init-failure');
    expect(ends({ ...crashing, ...inLog('SyntaxError: Unexpected token < in JSON at position 0') })).toBe(
      'confirmed lambda-unhandled-error',
    );
  });
  it('is not told by what code writes at leisure: there callers can write', () => {
    const forged = '2026-11-20T10:00:00.000Z\tid\tINFO\tpath /Runtime.ImportModuleError';
    expect(ends({ ...crashing, ...inLog(forged, forged, forged, ownError) })).toBe('confirmed lambda-unhandled-error');
    expect(ends({ ...crashing, ...inLog(`{"level":"INFO","message":"${killed}"}`, ownError) })).toBe('confirmed lambda-unhandled-error');
  });
  it('is not told by a line from before the burst', () => {
    const old = { functionLog: log(line('function', noModule, (burst[0] ?? now) - 5 * minute)) };
    expect(ends({ ...crashing, ...old })).not.toContain('confirmed');
  });
  it('is ruled out when no function has an error', () => {
    expect(verdictOf('lambda-init-failure', inLog(noModule)).is).toBe('ruledOut');
  });
});

describe('lambda-out-of-memory and response-too-large', () => {
  const report = (used: number, more = '\tStatus: error\tError Type: Runtime.ExitError'): string =>
    `REPORT RequestId: x\tDuration: 90.00 ms\tBilled Duration: 90 ms\tMemory Size: 512 MB\tMax Memory Used: ${used} MB${more}`;
  it('is confirmed by the kill', () => {
    expect(ends({ ...crashing, ...inLog(killed) })).toBe('confirmed lambda-out-of-memory');
  });
  it('is confirmed by REPORTs of failed runs with the memory full, text and JSON', () => {
    expect(ends({ ...crashing, ...inLog(report(512)) })).toBe('confirmed lambda-out-of-memory');
    const json = JSON.stringify({
      type: 'platform.report',
      record: { status: 'error', errorType: 'Runtime.ExitError', metrics: { memorySizeMB: 512, maxMemoryUsedMB: 510 } },
    });
    expect(ends({ ...crashing, ...inLog(json) })).toBe('confirmed lambda-out-of-memory');
    expect(factsOf('lambda-out-of-memory', { ...crashing, ...inLog(json), ...configured({ memoryMb: 512 }) })).toMatchObject({
      usedMb: 510,
      functions: [{ memoryMb: 512 }],
    });
  });
  it('takes no REPORT with memory to spare, nor one of a run that went well', () => {
    expect(ends({ ...crashing, ...inLog(report(250)) })).toBe('suspected lambda-unhandled-error');
    expect(ends({ ...crashing, ...inLog(report(512, '\tStatus: success')) })).toBe('suspected lambda-unhandled-error');
  });
  it('takes an older REPORT without a status only when the memory is full to the last megabyte', () => {
    expect(ends({ ...crashing, ...inLog(report(512, '')) })).toBe('confirmed lambda-out-of-memory');
    expect(ends({ ...crashing, ...inLog(report(500, '')) })).toBe('suspected lambda-unhandled-error');
  });
  it('an answer above the limit ends in the same Runtime.ExitError, and is not it', () => {
    const tooLarge = 'Failed to post handler success response. Http response code: 413.';
    expect(ends({ ...half, ...inLog(tooLarge, report(250)) })).toBe('confirmed response-too-large');
  });
  it("above the gateway's own limit only its log tells", () => {
    const text =
      '(r) Execution failed due to configuration error: Integration response of reported length 11000000 is larger than allowed maximum of 10485760 bytes.';
    expect(ends({ executionLog: log(line('execution', text)) })).toBe('suspected response-too-large');
  });
});

describe('lambda-payload-mismatch', () => {
  const httpApi: StageRef = { ...at, apiType: 'HTTP' };
  const sends = (payloadFormat: string) => ({ deployedApi: deployed(route('/orders', orders, { payloadFormat })) });
  const misses = (field: string) => inLog(`[ERROR] KeyError: '${field}'`);
  it.each([
    ['2.0', 'httpMethod', 'confirmed lambda-payload-mismatch'],
    ['1.0', 'rawPath', 'confirmed lambda-payload-mismatch'],
    ['2.0', 'queryStringParameters', 'confirmed lambda-payload-mismatch'],
    // what is sent has the field: the code is wrong about something else
    ['1.0', 'httpMethod', 'confirmed lambda-unhandled-error'],
    ['2.0', 'rawPath', 'confirmed lambda-unhandled-error'],
    ['2.0', 'message', 'confirmed lambda-unhandled-error'],
  ])('format %s, the code misses %s: %s', (format, field, answer) => {
    expect(ends({ ...crashing, ...sends(format), ...misses(field) }, httpApi)).toBe(answer);
  });
  it('a REST proxy always sends 1.0', () => {
    expect(ends({ ...crashing, ...misses('rawPath') })).toBe('confirmed lambda-payload-mismatch');
    expect(ends({ ...crashing, ...misses('body') })).toBe('confirmed lambda-unhandled-error');
  });
  it('a custom integration sends no proxy event', () => {
    const custom = { deployedApi: deployed(route('/orders', orders, { type: 'AWS' })) };
    expect(ends({ ...crashing, ...custom, ...misses('body') })).toBe('confirmed lambda-payload-mismatch');
    expect(factsOf('lambda-payload-mismatch', { ...crashing, ...custom, ...misses('body') })).toMatchObject({
      field: 'body',
      functions: [{ sends: 'custom', routes: ['GET /orders'] }],
    });
  });
  it('an adapter that only says it does not know the event leaves it open', () => {
    const adapter = inLog('ERROR\tInvoke Error \t{"errorMessage":"Unable to determine event source based on event."}');
    expect(ends({ ...crashing, ...adapter })).toBe('suspected lambda-payload-mismatch');
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

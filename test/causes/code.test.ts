// Evidence → verdict for functions whose code fails: what the metrics count, what a line names, what the deployment sends; and the pairs that look alike.
import { describe, expect, it } from 'vitest';
import type { StageRef } from '../../lib/model/api.ts';
import { errorIn } from '../../lib/causes/signs/code-faults.ts';
import { at, burst, deployed, line, log, minute, now, orders, route } from './evidence.ts';
import { ends, verdictOf, factsOf, crashing, half, inLog, configured, noModule, killed, ownError } from './failing-code.ts';

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
  it('takes an error that rose while the code was loaded, when every call fails', () => {
    const loading = (error: string) =>
      inLog(`[ERROR] ${error}\nTraceback (most recent call last):\n  File "/var/task/app.py", line 9, in <module>`);
    expect(ends({ ...crashing, ...loading("KeyError: 'TABLE_NAME'") })).toBe('confirmed lambda-init-failure');
    expect(ends({ ...half, ...loading("KeyError: 'TABLE_NAME'") })).not.toContain('confirmed lambda-init-failure');
    expect(ends({ ...crashing, ...loading('ConnectionError: [Errno 111] Connection refused') })).toBe(
      'confirmed lambda-dependency-failure',
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
  it.each([
    ['1.0', 'APIGatewayHttpApiV2ProxyFunction', 'confirmed'],
    ['2.0', 'APIGatewayProxyFunction', 'confirmed'],
    ['2.0', 'APIGatewayHttpApiV2ProxyFunction', 'suspected'],
    ['2.0', 'ApplicationLoadBalancerFunction', 'suspected'],
  ])('format %s, read as %s: %s', (format, type, certainty) => {
    const adapter = inLog(
      `Object reference not set to an instance of an object.\n   at Amazon.Lambda.AspNetCoreServer.${type}.MarshallRequest(x)`,
    );
    expect(ends({ ...crashing, ...sends(format), ...adapter }, httpApi)).toBe(`${certainty} lambda-payload-mismatch`);
  });
  it('an adapter that only says it does not know the event leaves it open', () => {
    const adapter = inLog('ERROR\tInvoke Error \t{"errorMessage":"Unable to determine event source based on event."}');
    expect(ends({ ...crashing, ...adapter })).toBe('suspected lambda-payload-mismatch');
  });
});

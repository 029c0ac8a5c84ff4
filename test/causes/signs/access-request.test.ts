// Access-log lines read as requests: by format, by JSON names, by scattered fields; passed-on 5xx told from the gateway's own.
import { describe, expect, it } from 'vitest';
import { failedRequests, passedOn } from '../../../lib/causes/signs/access-request.ts';
import type { LogLine } from '../../../lib/model/signal.ts';

const lines = (...texts: readonly string[]): readonly LogLine[] => texts.map((text, n) => ({ at: n, log: 'access', text }));
const format =
  '{"requestId":"$context.requestId","status":"$context.status","type":"$context.error.responseType","old":"$context.integrationStatus","own":"$context.integration.status","why":"$context.integration.error"}';
const filled = (status: string, type: string, old: string, own: string, why: string): string =>
  `{"requestId":"r","status":"${status}","type":"${type}","old":"${old}","own":"${own}","why":"${why}"}`;

describe('by the stage’s own format', () => {
  it('reads each field by its variable, whatever the owner called it', () => {
    expect(failedRequests(lines(filled('503', '-', '200', '503', '-')), format)).toMatchObject([
      { status: 503, backendStatus: 503, serviceStatus: 200, responseType: '', error: '' },
    ]);
  });
  it.each([
    ['a backend’s 503', filled('503', '-', '503', '503', '-'), true],
    ['a function’s own 502', filled('502', '-', '200', '502', '-'), true],
    ['a malformed answer of a function', filled('502', 'INTEGRATION_FAILURE', '200', '-', 'Malformed Lambda proxy response'), false],
    ['a throttled function', filled('500', 'INTEGRATION_FAILURE', '429', '-', '-'), false],
    ['a permission that is missing', filled('500', 'API_CONFIGURATION_ERROR', '-', '-', '-'), false],
  ])('%s', (_, text, is) => {
    expect(failedRequests(lines(text), format).map(passedOn)).toEqual([is]);
  });
  it('leaves out what did not fail', () => {
    expect(failedRequests(lines(filled('200', '-', '200', '200', '-'), filled('404', '-', '200', '404', '-')), format)).toEqual([]);
  });
  it('reads CSV', () => {
    const csv = '$context.requestId,$context.status,$context.error.responseType,$context.integration.status,$context.responseLength';
    expect(failedRequests(lines('r,500,-,500,12'), csv).map(passedOn)).toEqual([true]);
    expect(failedRequests(lines('r,504,INTEGRATION_FAILURE,-,12'), csv).map(passedOn)).toEqual([false]);
  });
});

describe('by usual names', () => {
  it('reads JSON', () => {
    const passed = '{"status":"500","errorResponseType":"-","integrationStatus":"500","integration_error":"-"}';
    const made =
      '{"status":"502","error_responseType":"INTEGRATION_FAILURE","integration_status":"-","integration_integrationStatus":"200"}';
    expect(failedRequests(lines(passed, made)).map(passedOn)).toEqual([true, false]);
  });
  it('takes scattered fields as one request', () => {
    const scattered = [
      '"status": "500"',
      '"errorResponseType": "DEFAULT_5XX"',
      '"integrationStatus": "-"',
      '"integrationError": "PKIX path"',
    ];
    expect(failedRequests(lines(...scattered))).toMatchObject([{ status: 500, responseType: 'DEFAULT_5XX', error: 'PKIX path' }]);
  });
  it('says nothing of lines without a status', () => {
    expect(failedRequests(lines('INTEGRATION_NETWORK_FAILURE'))).toEqual([]);
    expect(failedRequests(lines('"integrationStatus": "500"'))).toEqual([]);
  });
  it('does not take a service’s refusal for a backend’s answer', () => {
    expect(failedRequests(lines('{"status": "500", "integrationStatus": "429"}')).map(passedOn)).toEqual([false]);
  });
});

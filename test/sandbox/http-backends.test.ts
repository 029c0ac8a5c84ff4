// HTTP backends of the sandbox as callers, logs and a probe meet them: status, response type and words of messages.md §2 and §6.
import { describe, expect, it } from 'vitest';
import type { ProbeInput } from '../../lib/aws/probe.ts';
import { createAccount } from '../../lib/sandbox/account/index.ts';
import type { HttpBackend } from '../../lib/sandbox/account/http-backends.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';

const host = 'backend.example.com';

function front(backend: Partial<HttpBackend>, apiType: 'REST' | 'HTTP' = 'REST') {
  const clock = new SimulatedClock(Date.parse('2026-10-01T12:00:00Z'));
  const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 3 });
  const { apiId } = account.putApi({
    apiType,
    name: 'orders',
    stage: 'prod',
    routes: [{ method: 'GET', path: '/orders', httpBackend: { uri: `https://${host}/orders`, ms: 40, ...backend } }],
    executionLogging: 'ERROR',
    accessLog: { logGroup: '/access', format: '$context.status $context.error.responseType $context.integration.status' },
  });
  const asked = async <T>(answer: Promise<T>): Promise<T> => {
    await clock.runUntil(clock.now() + 1000);
    return answer;
  };
  return {
    get: () => account.request({ apiId, stage: 'prod', method: 'GET', path: '/orders' }).status,
    async lines(group: string): Promise<readonly string[]> {
      await clock.runUntil(clock.now() + 60_000);
      const answer = await asked(account.attempt('admin')('logs:FilterLogEvents', { logGroupName: group }));
      return answer.ok ? (answer.value.events ?? []).map((e) => (e.message ?? '').replace(/^\([\w-]+\) /, '')) : [answer.error.name];
    },
    execution: `API-Gateway-Execution-Logs_${apiId}/prod`,
    async probe(more: Partial<ProbeInput> = {}) {
      const answer = await asked(account.attempt('admin')('probe:Tls', { Host: host, Port: 443, Tls: true, Path: '/orders', ...more }));
      return answer.ok ? answer.value : answer.error;
    },
  };
}
const configuration = 'Execution failed due to configuration error: ';

describe('REST', () => {
  it.each([
    ['refuses', { unreachable: true }, 504, 'INTEGRATION_FAILURE -', 'Execution failed due to a network error communicating with endpoint'],
    ['has no name', { unreachable: 'unknownName' }, 500, 'API_CONFIGURATION_ERROR -', `${configuration}Invalid endpoint address`],
    [
      'shows another name',
      { certificate: 'wrongName' },
      500,
      'API_CONFIGURATION_ERROR -',
      `${configuration}Host name '${host}' does not match the certificate subject provided by the peer (CN=old.example.net)`,
    ],
    [
      'shows an old certificate',
      { certificate: 'expired' },
      500,
      'API_CONFIGURATION_ERROR -',
      `${configuration}PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed`,
    ],
    [
      'has a variable in its address that nothing fills',
      { uri: `https://${host}/orders/{id}` },
      500,
      'API_CONFIGURATION_ERROR -',
      `${configuration}Illegal character in path at index 35: https://${host}/orders/{id}`,
    ],
    ['takes too long', { ms: 40_000 }, 504, 'INTEGRATION_TIMEOUT -', 'Execution failed due to a timeout error'],
    ['answers 503', { status: 503 }, 503, '- 503', 'Method completed with status: 503'],
    [
      'lacks the path, and 404 becomes 500',
      { paths: ['/v2'], answers: { '': '200', '4..': '500' } },
      500,
      '- 404',
      'Method completed with status: 500',
    ],
  ] as const)('a backend that %s', async (_, backend, status, access, line) => {
    const at = front(backend);
    expect(at.get()).toBe(status);
    expect(await at.lines('/access')).toEqual([`${status} ${access}`]);
    expect((await at.lines(at.execution))[0]).toBe(line);
  });
});

it('HTTP APIs give all of them one answer', async () => {
  for (const backend of [{ unreachable: true }, { certificate: 'expired' }, { certificate: 'untrusted' }] as const) {
    const at = front(backend, 'HTTP');
    expect(at.get()).toBe(503);
    expect(await at.lines('/access')).toEqual(['503 INTEGRATION_NETWORK_FAILURE -']);
  }
});

it('a probe meets the very same', async () => {
  expect(await front({}).probe()).toMatchObject({ Dns: 'found', Connect: 'open', Tls: { Names: [host] }, Status: 200 });
  expect(await front({ unreachable: true }).probe()).toEqual({ Dns: 'found', Connect: 'refused' });
  expect(await front({}).probe({ Host: 'other.example.com' })).toEqual({ Dns: 'unknownName' });
  expect(await front({ certificate: 'untrusted' }).probe()).toMatchObject({ Tls: { Fault: 'untrusted' } });
  expect(await front({ paths: ['/v2'] }).probe()).toMatchObject({ Status: 404 });
});

// The probe at a real wire: servers on this machine that refuse, speak plainly, show each kind of bad certificate; and whom it never asks.
import { createServer as createHttp } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { liveAttempt } from '../../lib/aws/live.ts';
import { isPrivate, sends } from '../../lib/aws/live/probe.ts';
import { watchedSettings } from '../../lib/aws/live/settings.ts';
import { authority } from './made-certificate.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});
function listening(server: Server): Promise<number> {
  open.push(server);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}
const here = { hosts: ['localhost', '127.0.0.1', '::1'], methods: [] };
const dayMs = 86_400_000;
const ask = (port: number, more: object = {}, roots?: string) =>
  sends(here, roots)['probe:Tls']({ Host: '127.0.0.1', Port: port, Tls: true, ServerName: 'api.example.com', Path: '/health', ...more });

describe('what it meets', () => {
  test('a plain server: the status of a HEAD, and nothing more is sent', async () => {
    const seen: string[] = [];
    const port = await listening(
      createHttp((request, response) => {
        seen.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers['user-agent']}`);
        response.writeHead(503).end();
      }),
    );
    expect(await ask(port, { Tls: false })).toEqual({ Dns: 'found', Connect: 'open', Status: 503 });
    expect(seen).toEqual(['HEAD /health api.example.com gatemedic-probe']);
  });
  test('a port that is closed', async () => {
    const server = createHttp();
    const port = await listening(server);
    await new Promise((done) => server.close(done));
    expect(await ask(port)).toEqual({ Dns: 'found', Connect: 'refused' });
  });
  test('a port that speaks no TLS', async () => {
    const port = await listening(createHttp((_, response) => void response.end()));
    expect(await ask(port)).toMatchObject({ Connect: 'open', Tls: { Fault: 'notTls' } });
  });
  test.each([
    ['good', 'api.example.com', 3, undefined],
    ['run out', 'api.example.com', -1, 'expired'],
    ['not valid yet', 'api.example.com', 20, 'notYetValid'],
    ['for another name', 'other.example.net', 3, 'wrongName'],
  ] as const)('a certificate that is %s', async (_, name, days, fault) => {
    const maker = authority();
    const { key, cert } = maker.issue(name, Date.now() + days * dayMs);
    const port = await listening(createTls({ key, cert }, (_request, response) => void response.end()));
    const met = await ask(port, {}, maker.root);
    expect(met.Tls?.Fault).toBe(fault);
    expect(met).toMatchObject({ Connect: 'open', Tls: { Names: [name] }, Status: 200 });
  });
  test('a certificate of an authority that nobody knows', async () => {
    const { key, cert } = authority().issue('api.example.com', Date.now() + 3 * dayMs);
    const port = await listening(createTls({ key, cert }, (_, response) => void response.end()));
    expect(await ask(port)).toMatchObject({ Tls: { Fault: 'untrusted' } });
  });
  test('a path from outside starts no second line', async () => {
    const seen: (string | undefined)[] = [];
    const port = await listening(createHttp((request, response) => (seen.push(request.url), void response.end())));
    await ask(port, { Tls: false, Path: '/a\r\nX: y' });
    expect(seen).toEqual(['/']);
  });
});

describe('whom it never asks', () => {
  const attempt = (hosts: readonly string[]) => liveAttempt(watchedSettings('eu-west-1'), undefined, { hosts: [...hosts], methods: [] });
  test.each([
    ['a host that is not listed', 'api.example.com', []],
    ['a name that leads to this machine', 'localhost', ['localhost']],
    ['nobody, where nothing is said', 'localhost', undefined],
  ] as const)('%s', async (_, Host, hosts) => {
    let connected = 0;
    const port = await listening(createHttp(() => connected++).on('connection', () => connected++));
    const answer = await (hosts ? attempt(hosts) : liveAttempt(watchedSettings('eu-west-1')))('probe:Tls', {
      Host,
      Port: port,
      Tls: false,
      Path: '/',
    });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'refused', name: 'ProbeNotAllowed' } });
    expect(connected).toBe(0);
  });
  test.each([
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '127.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
  ])('%s is private', (address) => {
    expect(isPrivate(address)).toBe(true);
  });
  test.each(['93.184.215.14', '172.32.0.1', '8.8.8.8', '2606:2800:21f:cb07::1'])('%s is not', (address) => {
    expect(isPrivate(address)).toBe(false);
  });
});

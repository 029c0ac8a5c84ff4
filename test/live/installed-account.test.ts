// The command line's way to an installation, on the wire: one function is asked for its settings and handed the order; the table is only read.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { installedAccount } from '../../lib/live/installed-account.ts';
import { installation } from '../messages/incidents.ts';

interface Seen {
  readonly line: string;
  readonly target: string | undefined;
  readonly body: string;
}
const seen: Seen[] = [];
let reply: (seen: Seen) => { status?: number; headers?: Record<string, string>; body: unknown };
let server: Server;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};
beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const body = await bodyOf(request);
      const one = { line: `${request.method ?? ''} ${request.url ?? ''}`, target: request.headers['x-amz-target']?.toString(), body };
      seen.push(one);
      const { status = 200, headers = {}, body: told } = reply(one);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(told));
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA0000000000000001');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'token');
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});
beforeEach(() => void (seen.length = 0));
const account = () => installedAccount(process.env, 'us-east-1');

test('the table and the settings stand in the function that takes orders', async () => {
  reply = () => ({
    body: { Environment: { Variables: { GATEMEDIC_TABLE: 'Gatemedic-Table', GATEMEDIC_INSTALLATION: JSON.stringify(installation) } } },
  });
  expect(await account().describe()).toEqual({ ok: true, value: { table: 'Gatemedic-Table', settings: installation } });
  expect(seen.map((s) => s.line)).toEqual(['GET /2015-03-31/functions/gatemedic-answer/configuration?Qualifier=live']);
});
test.each<[string, unknown, RegExp]>([
  ['its variables may not be read', {}, /no GATEMEDIC_TABLE/],
  [
    'another version’s settings',
    { Environment: { Variables: { GATEMEDIC_TABLE: 'x', GATEMEDIC_INSTALLATION: '{"mode":"maybe"}' } } },
    /gatemedic settings: /,
  ],
  ['no JSON', { Environment: { Variables: { GATEMEDIC_TABLE: 'x', GATEMEDIC_INSTALLATION: '{' } } }, /JSON/],
])('%s: said so', async (_, body, says) => {
  reply = () => ({ body });
  expect(await account().describe()).toMatchObject({ ok: false, error: { message: expect.stringMatching(says) as string } });
});
test('no such function', async () => {
  reply = () => ({ status: 404, headers: { 'x-amzn-errortype': 'ResourceNotFoundException' }, body: { Message: 'Function not found' } });
  expect(await account().describe()).toMatchObject({ ok: false, error: { kind: 'gone' } });
});
test('an order is handed over and its answer waited for', async () => {
  reply = () => ({ body: { did: 'approved', says: 'Approved.' } });
  expect(await account().hand({ origin: 'command', act: 'approve' })).toEqual({ ok: true, value: { did: 'approved', says: 'Approved.' } });
  expect(seen).toMatchObject([
    { line: 'POST /2015-03-31/functions/gatemedic-answer/invocations?Qualifier=live', body: '{"origin":"command","act":"approve"}' },
  ]);
});
test('a function that failed on it, and one that may not be invoked', async () => {
  reply = () => ({ headers: { 'x-amz-function-error': 'Unhandled' }, body: { errorMessage: 'duty answer cannot take this event' } });
  expect(await account().hand({})).toMatchObject({
    ok: false,
    error: { kind: 'refused', message: expect.stringContaining('cannot take this event') as string },
  });
  reply = () => ({ status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: { Message: 'no' } });
  expect(await account().hand({})).toMatchObject({ ok: false, error: { kind: 'denied', call: 'lambda:InvokeFunction' } });
});
test('the table is read; a write is refused before anything is sent', async () => {
  reply = () => ({ headers: { 'content-type': 'application/x-amz-json-1.0' }, body: {} });
  const store = account().store('Gatemedic-Table');
  expect(await store.get('incident#x')).toBeUndefined();
  expect(seen.map((s) => s.target)).toEqual(['DynamoDB_20120810.GetItem']);
  for (const write of [
    () => store.putIfAbsent({ key: 'a', value: 1 }),
    () => store.putIfUnchanged({ key: 'a', value: 1 }, 1),
    () => store.deleteIfUnchanged('a', 1),
    () => store.countBelow('a', 1, 1),
  ])
    expect(write).toThrow(/reads the table and writes nothing/);
  expect(seen).toHaveLength(1);
});
test('what is signed is never sent', async () => {
  const proof = await account().presign('gatemedic-1;x', Date.parse('2026-05-04T03:11:02.000Z'));
  expect(proof).toMatchObject({
    ok: true,
    value: expect.stringMatching(/^https:\/\/sts\.us-east-1\.amazonaws\.com\/\?.*X-Amz-Date=20260504T031102Z/) as string,
  });
  expect(proof.ok && new URL(proof.value).searchParams.get('X-Amz-Security-Token')).toBe('token');
  expect(seen).toEqual([]);
});

// api-deployment against the sandbox's API Gateway: found again by its token, twice is harmless, nothing unexpected goes along.
import { describe, expect, test } from 'vitest';
import { ok } from '../../lib/model/result.ts';
import deployment from '../../lib/settings/api-deployment.ts';
import { room, type Room } from './gateway-room.ts';

const edit = ({ account, at }: Room) =>
  account.editApi(at, [{ method: 'GET', path: '/orders', httpBackend: { uri: 'https://new.example.com/', ms: 20 } }]);
const targetIn = (r: Room, expects: string[] = ['GET /orders uri']) => ({
  ...r.at,
  token: 'inc-1',
  expects,
  differs: ['uri of GET /orders'],
});
const to = { token: 'inc-1' };
const uri = ({ account, at }: Room) =>
  (account.snapshot() as { stages: Record<string, { serves: { routes: { httpBackend: { uri: string } }[] } }> }).stages[`${at.apiId}/prod`]
    ?.serves.routes[0]?.httpBackend.uri;

describe('api-deployment', () => {
  test('absent until our own is there', async () => {
    const r = room(deployment);
    edit(r);
    r.account.deployApi(r.at);
    edit(r);
    const t = targetIn(r);
    expect(await deployment.read(r.aws, t)).toEqual(ok({ value: 'absent' }));
    expect(await deployment.write(r.aws, t, 'absent', to)).toEqual(ok(undefined));
    expect(await deployment.read(r.aws, t)).toEqual(ok({ value: to }));
    expect(await deployment.settled(r.aws, t, to)).toEqual(ok('settled'));
  });
  test('twice is harmless', async () => {
    const r = room(deployment);
    edit(r);
    await deployment.write(r.aws, targetIn(r), 'absent', to);
    await r.clock.runUntil(r.clock.now() + 10_000);
    expect(await deployment.write(r.aws, targetIn(r), 'absent', to)).toEqual(ok(undefined));
    expect(uri(r)).toBe('https://new.example.com/');
  });
  test('an edit that nobody saw is not deployed along', async () => {
    const r = room(deployment);
    edit(r);
    expect(await deployment.write(r.aws, targetIn(r, []), 'absent', to)).toMatchObject({
      error: { kind: 'refused', message: expect.stringMatching(/uri of GET \/orders/) },
    });
    expect(await deployment.write(r.aws, targetIn(r), to, 'absent')).toMatchObject({ error: { kind: 'refused' } });
    expect(uri(r)).toBe('https://old.example.com/');
  });
  test('says what stays', () => {
    expect(deployment.oneWay).toMatch(/stays/);
    const t = targetIn(room(deployment));
    expect(deployment.show(t, 'absent', to)).toBe('deploy what was edited to stage prod (gatemedic:inc-1): uri of GET /orders');
  });
});

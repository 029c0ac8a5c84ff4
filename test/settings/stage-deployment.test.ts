// stage-deployment and fresh-deployment against the sandbox's API Gateway: which deployment is served, and that nobody else's edit goes along.
import { describe, expect, test } from 'vitest';
import { ok } from '../../lib/model/result.ts';
import fresh, { type DeploymentTarget } from '../../lib/settings/fresh-deployment.ts';
import served from '../../lib/settings/stage-deployment.ts';
import { room, type Room } from './gateway-room.ts';

const edit = ({ account, at }: Room, timeoutMs: number, path = '/orders') =>
  account.editApi(at, [{ method: 'GET', path, httpBackend: { uri: 'https://old.example.com/', ms: 20 }, timeoutMs }]);
const idOf = async (r: Room): Promise<string> => {
  const stage = await r.account.attempt('admin')('apigateway:GetStage', { restApiId: r.at.apiId, stageName: 'prod' });
  return (stage.ok && stage.value.deploymentId) || '';
};

describe('stage-deployment', () => {
  test('an older one is served, and the newer again', async () => {
    const r = room(served);
    const old = { deploymentId: await idOf(r) };
    edit(r, 5000);
    r.account.deployApi(r.at);
    const newer = { deploymentId: await idOf(r) };
    const t = { ...r.at, differs: [] };
    const before = r.account.snapshot();
    expect(await served.read(r.aws, t)).toEqual(ok({ value: newer }));
    expect(await served.write(r.aws, t, newer, old)).toEqual(ok(undefined));
    expect(await served.settled(r.aws, t, old)).toEqual(ok('settled'));
    await served.write(r.aws, t, old, newer);
    expect(r.account.snapshot()).toEqual(before);
  });
  test('one that is gone is refused; how it differs is shown', async () => {
    const r = room(served);
    const t = { ...r.at, differs: ['GET /orders leads to another function'] };
    expect(await served.write(r.aws, t, { deploymentId: 'a' }, { deploymentId: 'gone' })).toMatchObject({
      error: { message: 'Invalid deployment identifier specified' },
    });
    expect(await served.write(r.aws, t, { deploymentId: 'a' }, 'absent')).toMatchObject({ error: { kind: 'refused' } });
    expect(served.show(t, { deploymentId: 'a' }, { deploymentId: 'b' })).toBe(
      'deployment of stage prod: a → b (GET /orders leads to another function)',
    );
    expect(served.byHand({ ...t, apiId: 'x1' }, { deploymentId: 'a' }, { deploymentId: 'b' })).toMatch(
      /op=replace,path=\/deploymentId,value=b/,
    );
  });
});

describe('fresh-deployment', () => {
  const targetIn = (r: Room, expects: string[]): DeploymentTarget => ({ ...r.at, token: 'inc-1', expects });
  test('is made of what was expected, found again by its token, and left for the one before', async () => {
    const r = room(fresh);
    const old = { deploymentId: await idOf(r) };
    edit(r, 5000);
    const t = targetIn(r, ['GET /orders timeoutInMillis']);
    expect(await fresh.read(r.aws, t)).toEqual(ok({ value: old }));
    expect(await fresh.write(r.aws, t, old, { token: 'inc-1' })).toEqual(ok(undefined));
    expect(await fresh.read(r.aws, t)).toEqual(ok({ value: { token: 'inc-1' } }));
    expect(await fresh.settled(r.aws, t, { token: 'inc-1' })).toEqual(ok('settled'));
    await fresh.write(r.aws, t, { token: 'inc-1' }, old);
    expect(await fresh.read(r.aws, t)).toEqual(ok({ value: old }));
  });
  test.each([
    ['a route that somebody added', (r: Room) => edit(r, 5000, '/returns'), /GET \/orders was removed/],
    ['another field', (r: Room) => edit(r, 5000), /timeoutInMillis of GET \/orders: 29000 is deployed, 5000 is edited/],
  ])('is not made with %s', async (_what, change, says) => {
    const r = room(fresh);
    change(r);
    const before = r.account.snapshot();
    expect(await fresh.write(r.aws, targetIn(r, []), { deploymentId: 'a' }, { token: 'inc-1' })).toMatchObject({
      error: { kind: 'refused', message: expect.stringMatching(says) },
    });
    expect(r.account.snapshot()).toEqual(before);
  });
  test('is not made of an API too large to compare', async () => {
    const call = async (name: string) =>
      ok(name === 'apigateway:GetResources' ? { items: [], position: 'more' } : { body: new TextEncoder().encode('{}') });
    const t = targetIn(room(fresh), []);
    expect(await fresh.write({ call } as never, t, { deploymentId: 'a' }, { token: 'inc-1' })).toMatchObject({
      error: { message: expect.stringMatching(/as a whole/) },
    });
  });
});

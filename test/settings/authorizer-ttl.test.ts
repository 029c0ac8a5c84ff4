// authorizer-ttl against the sandbox's API Gateway: the edited value of both families, and AWS's own limits.
import { describe, expect, test } from 'vitest';
import { ok } from '../../lib/model/result.ts';
import ttl, { type AuthorizerTarget } from '../../lib/settings/authorizer-ttl.ts';
import { room, type Room } from './gateway-room.ts';

const [none, five] = [{ seconds: 0 }, { seconds: 300 }];

async function targetIn({ account, at }: Room): Promise<AuthorizerTarget> {
  const rest = at.apiType === 'REST';
  account.putFunction({ name: 'guard', timeoutSeconds: 5, memoryMb: 128, initMs: 1, work: { outcome: 'ok', ms: 5 } });
  account.putAuthorizer(at, { name: 'Guard', type: rest ? 'token' : 'request', functionName: 'guard' });
  const admin = account.attempt('admin');
  const list = rest ? await admin('apigateway:GetAuthorizers', { restApiId: at.apiId }) : undefined;
  const v2 = rest ? undefined : await admin('apigatewayv2:GetAuthorizers', { ApiId: at.apiId });
  const authorizerId = (list?.ok && list.value.items?.[0]?.id) || (v2?.ok && v2.value.Items?.[0]?.AuthorizerId) || '';
  return { ...at, authorizerId, name: 'Guard' };
}

describe('authorizer-ttl', () => {
  test.each(['REST', 'HTTP'] as const)('%s: raised and lowered again', async (apiType) => {
    const r = room(ttl, apiType);
    const t = await targetIn(r);
    const before = r.account.snapshot();
    expect(await ttl.read(r.aws, t)).toEqual(ok({ value: none }));
    expect(await ttl.write(r.aws, t, none, five)).toEqual(ok(undefined));
    expect(await ttl.settled(r.aws, t, five)).toEqual(ok('settled'));
    await ttl.write(r.aws, t, five, none);
    expect(r.account.snapshot()).toEqual(before);
  });
  test('what is gone, and what AWS refuses, comes back as it is', async () => {
    const r = room(ttl);
    const t = await targetIn(r);
    expect(await ttl.read(r.aws, { ...t, authorizerId: 'gone' })).toMatchObject({ error: { kind: 'gone' } });
    expect(await ttl.write(r.aws, t, none, { seconds: 4000 })).toMatchObject({
      error: { kind: 'refused', message: expect.stringMatching(/between 0 and 3600/) },
    });
    expect(await ttl.write(r.aws, t, none, 'absent')).toMatchObject({ error: { kind: 'refused' } });
  });
  test('is shown, and done by hand, as it is', () => {
    const t: AuthorizerTarget = {
      accountId: '1',
      region: 'us-east-1',
      apiType: 'HTTP',
      apiId: 'a1',
      stage: 'prod',
      authorizerId: 'x',
      name: 'Guard',
    };
    expect(ttl.show(t, none, five)).toBe('answers of authorizer Guard are kept: not at all → 300 s');
    expect(ttl.byHand(t, none, five)).toBe(
      'aws apigatewayv2 update-authorizer --api-id a1 --authorizer-id x --authorizer-result-ttl-in-seconds 300 --region us-east-1',
    );
    expect(ttl.byHand({ ...t, apiType: 'REST' }, none, five)).toMatch(/op=replace,path=\/authorizerResultTtlInSeconds,value=300/);
  });
});

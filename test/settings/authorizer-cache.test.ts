// authorizer-cache against the sandbox's API Gateway: nothing of it can be read, twice is harmless.
import { describe, expect, test } from 'vitest';
import { ok } from '../../lib/model/result.ts';
import cache from '../../lib/settings/authorizer-cache.ts';
import { room } from './gateway-room.ts';

const flushed = { flushed: true as const };

describe('authorizer-cache', () => {
  test.each(['REST', 'HTTP'] as const)('%s: flushed, again and again', async (apiType) => {
    const { aws, account, at } = room(cache, apiType);
    const t = { ...at, ttlSeconds: 300 };
    const before = account.snapshot();
    expect(await cache.read(aws, t)).toEqual(ok({ value: 'absent' }));
    expect(await cache.write(aws, t, 'absent', flushed)).toEqual(ok(undefined));
    expect(await cache.write(aws, t, 'absent', flushed)).toEqual(ok(undefined));
    expect(await cache.settled(aws, t, flushed)).toEqual(ok('settled'));
    expect(account.snapshot()).toEqual(before);
    expect(await cache.write(aws, { ...t, stage: 'gone' }, 'absent', flushed)).toMatchObject({ error: { kind: 'gone' } });
  });
  test('says what stays, and how it is done by hand', () => {
    const t = { accountId: '1', region: 'us-east-1', apiType: 'HTTP' as const, apiId: 'a1', stage: 'prod', ttlSeconds: 300 };
    expect(cache.oneWay).toMatch(/forgotten/);
    expect(cache.show(t, 'absent', flushed)).toBe('forget the authorizers’ answers that stage prod keeps for up to 300 s');
    expect(cache.byHand(t, 'absent', flushed)).toBe(
      'aws apigatewayv2 reset-authorizers-cache --api-id a1 --stage-name prod --region us-east-1',
    );
    expect(cache.byHand({ ...t, apiType: 'REST' }, 'absent', flushed)).toMatch(/^aws apigateway flush-stage-authorizers-cache/);
  });
});

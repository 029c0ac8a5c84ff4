// stage-throttling against the sandbox's API Gateway: stage and route, both families, and the level of the log left alone.
import { describe, expect, test } from 'vitest';
import { ok } from '../../lib/model/result.ts';
import throttling from '../../lib/settings/stage-throttling.ts';
import { room } from './gateway-room.ts';

const [two, many] = [
  { rate: 2, burst: 2 },
  { rate: 100, burst: 50 },
];

describe('stage-throttling', () => {
  test.each([
    ['REST', '*'],
    ['REST', 'GET /orders'],
    ['HTTP', '*'],
    ['HTTP', 'GET /orders'],
    ['WEBSOCKET', '*'],
  ] as const)('%s %s: set, raised, and taken away again', async (apiType, route) => {
    const { aws, account, at } = room(throttling, apiType);
    const t = { ...at, route };
    const before = account.snapshot();
    expect(await throttling.read(aws, t)).toEqual(ok({ value: 'absent' }));
    expect(await throttling.write(aws, t, 'absent', two)).toEqual(ok(undefined));
    expect(await throttling.read(aws, t)).toEqual(ok({ value: two }));
    const set = account.snapshot();
    await throttling.write(aws, t, two, many);
    expect(await throttling.settled(aws, t, many)).toEqual(ok('settled'));
    await throttling.write(aws, t, many, two);
    expect(account.snapshot()).toEqual(set);
    await throttling.write(aws, t, two, 'absent');
    expect(account.snapshot()).toEqual(before);
  });
  test('REST: a stage that only logs shows the account’s limits, which is what it has', async () => {
    const { aws, account, at } = room(throttling);
    account.setLogging({ ...at, executionLogging: 'ERROR' });
    expect(await throttling.read(aws, { ...at, route: '*' })).toEqual(ok({ value: { rate: 10_000, burst: 5000 } }));
  });
  test('is shown, and done by hand, as it is', () => {
    const t = { accountId: '1', region: 'us-east-1', apiType: 'REST' as const, apiId: 'a1', stage: 'prod', route: 'GET /a/b' };
    expect(throttling.show(t, two, 'absent')).toBe('limit of GET /a/b: 2 a second, 2 at once → the account’s limit');
    expect(throttling.byHand(t, two, many)).toBe(
      "aws apigateway update-stage --rest-api-id a1 --stage-name prod --region us-east-1 --patch-operations 'op=replace,path=/~1a~1b/GET/throttling/rateLimit,value=100' 'op=replace,path=/~1a~1b/GET/throttling/burstLimit,value=50'",
    );
    expect(throttling.byHand({ ...t, apiType: 'HTTP', route: '*' }, two, many)).toMatch(
      /--default-route-settings '\{"ThrottlingRateLimit":100/,
    );
  });
});

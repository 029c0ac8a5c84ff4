// canary-traffic against the sandbox's API Gateway: the share moves, the canary stays, and none is made.
import { describe, expect, test } from 'vitest';
import { ok } from '../../lib/model/result.ts';
import canary from '../../lib/settings/canary-traffic.ts';
import { room } from './gateway-room.ts';

const [fifth, none] = [{ percent: 20 }, { percent: 0 }];

describe('canary-traffic', () => {
  test('to nought and back, exactly', async () => {
    const { aws, account, at } = room(canary);
    expect(await canary.read(aws, at)).toEqual(ok({ value: 'absent' }));
    account.setCanary({ ...at, canary: { percent: 20, variables: { alias: 'next' } } });
    const before = account.snapshot();
    expect(await canary.read(aws, at)).toEqual(ok({ value: fifth }));
    expect(await canary.write(aws, at, fifth, none)).toEqual(ok(undefined));
    expect(await canary.settled(aws, at, none)).toEqual(ok('settled'));
    await canary.write(aws, at, none, fifth);
    expect(account.snapshot()).toEqual(before);
  });
  test('no canary is made or removed', async () => {
    const { aws, account, at } = room(canary);
    const before = account.snapshot();
    expect(await canary.write(aws, at, 'absent', fifth)).toMatchObject({ error: { kind: 'refused' } });
    expect(await canary.write(aws, at, fifth, 'absent')).toMatchObject({ error: { kind: 'refused' } });
    expect(account.snapshot()).toEqual(before);
  });
  test('is shown, and done by hand, as it is', () => {
    const t = { accountId: '1', region: 'us-east-1', apiType: 'REST' as const, apiId: 'a1', stage: 'prod' };
    expect(canary.show(t, fifth, none)).toBe('canary of stage prod: 20 % of the requests → 0 % of the requests');
    expect(canary.byHand(t, fifth, none)).toMatch(/op=replace,path=\/canarySettings\/percentTraffic,value=0\.0/);
  });
});

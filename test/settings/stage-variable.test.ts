// stage-variable against the sandbox's API Gateway: absent is not empty, and the stage's other variables stay.
import { describe, expect, test } from 'vitest';
import { ok } from '../../lib/model/result.ts';
import variable from '../../lib/settings/stage-variable.ts';
import { room } from './gateway-room.ts';

const live = { value: 'live' };

describe('stage-variable', () => {
  test.each(['REST', 'HTTP'] as const)('%s: set and taken away again, others stay', async (apiType) => {
    const { aws, account, at } = room(variable, apiType);
    account.setVariable({ ...at, name: 'other', value: 'x' });
    const t = { ...at, name: 'alias' };
    const before = account.snapshot();
    expect(await variable.read(aws, t)).toEqual(ok({ value: 'absent' }));
    expect(await variable.write(aws, t, 'absent', live)).toEqual(ok(undefined));
    expect(await variable.settled(aws, t, live)).toEqual(ok('settled'));
    expect(account.snapshot()).toMatchObject({ stages: { [`${at.apiId}/prod`]: { variables: { alias: 'live', other: 'x' } } } });
    expect(await variable.write(aws, t, live, 'absent')).toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
  });
  test('what API Gateway does not take comes back as it is', async () => {
    const { aws, at } = room(variable);
    expect(await variable.write(aws, { ...at, name: 'alias' }, 'absent', { value: 'a*b' })).toMatchObject({
      error: { kind: 'refused', message: expect.stringMatching(/Invalid stage variable value/) },
    });
  });
  test('is shown, and done by hand, as it is', () => {
    const t = { accountId: '1', region: 'us-east-1', apiType: 'REST' as const, apiId: 'a1', stage: 'prod', name: 'alias' };
    expect(variable.show(t, 'absent', live)).toBe('stage variable alias of prod: not set → live');
    expect(variable.show(t, { value: '' }, live)).toBe('stage variable alias of prod: empty → live');
    expect(variable.byHand(t, 'absent', live)).toMatch(/op=replace,path=\/variables\/alias,value=live/);
    expect(variable.byHand({ ...t, apiType: 'HTTP' }, 'absent', { value: 'a b' })).toBe(
      "aws apigatewayv2 update-stage --api-id a1 --stage-name prod --region us-east-1 --stage-variables 'alias=a b'",
    );
  });
});

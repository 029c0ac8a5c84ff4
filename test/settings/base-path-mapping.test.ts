// base-path-mapping against the sandbox's API Gateway: made and removed, never led elsewhere.
import { describe, expect, test } from 'vitest';
import { ok } from '../../lib/model/result.ts';
import mapping from '../../lib/settings/base-path-mapping.ts';
import { room } from './gateway-room.ts';

const domainName = 'api.example.com';

describe('base-path-mapping', () => {
  test.each(['', 'v1'])('made under "%s" and removed again', async (basePath) => {
    const { aws, account, at } = room(mapping);
    account.putDomain({ name: domainName, mappings: [{ path: 'other', apiId: at.apiId, stage: at.stage }] });
    const before = account.snapshot();
    const t = { accountId: at.accountId, region: at.region, domainName, basePath };
    const here = { apiId: at.apiId, stage: at.stage };
    expect(await mapping.read(aws, t)).toEqual(ok({ value: 'absent' }));
    expect(await mapping.write(aws, t, 'absent', here)).toEqual(ok(undefined));
    expect(await mapping.read(aws, t)).toEqual(ok({ value: here }));
    expect(await mapping.settled(aws, t, here)).toEqual(ok('settled'));
    expect(await mapping.write(aws, t, 'absent', here)).toMatchObject({ error: { kind: 'conflict' } });
    expect(await mapping.write(aws, t, here, { ...here, stage: 'dev' })).toMatchObject({ error: { kind: 'refused' } });
    await mapping.write(aws, t, here, 'absent');
    expect(await mapping.write(aws, t, here, 'absent')).toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
  });
  test('is shown, done by hand, and compared with the owner’s list, as it is', () => {
    const t = { accountId: '1', region: 'us-east-1', domainName, basePath: '' };
    const here = { apiId: 'a1', stage: 'prod' };
    expect(mapping.show(t, 'absent', here)).toBe('https://api.example.com/ leads to: nowhere → a1/prod');
    expect(mapping.byHand(t, 'absent', here)).toBe(
      "aws apigateway create-base-path-mapping --domain-name api.example.com --base-path '(none)' --region us-east-1 --rest-api-id a1 --stage prod",
    );
    expect(mapping.writesTo(t)).toBe('arn:aws:apigateway:us-east-1::/domainnames/api.example.com/basepathmappings/(none)');
  });
});

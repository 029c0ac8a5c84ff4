// stage-logging against the sandbox's API Gateway: a level that nobody set is not OFF, and what else a stage says is left alone.
import { describe, expect, test } from 'vitest';
import { err, ok } from '../../lib/model/result.ts';
import logging from '../../lib/settings/stage-logging.ts';
import { room } from './gateway-room.ts';

const error = { level: 'ERROR' as const };

describe('stage-logging', () => {
  test('REST: set and taken away again, exactly', async () => {
    const { aws, account, at } = room(logging);
    account.setThrottle({ ...at, limit: { rate: 7, burst: 9 } });
    const before = account.snapshot();
    expect(await logging.read(aws, at)).toEqual(ok({ value: 'absent' }));
    expect(await logging.write(aws, at, 'absent', error)).toEqual(ok(undefined));
    expect(await logging.read(aws, at)).toEqual(ok({ value: error }));
    expect(await logging.settled(aws, at, error)).toEqual(ok('settled'));
    expect(await logging.write(aws, at, error, 'absent')).toEqual(ok(undefined));
    expect(await logging.settled(aws, at, 'absent')).toEqual(ok('settled'));
    expect(account.snapshot()).toEqual(before);
  });
  test('WebSocket: the level alone changes, limits stay', async () => {
    const { aws, account, at } = room(logging, 'WEBSOCKET');
    account.setThrottle({ ...at, limit: { rate: 7, burst: 9 } });
    const before = account.snapshot();
    expect(await logging.read(aws, at)).toEqual(ok({ value: { level: 'OFF' } }));
    await logging.write(aws, at, { level: 'OFF' }, error);
    expect(account.snapshot()).toMatchObject({
      stages: { [`${at.apiId}/prod`]: { executionLogging: 'ERROR', throttle: { rate: 7, burst: 9 } } },
    });
    await logging.write(aws, at, error, { level: 'OFF' });
    expect(account.snapshot()).toEqual(before);
  });
  test('AWS’s refusal without a role for logs comes back as it is; a stage that is gone too', async () => {
    const { aws, account, at } = room(logging);
    account.setLogsRole(false);
    expect(await logging.write(aws, at, 'absent', error)).toMatchObject({
      error: { kind: 'refused', message: expect.stringMatching(/role ARN must be set/) },
    });
    expect(await logging.read(aws, { ...at, stage: 'gone' })).toMatchObject(err({ kind: 'gone' }));
  });
  test('is shown, and done by hand, as it is', () => {
    const at = { accountId: '111122223333', region: 'us-east-1', apiType: 'REST' as const, apiId: 'a1', stage: 'prod' };
    expect(logging.show(at, 'absent', error)).toBe('execution log of stage prod: not set → ERROR, for all routes, without bodies');
    expect(logging.byHand(at, error, 'absent')).toBe(
      "aws apigateway update-stage --rest-api-id a1 --stage-name prod --region us-east-1 --patch-operations 'op=remove,path=/*/*/logging/loglevel'",
    );
    expect(logging.writesTo(at)).toBe('arn:aws:apigateway:us-east-1::/restapis/a1/stages/prod');
    expect(logging.snippets(at, error, at).map((s) => s.title)).toEqual(['CDK', 'CloudFormation', 'Terraform']);
  });
});

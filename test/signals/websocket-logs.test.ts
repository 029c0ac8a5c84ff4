// Logs of WebSocket APIs: their group has the API's id and stage in a name that access logs use too, their request ids are short.
import { describe, expect, test } from 'vitest';
import { readEvent } from '../../lib/signals/index.ts';
import type { LogSource } from '../../lib/signals/shape.ts';
import { batchEvent, here, logEvent } from './examples.ts';

const read = (event: unknown, source?: LogSource) => readEvent(event, { here, source: async () => source });

describe('WebSocket execution logs', () => {
  const group = '/aws/apigateway/w1b2c3d4e5/prod';
  const at = { accountId: here.accountId, region: here.region, apiType: 'WEBSOCKET' as const, apiId: 'w1b2c3d4e5', stage: 'prod' };
  const lines = [
    logEvent(1, '(PDS1PEC4oAMFpyA=) Execution failed due to configuration error: Invalid permissions on Lambda function'),
    logEvent(2, '(PDS1PEC4oAMFpyA=) Gateway response type: AUTHORIZER_CONFIGURATION_ERROR with status code: 500'),
    logEvent(3, '(PDS1PFX4oAMF1ab=) Execution failed due to an internal error'),
  ];
  test.each([
    ['that the reconciler noted', { at, kind: 'execution' as const }],
    ['that nobody noted, by its name and its lines', undefined],
  ])('of a group %s: short request ids, each once', async (_, source) => {
    const { signals } = await read(batchEvent(lines, { logGroup: group }), source);
    expect(signals).toHaveLength(1);
    expect(signals[0]).toMatchObject({
      subject: { by: 'stage', apiType: 'WEBSOCKET', apiId: 'w1b2c3d4e5', stage: 'prod' },
      failures: 2,
    });
    expect(signals[0]?.lines[0]).toMatchObject({ log: 'execution', requestId: 'PDS1PEC4oAMFpyA=' });
  });
  test('an access log of such a name is read as one, and names its API by what only WebSocket lines hold', async () => {
    const line = JSON.stringify({
      requestId: 'x',
      apiId: 'w1b2c3d4e5',
      stage: 'prod',
      status: '500',
      routeKey: '$connect',
      connectionId: 'L0SM9cOFvHcCIhw=',
    });
    const { signals } = await read(batchEvent([logEvent(1, line)], { logGroup: group }));
    expect(signals[0]).toMatchObject({ subject: { apiType: 'WEBSOCKET', apiId: 'w1b2c3d4e5', stage: 'prod' }, failures: 1 });
    expect(signals[0]?.lines[0]).toMatchObject({ log: 'access' });
  });
});

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { accessPattern, executionPattern, logGroupsOf } from '../../lib/stages/upkeep/log-groups.ts';
import subscribe, { type Subscribed } from '../../lib/stages/subscribe.ts';
import { rows } from '../../lib/store/rows.ts';
import { answered, failed, upkeepWorld } from './upkeep-world.ts';

const destinationArn = 'arn:aws:lambda:us-east-1:123456789012:function:gatemedic-intake:live';
const execution = 'API-Gateway-Execution-Logs_a1b2c3d4e5/prod';
const groupArn = (name: string) => `arn:aws:logs:us-east-1:123456789012:log-group:${name}`;
const format = '{"requestId":"$context.requestId","status":"$context.status"}';
type Filter = { filterName: string; destinationArn: string; filterPattern: string };

/** An account with two listed stages, whose log groups hold filters as AWS keeps them. */
function account(groups: Record<string, Filter[]>, logging: { rest?: object; http?: object } = {}) {
  const w = upkeepWorld({
    script: {
      'apigateway:GetStage': () =>
        answered(
          logging.rest ?? {
            methodSettings: { '*/*': { loggingLevel: 'ERROR' } },
            accessLogSettings: { destinationArn: groupArn('access/orders'), format },
          },
        ),
      'apigatewayv2:GetStage': () =>
        answered(logging.http ?? { AccessLogSettings: { DestinationArn: `${groupArn('access/search')}:*`, Format: format } }),
      'logs:DescribeSubscriptionFilters': ({ logGroupName = '' }) =>
        groups[logGroupName] ? answered({ subscriptionFilters: groups[logGroupName] }) : failed('gone', 'ResourceNotFoundException'),
      'logs:PutSubscriptionFilter': ({ logGroupName = '', filterName = '', filterPattern = '', destinationArn = '' }) => {
        const there = groups[logGroupName] ?? [];
        if (there.length >= 2 && !there.some((f) => f.filterName === filterName)) return failed('refused', 'LimitExceededException');
        groups[logGroupName] = [...there.filter((f) => f.filterName !== filterName), { filterName, filterPattern, destinationArn }];
        return answered({});
      },
      'logs:DeleteSubscriptionFilter': ({ logGroupName = '', filterName }) => {
        groups[logGroupName] = (groups[logGroupName] ?? []).filter((f) => f.filterName !== filterName);
        return answered({});
      },
    },
  });
  const run = async (input: Record<string, unknown> = {}): Promise<Subscribed> =>
    (await subscribe.run(w.world, v.parse(subscribe.input, { destinationArn, ...input }))) as Subscribed;
  const writes = () => w.calls.filter((c) => /Put|Delete/.test(c.name)).length;
  return { ...w, run, writes, groups };
}
const empty = () => ({ [execution]: [], 'access/orders': [], 'access/search': [] });

describe('subscribing', () => {
  test('each log group of each listed stage gets our one filter, and intake’s note of what it is', async () => {
    const a = account(empty());
    expect(await a.run()).toMatchObject({ gaps: [], removed: [] });
    expect(a.groups).toEqual({
      [execution]: [{ filterName: 'gatemedic', destinationArn, filterPattern: executionPattern }],
      'access/orders': [{ filterName: 'gatemedic', destinationArn, filterPattern: accessPattern }],
      'access/search': [{ filterName: 'gatemedic', destinationArn, filterPattern: accessPattern }],
    });
    expect((await rows.source.get(a.store, 'access/search'))?.value).toEqual({
      logGroup: 'access/search',
      kind: 'access',
      format,
      at: { accountId: '123456789012', region: 'us-east-1', apiType: 'HTTP', apiId: 'h1h2h3h4h5', apiName: 'search', stage: '$default' },
    });
    expect(a.published).toEqual([]);
  });

  test('a second run writes nothing', async () => {
    const a = account(empty());
    await a.run();
    const [writes, puts] = [a.writes(), a.counts.puts];
    await a.run();
    expect([a.writes(), a.counts.puts]).toEqual([writes, puts]);
  });

  test('a filter of an older version is mended, another’s is left', async () => {
    const other = { filterName: 'theirs', destinationArn: 'arn:x', filterPattern: '' };
    const a = account({
      ...empty(),
      [execution]: [other, { filterName: 'gatemedic', destinationArn: `${destinationArn}-old`, filterPattern: 'x' }],
    });
    await a.run();
    expect(a.groups[execution]).toEqual([other, { filterName: 'gatemedic', destinationArn, filterPattern: executionPattern }]);
  });

  test('patterns are plain terms that the gateway’s failing lines hold', () => {
    expect(executionPattern).toBe(
      '?"Execution failed" ?"Lambda execution failed" ?"Lambda invocation failed" ?"status: 500" ?"status: 501" ?"status: 502" ?"status: 503" ?"status: 504" ?"status: 505" ?"status: 507" ?"status: 508" ?"status: 511"',
    );
    expect(accessPattern).toBe('?500 ?501 ?502 ?503 ?504 ?505 ?507 ?508 ?511');
    expect(executionPattern.length).toBeLessThanOrEqual(1024);
  });
});

describe('a WebSocket API', () => {
  const chat = { apiType: 'WEBSOCKET' as const, apiId: 'w1b2c3d4e5', apiName: 'chat', stage: 'prod' };
  const groupsWanted = async (settings: object) => {
    const w = upkeepWorld({ script: { 'apigatewayv2:GetStage': () => answered(settings) }, installation: { stages: [chat] } });
    return (await logGroupsOf(w.world)).groups.map((g) => [g.logGroup, g.kind]);
  };
  test('writes an execution log of its own name, where one of its routes logs', async () => {
    const own = [['/aws/apigateway/w1b2c3d4e5/prod', 'execution']];
    expect(await groupsWanted({ DefaultRouteSettings: { LoggingLevel: 'ERROR' } })).toEqual(own);
    expect(
      await groupsWanted({ DefaultRouteSettings: { LoggingLevel: 'OFF' }, RouteSettings: { $connect: { LoggingLevel: 'INFO' } } }),
    ).toEqual(own);
    expect(await groupsWanted({ DefaultRouteSettings: { LoggingLevel: 'OFF' } })).toEqual([]);
    expect(await groupsWanted({})).toEqual([]);
  });
});

describe('gaps are told once and fail nothing', () => {
  const others = [1, 2].map((n) => ({ filterName: `theirs-${n}`, destinationArn: 'arn:x', filterPattern: '' }));
  test.each([
    ['a group that is not there yet', { 'access/orders': [], 'access/search': [] }, {}, 'does not exist yet'],
    ['both filters taken', { ...empty(), [execution]: others }, {}, 'theirs-1, theirs-2'],
    ['no logs at all', empty(), { rest: {} }, 'writes no logs'],
    [
      'a Firehose stream',
      empty(),
      {
        http: {
          AccessLogSettings: {
            DestinationArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-x',
            Format: format,
          },
        },
      },
      'is no log group',
    ],
    [
      'a format without a status',
      empty(),
      { http: { AccessLogSettings: { DestinationArn: groupArn('access/search'), Format: '$context.requestId' } } },
      'without $context.status',
    ],
    [
      'our own group',
      empty(),
      { http: { AccessLogSettings: { DestinationArn: groupArn('/aws/lambda/gatemedic-intake'), Format: format } } },
      'own name',
    ],
  ])('%s', async (_, groups, logging, says) => {
    const a = account(groups, logging);
    expect((await a.run()).gaps).toEqual([expect.stringContaining(says)]);
    await a.run();
    a.pass(40 * 24 * 3_600_000);
    await a.run();
    expect(a.published).toHaveLength(1);
    expect(a.published[0]).toMatchObject({ kind: 'upkeep', urgent: false, says: expect.stringContaining(says) });
  });

  test('an INFREQUENT_ACCESS group is a gap in AWS’s words', async () => {
    const a = account(empty());
    a.script['logs:PutSubscriptionFilter'] = () =>
      failed('refused', 'InvalidParameterException', 'Subscription filters are not supported for log group class INFREQUENT_ACCESS');
    expect((await a.run()).gaps).toHaveLength(3);
    expect(a.published[0]?.['says']).toContain('INFREQUENT_ACCESS');
  });

  test('a gap that closed and opens again is told again', async () => {
    const groups: Record<string, Filter[]> = empty();
    delete groups[execution];
    const a = account(groups);
    await a.run();
    groups[execution] = [];
    await a.run();
    expect(groups[execution]).toHaveLength(1);
    delete groups[execution];
    await a.run();
    expect(a.published).toHaveLength(2);
  });

  test('what passes by itself is neither told nor a reason to take filters away', async () => {
    const a = account(empty());
    await a.run();
    a.script['apigateway:GetStage'] = () => failed('throttled');
    expect(await a.run()).toMatchObject({ gaps: [], removed: [] });
    expect(a.groups[execution]).toHaveLength(1);
    a.script['apigateway:GetStage'] = () => failed('denied', 'AccessDeniedException');
    await a.run();
    expect(a.groups[execution]).toHaveLength(1);
  });
});

describe('taking away', () => {
  const theirs = { filterName: 'theirs', destinationArn: 'arn:x', filterPattern: '' };

  test('a group that no stage writes to any more loses our filter', async () => {
    const logging = { rest: { methodSettings: { '*/*': { loggingLevel: 'INFO' } } } as object };
    const a = account(empty(), logging);
    await a.run();
    logging.rest = { accessLogSettings: { destinationArn: groupArn('access/orders'), format } };
    expect(await a.run()).toMatchObject({ removed: [execution] });
    expect(a.groups[execution]).toEqual([]);
    expect(await rows.source.get(a.store, execution)).toBeUndefined();
  });

  test.each([
    ['by the schedule’s input', { remove: true }],
    ['by a custom resource', { RequestType: 'Delete', ResourceProperties: { ServiceToken: 'arn:x', destinationArn } }],
  ])('%s: all of ours go, nobody else’s', async (_, input) => {
    const groups: Record<string, Filter[]> = { ...empty(), [execution]: [theirs] };
    const a = account(groups);
    await a.run();
    expect(await a.run(input)).toMatchObject({ PhysicalResourceId: 'gatemedic-subscriptions' });
    expect(groups).toEqual({ [execution]: [theirs], 'access/orders': [], 'access/search': [] });
    expect(a.store.keys().filter((k) => k.startsWith('source#'))).toEqual([]);
  });

  test('a filter of our name that leads elsewhere is somebody else’s', async () => {
    const a = account({ ...empty(), [execution]: [{ ...theirs, filterName: 'gatemedic' }] });
    await a.run({ remove: true });
    expect(a.groups[execution]).toHaveLength(1);
  });

  test('a stack that goes does not hang on what AWS refuses', async () => {
    const a = account(empty());
    await a.run();
    a.script['logs:DescribeSubscriptionFilters'] = () => failed('denied');
    a.script['apigateway:GetStage'] = () => {
      throw new TypeError('bug');
    };
    await expect(a.run({ remove: true })).resolves.toMatchObject({ removed: [] });
  });

  test('Create and Update of the custom resource reconcile', async () => {
    const a = account(empty());
    await a.run({ RequestType: 'Create', ResourceProperties: { destinationArn } });
    expect(a.groups[execution]).toHaveLength(1);
  });
});

test('two stages that share a group are both noted', async () => {
  const a = account(empty(), {
    rest: { accessLogSettings: { destinationArn: groupArn('access/all'), format } },
    http: { AccessLogSettings: { DestinationArn: groupArn('access/all'), Format: format } },
  });
  a.groups['access/all'] = [];
  await a.run();
  expect((await rows.source.get(a.store, 'access/all'))?.value).toMatchObject({
    at: { apiId: 'a1b2c3d4e5' },
    also: [{ at: { apiId: 'h1h2h3h4h5' }, format }],
  });
});

test('an input without a destination is refused with its name', () => {
  expect(v.safeParse(subscribe.input, {}).success).toBe(false);
  expect(v.safeParse(subscribe.input, { destinationArn: 'gatemedic' }).success).toBe(false);
});

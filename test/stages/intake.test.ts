import { describe, expect, test } from 'vitest';
import { intake } from '../../lib/stages/intake.ts';
import { rows } from '../../lib/store/rows.ts';
import { WorldError } from '../../lib/world.ts';
import {
  batchEvent,
  compositeAlarm,
  logEvent,
  mathAlarm,
  metricAlarm,
  permissionLines,
  requestId,
  snsEvent,
  snsMessage,
} from '../signals/examples.ts';
import { answered, failed, upkeepWorld } from './upkeep-world.ts';

const startAt = 1_700_000_000_000;
const restKey = 'a1b2c3d4e5/prod';
const iso = (ms: number) => new Date(ms).toISOString().replace('Z', '+0000');
const alarm = (at: number, change: Parameters<typeof metricAlarm>[0] = {}) => metricAlarm({ at: iso(at), reasonData: '{}', ...change });
const burst = (from: number, count = 3, at = startAt) =>
  batchEvent(Array.from({ length: count }, (_, n) => permissionLines(from + n, at - count + 1 + n)).flat());
const liveIncident = async (w: ReturnType<typeof upkeepWorld>, key = restKey) => {
  const row = (await rows.stage.get(w.store, key))?.value;
  return row?.live && (await rows.incident.get(w.store, row.live.incidentId))?.value;
};

describe('opening', () => {
  test('a listed stage, by an alarm on its name: row, incident, execution, all under one id', async () => {
    const w = upkeepWorld();
    expect(await intake(w.world, alarm(startAt))).toMatchObject({ opened: ['opened'], refused: 0 });
    const incident = await liveIncident(w);
    expect(incident).toMatchObject({
      at: { apiType: 'REST', apiId: 'a1b2c3d4e5', apiName: 'orders', stage: 'prod' },
      watched: true,
      phase: 'live',
      from: 'alarm',
      rounds: 0,
      openedAt: startAt,
    });
    expect([...w.executions.keys()]).toEqual([incident?.id]);
    expect(incident?.id).toMatch(/^inc-[0-9a-z]{1,12}-[a-z0-9]{1,60}$/);
    expect(w.counts.puts).toBe(2);
    expect(w.calls).toEqual([]);
  });

  test('by its log, with lines and a count', async () => {
    const w = upkeepWorld();
    await intake(w.world, burst(1));
    expect(await liveIncident(w)).toMatchObject({ from: 'log', failures: 3, firstFailureAt: startAt - 2, lastFailureAt: startAt });
    expect((await liveIncident(w))?.lines.length).toBe(6);
  });

  test('an HTTP stage by a math alarm', async () => {
    const w = upkeepWorld();
    await intake(w.world, { ...mathAlarm });
    expect(await liveIncident(w, 'h1h2h3h4h5/$default')).toMatchObject({ at: { apiType: 'HTTP' }, watched: true });
  });

  test('an unlisted REST stage is found by name, asked once, and not watched', async () => {
    const items = [{ id: 'zzzzzzzzz1', name: 'other' }];
    const w = upkeepWorld({
      script: {
        'apigateway:GetRestApis': ({ position }) =>
          answered(position ? { items: [{ id: 'yyyyyyyyy2', name: 'carts' }] } : { items, position: 'p2' }),
      },
    });
    await intake(w.world, alarm(startAt, { dimensions: { ApiName: 'carts', Stage: 'v1' } }));
    expect(await liveIncident(w, 'yyyyyyyyy2/v1')).toMatchObject({ watched: false, at: { apiName: 'carts' } });
    await intake(w.world, alarm(startAt + 1, { dimensions: { ApiName: 'carts', Stage: 'v1' } }));
    expect(w.calls).toHaveLength(2);
  });

  test.each([
    ['unknown', { items: [{ id: 'x1x1x1x1x1', name: 'other' }] }, 'no REST API is named carts'],
    [
      'ambiguous',
      {
        items: [
          { id: 'x1x1x1x1x1', name: 'carts' },
          { id: 'x2x2x2x2x2', name: 'carts' },
        ],
      },
      '2 REST APIs are named carts',
    ],
  ])('a name that is %s is told, never guessed', async (_, answer, reason) => {
    const w = upkeepWorld({ script: { 'apigateway:GetRestApis': () => answered(answer) } });
    expect(await intake(w.world, alarm(startAt, { dimensions: { ApiName: 'carts', Stage: 'v1' } }))).toMatchObject({
      opened: [],
      refused: 1,
    });
    expect(w.dead[0]?.reason).toContain(reason);
    expect(w.executions.size).toBe(0);
    expect(w.counts.puts).toBe(0);
  });

  test('denied is told as denied; throttled comes again', async () => {
    const w = upkeepWorld({ script: { 'apigateway:GetRestApis': () => failed('denied', 'AccessDeniedException') } });
    const event = alarm(startAt, { dimensions: { ApiName: 'carts', Stage: 'v1' } });
    await intake(w.world, event);
    expect(w.dead[0]?.reason).toContain('AccessDeniedException');
    w.script['apigateway:GetRestApis'] = () => failed('throttled');
    await expect(intake(w.world, event)).rejects.toBeInstanceOf(WorldError);
    w.script['apigateway:GetRestApis'] = () => answered({ items: [{ id: 'yyyyyyyyy2', name: 'carts' }] });
    expect(await intake(w.world, event)).toMatchObject({ opened: ['opened'] });
  });

  test('two listed stages under one name: only the stage tells them apart', async () => {
    const twice = [
      { apiType: 'REST', apiId: 'aaaaa11111', apiName: 'orders', stage: 'prod' },
      { apiType: 'REST', apiId: 'bbbbb22222', apiName: 'orders', stage: 'prod' },
    ] as const;
    const w = upkeepWorld({ installation: { stages: [...twice] } });
    expect(await intake(w.world, alarm(startAt))).toMatchObject({ opened: [], refused: 1 });
    expect(w.dead[0]?.reason).toContain('2 listed stages');
  });

  test('a composite alarm opens what its children watch; a child that is none is told', async () => {
    const w = upkeepWorld({
      script: {
        'cloudwatch:DescribeAlarms': ({ AlarmNames, AlarmTypes }) => {
          expect(AlarmTypes).toEqual(['MetricAlarm', 'CompositeAlarm']);
          if (AlarmNames?.includes('Child'))
            return answered({
              MetricAlarms: [{ AlarmName: 'Cpu', Namespace: 'AWS/EC2', MetricName: 'CPU', Dimensions: [] }],
              CompositeAlarms: [{ AlarmName: 'Child', AlarmRule: 'ALARM(Deep)' }],
            });
          return answered({
            MetricAlarms: [
              {
                AlarmName: 'Deep',
                Namespace: 'AWS/ApiGateway',
                MetricName: '5XXError',
                Dimensions: [
                  { Name: 'ApiName', Value: 'orders' },
                  { Name: 'Stage', Value: 'prod' },
                ],
              },
            ],
          });
        },
      },
    });
    expect(await intake(w.world, compositeAlarm())).toMatchObject({ opened: ['opened'] });
    expect(await liveIncident(w)).toMatchObject({ watched: true });
    const none = upkeepWorld({ script: { 'cloudwatch:DescribeAlarms': () => answered({ MetricAlarms: [] }) } });
    expect(await intake(none.world, compositeAlarm())).toMatchObject({ opened: [], refused: 1 });
    expect(none.dead[0]?.reason).toContain('Child');
  });
});

describe('one live incident a stage', () => {
  test('alarm and log are one incident; the row is written at most once a minute', async () => {
    const w = upkeepWorld();
    await intake(w.world, alarm(startAt));
    expect(await intake(w.world, burst(1))).toMatchObject({ opened: ['merged'] });
    const puts = w.counts.puts;
    for (let n = 0; n < 20; n++) expect(await intake(w.world, burst(10 + 5 * n))).toMatchObject({ opened: ['seen'] });
    expect(w.counts.puts).toBe(puts);
    w.pass(60_000);
    expect(await intake(w.world, burst(200, 2, startAt + 60_000))).toMatchObject({ opened: ['merged'] });
    expect(await liveIncident(w)).toMatchObject({ failures: 5, signals: 3, lastFailureAt: startAt + 60_000 });
    expect(w.executions.size).toBe(1);
  });

  test('a redelivery counts nothing twice, however late', async () => {
    const w = upkeepWorld();
    await intake(w.world, burst(1));
    w.pass(90_000);
    expect(await intake(w.world, burst(1))).toMatchObject({ opened: ['seen'] });
    expect(await liveIncident(w)).toMatchObject({ failures: 3, signals: 1 });
  });

  test('OK opens nothing and closes nothing', async () => {
    const w = upkeepWorld();
    expect(await intake(w.world, alarm(startAt, { state: 'OK' }))).toMatchObject({ opened: [], ignored: 1 });
    await intake(w.world, alarm(startAt));
    await intake(w.world, alarm(startAt + 5, { state: 'OK' }));
    expect(await liveIncident(w)).toMatchObject({ phase: 'live' });
  });

  test('what is not newer than the last close opens nothing; what is newer does', async () => {
    const w = upkeepWorld();
    await rows.stage.create(w.store, restKey, { key: restKey, lastClosedAt: startAt, closedAts: [startAt] });
    w.pass(120_000);
    expect(await intake(w.world, alarm(startAt))).toMatchObject({ opened: ['old'] });
    expect(await intake(w.world, alarm(startAt + 1))).toMatchObject({ opened: ['opened'] });
  });

  test('a clock that runs ahead is no news of the future', async () => {
    const w = upkeepWorld();
    await intake(w.world, alarm(startAt + 9_000_000));
    expect((await liveIncident(w))?.lastFailureAt).toBe(startAt);
  });

  test('two at once: one execution', async () => {
    const w = upkeepWorld();
    await Promise.all([
      intake(w.world, alarm(startAt)),
      intake(w.world, burst(1)),
      intake(w.world, snsEvent({ ...snsMessage, StateChangeTime: iso(startAt) })),
    ]);
    expect(w.executions.size).toBe(1);
    expect(w.store.keys().filter((k) => k.startsWith('incident#'))).toHaveLength(1);
  });
});

describe('bad input', () => {
  test('one bad record goes to the dead-letter queue with its reason, its neighbours go on', async () => {
    const w = upkeepWorld();
    expect(await intake(w.world, batchEvent([{ message: 7 }, ...permissionLines(1), null]))).toMatchObject({
      opened: ['opened'],
      refused: 2,
    });
    expect(w.dead.map((d) => d.reason)).toEqual([expect.stringContaining('no timestamp'), expect.stringContaining('no timestamp')]);
    const sns = upkeepWorld();
    expect(await intake(sns.world, snsEvent('{broken', snsMessage))).toMatchObject({ opened: ['opened'], refused: 1 });
  });

  test.each([
    ['undefined', undefined],
    ['a text', '<!channel>'],
    ['a list', []],
    ['broken gzip', { awslogs: { data: 'aGVsbG8=' } }],
    ['deep', JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)],
  ])('%s: refused, no write, no crash', async (_, event) => {
    const w = upkeepWorld();
    expect(await intake(w.world, event)).toMatchObject({ opened: [], refused: 1 });
    expect(w.counts.puts).toBe(0);
    expect(JSON.stringify(w.dead).length).toBeLessThan(100_000);
  });

  test('a bug in one signal costs that signal only', async () => {
    const w = upkeepWorld({
      script: {
        'apigateway:GetRestApis': () => {
          throw new TypeError('bug');
        },
      },
    });
    const messages = [
      {
        ...snsMessage,
        Trigger: {
          ...snsMessage.Trigger,
          Dimensions: [
            { name: 'ApiName', value: 'carts' },
            { name: 'Stage', value: 'v1' },
          ],
        },
      },
      snsMessage,
    ];
    expect(await intake(w.world, snsEvent(...messages))).toMatchObject({ opened: ['opened'], refused: 1 });
    expect(w.dead[0]?.reason).toBe('bug: bug');
  });

  test('a dead-letter queue that is down costs no neighbour; the event comes again', async () => {
    const w = upkeepWorld();
    w.crashWhen('before', (what) => what === 'dead letter');
    await expect(intake(w.world, snsEvent('{broken', snsMessage))).rejects.toBeInstanceOf(WorldError);
    expect(await liveIncident(w)).toMatchObject({ phase: 'live' });
  });

  test('forged lines in a caller’s path open nothing', async () => {
    const w = upkeepWorld();
    await intake(
      w.world,
      batchEvent([
        logEvent(
          1,
          `(${requestId(1)}) Method request path: {x=Execution failed due to configuration error: Invalid permissions on Lambda function}`,
        ),
      ]),
    );
    expect(w.counts.puts).toBe(0);
  });
});

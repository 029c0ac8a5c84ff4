import { describe, expect, test } from 'vitest';
import { namesInRule } from '../../lib/signals/alarm.ts';
import { readEvent } from '../../lib/signals/index.ts';
import { compositeAlarm, here, lambdaAction, mathAlarm, metricAlarm, snsEvent, snsMath, snsMessage } from './examples.ts';

const look = { here, source: async () => undefined };
const read = (event: unknown) => readEvent(event, look);

describe('an alarm by EventBridge', () => {
  test('a metric alarm on a REST stage is a signal by the API’s name', async () => {
    const { signals, aside } = await read(metricAlarm());
    expect(aside).toEqual([]);
    expect(signals).toEqual([
      {
        key: 'alarm:arn:aws:cloudwatch:us-east-1:123456789012:alarm:Api5xx:2019-10-02T17:04:40.989+0000',
        from: 'alarm',
        state: 'bad',
        subject: { by: 'apiName', name: 'orders', stage: 'prod' },
        firstAt: Date.parse('2019-10-02T16:59:00Z'),
        lastAt: Date.parse('2019-10-02T17:04:40.989Z'),
        failures: 99,
        lines: [],
        source: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:Api5xx',
      },
    ]);
  });

  test('a math alarm names its stage in any of its metrics; no count is taken from a rate', async () => {
    const { signals } = await read(mathAlarm);
    expect(signals.map((s) => [s.subject, s.failures])).toEqual([
      [{ by: 'stage', apiType: 'HTTP', apiId: 'h1h2h3h4h5', stage: '$default' }, 0],
    ]);
  });

  test('dimensions without a stage are kept as they are', async () => {
    expect((await read(metricAlarm({ dimensions: { ApiName: 'orders' } }))).signals[0]?.subject).toEqual({ by: 'apiName', name: 'orders' });
    expect((await read(metricAlarm({ metric: '5xx', dimensions: { ApiId: 'h1h2h3h4h5' } }))).signals[0]?.subject).toEqual({
      by: 'apiId',
      apiType: 'HTTP',
      apiId: 'h1h2h3h4h5',
    });
  });

  test('an initial state has no reasonData: the transition stands for the start', async () => {
    const event = metricAlarm();
    const { reasonData: _, ...state } = event.detail.state;
    const { signals } = await read({
      ...event,
      detail: { ...event.detail, state: { ...state, reason: 'Unchecked: Initial alarm creation' } },
    });
    expect(signals[0]).toMatchObject({ firstAt: Date.parse('2019-10-02T17:04:40.989Z'), failures: 0 });
  });

  test('a composite alarm speaks of the children that made it go off, else of its rule’s', async () => {
    expect((await read(compositeAlarm())).signals[0]?.subject).toEqual({ by: 'alarms', names: ['Child'] });
    expect((await read(compositeAlarm({ triggering: false }))).signals[0]?.subject).toEqual({
      by: 'alarms',
      names: ['Child', 'Other one'],
    });
  });

  test.each(['WaitPeriod', 'ExtensionPeriod', 'Alarm'])('a composite alarm suppressed by %s is set aside', async (suppressed) => {
    const { signals, aside } = await read(compositeAlarm({ suppressed }));
    expect(signals).toEqual([]);
    expect(aside).toMatchObject([{ why: 'ignored', reason: expect.stringContaining('asked for silence') }]);
  });

  test('the same transition again has the same key; the next transition another', async () => {
    const keys = await Promise.all(
      [metricAlarm(), { ...metricAlarm(), id: 'other' }, metricAlarm({ at: '2019-10-02T18:00:00.000+0000' })].map(
        async (e) => (await read(e)).signals[0]?.key,
      ),
    );
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
  });
});

describe('what is no news', () => {
  test.each([
    ['another metric of a gateway', metricAlarm({ metric: 'Latency' }), 'ignored'],
    ['another namespace with a look-alike metric', metricAlarm({ namespace: 'Custom', metric: '5XXError' }), 'ignored'],
    [
      'our own alarm on our own function',
      metricAlarm({
        name: 'Gatemedic-intake-errors',
        namespace: 'AWS/Lambda',
        metric: 'Errors',
        dimensions: { FunctionName: 'gatemedic-intake' },
      }),
      'ignored',
    ],
    ['our own composite alarm', { ...compositeAlarm(), detail: { ...compositeAlarm().detail, alarmName: 'gatemedic-health' } }, 'ignored'],
    ['insufficient data', metricAlarm({ state: 'INSUFFICIENT_DATA' }), 'ignored'],
    ['a configuration change', { ...metricAlarm(), 'detail-type': 'CloudWatch Alarm Configuration Change' }, 'ignored'],
    ['another account', metricAlarm({ account: '999999999999' }), 'refused'],
    ['an alarm on all APIs', metricAlarm({ dimensions: {} }), 'refused'],
    ['a time that is none', metricAlarm({ at: 'yesterday' }), 'refused'],
    ['a time before time', metricAlarm({ at: '-002019-10-02T17:04:40Z' }), 'refused'],
    ['no detail', { ...metricAlarm(), detail: undefined }, 'refused'],
    ['a name without end', metricAlarm({ name: 'x'.repeat(100_000) }), 'refused'],
    [
      'a query',
      {
        ...metricAlarm(),
        detail: {
          ...metricAlarm().detail,
          configuration: { metrics: [{ id: 'q1', expression: 'SELECT SUM("5XXError") FROM "AWS/ApiGateway"', returnData: true }] },
        },
      },
      'refused',
    ],
    ['a composite without a rule', compositeAlarm({ triggering: false, rule: '' }), 'refused'],
    ['null', null, 'refused'],
    ['a number', 7, 'refused'],
    ['an empty object', {}, 'refused'],
    ['an S3 event', { Records: [{ eventSource: 'aws:s3' }] }, 'refused'],
  ])('%s', async (_, event, why) => {
    const { signals, aside } = await read(event);
    expect(signals).toEqual([]);
    expect(aside.map((a) => a.why)).toEqual([why]);
    expect(aside[0]?.reason.length).toBeLessThan(500);
  });

  test('an alarm on a watched stage counts though it bears our stack’s name', async () => {
    expect((await read(metricAlarm({ name: 'Gatemedic-Stage5xx-1A2B' }))).signals).toHaveLength(1);
  });

  test('OK is a signal of its own state', async () => {
    expect((await read(metricAlarm({ state: 'OK' }))).signals[0]?.state).toBe('ok');
  });
});

describe('by SNS and by a Lambda action', () => {
  test('the same alarm by all three ways is the same signal', async () => {
    const [bus, sns, action] = await Promise.all([read(metricAlarm()), read(snsEvent(snsMessage)), read(lambdaAction)]);
    expect(sns.signals[0]).toMatchObject({ key: bus.signals[0]?.key, subject: bus.signals[0]?.subject, lastAt: bus.signals[0]?.lastAt });
    expect(action.signals[0]).toMatchObject({ subject: bus.signals[0]?.subject, lastAt: Date.parse('2026-08-04T12:36:15.490Z') });
  });

  test('a math alarm', async () => {
    expect((await read(snsEvent(snsMath))).signals[0]?.subject).toEqual({
      by: 'stage',
      apiType: 'HTTP',
      apiId: 'h1h2h3h4h5',
      stage: 'live',
    });
  });

  test('a composite alarm: no Trigger, a rule', async () => {
    const { Trigger: _, ...rest } = snsMessage;
    expect(
      (await read(snsEvent({ ...rest, AlarmRule: 'ALARM("arn:aws:cloudwatch:us-east-1:123456789012:alarm:Child")' }))).signals[0]?.subject,
    ).toEqual({ by: 'alarms', names: ['Child'] });
  });

  test('one bad record costs none of its neighbours', async () => {
    const { signals, aside } = await read(snsEvent('{broken', snsMessage, '"text"', { AlarmName: 3 }));
    expect(signals).toHaveLength(1);
    expect(aside.map((a) => a.why)).toEqual(['refused', 'refused', 'refused']);
  });

  test('a confirmation of a subscription is refused, not followed', async () => {
    const { signals, aside } = await read({
      Records: [{ Sns: { Type: 'SubscriptionConfirmation', Message: 'You have chosen to subscribe…', SubscribeURL: 'https://x' } }],
    });
    expect(signals).toEqual([]);
    expect(aside[0]?.why).toBe('refused');
  });
});

test('names in a rule: quoted, bare, ARNs, each once; nothing endless', () => {
  expect(namesInRule('(ALARM("a b") OR ALARM(c)) AND NOT OK(arn:aws:cloudwatch:us-east-1:123456789012:alarm:d:e) OR ALARM(c)')).toEqual([
    'a b',
    'c',
    'd:e',
  ]);
  expect(namesInRule('ALARM('.repeat(50_000))).toEqual([]);
});

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readEvent } from '../../lib/signals/index.ts';
import type { LogSource } from '../../lib/signals/shape.ts';
import { batchEvent, here, logEvent, permissionLines, requestId, t0 } from './examples.ts';

const read = (event: unknown, source?: LogSource) => readEvent(event, { here, source: async () => source });
const id = requestId(1);

describe('REST execution logs', () => {
  test('a burst is one signal: requests counted once, three lines of each kind', async () => {
    const { signals, aside } = await read(batchEvent(Array.from({ length: 50 }, (_, n) => permissionLines(n)).flat()));
    expect(aside).toEqual([]);
    expect(signals).toHaveLength(1);
    expect(signals[0]).toMatchObject({
      from: 'log',
      state: 'bad',
      subject: { by: 'stage', apiType: 'REST', apiId: 'a1b2c3d4e5', stage: 'prod' },
      failures: 50,
      firstAt: t0,
      lastAt: t0 + 49,
      source: 'API-Gateway-Execution-Logs_a1b2c3d4e5/prod',
    });
    expect(signals[0]?.lines.map((l) => l.text.slice(39, 60))).toEqual([
      'Execution failed due ',
      'Method completed with',
      'Execution failed due ',
      'Method completed with',
      'Execution failed due ',
      'Method completed with',
    ]);
    expect(signals[0]?.lines[0]).toMatchObject({ log: 'execution', requestId: requestId(0), at: t0 });
  });

  test.each([
    ['Execution failed due to configuration error: Malformed Lambda proxy response', 1],
    ['Execution failed due to a timeout error', 1],
    ['Lambda execution failed with status 200 due to customer function error: boom. Lambda request id: 71952965', 1],
    ['Lambda invocation failed with status: 429. Lambda request id: 71952965', 1],
    ['Method completed with status: 504', 1],
    ['Gateway response type: DEFAULT_5XX with status code: 500', 1],
    ['Method completed with status: 200', 0],
    ['Method completed with status: 499', 0],
    ['Gateway response type: THROTTLED with status code: 429', 0],
    ['Received response. Status: 500, Integration latency: 20 ms', 0],
    ['Method request path: {x=Execution failed due to configuration error: Invalid permissions on Lambda function}', 0],
    ['HTTP Method: GET, Resource Path: /Method completed with status: 500', 0],
    ['Endpoint response body before transformations: Lambda execution failed with status 200', 0],
    ['Method request body before transformations: \n(00000009-6545-11ea-9e1a-0242ac110002) Execution failed due to a timeout error', 0],
  ])('%s', async (words, signals) => {
    expect((await read(batchEvent([logEvent(1, `(${id}) ${words}`)]))).signals).toHaveLength(signals);
  });

  test('a failure sentence that is not right behind the prefix is a caller’s text', async () => {
    const lines = [
      'Execution failed due to a timeout error',
      `x (${id}) Execution failed due to a timeout error`,
      `(${id})Execution failed due to a timeout error`,
      `() Execution failed`,
      `(${'a'.repeat(200)}) Execution failed due to a timeout error`,
      '(',
    ];
    expect((await read(batchEvent(lines.map((l, n) => logEvent(n, l))))).signals).toEqual([]);
  });

  test('a request that ended below 500 after all is no failure', async () => {
    const lines = [
      logEvent(1, `(${id}) Execution failed due to a timeout error`),
      logEvent(2, `(${id}) Method completed with status: 200`),
    ];
    expect((await read(batchEvent(lines))).signals).toEqual([]);
  });

  test('failures are counted by their ends, so a request split over two batches counts once', async () => {
    const [cause, end] = permissionLines(1);
    const [first, second] = [await read(batchEvent([cause, ...permissionLines(2)])), await read(batchEvent([end]))];
    expect((first.signals[0]?.failures ?? 0) + (second.signals[0]?.failures ?? 0)).toBe(2);
  });

  test('out of order is read by its times', async () => {
    const { signals } = await read(batchEvent([...permissionLines(9), ...permissionLines(3)]));
    expect(signals[0]).toMatchObject({ firstAt: t0 + 3, lastAt: t0 + 9 });
  });

  test('what is kept is redacted and cut', async () => {
    const long = `(${id}) Execution failed due to configuration error: Authorization=Bearer abcdefghijklmnop1234567890 \u0007${'x'.repeat(2_000_000)}`;
    const { signals } = await read(batchEvent([logEvent(1, long)]));
    const text = signals[0]?.lines[0]?.text ?? '';
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(text).not.toContain('abcdefghijklmnop1234567890');
    expect(text).not.toContain('\u0007');
  });

  test('a redelivery has the same key, another batch another', async () => {
    const keys = await Promise.all(
      [batchEvent(permissionLines(1)), batchEvent(permissionLines(1)), batchEvent(permissionLines(2))].map(
        async (e) => (await read(e)).signals[0]?.key,
      ),
    );
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
  });
});

describe('batches that are none', () => {
  const good = permissionLines(1);
  test.each([
    ['a control message', batchEvent([], { messageType: 'CONTROL_MESSAGE', owner: 'CloudwatchLogs', logGroup: '' }), 'ignored'],
    ['our own function’s log', batchEvent(good, { logGroup: '/aws/lambda/gatemedic-intake' }), 'ignored'],
    ['our own function’s log, by a stack’s name', batchEvent(good, { logGroup: '/aws/lambda/Gatemedic-Decide1A2B' }), 'ignored'],
    ['our own state machine’s log', batchEvent(good, { logGroup: '/aws/vendedlogs/states/gatemedic-incident' }), 'ignored'],
    ['a batch without failures', batchEvent([logEvent(1, `(${id}) Successfully completed execution`)]), 'ignored'],
    ['an empty batch', batchEvent([]), 'ignored'],
    ['another account', batchEvent(good, { owner: '999999999999' }), 'refused'],
    ['broken gzip', { awslogs: { data: Buffer.from('not gzip').toString('base64') } }, 'refused'],
    ['half a gzip', { awslogs: { data: batchEvent(good).awslogs.data.slice(0, 80) } }, 'refused'],
    ['not base64', { awslogs: { data: '%%%%' } }, 'refused'],
    ['no data', { awslogs: {} }, 'refused'],
    ['awslogs that is a text', { awslogs: 'x' }, 'refused'],
    ['no JSON inside', { awslogs: { data: gzipSync('{"messageType":').toString('base64') } }, 'refused'],
    ['a JSON text inside', { awslogs: { data: gzipSync('"x"').toString('base64') } }, 'refused'],
    [
      'events that are no list',
      {
        awslogs: {
          data: gzipSync(JSON.stringify({ messageType: 'DATA_MESSAGE', owner: '123456789012', logGroup: 'g', logEvents: {} })).toString(
            'base64',
          ),
        },
      },
      'refused',
    ],
    ['deep JSON', { awslogs: { data: gzipSync('['.repeat(200_000) + ']'.repeat(200_000)).toString('base64') } }, 'refused'],
    ['a bomb', { awslogs: { data: gzipSync(Buffer.alloc(80_000_000)).toString('base64') } }, 'refused'],
    ['too long', { awslogs: { data: 'A'.repeat(9_000_000) } }, 'refused'],
  ])('%s', async (_, event, why) => {
    const { signals, aside } = await read(event);
    expect(signals).toEqual([]);
    expect(aside.map((a) => a.why)).toEqual([why]);
    expect(JSON.stringify(aside).length).toBeLessThan(100_000);
  });

  test('half-valid: bad events go aside one by one, beyond ten as a number; the good are read', async () => {
    const bad = [
      null,
      7,
      'x',
      {},
      { message: 'm' },
      { timestamp: 1 },
      { message: 3, timestamp: 1 },
      { message: 'm', timestamp: 'now' },
      { message: 'm', timestamp: -1 },
      { message: 'm', timestamp: Number.MAX_VALUE },
      [],
      [[]],
    ];
    const { signals, aside } = await read(batchEvent([...bad, ...permissionLines(1)]));
    expect(signals[0]?.failures).toBe(1);
    expect(aside.filter((a) => a.why === 'refused')).toHaveLength(11);
    expect(aside.at(-1)?.reason).toContain('2 more');
  });

  test('a deep bad event is refused in a form that can be written down, without its secrets', async () => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    const data = gzipSync(
      `{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"API-Gateway-Execution-Logs_a1b2c3d4e5/prod","logEvents":[${deep},{"note":"Authorization=Bearer abcdefghijklmnop1234567890"}]}`,
    ).toString('base64');
    const { aside } = await read({ awslogs: { data } });
    const written = JSON.stringify(aside);
    expect(aside.filter((a) => a.why === 'refused')).toHaveLength(2);
    expect(written.length).toBeLessThan(10_000);
    expect(written).not.toContain('abcdefghijklmnop');
  });
});

describe('access logs', () => {
  const at = { accountId: '123456789012', region: 'us-east-1', apiType: 'HTTP', apiId: 'h1h2h3h4h5', stage: '$default' } as const;
  const group = { logGroup: 'access/orders' };
  const json =
    '{"requestId":"$context.requestId","path":"$context.path","status":"$context.status","err":"$context.integrationErrorMessage"}';
  const clf =
    '$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.path $context.protocol" $context.status $context.responseLength $context.requestId';
  const csv = '$context.requestId,$context.apiId,$context.stage,$context.status,$context.integration.error';

  test('a JSON format', async () => {
    const lines = ['200', '503', '404', '500'].map((s, n) => logEvent(n, `{"requestId":"r${n}","path":"/x","status":"${s}","err":"-"}`));
    const { signals } = await read(batchEvent(lines, group), { at, kind: 'access', format: json });
    expect(signals).toMatchObject([
      { subject: { by: 'stage', apiType: 'HTTP', apiId: 'h1h2h3h4h5', stage: '$default' }, failures: 2, firstAt: t0 + 1, lastAt: t0 + 3 },
    ]);
    expect(signals[0]?.lines.map((l) => [l.log, l.requestId])).toEqual([
      ['access', 'r1'],
      ['access', 'r3'],
    ]);
  });

  test('common log format and CSV', async () => {
    const clfLines = ['502', '200'].map((s, n) =>
      logEvent(n, `10.0.0.1 - - [10/Oct/2023:13:55:36 +0000] "GET /a b HTTP/1.1" ${s} 36 r${n}`),
    );
    expect((await read(batchEvent(clfLines, group), { at, kind: 'access', format: clf })).signals[0]?.failures).toBe(1);
    const csvLines = ['504', '200'].map((s, n) => logEvent(n, `r${n},h1h2h3h4h5,$default,${s},-`));
    expect((await read(batchEvent(csvLines, group), { at, kind: 'access', format: csv })).signals[0]?.failures).toBe(1);
  });

  test('a caller’s text does not fail a request', async () => {
    const forged = logEvent(1, '{"requestId":"r","path":"/\\"status\\":\\"500\\"","status":"200","err":"-"}');
    expect((await read(batchEvent([forged], group), { at, kind: 'access', format: json })).signals).toEqual([]);
    const clfForged = logEvent(1, '10.0.0.1 - - [x] "GET /500 HTTP/1.1" 200 500 r');
    expect((await read(batchEvent([clfForged], group), { at, kind: 'access', format: clf })).signals).toEqual([]);
  });

  test('the format changed since it was noted: the usual names are read', async () => {
    const line = logEvent(1, '{"id":"r","routeKey":"GET /","apiId":"h1h2h3h4h5","stage":"$default","status":503}');
    expect((await read(batchEvent([line], group), { at, kind: 'access', format: csv })).signals[0]?.subject).toMatchObject({
      apiId: 'h1h2h3h4h5',
    });
  });

  test('nobody told us the format: usual names, and the line must name its stage and kind', async () => {
    const rest = logEvent(
      1,
      '{ "requestId": "r", "resourcePath": "/x", "apiId": "a1b2c3d4e5", "stage": "prod", "integrationStatus": 200, "status": 500 }',
    );
    const http = logEvent(2, '{"routeKey":"GET /","apiId":"h1h2h3h4h5","stage":"live","statusCode":"502"}');
    const fine = logEvent(3, '{"routeKey":"GET /","apiId":"h1h2h3h4h5","stage":"live","status":"200","integrationStatus":"503"}');
    const { signals, aside } = await read(batchEvent([rest, http, fine], group));
    expect(signals.map((s) => s.subject)).toEqual([
      { by: 'stage', apiType: 'REST', apiId: 'a1b2c3d4e5', stage: 'prod' },
      { by: 'stage', apiType: 'HTTP', apiId: 'h1h2h3h4h5', stage: 'live' },
    ]);
    expect(aside).toEqual([]);
  });

  test.each([
    ['no stage', '{"status":"500","apiId":"a1b2c3d4e5","resourcePath":"/"}'],
    ['no kind', '{"status":"500","apiId":"a1b2c3d4e5","stage":"prod"}'],
    ['an id that is none', '{"status":"500","apiId":"../../x","stage":"prod","resourcePath":"/"}'],
    ['a stage that is none', '{"status":"500","apiId":"a1b2c3d4e5","stage":"<!channel>","resourcePath":"/"}'],
  ])('a failing line with %s is refused with its reason, not guessed', async (_, line) => {
    const { signals, aside } = await read(batchEvent([logEvent(1, line)], group));
    expect(signals).toEqual([]);
    expect(aside[0]).toMatchObject({ why: 'refused', reason: expect.stringContaining('name no stage') });
  });

  test('two stages in one group: each line to its own; lines that do not say are refused', async () => {
    const other = { ...at, stage: 'blue' };
    const source: LogSource = { at, kind: 'access', format: csv, also: [{ at: other, format: csv }] };
    const { signals } = await read(
      batchEvent([logEvent(1, 'r1,h1h2h3h4h5,$default,500,-'), logEvent(2, 'r2,h1h2h3h4h5,blue,500,-')], group),
      source,
    );
    expect(signals.map((s) => s.subject)).toMatchObject([{ stage: '$default' }, { stage: 'blue' }]);
    const unsaid = await read(batchEvent([logEvent(1, '{"requestId":"r1","path":"/x","status":"500","err":"-"}')], group), {
      at,
      kind: 'access',
      format: json,
      also: [{ at: other, format: json }],
    });
    expect(unsaid.signals).toEqual([]);
    expect(unsaid.aside[0]?.why).toBe('refused');
  });

  test('lines of other programs say nothing', async () => {
    const lines = ['hello', '{', '{"status":5', '[500]', '', '{"status":"5xx"}', `{"status":"500","x":"${'y'.repeat(100_000)}"}`];
    expect(
      (
        await read(
          batchEvent(
            lines.map((l, n) => logEvent(n, l)),
            group,
          ),
        )
      ).signals,
    ).toEqual([]);
  });
});

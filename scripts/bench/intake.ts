// How long reading a batch of 10,000 log events takes, as a multiple of base64 + gunzip + JSON.parse of the same batch in the same
// run: the price that everybody pays anyway. Few matches (1 request in 500 fails), and a storm (every request fails).
import { gunzipSync, gzipSync } from 'node:zlib';
import { readEvent } from '../../lib/signals/index.ts';
import type { LogSource } from '../../lib/signals/shape.ts';
import { fixed, type Table } from './table.ts';

const here = { accountId: '123456789012', region: 'us-east-1' };
const t0 = 1_700_000_000_000;
const events = 10_000;
const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0');
/** Ids differ as real ones do, or gzip would make the floor too cheap. */
const uuid = (n: number): string =>
  `${hex((n * 2_654_435_761) % 2 ** 32, 8)}-${hex((n * 40_503) % 65_536, 4)}-11ea-9e1a-${hex((n * 1_099_087_573) % 2 ** 40, 12)}`;
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:orders:live';

/** The lines of one good request at level INFO (signals.md §5). */
const good = (id: string, n: number): readonly string[] => [
  `(${id}) Extended Request Id: ${hex(n * 7919, 12)}=`,
  `(${id}) Starting execution for request: ${id}`,
  `(${id}) HTTP Method: GET, Resource Path: /orders/${n}`,
  `(${id}) Method request path: {orderId=${n}}`,
  `(${id}) Method request query string: {page=${n % 17}}`,
  `(${id}) Endpoint request URI: https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/${arn}/invocations`,
  `(${id}) Sending request to https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/${arn}/invocations`,
  `(${id}) Received response. Status: 200, Integration latency: ${n % 97} ms`,
  `(${id}) Successfully completed execution`,
  `(${id}) Method completed with status: 200`,
];
const bad = (id: string): readonly string[] => [
  `(${id}) Execution failed due to configuration error: Invalid permissions on Lambda function`,
  `(${id}) Method completed with status: 500`,
];

function executionLines(failEvery: number): readonly string[] {
  const lines: string[] = [];
  for (let n = 0; lines.length < events; n++) lines.push(...(n % failEvery === 0 ? bad(uuid(n)) : good(uuid(n), n)));
  return lines.slice(0, events);
}
const accessLines = (failEvery: number): readonly string[] =>
  Array.from(
    { length: events },
    (_, n) =>
      `{"requestId":"${uuid(n)}","routeKey":"GET /orders/{id}","path":"/orders/${n}","status":"${n % failEvery === 0 ? 500 : 200}","integrationLatency":"${n % 97}","responseLength":"${n % 4999}","apiId":"h1h2h3h4h5","stage":"$default"}`,
  );
const format =
  '{"requestId":"$context.requestId","routeKey":"$context.routeKey","path":"$context.path","status":"$context.status","integrationLatency":"$context.integrationLatency","responseLength":"$context.responseLength","apiId":"$context.apiId","stage":"$context.stage"}';

function pack(logGroup: string, lines: readonly string[]): { readonly awslogs: { readonly data: string } } {
  const logEvents = lines.map((message, n) => ({ id: String(n).padStart(56, '3'), timestamp: t0 + n, message }));
  return {
    awslogs: {
      data: gzipSync(
        JSON.stringify({
          messageType: 'DATA_MESSAGE',
          owner: here.accountId,
          logGroup,
          logStream: 's',
          subscriptionFilters: ['gatemedic'],
          logEvents,
        }),
      ).toString('base64'),
    },
  };
}

interface IntakeFigure {
  readonly what: string;
  readonly floorMs: number;
  readonly intakeMs: number;
  readonly ratio: number;
}

/** Floor and reading take turns, so that both meet the same machine. */
async function measure(
  what: string,
  event: { readonly awslogs: { readonly data: string } },
  source: LogSource | undefined,
  rounds: number,
): Promise<IntakeFigure> {
  const floor: number[] = [];
  const intake: number[] = [];
  for (let n = 0; n < rounds + 5; n++) {
    let from = performance.now();
    JSON.parse(gunzipSync(Buffer.from(event.awslogs.data, 'base64')).toString('utf8'));
    const floorMs = performance.now() - from;
    from = performance.now();
    await readEvent(event, { here, source: async () => source });
    const intakeMs = performance.now() - from;
    if (n < 5) continue; // warm-up: both sides compiled
    floor.push(floorMs);
    intake.push(intakeMs);
  }
  // The quickest of each: whatever else the machine did made the others slower, never quicker.
  const [floorMs, intakeMs] = [Math.min(...floor), Math.min(...intake)];
  return { what, floorMs, intakeMs, ratio: intakeMs / floorMs };
}

/** The figures of log intake. */
async function benchIntake(rounds = 60): Promise<readonly IntakeFigure[]> {
  const group = 'API-Gateway-Execution-Logs_a1b2c3d4e5/prod';
  const source: LogSource = { at: { ...here, apiType: 'HTTP', apiId: 'h1h2h3h4h5', stage: '$default' }, kind: 'access', format };
  return [
    await measure('execution log, few matches', pack(group, executionLines(500)), undefined, rounds),
    await measure('access log, few matches', pack('access/orders', accessLines(500)), source, rounds),
    await measure('access log, few matches, format not known', pack('access/orders', accessLines(500)), undefined, rounds),
    await measure('execution log, storm: every request fails', pack(group, executionLines(1)), undefined, rounds),
    await measure('access log, storm: every request fails', pack('access/orders', accessLines(1)), source, rounds),
  ];
}

/** The goal, for batches with few matches: who pays for a storm is not who is healthy. */
const goal = 1.25;

export async function intakeTable(): Promise<Table> {
  const figures = await benchIntake();
  return {
    title: 'Log intake',
    says: [
      `A batch of ${events.toLocaleString('en-US')} log events read by intake, as a multiple of base64 + gunzip + JSON.parse of the same batch, taking turns in the same process; the quickest of each. Goal with few matches (one request in 500 fails): at most ${goal}.`,
    ],
    head: ['batch', 'floor ms', 'intake ms', 'ratio', 'goal'],
    rows: figures.map((f) => [
      f.what,
      fixed(f.floorMs),
      fixed(f.intakeMs),
      fixed(f.ratio),
      f.what.includes('storm') ? 'none' : f.ratio <= goal ? 'met' : `missed: above ${goal}`,
    ]),
    notes: [
      'In a storm every line is a match: each is counted to its request, and the first of each kind is redacted and kept. The subscription filters that Gatemedic makes let through little but failing lines, so its batches are small and look like those of the storm; many lines with few matches come where a filter lets through much.',
    ],
  };
}

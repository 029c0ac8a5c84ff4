// A storm: a hundred stages lose their invoke permission at once and each is heard of a thousand times, with the grouping of outages off.
// Counted: executions, incidents, and what a signal costs in reads, writes and AWS calls.
import { gzipSync } from 'node:zlib';
import { breakage } from '../../lib/demo/breakages/find.ts';
import type { Usage } from '../../lib/demo/meter.ts';
import { openRun, place, type Run } from '../../lib/demo/run.ts';
import type { ShopStage } from '../../lib/demo/shop.ts';
import { rows } from '../../lib/store/rows.ts';
import { count, fixed, seconds, type Table } from './table.ts';

const stages = 100;
const signalsAStage = 1000;
/** Spread over this long, from the first failure on: ten a second for each stage. */
const forMs = 100_000;
const hourMs = 3_600_000;

export interface Storm {
  readonly signals: number;
  readonly incidents: number;
  readonly executions: number;
  readonly mended: number;
  readonly messages: number;
  readonly usage: Usage;
  readonly calls: Readonly<Record<string, number>>;
  readonly lastProvenMs: number;
}

/** One delivery of a subscription filter: one request that failed, its two lines (messages.md §2). */
function delivery({ apiId, stage }: ShopStage, n: number, at: number): unknown {
  const id = `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
  const messages = [
    'Execution failed due to configuration error: Invalid permissions on Lambda function',
    'Method completed with status: 500',
  ];
  const batch = {
    messageType: 'DATA_MESSAGE',
    owner: place.accountId,
    logGroup: `API-Gateway-Execution-Logs_${apiId}/${stage}`,
    logStream: 's',
    subscriptionFilters: ['gatemedic'],
    logEvents: messages.map((words, line) => ({ id: `${n}${line}`.padStart(56, '0'), timestamp: at, message: `(${id}) ${words}` })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(batch), { level: 1 }).toString('base64') } };
}

function pour(run: Run): void {
  const everyMs = forMs / signalsAStage;
  for (const [k, stage] of run.shop.stages.entries())
    for (let n = 0; n < signalsAStage; n++)
      run.clock.after(n * everyMs + k, () => run.installed.invokeLater('intake', delivery(stage, k * signalsAStage + n, run.clock.now())));
}

export async function storm(): Promise<Storm> {
  const provenAt: number[] = [];
  // Logs off: every signal is one we made, but for an alarm a stage.
  const run = await openRun({
    seed: 1,
    logs: false,
    stages,
    owner: { outageStages: 10 * stages },
    onEvent: ({ at, kind }) => kind === 'verified' && provenAt.push(at),
  });
  for (const stage of run.shop.stages) breakage('permission-removed-by-deploy').breakIt(run.shop, stage);
  const brokeAt = run.clock.now();
  while (run.account.firstServerErrorAt(brokeAt) === undefined) await run.clock.runUntil(run.clock.now() + 1000);
  run.account.wire.clear();
  run.installed.meter.clear();
  const startedAt = run.clock.now();
  const before = run.installed.deliveries();
  pour(run);
  await run.clock.runUntil(startedAt + forMs + 1000);
  await run.clock.runUntil(startedAt + 3 * hourMs, () => !run.installed.busy());
  const { machines, own, store } = run.installed;
  return {
    signals: stages * signalsAStage + run.installed.deliveries() - before,
    incidents: (await Promise.all(['closed-incidents', 'open-incidents'].map((l) => rows.incident.list(store, l)))).flat().length,
    executions: machines.list(own.incidentMachine).length,
    mended: provenAt.length,
    messages: run.slack.messages.length,
    usage: run.installed.meter.usage(),
    calls: Object.fromEntries(run.account.wire),
    lastProvenMs: Math.max(startedAt, ...provenAt) - startedAt,
  };
}
export function stormTable(s: Storm): Table {
  const { intake } = s.usage.byDuty;
  const all = Object.values(s.usage.byDuty);
  const sum = (what: 'reads' | 'writes'): number => all.reduce((total, w) => total + w[what], 0);
  const calls = Object.entries(s.calls).filter(([service]) => !own.has(service));
  const asked = calls.reduce((total, [, n]) => total + n, 0);
  const row = (what: string, n: number): readonly string[] => [what, count(n), fixed(n / s.signals, 4)];
  return {
    title: 'A storm',
    says: [
      `${stages} stages lose their invoke permission by a deploy at once, with the grouping of outages off; each is heard of ${count(signalsAStage)} times by log within ${forMs / 1000} s, and by its alarm. The whole story is counted: diagnosis, mending and proof of each stage too.`,
    ],
    head: ['', 'count', 'a signal'],
    rows: [
      row('signals', s.signals),
      row('incidents', s.incidents),
      row('executions of the incident machine', s.executions),
      row('stages mended and proven', s.mended),
      row('Slack messages', s.messages),
      row('table reads of intake', intake?.reads ?? 0),
      row('table writes of intake', intake?.writes ?? 0),
      row('table reads, all functions', sum('reads')),
      row('table writes, all functions', sum('writes')),
      row('AWS calls about what is watched', asked),
      ...calls.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([service, n]) => row(`– ${service}`, n)),
    ],
    notes: [
      `The last stage was proven ${seconds(s.lastProvenMs)} s after the storm began: all stages share two API Gateway calls a second, and whoever waits longer than ten seconds for one looks again later. An execution more than stages would be a second execution of an incident; there must be none.`,
    ],
  };
}

/** Gatemedic's own resources. */
const own = new Set(['dynamodb', 'states', 'sns', 'sqs', 'scheduler', 'iam']);

// The price table, US dollars, us-east-1, list prices without free tiers: what each thing costs and where the figure stands. Everything
// the bench says about money is a count of the run times a line of this file.
import type { Usage } from '../../lib/demo/meter.ts';

interface Price {
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  readonly source: string;
}
const price = (usd: number, per: number, unit: string, source: string): Price => ({ usd, per, unit, source });

/** Read from public copies of AWS's pricing pages, not from an invoice. */
export const prices = {
  lambdaRequest: price(0.2, 1e6, 'invocations', 'aws.amazon.com/lambda/pricing'),
  lambdaTime: price(0.0000133334, 1, 'GB-seconds, arm64', 'aws.amazon.com/lambda/pricing'),
  transition: price(0.025, 1000, 'state transitions, Standard', 'aws.amazon.com/step-functions/pricing'),
  tableRead: price(0.125, 1e6, 'read request units, on demand', 'aws.amazon.com/dynamodb/pricing/on-demand (since November 2024)'),
  tableWrite: price(0.625, 1e6, 'write request units, on demand', 'aws.amazon.com/dynamodb/pricing/on-demand (since November 2024)'),
  metric: price(0.01, 1000, 'metrics asked for by GetMetricData', 'aws.amazon.com/cloudwatch/pricing'),
  alarm: price(0.1, 1, 'standard alarm metrics a month', 'aws.amazon.com/cloudwatch/pricing'),
  logIngest: price(0.5, 1e9, 'bytes of logs taken in', 'aws.amazon.com/cloudwatch/pricing'),
  logStore: price(0.03, 1e9, 'bytes of logs kept a month', 'aws.amazon.com/cloudwatch/pricing'),
  secret: price(0.4, 1, 'secrets a month', 'aws.amazon.com/secrets-manager/pricing'),
  schedule: price(1, 1e6, 'schedules fired', 'aws.amazon.com/eventbridge/pricing'),
  publish: price(0.5, 1e6, 'SNS publishes', 'aws.amazon.com/sns/pricing'),
} as const satisfies Record<string, Price>;
export type Priced = keyof typeof prices;

export const cost = (what: Priced, amount: number): number => (amount * prices[what].usd) / prices[what].per;

/** The simulated time of a function holds its AWS calls, not its table and not its own work: so much is added for each (assumed). */
export const assumedMs = { tableOperation: 5, ownWork: 15 };
/** START, END and REPORT, which Lambda writes for each invocation; and what our own lines carry beside their fields (assumed). */
export const assumedBytes = { platformLines: 350 };

export interface Bill {
  readonly lambda: number;
  readonly workflow: number;
  readonly table: number;
  readonly metrics: number;
  readonly logs: number;
  readonly topic: number;
  readonly total: number;
}

const works = (usage: Usage) => Object.values(usage.byDuty);
export const invocationsOf = (usage: Usage): number => works(usage).reduce((sum, w) => sum + w.invocations, 0);

export function gbSecondsOf(usage: Usage): number {
  const ms = (w: ReturnType<typeof works>[number]): number =>
    w.ms + w.invocations * assumedMs.ownWork + (w.reads + w.writes) * assumedMs.tableOperation;
  return works(usage).reduce((sum, w) => sum + (ms(w) / 1000) * (w.memoryMb / 1024), 0);
}

export const logBytesOf = (usage: Usage): number => usage.logBytes + invocationsOf(usage) * assumedBytes.platformLines;

/** What a run costs; alarms, secrets and schedules are by the month and not in it. */
export function billOf(usage: Usage, published: number): Bill {
  const lambda = cost('lambdaRequest', invocationsOf(usage)) + cost('lambdaTime', gbSecondsOf(usage));
  const workflow = cost('transition', usage.transitions);
  const table = cost('tableRead', usage.readUnits) + cost('tableWrite', usage.writeUnits);
  const metrics = cost('metric', usage.metrics);
  const logs = cost('logIngest', logBytesOf(usage)) + cost('logStore', logBytesOf(usage));
  const topic = cost('publish', published);
  return { lambda, workflow, table, metrics, logs, topic, total: lambda + workflow + table + metrics + logs + topic };
}

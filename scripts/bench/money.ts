// Dollars: what each story would be billed, what an idle month is, and the price table both rest on.
import type { Idle } from './idle.ts';
import { assumedBytes, assumedMs, billOf, cost, gbSecondsOf, invocationsOf, logBytesOf, prices, type Priced } from './prices.ts';
import type { Told } from './scenarios.ts';
import { count, fixed, type Table } from './table.ts';

const dollars = (usd: number): string => `$${fixed(usd, 4)}`;
const hoursAMonth = 730;

export function incidentTable(told: readonly Told[]): Table {
  return {
    title: 'Dollars of each story',
    says: [
      'What was counted in each story times the price table below. Requests of the patient, and what a fix itself costs (warm environments; the message says how much), are not in it.',
    ],
    head: [
      'scenario',
      'path',
      'invocations',
      'GB-s',
      'transitions',
      'metrics',
      'Lambda',
      'Step Functions',
      'DynamoDB',
      'GetMetricData',
      'logs',
      'total',
    ],
    rows: told.map(({ scenario, path, usage, summary }) => {
      const bill = billOf(usage, summary.awsCalls['sns'] ?? 0);
      return [
        scenario,
        path,
        count(invocationsOf(usage)),
        fixed(gbSecondsOf(usage), 1),
        count(usage.transitions),
        count(usage.metrics),
        ...[bill.lambda, bill.workflow, bill.table, bill.metrics, bill.logs, bill.total].map(dollars),
      ];
    }),
    notes: [
      `Time of a function: simulated from its invocation to its answer, with 20 to 80 ms for each call about the patient, plus (assumed) ${assumedMs.tableOperation} ms for each table operation and ${assumedMs.ownWork} ms of own work. Log bytes: Gatemedic’s own lines plus (assumed) ${assumedBytes.platformLines} bytes of Lambda’s for each invocation. SNS is in the total.`,
    ],
  };
}

export function idleTable(idle: Idle): Table {
  const { usage } = idle;
  const heard = usage.byDuty.intake?.invocations ?? 0;
  const fired = (usage.byDuty.sweep?.invocations ?? 0) + (usage.byDuty.subscribe?.invocations ?? 0);
  const line = (what: string, priced: Priced, amount: number): { row: readonly string[]; usd: number } => {
    const usd = cost(priced, amount);
    return { row: [what, count(amount), prices[priced].unit, `$${fixed(usd)}`], usd };
  };
  const month = (anHour: number): number => anHour * hoursAMonth;
  const lines = [
    line(`alarms on Gatemedic itself`, 'alarm', idle.ownAlarmMetrics),
    line(`alarms on the ${idle.stages} watched stages, one each`, 'alarm', idle.stageAlarmMetrics),
    line('secrets: bot token, signing secret', 'secret', idle.secrets),
    line('sweeps and filter keeping: invocations', 'lambdaRequest', month(fired)),
    line('healthy log lines that a filter lets through: invocations', 'lambdaRequest', month(heard)),
    line('both: time', 'lambdaTime', month(gbSecondsOf(usage))),
    line('schedules', 'schedule', month(fired)),
    line('table reads', 'tableRead', month(usage.readUnits)),
    line('table writes', 'tableWrite', month(usage.writeUnits)),
    line('Gatemedic’s logs, taken in', 'logIngest', month(logBytesOf(usage))),
    line(`Gatemedic’s logs, kept for ${idle.logRetentionDays} days`, 'logStore', month(logBytesOf(usage)) * (idle.logRetentionDays / 30)),
  ];
  return {
    title: 'Dollars of an idle month',
    says: [
      `${idle.stages} watched stages with healthy traffic: one simulated hour, counted, times ${hoursAMonth}, and what stands in the template.`,
    ],
    head: ['what', 'amount', 'unit', 'a month'],
    rows: [...lines.map((l) => l.row), ['total', '', '', `$${fixed(lines.reduce((sum, l) => sum + l.usd, 0))}`]],
    notes: [
      'The filter of an access log asks for status numbers as plain terms. In the sandbox a term is found inside a word too, so that a healthy line with such digits in an id or a time wakes intake, which drops it.',
      'Not counted, each small: the weekly digest, the table’s storage and its point-in-time copies, the two queues, the kill switch (a standard parameter is free). Execution and access logs of the watched stages are the owner’s, on or off.',
    ],
  };
}

export function priceTable(): Table {
  return {
    title: 'Price table',
    says: [
      'US dollars, us-east-1, list prices, no free tier taken off, read from public copies of the pages named; `scripts/bench/prices.ts`.',
    ],
    head: ['what', 'dollars', 'for', 'source'],
    rows: Object.entries(prices).map(([name, p]) => [name, `$${p.usd}`, `${p.per === 1 ? '' : `${count(p.per)} `}${p.unit}`, p.source]),
  };
}

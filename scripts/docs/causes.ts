// docs/causes.md: what can be wrong, how it is told, what to do; and which logs make Gatemedic see more.
import { causes } from '../../lib/causes/index.ts';
import { collectors } from '../../lib/collectors/index.ts';
import { fixes } from '../../lib/fixes/index.ts';
import { lookAlikes } from '../../lib/command/look-alikes.ts';
import type { StageRef } from '../../lib/model/api.ts';
import type { Cause, Clue } from '../../lib/model/cause.ts';
import type { EvidenceKind } from '../../lib/model/evidence.ts';
import { kindOfLog } from '../../lib/model/kinds/log.ts';
import { accessLogFormat } from '../../lib/command/access-log-format.ts';
import { code, firstLine, list, sentence, table } from './words.ts';

/** Stands for any stage where advice names one. */
const anyStage: StageRef = { accountId: '111122223333', region: 'us-east-1', apiType: 'REST', apiId: '{api}', stage: '{stage}' };

const evidence = (kind: EvidenceKind): string => `[${kind}](#evidence)`;
const link = (id: string): string => `[${id}](#${id})`;

/** One of each, whatever its case and the space around it: "Rate Exceeded" and "Rate exceeded" are one thing to a reader. */
const distinct = (gates: readonly string[]): readonly string[] => [
  ...new Map(gates.map((gate) => [gate.trim().toLowerCase(), gate.trim()])).values(),
];

/** A row that nobody can read says less than its beginning. */
const gatesShown = 10;

function gateWords(gates: readonly string[]): string {
  const all = distinct(gates).map(code);
  return all.length <= gatesShown ? list(all, 'or') : `${all.slice(0, gatesShown).join(', ')} or ${all.length - gatesShown} more`;
}

const clueRow = (clue: Clue): readonly string[] =>
  clue.kind === 'line'
    ? [`a line with ${gateWords(clue.gates)}`, clue.in.map((log) => evidence(kindOfLog[log])).join(', '), clue.source]
    : [clue.title, evidence(clue.in), clue.source];

function treatedBy(cause: Cause): string {
  const found = fixes.filter((f) => f.treats.includes(cause.id)).map((f) => `[${f.id}](fixes.md#${f.id})`);
  return found.length === 0 ? 'advice only' : list(found);
}

/** Causes that share its words or signs: only their own tests tell them apart. */
function looksLike(cause: Cause): readonly string[] {
  const found = lookAlikes(cause, causes).map(({ id, by }) => `${link(id)} (${list([...new Set(by)].slice(0, 2))})`);
  return found.length === 0 ? [] : ['', `**Looks like** ${list(found)}.`];
}

function section(cause: Cause): readonly string[] {
  const advice = cause.advice(undefined, anyStage);
  return [
    '',
    `## ${cause.id}`,
    '',
    `**${cause.title}.** ${cause.about.is}`,
    '',
    `**Told by.** ${cause.about.told}`,
    '',
    `**With stage logging off.** ${cause.about.withoutLogs}`,
    '',
    ...(cause.explains?.length
      ? [`**Explains** ${list(cause.explains.map(link))}: where both are confirmed, this is the cause and that its consequence.`, '']
      : []),
    `**What to do.** ${sentence(advice.summary)}`,
    '',
    ...advice.steps.map((step) => `- ${step}`),
    '',
    `**Treated by** ${treatedBy(cause)}.`,
    ...looksLike(cause),
    '',
    `Looks at ${list(cause.looksAt.map(evidence))}. A suspect by any of these clues:`,
    '',
    ...table(['clue', 'in', 'source'], cause.clues.map(clueRow)),
  ];
}

const overview = (): readonly string[] =>
  table(
    ['cause', 'in a sentence', 'treated by', 'with stage logging off'],
    causes.map((c) => [link(c.id), c.title, treatedBy(c), c.about.withoutLogs.split(/[:;.]/)[0] ?? '']),
  );

const evidenceRows = (): readonly string[] =>
  table(
    ['evidence', 'what it is', 'a caller could forge it', 'read by'],
    collectors.map((c) => [
      code(c.kind),
      c.title,
      c.trust === 'forgeable' ? 'yes: it never confirms anything alone' : 'no',
      c.calls.map(code).join(' '),
    ]),
  );

const logs = (): readonly string[] => [
  '## Logs',
  '',
  'Alarms, metrics and the deployed configuration are enough for most causes; logs make Gatemedic faster (seconds instead of one to three minutes) and let it name what only a line can name.',
  '',
  '- **REST**: execution logging at level ERROR (`MethodSettings` → `LoggingLevel: ERROR`). Full request and response logging is not needed, and puts live tokens into the log.',
  '- **HTTP APIs** write no execution log: give them an access log. For REST it is a good second.',
  '- The access log’s group is found by the stage’s own settings. Gatemedic may read it when its name begins with `/aws/apigateway/`, when it is listed in the setting `logGroups`, or when it carries the tag `gatemedic=allowed`.',
  '- Any format that holds `$context.status` is read, JSON, CSV or CLF; a group that several stages share also needs `$context.apiId` and `$context.stage`.',
  '',
  '### The access-log format to use',
  '',
  '`AccessLogSetting.Format` of a REST stage:',
  '',
  '```json',
  accessLogFormat('REST'),
  '```',
  '',
  '`AccessLogSettings.Format` of an HTTP API’s stage:',
  '',
  '```json',
  accessLogFormat('HTTP'),
  '```',
  '',
  'Each value stands in quotes, and an absent one is `-`. Leave `$context.error.messageString` out: it brings its own quotes and breaks the JSON.',
];

/** The text of docs/causes.md. */
export const causesDoc = (): string =>
  `${[
    firstLine,
    '# Causes',
    '',
    'What can be wrong with a stage, how Gatemedic tells it apart, and what to do about it.',
    '',
    'A **clue** (a log line, a shape of the metrics, a look at the configuration) makes a cause a *suspect*. Of a line the tables name the words it must hold; a pattern then looks where they stand. Only the cause’s own test *confirms* it, and never by what a caller of the API could have forged alone. What is neither confirmed nor clearly pointed at is *unknown*, and is told with what was looked at, what was missing and why.',
    '',
    ...overview(),
    ...causes.flatMap(section),
    '',
    '## Evidence',
    '',
    ...evidenceRows(),
    '',
    ...logs(),
    '',
    '## Sources',
    '',
    'A source such as *messages.md §2* names a chapter of the notes the patterns were taken from (AWS’s own pages and real log lines, collected before the code was written). The notes are kept beside the project, not in it; the number says what to ask for when a pattern is in doubt.',
  ].join('\n')}\n`;

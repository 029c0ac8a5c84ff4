// Writes docs/permissions.md from the duties, the call table and the edges: who may do what, why, and what IAM cannot narrow.
// It reads the same rows as the roles, so it cannot say something else than they do; a test fails when it is stale.
import { writeFileSync } from 'node:fs';
import { edgeGrants, edgeWide, type OwnArns } from '../lib/aws/own.ts';
import { callNames, table } from '../lib/aws/table.ts';
import type { CallName, Grant, GrantScope } from '../lib/aws/calls.ts';
import { duties, type Duty, type Edge } from '../lib/duties.ts';
import { fixes } from '../lib/fixes/index.ts';
import { defaults } from '../lib/model/installation.ts';

/** Stands for any installation: what is in braces is the owner's. */
const scope: GrantScope = {
  accountId: '{account}',
  region: '{region}',
  stages: [
    { apiType: 'REST', apiId: '{listed REST API}', stage: '{stage}' },
    { apiType: 'HTTP', apiId: '{listed HTTP API}', stage: '{stage}' },
  ],
  functions: ['arn:aws:lambda:{region}:{account}:function:{listed function}'],
  resources: [
    'dynamodb:{region}:{account}:table/{listed table}',
    'iam::{account}:role/{listed role}',
    'ec2:{region}:{account}:security-group/{listed group}',
    'codedeploy:{region}:{account}:deploymentgroup:{listed group}',
  ].map((r) => `arn:aws:${r}`),
  killSwitchParameter: defaults.killSwitchParameter,
  logGroups: ['{listed log group}'],
  probes: { hosts: ['{listed host}'], methods: ['{listed-verb} {listed path}'] },
};
const own: OwnArns = {
  table: '{the table}',
  topic: '{the topic}',
  incidentMachine: '{incident machine}',
  incidentExecutions: '{executions of the incident machine}',
  undoMachine: '{Undo machine}',
  schedules: '{schedules of the group}',
  schedulerRole: '{scheduler role}',
  slackToken: '{Slack token secret}',
  slackSigning: '{Slack signing secret}',
  deadLetterQueue: '{dead-letter queue}',
  hands: ['{hand roles}'],
  answerFunction: '{answer function}',
};

const everyFix = { fixes: fixes.map((f) => ({ id: f.id })), changeCalendars: ['freeze'] };
const standard = { fixes: [...defaults.fixes] };
const callers = (name: CallName): readonly Duty[] => duties.filter((d) => d.calls(everyFix).includes(name));
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
const list = (texts: readonly string[]): string => [...new Set(texts)].map(code).join(' ');

function conditions(grant: Grant): string {
  const found = Object.entries(grant.conditions ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => code(`${operator} ${key} = ${[value].flat().join(', ')}`)),
  );
  return found.length === 0 ? '' : ` only if ${found.join(' and ')}`;
}
const grantsText = (grants: readonly Grant[]): string =>
  grants.map((g) => `${list(g.resources)}${conditions(g)}`).join('<br>or ') || 'nothing in this installation';

/** Which fixes' settings bring a call into a role beyond what evidence needs. */
function byWhom(name: CallName): string {
  const always = duties.filter((d) => d.calls({ fixes: [] }).includes(name)).map((d) => d.id);
  return callers(name)
    .map((d) =>
      always.includes(d.id)
        ? d.id
        : `${d.id} (${[
            ...fixes.filter((f) => d.calls({ fixes: [{ id: f.id }] }).includes(name)).map((f) => f.id),
            ...(d.calls({ fixes: [], changeCalendars: ['freeze'] }).includes(name) ? ['where `changeCalendars` are listed'] : []),
          ].join(', ')})`,
    )
    .join(', ');
}

function section(effect: 'read' | 'write'): string {
  const used = callNames.filter((name) => table[name].effect === effect && callers(name).length > 0);
  return used.flatMap((name) => ['', `### ${name}`, '', ...details(name)]).join('\n');
}
function details(name: CallName): readonly string[] {
  const row = table[name];
  return [
    row.why,
    '',
    `- Actions: ${row.iam.length === 0 ? 'none, it is no call of AWS' : list(row.iam)}`,
    `- By: ${byWhom(name)}`,
    `- On: ${grantsText(row.grants(scope))}`,
    ...(row.wide ? [`- IAM cannot narrow: ${row.wide}`] : []),
  ];
}

function edgeRows(): readonly string[] {
  const edges: readonly Edge[] = [...new Set(duties.flatMap((d) => d.edges))].sort();
  return edges.map((edge) => {
    const grants = edgeGrants(edge, own);
    const what = grants.map((g) => `${list(g.actions)} on ${list(g.resources)}${conditions(g)}`).join('<br>');
    return `| ${edge} | ${duties
      .filter((d) => d.edges.includes(edge))
      .map((d) => d.id)
      .join(', ')} | ${what} | ${edgeWide[edge] ?? ''} |`;
  });
}

const dutyRow = (d: Duty): string => {
  const calls = d.calls(standard);
  const writes = calls.filter((name) => table[name].effect === 'write');
  return `| ${d.id} | ${d.title} | ${calls.length} | ${writes.length === 0 ? 'none' : list(writes)} | ${d.edges.join(', ')} |`;
};

/** The text of docs/permissions.md. */
export function permissions(): string {
  return `${[
    '<!-- Written by `npm run catalogue`; do not edit. A test fails when it is stale. -->',
    '# Permissions',
    '',
    'Each duty is one Lambda function with one role. A role holds exactly the calls its duty declares (`lib/duties.ts`), with the statements of the call table (`lib/aws/table.ts`), and the edges it uses (`lib/aws/own.ts`): nothing is written by hand in the stack, and a fix that is not installed brings no call into any role. `{…}` stands for what the owner lists.',
    '',
    '## Who may do what',
    '',
    'Counted with the fixes that are installed by default.',
    '',
    '| duty | what it does | calls | of these write | own resources |',
    '|---|---|---|---|---|',
    ...duties.map(dutyRow),
    '',
    '## Calls that write',
    section('write'),
    '',
    '## Calls that read',
    section('read'),
    '',
    '## Gatemedic’s own resources',
    '',
    '| edge | by | actions | IAM cannot narrow |',
    '|---|---|---|---|',
    ...edgeRows(),
  ].join('\n')}\n`;
}

if (import.meta.main) writeFileSync(new URL('../docs/permissions.md', import.meta.url), permissions());

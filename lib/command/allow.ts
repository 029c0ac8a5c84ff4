// What could not be seen, and exactly how to allow it: the policy statement for what was denied, the setting and its command for what is
// not turned on. Denied, not enabled, late and empty stay different things.
import type { CallName, CallRow, Here } from '../aws/calls.ts';
import { table } from '../aws/table.ts';
import { shell } from '../model/advice.ts';
import type { StageRef } from '../model/api.ts';
import type { MissingRef } from '../model/evidence.ts';
import { accessLogFormat } from './access-log-format.ts';
import { hanging, kindWords, styled, tame, type Paper } from './paper.ts';
import type { Refused } from './witness.ts';

export interface Allowing {
  readonly at: StageRef;
  readonly refused: readonly Refused[];
  /** Commands change an account: they are only given for one that was looked at. */
  readonly live: boolean;
}
export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** The statements that would have let the refused calls through, as few as they can be. */
export function statementsFor(refusals: readonly Refused[], at: Here): readonly Statement[] {
  const each = refusals.map(({ name, input }) => {
    const row = table[name] as CallRow<CallName>;
    return { actions: row.iam, resources: row.resource(input as never, at) };
  });
  const byResources = grouped(each, 'resources', 'actions');
  return grouped(byResources, 'actions', 'resources').map(({ actions, resources }) => ({
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
  }));
}

interface Allowed {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}
/** Those that agree in one part become one, with all of the other part. */
function grouped(all: readonly Allowed[], same: keyof Allowed, joined: keyof Allowed): readonly Allowed[] {
  const groups = new Map<string, Allowed>();
  for (const one of all) {
    const key = [...one[same]].sort().join(' ');
    const before = groups.get(key)?.[joined] ?? [];
    groups.set(key, { ...one, [same]: [...one[same]].sort(), [joined]: [...new Set([...before, ...one[joined]])].sort() });
  }
  return [...groups.values()];
}

/** Why something was not seen, in words. */
export const reasons = {
  denied: 'denied',
  notEnabled: 'not turned on',
  throttled: 'throttled',
  empty: 'empty',
  late: 'not there yet',
  gone: 'gone',
  down: 'AWS did not answer',
  notRecorded: 'not recorded',
  overBudget: 'not looked at',
  timedOut: 'timed out',
} as const satisfies Record<MissingRef['why'], string>;

/** What a person can do something about comes first; what was denied, what is not there and what a case does not hold is a line each. */
export function allowLines(missing: readonly MissingRef[], { at, refused, live }: Allowing, paper: Paper): readonly string[] {
  const statements = statementsFor(refused, at);
  const inOneLine = ({ why }: MissingRef): boolean =>
    why === 'notRecorded' || why === 'empty' || (why === 'denied' && statements.length > 0);
  const told = missing.filter((m) => !inOneLine(m));
  const kindsOf = (why: MissingRef['why']): string =>
    [...new Set(missing.filter((m) => m.why === why).map((m) => kindWords(m.kind)))].join(', ');
  const line = (says: string, names: string): readonly string[] => (names === '' ? [] : hanging(paper, '  • ', `${says}: ${names}`));
  return [
    ...line('denied', [...new Set(refused.map((r) => r.name))].join(', ')),
    ...told
      .slice(0, most)
      .flatMap((m) => [
        ...hanging(paper, '  • ', `${kindWords(m.kind)} (${reasons[m.why]}): ${tame(m.detail, 240)}`),
        ...(live ? turnOn(m, at) : []).map((command) => `      ${command}`),
      ]),
    ...(told.length > most ? [`  • and ${told.length - most} more (--json has all)`] : []),
    ...line('nothing there', kindsOf('empty')),
    ...line('not recorded', kindsOf('notRecorded')),
    ...(statements.length === 0
      ? []
      : [
          '',
          `  ${styled(paper, 'dim', '# the policy that would allow what was denied')}`,
          ...policy(statements).map((part) => `  ${part}`),
        ]),
  ];
}
const most = 8;

const policy = (statements: readonly Statement[]): readonly string[] => [
  '{ "Version": "2012-10-17", "Statement": [',
  ...statements.map((s, n) => `  ${JSON.stringify(s)}${n === statements.length - 1 ? '' : ','}`),
  '] }',
];

/** The command that turns on the log that says most: the execution log, or the access log of an HTTP API, which has no other. */
function turnOn({ kind, why }: MissingRef, at: StageRef): readonly string[] {
  if (why !== 'notEnabled') return [];
  if (kind === 'executionLog') return executionLogging(at);
  if (kind === 'endpointProbe') return ['run this again with --probe <host>: it connects to that backend from this machine'];
  if (kind === 'testInvoke') return ["run this again with --test-method 'GET /path': API Gateway then calls the real backend once"];
  return kind === 'accessLog' && at.apiType === 'HTTP' ? accessLogging(at) : [];
}

const rest = (at: StageRef, ...operations: readonly string[]): string =>
  `aws apigateway update-stage --rest-api-id ${shell(at.apiId)} --stage-name ${shell(at.stage)} --region ${shell(at.region)} --patch-operations ${operations.join(' ')}`;
const v2 = (at: StageRef, settings: string): string =>
  `aws apigatewayv2 update-stage --api-id ${shell(at.apiId)} --stage-name ${shell(at.stage)} --region ${shell(at.region)} ${settings}`;

/** HTTP APIs write no execution log. The path is `/*` twice: every resource, every method. */
function executionLogging(at: StageRef): readonly string[] {
  if (at.apiType === 'HTTP') return [];
  return at.apiType === 'REST'
    ? [rest(at, shell('op=replace,path=/*/*/logging/loglevel,value=ERROR'))]
    : [v2(at, '--default-route-settings LoggingLevel=ERROR')];
}

function accessLogging(at: StageRef): readonly string[] {
  const group = `/aws/apigateway/${at.apiId}-access`;
  const settings = { DestinationArn: `arn:aws:logs:${at.region}:${at.accountId}:log-group:${group}`, Format: accessLogFormat('HTTP') };
  return [
    `aws logs create-log-group --log-group-name ${group} --region ${shell(at.region)}`,
    v2(at, `--access-log-settings ${shell(JSON.stringify(settings))}`),
  ];
}

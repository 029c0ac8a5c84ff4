// CloudWatch Logs' rows. Reads cover the groups API Gateway and Lambda write to by their usual names, groups the owner lists, and groups
// tagged gatemedic=allowed; filters are only put on listed stages' groups.
import type { CallName, CallRow, Grant, GrantScope, Here } from '../calls.ts';
import { tagged } from './tagged.ts';

type Rows = { readonly [N in Extract<CallName, `logs:${string}`>]: CallRow<N> };

/** A group's ARN, without and with `:*`: IAM compares either, by call (evidence.md §4). */
const group = (here: Here, name: string): readonly string[] => {
  const arn = `arn:aws:logs:${here.region}:${here.accountId}:log-group:${name}`;
  return [arn, `${arn}:*`];
};
const groups = (scope: GrantScope, names: readonly string[]): readonly string[] => names.flatMap((n) => group(scope, n));

/** The group of the call's input, in the form IAM compares. */
const touched = (here: Here, name: string | undefined, identifier?: string): readonly string[] => {
  if (identifier?.startsWith('arn:')) return [`${identifier.replace(/:\*$/, '')}:*`];
  return [`arn:aws:logs:${here.region}:${here.accountId}:log-group:${name ?? identifier ?? '*'}:*`];
};

/** Where an access log usually goes (API Gateway's own guides); other names are listed by the owner in `logGroups`, or tagged. */
const accessLogs = '/aws/apigateway/*';
const taggedGroups = (scope: GrantScope): Grant => ({ resources: group(scope, '*'), conditions: { StringEquals: tagged } });

/** The execution-log group of each listed REST stage (signals.md §5); HTTP APIs have none, WebSocket APIs write below /aws/apigateway. */
const executionLogs = (scope: GrantScope): readonly string[] =>
  scope.stages.filter((s) => s.apiType === 'REST').map((s) => `API-Gateway-Execution-Logs_${s.apiId}/${s.stage}`);

const filterGrants = (scope: GrantScope): readonly Grant[] => [
  { resources: groups(scope, [...executionLogs(scope), accessLogs, ...(scope.logGroups ?? [])]) },
  taggedGroups(scope),
];

export const logRows: Rows = {
  'logs:FilterLogEvents': {
    iam: ['logs:FilterLogEvents'],
    effect: 'read',
    why: 'Reads the lines of the burst in the stage’s and the functions’ log groups.',
    wide: 'All lines of every execution log, of every group under /aws/lambda and /aws/apigateway, of the listed and of the tagged groups can be read; lines are redacted before they are stored. A function or stage that logs elsewhere needs its group in `logGroups`, or tagged gatemedic=allowed.',
    resource: (input, here) => touched(here, input.logGroupName, input.logGroupIdentifier),
    grants: (scope) => [
      { resources: groups(scope, ['API-Gateway-Execution-Logs_*', '/aws/lambda/*', accessLogs, ...(scope.logGroups ?? [])]) },
      taggedGroups(scope),
    ],
  },
  'logs:DescribeSubscriptionFilters': {
    iam: ['logs:DescribeSubscriptionFilters'],
    effect: 'read',
    why: 'Sees whether a watched log group already sends its lines, and whether a slot is free.',
    resource: (input, here) => touched(here, input.logGroupName),
    grants: filterGrants,
  },
  'logs:PutSubscriptionFilter': {
    iam: ['logs:PutSubscriptionFilter'],
    effect: 'write',
    why: 'Has a watched log group send its failure lines to intake.',
    wide: 'IAM cannot limit the filter’s name, its pattern or where it sends lines to; the code only ever writes the filter called gatemedic.',
    resource: (input, here) => touched(here, input.logGroupName),
    grants: filterGrants,
  },
  'logs:DeleteSubscriptionFilter': {
    iam: ['logs:DeleteSubscriptionFilter'],
    effect: 'write',
    why: 'Takes Gatemedic’s own filter away again, so that the group’s slot is free.',
    wide: 'IAM cannot limit which filter of a group is deleted; the code only ever deletes the filter called gatemedic.',
    resource: (input, here) => touched(here, input.logGroupName),
    grants: filterGrants,
  },
};

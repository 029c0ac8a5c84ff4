// What each edge of a duty needs of Gatemedic's own resources: the stack's roles and docs/permissions.md are built from this.
// ARNs are plain strings or CDK tokens: they are joined, never taken apart.
import type { Edge } from '../duties.ts';

/** The ARNs of one installation's own resources. */
export interface OwnArns {
  readonly table: string;
  readonly topic: string;
  readonly incidentMachine: string;
  /** `arn:aws:states:{region}:{account}:execution:{incident machine's name}:*` */
  readonly incidentExecutions: string;
  readonly undoMachine: string;
  /** `arn:aws:scheduler:{region}:{account}:schedule/{group}/*` */
  readonly schedules: string;
  /** The role EventBridge Scheduler takes to start an Undo execution. */
  readonly schedulerRole: string;
  readonly slackToken: string;
  /** None where there is no receiver. */
  readonly slackSigning?: string;
  readonly deadLetterQueue: string;
  /** Roles that carry-out takes for writes IAM cannot narrow; none where no such fix is installed. */
  readonly hands: readonly string[];
  /** The function (its alias) that `receive` hands a click to. */
  readonly answerFunction: string;
}

export interface EdgeGrant {
  readonly actions: readonly `${string}:${string}`[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Name of the table's one index; lib/store/table.ts says the same (a test holds them together). */
const index = 'list';

const edges: { readonly [E in Edge]: (own: OwnArns) => readonly EdgeGrant[] } = {
  'store:read': (own) => [{ actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [own.table, `${own.table}/index/${index}`] }],
  'store:write': (own) => [{ actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], resources: [own.table] }],
  topic: (own) => [{ actions: ['sns:Publish'], resources: [own.topic] }],
  slack: (own) => [{ actions: ['secretsmanager:GetSecretValue'], resources: [own.slackToken] }],
  'slack:signing': ({ slackSigning }) =>
    slackSigning === undefined ? [] : [{ actions: ['secretsmanager:GetSecretValue'], resources: [slackSigning] }],
  'workflow:start': (own) => [{ actions: ['states:StartExecution'], resources: [own.incidentMachine] }],
  'workflow:undo': (own) => [{ actions: ['states:StartExecution'], resources: [own.undoMachine] }],
  // SendTaskSuccess has no resource type (platform.md §1): the decision is a conditional write, the token only wakes.
  'workflow:wake': () => [{ actions: ['states:SendTaskSuccess'], resources: ['*'] }],
  // A lease that ends within the minute is started at once, for a schedule in the past never fires.
  'workflow:schedule': (own) => [
    { actions: ['scheduler:CreateSchedule'], resources: [own.schedules] },
    {
      actions: ['iam:PassRole'],
      resources: [own.schedulerRole],
      conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    },
    { actions: ['states:StartExecution'], resources: [own.undoMachine] },
  ],
  'workflow:status': (own) => [{ actions: ['states:DescribeExecution'], resources: [own.incidentExecutions] }],
  hands: (own) => (own.hands.length === 0 ? [] : [{ actions: ['sts:AssumeRole'], resources: own.hands }]),
  'hand-on': (own) => [{ actions: ['lambda:InvokeFunction'], resources: [own.answerFunction] }],
  // STS GetCallerIdentity needs no permission, and the request is signed by whoever decides (AWS: STS API reference).
  identity: () => [],
  'dead-letter': (own) => [{ actions: ['sqs:SendMessage'], resources: [own.deadLetterQueue] }],
};

/** The statements a role needs for one edge. */
export const edgeGrants = (edge: Edge, own: OwnArns): readonly EdgeGrant[] => edges[edge](own);

/** What IAM cannot narrow about an edge, for docs/permissions.md. */
export const edgeWide: { readonly [E in Edge]?: string } = {
  'store:read': 'One table holds everything: a duty that reads can read every row.',
  'store:write': 'One table holds everything: a duty that writes can write every row, on any condition.',
  'workflow:wake':
    'SendTaskSuccess has no resource, so every waiting execution whose token is known could be woken. The token only wakes; what happens next is read from a row written under a condition.',
};

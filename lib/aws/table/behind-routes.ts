// Rows of the AWS services that integrations call without a function between, and of the roles they are called with. Reads only; which
// role, queue or table stands behind a route is only known at run time.
import type { CallName, CallRow, Here } from '../calls.ts';
import type { ListedCall } from './listed-resources.ts';

type Rows = {
  readonly [
    N in Exclude<
      Extract<CallName, `iam:${string}` | `dynamodb:${string}` | `sqs:${string}` | `sns:${string}` | `states:${string}`>,
      ListedCall
    >
  ]: CallRow<N>;
};

const roleArn = (here: Pick<Here, 'accountId'>, name: string | undefined): string =>
  name?.startsWith('arn:') ? name : `arn:aws:iam::${here.accountId}:role/${name ?? '*'}`;
const managedPolicies = ({ accountId }: Pick<Here, 'accountId'>): readonly string[] => [
  `arn:aws:iam::${accountId}:policy/*`,
  'arn:aws:iam::aws:policy/*',
];
const tableArn = (here: Here, name: string | undefined): string =>
  name?.startsWith('arn:') ? name : `arn:aws:dynamodb:${here.region}:${here.accountId}:table/${name ?? '*'}`;

/** `https://sqs.{region}.amazonaws.com/{account}/{name}` → the ARN IAM compares. */
function queueArn(here: Here, url: string | undefined): string {
  const [, region, accountId, name] = /sqs\.([a-z0-9-]{1,30})\.[\w.]{1,40}\/(\d{12})\/([\w.-]{1,80})$/.exec(url ?? '') ?? [];
  return `arn:aws:sqs:${region ?? here.region}:${accountId ?? here.accountId}:${name ?? '*'}`;
}

const behindARoute = (what: string): string =>
  `Which ${what} stands behind a route is only known at run time: the answer can be had for every ${what} of the account`;

export const serviceRows: Rows = {
  'iam:GetRole': {
    iam: ['iam:GetRole'],
    effect: 'read',
    why: 'Reads who may assume the role that an integration is called with, and the permissions boundary of that role and of one that a failing function runs with.',
    wide: `${behindARoute('role')}.`,
    resource: (input, here) => [roleArn(here, input.RoleName)],
    grants: (scope) => [{ resources: [roleArn(scope, '*')] }],
  },
  'iam:SimulatePrincipalPolicy': {
    iam: ['iam:SimulatePrincipalPolicy'],
    effect: 'read',
    why: 'Asks IAM whether that role may do what the integration asks for, or what was taken from it. Nothing is done; only the answer is computed.',
    wide: `${behindARoute('role')}. What a role may do can be asked, its policies are not read.`,
    resource: (input, here) => [roleArn(here, input.PolicySourceArn)],
    grants: (scope) => [{ resources: [roleArn(scope, '*')] }],
  },
  'iam:GetPolicy': {
    iam: ['iam:GetPolicy'],
    effect: 'read',
    why: 'Sees which version of a managed policy is in force that was detached from a role, and whether it still is before it is attached again.',
    wide: 'Which policy was detached is only known at run time: the answer can be had for every managed policy of the account and of AWS.',
    resource: (input) => [input.PolicyArn ?? '*'],
    grants: (scope) => [{ resources: managedPolicies(scope) }],
  },
  'iam:GetPolicyVersion': {
    iam: ['iam:GetPolicyVersion'],
    effect: 'read',
    why: 'Reads what a managed policy says that was detached from a role, for IAM’s simulation and for whoever approves.',
    wide: 'Which policy was detached is only known at run time: every managed policy of the account and of AWS can be read.',
    resource: (input) => [input.PolicyArn ?? '*'],
    grants: (scope) => [{ resources: managedPolicies(scope) }],
  },
  'dynamodb:DescribeTable': {
    iam: ['dynamodb:DescribeTable'],
    effect: 'read',
    why: 'Sees whether the table that an integration names exists, its keys and the capacity that was bought. No item can be read.',
    wide: `${behindARoute('table')} and Region.`,
    resource: (input, here) => [tableArn(here, input.TableName)],
    grants: (scope) => [{ resources: [tableArn(scope, '*')] }],
  },
  'sqs:GetQueueAttributes': {
    iam: ['sqs:GetQueueAttributes'],
    effect: 'read',
    why: 'Sees whether the queue that an integration names exists, its policy, its kind and its key. No message can be read.',
    wide: `${behindARoute('queue')} and Region.`,
    resource: (input, here) => [queueArn(here, input.QueueUrl)],
    grants: (scope) => [{ resources: [queueArn(scope, undefined)] }],
  },
  'sns:GetTopicAttributes': {
    iam: ['sns:GetTopicAttributes'],
    effect: 'read',
    why: 'Sees whether the topic that an integration names exists, its policy and its key.',
    wide: `${behindARoute('topic')} and Region.`,
    resource: (input, here) => [input.TopicArn ?? `arn:aws:sns:${here.region}:${here.accountId}:*`],
    grants: (scope) => [{ resources: [`arn:aws:sns:${scope.region}:${scope.accountId}:*`] }],
  },
  'states:DescribeStateMachine': {
    iam: ['states:DescribeStateMachine'],
    effect: 'read',
    why: 'Sees whether the state machine that an integration names exists and is active.',
    wide: `${behindARoute('state machine')} and Region, with its definition; only its status is kept.`,
    resource: (input, here) => [input.stateMachineArn ?? `arn:aws:states:${here.region}:${here.accountId}:stateMachine:*`],
    grants: (scope) => [{ resources: [`arn:aws:states:${scope.region}:${scope.accountId}:stateMachine:*`] }],
  },
};

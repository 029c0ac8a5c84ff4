// IAM, DynamoDB, SQS, SNS and Step Functions, as far as somebody asks who looks for a fault: who may do what, and what exists.
import { ok } from '../../../model/result.ts';
import { fail, meta } from '../failure.ts';
import { roleArn } from '../mapped.ts';
import { boundaryBars, noRole, roleAccess, statementsIn } from '../role-policies.ts';
import type { Table } from '../table-capacity.ts';
import type { Answers, Parts } from './parts.ts';

type Names =
  | 'iam:GetRole'
  | 'iam:SimulatePrincipalPolicy'
  | 'dynamodb:DescribeTable'
  | 'sqs:GetQueueAttributes'
  | 'sns:GetTopicAttributes'
  | 'states:DescribeStateMachine';

const lastOf = (text: string | undefined, separator: string): string => text?.split(separator).at(-1) ?? '';
const decisions = { allowed: 'allowed', 'implicitly denied': 'implicitDeny', 'explicitly denied': 'explicitDeny' } as const;

/** While it is UPDATING a table shows, and gives, what it had. */
export const describedTable = (table: Table) => ({
  TableName: table.name,
  TableStatus: table.becoming ? ('UPDATING' as const) : ('ACTIVE' as const),
  KeySchema: [{ AttributeName: table.key, KeyType: 'HASH' as const }],
  ProvisionedThroughput: {
    ReadCapacityUnits: table.capacity?.readUnits ?? 0,
    WriteCapacityUnits: table.capacity?.writeUnits ?? 0,
  },
  ...(table.capacity === undefined ? { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' as const } } : {}),
});

export function serviceAnswers({ base, services }: Parts): Pick<Answers, Names> {
  const made = new Date(base.clock.now());
  return {
    'iam:GetRole': (input) => {
      const role = services.roles.get(input.RoleName ?? '');
      if (!role) return noRole(input.RoleName);
      const AssumeRolePolicyDocument = encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: role.trust }));
      return ok({
        ...meta,
        Role: {
          Path: '/',
          RoleName: role.name,
          RoleId: role.name,
          Arn: roleArn(base, role.name),
          CreateDate: made,
          AssumeRolePolicyDocument,
          ...(role.boundary
            ? { PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: role.boundary.arn } }
            : {}),
        },
      });
    },
    'iam:SimulatePrincipalPolicy': (input) => {
      const role = services.roles.get(lastOf(input.PolicySourceArn, '/'));
      if (!role) return noRole(input.PolicySourceArn);
      const [action = '', resource = '*'] = [input.ActionNames?.[0], input.ResourceArns?.[0]];
      const more = (input.PolicyInputList ?? []).flatMap((document) => statementsIn(document) ?? []);
      const decision = decisions[roleAccess(role, action, resource, more)];
      return ok({
        ...meta,
        EvaluationResults: [
          {
            EvalActionName: action,
            EvalResourceName: resource,
            EvalDecision: decision,
            ...(boundaryBars(role, action, resource) ? { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false } } : {}),
          },
        ],
      });
    },
    'dynamodb:DescribeTable': (input) => {
      const table = services.tables.get(lastOf(input.TableName, '/'));
      if (!table)
        return fail('gone', 'ResourceNotFoundException', `Requested resource not found: Table: ${input.TableName ?? ''} not found`);
      return ok({ ...meta, Table: describedTable(table) });
    },
    'sqs:GetQueueAttributes': (input) => {
      const queue = services.queues.get(lastOf(input.QueueUrl, '/'));
      if (!queue) return fail('gone', 'QueueDoesNotExist', 'The specified queue does not exist.');
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: queue.policy });
      return ok({ ...meta, ...(queue.policy.length > 0 ? { Attributes: { Policy } } : {}) });
    },
    'sns:GetTopicAttributes': () => fail('gone', 'NotFoundException', 'Topic does not exist'),
    'states:DescribeStateMachine': (input) => {
      const machine = services.machines.get(lastOf(input.stateMachineArn, ':'));
      if (!machine) return fail('gone', 'StateMachineDoesNotExist', `State Machine Does Not Exist: '${input.stateMachineArn ?? ''}'`);
      return ok({
        ...meta,
        stateMachineArn: input.stateMachineArn,
        name: machine.name,
        status: 'ACTIVE' as const,
        definition: '{}',
        roleArn: roleArn(base, 'machine'),
        type: 'STANDARD' as const,
        creationDate: made,
      });
    },
  };
}

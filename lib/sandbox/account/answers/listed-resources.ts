// DynamoDB's capacity, inline policies of roles and rules of security groups, in the SDK's shapes: what may be written beside functions.
import type { ListedCall } from '../../../aws/table/listed-resources.ts';
import { ok } from '../../../model/result.ts';
import { fail, meta } from '../failure.ts';
import { authorize, revoke, ruleId } from '../group-rules.ts';
import type { GroupRule } from '../network.ts';
import { deletePolicy, noPolicy, noRole, noteRole, putPolicy } from '../role-policies.ts';
import { updateCapacity } from '../table-capacity.ts';
import { describedTable } from './behind-routes.ts';
import type { Answers, Parts } from './parts.ts';

/** Attachments of managed policies stand in a table of their own. */
type Here = Exclude<ListedCall, `iam:${'Attach' | 'Detach'}RolePolicy` | 'iam:ListAttachedRolePolicies'>;

export function listedAnswers(parts: Parts): Pick<Answers, Here> {
  return { ...tableAnswers(parts), ...roleAnswers(parts), ...groupAnswers(parts) };
}

function tableAnswers({ base, services, trail }: Parts): Pick<Answers, 'dynamodb:UpdateTable'> {
  return {
    'dynamodb:UpdateTable': (input, by) => {
      const name = input.TableName?.split('/').at(-1) ?? '';
      const table = services.tables.get(name);
      if (!table) return fail('gone', 'ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
      const { ReadCapacityUnits = 0, WriteCapacityUnits = 0 } = input.ProvisionedThroughput ?? {};
      const begun = updateCapacity(base, table, { readUnits: ReadCapacityUnits, writeUnits: WriteCapacityUnits });
      if (!begun.ok) return begun;
      trail.record({
        eventName: 'UpdateTable',
        eventSource: 'dynamodb.amazonaws.com',
        by,
        requestParameters: {
          tableName: name,
          provisionedThroughput: { readCapacityUnits: ReadCapacityUnits, writeCapacityUnits: WriteCapacityUnits },
        },
        resources: [{ type: 'AWS::DynamoDB::Table', name: `arn:aws:dynamodb:${base.here.region}:${base.here.accountId}:table/${name}` }],
      });
      return ok({ ...meta, TableDescription: describedTable(table) });
    },
  };
}

type RoleNames = Extract<Here, `iam:${string}`>;
function roleAnswers({ base, services, trail }: Parts): Pick<Answers, RoleNames> {
  return {
    'iam:GetRolePolicy': ({ RoleName, PolicyName }) => {
      const role = services.roles.get(RoleName ?? '');
      if (!role) return noRole(RoleName);
      const document = role.policies.get(PolicyName ?? '');
      return document === undefined
        ? noPolicy(PolicyName)
        : ok({ ...meta, RoleName: role.name, PolicyName, PolicyDocument: encodeURIComponent(document) });
    },
    'iam:PutRolePolicy': ({ RoleName, PolicyName = '', PolicyDocument = '' }, by) => {
      const role = services.roles.get(RoleName ?? '');
      if (!role) return noRole(RoleName);
      const put = putPolicy(base, role, PolicyName, PolicyDocument);
      if (!put.ok) return put;
      noteRole(trail, 'PutRolePolicy', by, role.name, PolicyName, PolicyDocument);
      return ok(meta);
    },
    'iam:DeleteRolePolicy': ({ RoleName, PolicyName = '' }, by) => {
      const role = services.roles.get(RoleName ?? '');
      if (!role) return noRole(RoleName);
      const gone = deletePolicy(base, role, PolicyName);
      if (!gone.ok) return gone;
      noteRole(trail, 'DeleteRolePolicy', by, role.name, PolicyName);
      return ok(meta);
    },
  };
}

type GroupNames = Extract<ListedCall, `ec2:${string}`>;
function groupAnswers(parts: Parts): Pick<Answers, GroupNames> {
  const { base, network } = parts;
  const shown = (group: string, rule: GroupRule, IsEgress: boolean) => ({
    SecurityGroupRuleId: ruleId(base, group, rule),
    GroupId: group,
    GroupOwnerId: base.here.accountId,
    IsEgress,
    IpProtocol: 'tcp',
    FromPort: rule.from,
    ToPort: rule.to,
    ...(rule.cidr === undefined ? {} : rule.cidr.includes(':') ? { CidrIpv6: rule.cidr } : { CidrIpv4: rule.cidr }),
    ...(rule.group === undefined ? {} : { ReferencedGroupInfo: { GroupId: rule.group, UserId: base.here.accountId } }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
  });
  return {
    'ec2:DescribeSecurityGroupRules': ({ Filters }) => {
      const asked = Filters?.find((f) => f.Name === 'group-id')?.Values ?? [];
      const found = [...network.groups.values()].filter((g) => asked.includes(g.id));
      return ok({
        ...meta,
        SecurityGroupRules: found.flatMap((g) => [
          ...g.ingress.map((r) => shown(g.id, r, false)),
          ...g.egress.map((r) => shown(g.id, r, true)),
        ]),
      });
    },
    'ec2:AuthorizeSecurityGroupIngress': (input, by) => {
      const added = authorize(parts, input, by);
      return added.ok
        ? ok({ ...meta, Return: true, SecurityGroupRules: added.value.map((r) => shown(input.GroupId ?? '', r, false)) })
        : added;
    },
    'ec2:RevokeSecurityGroupIngress': (input, by) => {
      const gone = revoke(parts, input, by);
      if (!gone.ok) return gone;
      const RevokedSecurityGroupRules = gone.value.map((r) => shown(input.GroupId ?? '', r, false));
      return ok({ ...meta, Return: true, RevokedSecurityGroupRules });
    },
  };
}

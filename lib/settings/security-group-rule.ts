// One inbound rule of a security group, group to group or from a private range (fixes.md §15). Its description says that it is ours: only a rule
// that carries it is ever revoked, and by its id. A rule that opens to public addresses is never written.
import * as v from 'valibot';
import type { Aws, CallError, In } from '../aws/calls.ts';
import { shell } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import type { Window } from '../model/evidence.ts';
import { isPrivate } from '../model/ip-range.ts';
import { err, ok, type Result } from '../model/result.ts';
import { setting, type ValueOf } from './setting.ts';
import { servedStage, serves } from './signs/stage-serves.ts';

const source = v.variant('kind', [
  v.object({ kind: v.literal('group'), group: v.string() }),
  v.object({ kind: v.literal('range'), range: v.string() }),
]);
/** `removed` says who took it away and when, for whoever approves; `stage` is the one whose requests need it. Ports are absent where every protocol is let through. */
const target = v.object({
  accountId: v.string(),
  region: v.string(),
  groupId: v.string(),
  protocol: v.string(),
  fromPort: v.optional(v.number()),
  toPort: v.optional(v.number()),
  source,
  removed: v.string(),
  stage: servedStage,
});
const value = v.object({ description: v.string() });
export type GroupRuleTarget = v.InferOutput<typeof target>;
type Described = v.InferOutput<typeof value>;
type Target = GroupRuleTarget;
type Value = ValueOf<Described>;
type Read = 'ec2:DescribeSecurityGroupRules';
type Write = 'ec2:AuthorizeSecurityGroupIngress' | 'ec2:RevokeSecurityGroupIngress';

/** What a rule of ours says; EC2 takes letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*` (API reference, IpRange). */
export const ownDescription = (incidentId: string): string =>
  `put back by gatemedic for ${incidentId}`.replace(/[^A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g, '-').slice(0, 255);
const ownStart = 'put back by gatemedic';

/** A group has 60 rules by default and 1,000 at most (quotas): five pages. */
const pagesRead = 5;
const all = '-1';

interface Found {
  readonly id: string;
  readonly description: string;
}

async function find(aws: Aws<Read>, t: Target): Promise<Result<Found | undefined, CallError>> {
  let token: string | undefined;
  for (let n = 0; n < pagesRead; n++) {
    const answer = await aws.call('ec2:DescribeSecurityGroupRules', {
      Filters: [{ Name: 'group-id', Values: [t.groupId] }],
      MaxResults: 1000,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    if (!answer.ok) return answer;
    const hit = (answer.value.SecurityGroupRules ?? []).find((r) => {
      const sources: unknown = t.source.kind === 'group' ? r?.ReferencedGroupInfo?.GroupId : (r?.CidrIpv4 ?? r?.CidrIpv6);
      const ports = t.protocol === all || (r?.FromPort === t.fromPort && r?.ToPort === t.toPort);
      return (
        r?.IsEgress === false &&
        r.IpProtocol === t.protocol &&
        ports &&
        sources === (t.source.kind === 'group' ? t.source.group : t.source.range)
      );
    });
    if (hit) return ok({ id: hit.SecurityGroupRuleId ?? '', description: hit.Description ?? '' });
    token = answer.value.NextToken;
    if (!token) break;
  }
  return ok(undefined);
}

const permission = (t: Target, description: string): NonNullable<In<'ec2:AuthorizeSecurityGroupIngress'>['IpPermissions']>[number] => ({
  IpProtocol: t.protocol,
  ...(t.fromPort === undefined ? {} : { FromPort: t.fromPort }),
  ...(t.toPort === undefined ? {} : { ToPort: t.toPort }),
  ...(t.source.kind === 'group'
    ? { UserIdGroupPairs: [{ GroupId: t.source.group, Description: description }] }
    : { IpRanges: [{ CidrIp: t.source.range, Description: description }] }),
});

const refused = (call: Write, message: string): Result<never, CallError> => err({ kind: 'refused', call, name: 'Refused', message });

async function add(aws: Aws<Read | Write>, t: Target, to: Described): Promise<Result<void, CallError>> {
  if (t.source.kind === 'range' && !isPrivate(t.source.range))
    return refused(
      'ec2:AuthorizeSecurityGroupIngress',
      `${t.source.range} holds public addresses: opening to them is never done from here`,
    );
  if (!to.description.startsWith(ownStart))
    return refused('ec2:AuthorizeSecurityGroupIngress', `a rule of ours says so in its description, which begins with ${ownStart}`);
  const added = await aws.call('ec2:AuthorizeSecurityGroupIngress', { GroupId: t.groupId, IpPermissions: [permission(t, to.description)] });
  return added.ok ? ok(undefined) : added;
}

async function revoke(aws: Aws<Read | Write>, t: Target): Promise<Result<void, CallError>> {
  const found = await find(aws, t);
  if (!found.ok) return found;
  if (!found.value) return ok(undefined);
  if (!found.value.description.startsWith(ownStart))
    return refused('ec2:RevokeSecurityGroupIngress', `the rule ${found.value.id} of ${t.groupId} is somebody else’s`);
  const gone = await aws.call('ec2:RevokeSecurityGroupIngress', { GroupId: t.groupId, SecurityGroupRuleIds: [found.value.id] });
  return gone.ok || gone.error.kind === 'gone' ? ok(undefined) : gone;
}

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value; readonly revision?: string }, CallError>> {
  const found = await find(aws, t);
  if (!found.ok) return found.error.kind === 'gone' ? ok({ value: 'absent' }) : found;
  return ok(found.value ? { value: { description: found.value.description }, revision: found.value.id } : { value: 'absent' });
}

const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : a.description === b.description);
const portsOf = (t: Target): string =>
  t.protocol === all
    ? 'every protocol'
    : `${t.protocol === '6' ? 'tcp' : t.protocol} ${t.fromPort === t.toPort ? `${t.fromPort ?? 'any'}` : `${t.fromPort ?? 'any'}-${t.toPort ?? 'any'}`}`;
const sourceOf = ({ source: s }: Target): string => (s.kind === 'group' ? s.group : s.range);
const show = (t: Target, one: Value): string => (one === 'absent' ? 'no rule' : `admits ${sourceOf(t)} on ${portsOf(t)}`);

export default setting({
  id: 'security-group-rule',
  title: 'An inbound rule of a security group',
  target,
  value,
  calls: {
    read: ['ec2:DescribeSecurityGroupRules'],
    write: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
  },
  race: 'none that harms: EC2 refuses an equal rule a second time, so one that somebody adds in between stays theirs and is told; ours is revoked by its id, and only while it carries our description.',
  hand: 'security-groups',
  lockKey: (t: Target) => `security-group:${t.accountId}:${t.region}:${t.groupId}`,
  writesTo: (t: Target) => `arn:aws:ec2:${t.region}:${t.accountId}:security-group/${t.groupId}`,
  read,
  write: (aws: Aws<Read | Write>, t: Target, _from: Value, to: Value) => (to === 'absent' ? revoke(aws, t) : add(aws, t, to)),
  same,
  show: (t: Target, from: Value, to: Value) =>
    `security group ${t.groupId} (${t.removed}): ${show(t, from)} → ${show(t, to)}`.replace(/\s+/g, ' '),
  inUse: (aws: Aws<'cloudwatch:GetMetricData'>, t: Target, _value: Described, window: Window) => serves(aws, t.stage, window),
  keptWhenUsed: true,
  byHand: (t: Target, _from: Value, to: Value) => {
    const which = permission(t, to === 'absent' ? '' : to.description);
    const of = to === 'absent' ? withoutDescription(which) : which;
    const verb = to === 'absent' ? 'revoke' : 'authorize';
    return `aws ec2 ${verb}-security-group-ingress --group-id ${t.groupId} --ip-permissions ${shell(JSON.stringify([of]))} --region ${t.region}`;
  },
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t)),
});

const withoutDescription = (one: ReturnType<typeof permission>): unknown =>
  JSON.parse(JSON.stringify(one, (key, inner: unknown) => (key === 'Description' ? undefined : inner)));

/** The rule in the three languages infrastructure is mostly written in. */
function lasting(t: Target): readonly Snippet[] {
  const range = t.source.kind === 'range';
  const [from, to] = [t.fromPort ?? -1, t.toPort ?? -1];
  const name = sourceOf(t);
  return [
    {
      title: 'CloudFormation',
      language: 'yaml',
      code: `RestoredRule:\n  Type: AWS::EC2::SecurityGroupIngress\n  Properties:\n    GroupId: ${t.groupId}\n    IpProtocol: '${t.protocol}'\n    FromPort: ${from}\n    ToPort: ${to}\n    ${range ? 'CidrIp' : 'SourceSecurityGroupId'}: ${name}`,
    },
    {
      title: 'CDK',
      language: 'typescript',
      code: `new ec2.CfnSecurityGroupIngress(this, 'RestoredRule', {\n  groupId: '${t.groupId}',\n  ipProtocol: '${t.protocol}',\n  fromPort: ${from},\n  toPort: ${to},\n  ${range ? 'cidrIp' : 'sourceSecurityGroupId'}: '${name}',\n});`,
    },
    {
      title: 'Terraform',
      language: 'hcl',
      code: `resource "aws_vpc_security_group_ingress_rule" "restored" {\n  security_group_id = "${t.groupId}"\n  ip_protocol       = "${t.protocol}"${t.protocol === all ? '' : `\n  from_port         = ${from}\n  to_port           = ${to}`}\n  ${range ? 'cidr_ipv4        ' : 'referenced_security_group_id'} = "${name}"\n}`,
    },
  ];
}

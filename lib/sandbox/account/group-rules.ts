// Inbound rules of security groups as EC2 changes them: each has an id, an equal one is refused as a duplicate, and what goes and comes stands in
// CloudTrail with the rule itself (AuthorizeSecurityGroupIngress and RevokeSecurityGroupIngress, API reference).
import type { In } from '../../aws/calls.ts';
import { ok, type Result } from '../../model/result.ts';
import { hexOf, type Base } from './base.ts';
import { fail, type Failure } from './failure.ts';
import type { GroupRule, NetworkState, SecurityGroup } from './network.ts';
import type { Caller, Trail } from './trail.ts';

type Permission = NonNullable<In<'ec2:AuthorizeSecurityGroupIngress'>['IpPermissions']>[number];
export interface GroupParts {
  readonly base: Base;
  readonly network: NetworkState;
  readonly trail: Trail;
}

/** Rules of a security group in one direction (quota "Inbound or outbound rules per security group"). */
const rulesLimit = 60;

/** A rule that was there from the beginning has an id too, the same each time it is asked for. */
export const ruleId = (base: Base, group: string, rule: GroupRule): string =>
  rule.id ?? `sgr-${hexOf(17, base.seed, group, rule.from, rule.to, rule.group ?? '', rule.cidr ?? '')}`;

const same = (a: GroupRule, b: GroupRule): boolean => a.from === b.from && a.to === b.to && a.group === b.group && a.cidr === b.cidr;

const noGroup = (id: string | undefined) => fail('gone', 'InvalidGroup.NotFound', `The security group '${id ?? ''}' does not exist`);

/** Each source of a permission is a rule of its own. */
function rulesOf(permissions: readonly Permission[]): readonly GroupRule[] {
  return permissions.flatMap((p) => {
    const ports = { from: p.FromPort ?? 0, to: p.ToPort ?? 65_535 };
    const one = (source: Pick<GroupRule, 'group' | 'cidr'>, description: string | undefined): GroupRule => ({
      ...ports,
      ...source,
      ...(description === undefined ? {} : { description }),
    });
    return [
      ...(p.UserIdGroupPairs ?? []).map((pair) => one({ group: pair.GroupId ?? '' }, pair.Description)),
      ...(p.IpRanges ?? []).map((range) => one({ cidr: range.CidrIp ?? '' }, range.Description)),
      ...(p.Ipv6Ranges ?? []).map((range) => one({ cidr: range.CidrIpv6 ?? '' }, range.Description)),
    ];
  });
}

/** As CloudTrail writes a request’s permissions. */
const recordedPermissions = (base: Base, rules: readonly GroupRule[]) => ({
  items: rules.map((r) => ({
    ipProtocol: 'tcp',
    fromPort: r.from,
    toPort: r.to,
    groups: r.group === undefined ? {} : { items: [{ userId: base.here.accountId, groupId: r.group }] },
    ipRanges: r.cidr === undefined || r.cidr.includes(':') ? {} : { items: [{ cidrIp: r.cidr }] },
    ipv6Ranges: r.cidr?.includes(':') ? { items: [{ cidrIpv6: r.cidr }] } : {},
    prefixListIds: {},
  })),
});
/** As CloudTrail writes the rules of an answer. */
const recordedRules = (base: Base, group: string, rules: readonly GroupRule[], isEgress: boolean) => ({
  items: rules.map((r) => ({
    groupId: group,
    securityGroupRuleId: ruleId(base, group, r),
    isEgress,
    ipProtocol: 'tcp',
    fromPort: r.from,
    toPort: r.to,
    ...(r.cidr === undefined ? {} : { [r.cidr.includes(':') ? 'cidrIpv6' : 'cidrIpv4']: r.cidr }),
    ...(r.group === undefined ? {} : { referencedGroupInfo: { groupId: r.group, userId: base.here.accountId } }),
  })),
});

export interface RulesNote {
  readonly by: Caller;
  readonly group: string;
  readonly rules: readonly GroupRule[];
  /** The request named rules by their ids only. */
  readonly byId?: boolean;
}
/** The record of rules that came or went. */
export function noteRules({ base, trail }: GroupParts, eventName: string, { by, group, rules, byId }: RulesNote): void {
  const set = recordedRules(base, group, rules, eventName.endsWith('Egress'));
  trail.record({
    eventName,
    eventSource: 'ec2.amazonaws.com',
    by,
    requestParameters: {
      groupId: group,
      ...(byId
        ? { ipPermissions: {}, securityGroupRuleIds: { items: set.items.map((r) => ({ securityGroupRuleId: r.securityGroupRuleId })) } }
        : { ipPermissions: recordedPermissions(base, rules) }),
    },
    responseElements: { _return: true, [eventName.startsWith('Revoke') ? 'revokedSecurityGroupRuleSet' : 'securityGroupRuleSet']: set },
    resources: [{ type: 'AWS::EC2::SecurityGroup', name: group }],
  });
}

export function authorize(
  parts: GroupParts,
  input: In<'ec2:AuthorizeSecurityGroupIngress'>,
  by: Caller,
): Result<readonly GroupRule[], Failure> {
  const { base, network } = parts;
  const group = network.groups.get(input.GroupId ?? '');
  if (!group) return noGroup(input.GroupId);
  const rules = rulesOf(input.IpPermissions ?? []).map((r) => ({ ...r, id: `sgr-${hexOf(17, base.seed, 'rule', base.next())}` }));
  const no = objection(network, group, rules);
  if (no) return no;
  group.ingress = [...group.ingress, ...rules];
  noteRules(parts, 'AuthorizeSecurityGroupIngress', { by, group: group.id, rules });
  return ok(rules);
}

function objection(net: NetworkState, group: SecurityGroup, rules: readonly GroupRule[]) {
  if (rules.length === 0) return fail('refused', 'MissingParameter', 'Either ‘cidrIp’ or a source security group should be provided.');
  const lost = rules.find((r) => r.group !== undefined && !net.groups.has(r.group));
  if (lost) return noGroup(lost.group);
  const double = rules.find((r) => group.ingress.some((g) => same(g, r)));
  if (double)
    return fail(
      'conflict',
      'InvalidPermission.Duplicate',
      `the specified rule "peer: ${double.group ?? double.cidr ?? ''}, TCP, from port: ${double.from}, to port: ${double.to}, ALLOW" already exists`,
    );
  return group.ingress.length + rules.length > rulesLimit
    ? fail('refused', 'RulesPerSecurityGroupLimitExceeded', 'The maximum number of rules per security group has been reached.')
    : undefined;
}

export function revoke(parts: GroupParts, input: In<'ec2:RevokeSecurityGroupIngress'>, by: Caller): Result<readonly GroupRule[], Failure> {
  const { base, network } = parts;
  const group = network.groups.get(input.GroupId ?? '');
  if (!group) return noGroup(input.GroupId);
  const ids = input.SecurityGroupRuleIds;
  const asked = ids ? undefined : rulesOf(input.IpPermissions ?? []);
  const gone = group.ingress.filter((g) => ids?.includes(ruleId(base, group.id, g)) ?? asked?.some((r) => same(r, g)));
  if (gone.length < (ids ?? asked ?? []).length || gone.length === 0)
    return ids
      ? fail('gone', 'InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${ids.join(', ')}' does not exist`)
      : fail('gone', 'InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  group.ingress = group.ingress.filter((g) => !gone.includes(g));
  noteRules(parts, 'RevokeSecurityGroupIngress', { by, group: group.id, rules: gone, byId: ids !== undefined });
  return ok(gone);
}

// Security groups as reports tell of them: one call a group, or rule by rule. A question for several groups gets them all.
import { asObject, asText, type JsonObject } from '../../model/json.ts';
import type { RecordedCase } from './case.ts';
import { answersTo } from './place.ts';

/** All groups that were told of, in the shape of DescribeSecurityGroups; undefined when none was. */
export function securityGroupsOf(one: RecordedCase): JsonObject | undefined {
  const whole = answersTo(one, 'ec2:DescribeSecurityGroups').flatMap(({ input, output }) => {
    const ids = input['GroupIds'];
    const id: unknown = Array.isArray(ids) && ids.length === 1 ? ids[0] : undefined;
    const groups: readonly unknown[] = Array.isArray(output['SecurityGroups']) ? output['SecurityGroups'] : [];
    return groups.map((g): JsonObject => ({ ...(id === undefined ? {} : { GroupId: id }), ...asObject(g) }));
  });
  const all = [...whole, ...byRules(one)];
  return all.length === 0 ? undefined : { SecurityGroups: all };
}

/** DescribeSecurityGroupRules tells the same, a rule at a time. */
function byRules(one: RecordedCase): readonly JsonObject[] {
  const told = answersTo(one, 'ec2:DescribeSecurityGroupRules').map(({ output }) => output['SecurityGroupRules']);
  const rules: readonly JsonObject[] = told.flatMap((list: unknown): readonly JsonObject[] =>
    (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((r): readonly JsonObject[] => {
      const rule = asObject(r);
      return rule ? [rule] : [];
    }),
  );
  const ids = [...new Set(rules.flatMap((r) => asText(r['GroupId']) ?? []))];
  return ids.map((GroupId) => {
    const own = rules.filter((r) => r['GroupId'] === GroupId);
    const side = (egress: boolean): readonly JsonObject[] => own.filter((r) => (r['IsEgress'] === true) === egress).map(permission);
    return { GroupId, IpPermissions: side(false), IpPermissionsEgress: side(true) };
  });
}

const permission = (r: JsonObject): JsonObject => ({
  IpProtocol: r['IpProtocol'],
  FromPort: r['FromPort'],
  ToPort: r['ToPort'],
  IpRanges: r['CidrIpv4'] === undefined ? [] : [{ CidrIp: r['CidrIpv4'] }],
  UserIdGroupPairs: asObject(r['ReferencedGroupInfo']) ? [{ GroupId: asObject(r['ReferencedGroupInfo'])?.['GroupId'] }] : [],
});

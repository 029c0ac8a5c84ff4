// Who revoked which inbound rule of the security groups on the way, by CloudTrail: with the rule itself, so that it can be told whether that is the
// one that is missing.
import { got, missing, type Missing } from '../model/evidence.ts';
import { asObject, asText, type JsonObject } from '../model/json.ts';
import type { LoadBalancers, Network } from '../model/kinds/network.ts';
import type { GroupTrail, RecordedRule, RulesWrite } from '../model/kinds/removal.ts';
import { minuteMs } from '../model/series.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';
import { recordsOf, type TrailRecord } from './reading/trail.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    groupTrail: GroupTrail;
  }
}

/** LookupEvents allows two a second for the whole account: the groups of targets and load balancers first, nothing connects to the others. */
const groupsRead = 6;
const pagesEach = 2;
/** CloudTrail keeps 90 days (evidence.md §6): a rule that is revoked by its id is told by the record that made it. */
const reachMs = 90 * 24 * 60 * minuteMs;
/** Records arrive 5 to 15 minutes after the call (evidence.md §6). */
const lagMs = 15 * minuteMs;

export default collector({
  kind: 'groupTrail',
  title: 'Who changed the security groups on the way (CloudTrail)',
  trust: 'aws',
  calls: ['cloudtrail:LookupEvents'],
  needs: ['loadBalancers', 'network'],
  round: 'suspect',
  maxCalls: groupsRead * pagesEach,
  delayMs: groupsRead * pagesEach * 500,
  async read(aws, { have, window, now }) {
    if (have.network.state === 'missing')
      return missing(have.network.why, `which security groups are on the way is not known: ${have.network.detail}`);
    const balancers = have.loadBalancers.state === 'got' ? have.loadBalancers.value : undefined;
    const wanted = groupsOf(have.network.value, balancers).slice(0, groupsRead);
    if (wanted.length === 0) return missing('empty', 'no security group is on the way');
    const span = { from: now - reachMs, to: now };
    const groups: Record<string, readonly RulesWrite[]> = {};
    const without: Record<string, Missing> = {};
    // one after the other: the limit is the whole account's
    for (const id of wanted) {
      const read = await recordsOf((input) => aws.call('cloudtrail:LookupEvents', input), id, span, pagesEach);
      if (read.ok) groups[id] = writesOf(read.value, id);
      else without[id] = notHad(read.error);
    }
    const first = Object.values(without)[0];
    if (Object.keys(groups).length === 0 && first) return first;
    const silent = Object.values(groups).every((writes) => writes.length === 0);
    return silent && now - window.from < lagMs + 10 * minuteMs
      ? missing('late', 'CloudTrail has no record of a change yet; it is 5 to 15 minutes behind')
      : got({ groups, ...partly(without) }, span, 'aws');
  },
});

function groupsOf(net: Network, balancers: LoadBalancers | undefined): readonly string[] {
  const targets = Object.values(net.interfaces).flatMap((i) => i.securityGroups);
  const own = Object.values(balancers?.balancers ?? {}).flatMap((b) => b.securityGroups ?? []);
  return [...new Set([...targets, ...own, ...Object.keys(net.securityGroups)])];
}

const named: Readonly<Record<string, RulesWrite['what']>> = {
  AuthorizeSecurityGroupIngress: 'authorized',
  RevokeSecurityGroupIngress: 'revoked',
  ModifySecurityGroupRules: 'modified',
};

function writesOf(records: readonly TrailRecord[], group: string): readonly RulesWrite[] {
  const byId = new Map(
    records.flatMap((r) => rulesIn(r.answer['securityGroupRuleSet'])).flatMap((rule) => (rule.id ? [[rule.id, rule] as const] : [])),
  );
  return records.flatMap((r) => {
    const what = named[r.name];
    if (!what || (asText(r.parameters['groupId']) ?? group) !== group) return [];
    return [{ at: r.at, by: r.by, what, rules: rulesOf(r, byId) }];
  });
}

/** What really went or came, by the answer; else what was asked; else what ids meant when they were made. */
function rulesOf({ answer, parameters }: TrailRecord, byId: ReadonlyMap<string, RecordedRule>): readonly RecordedRule[] {
  const answered = rulesIn(answer['revokedSecurityGroupRuleSet'] ?? answer['securityGroupRuleSet']);
  if (answered.length > 0) return answered;
  const asked = permissionsIn(parameters['ipPermissions']);
  if (asked.length > 0) return asked;
  return itemsOf(parameters['securityGroupRuleIds']).flatMap((one) => byId.get(asText(one['securityGroupRuleId']) ?? '') ?? []);
}

/** EC2's records write lists as `{ items: […] }`. */
const itemsOf = (value: unknown): readonly JsonObject[] => {
  const items = asObject(value)?.['items'];
  return (Array.isArray(items) ? items : []).flatMap((one): readonly JsonObject[] => {
    const object = asObject(one);
    return object ? [object] : [];
  });
};
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function portsIn(o: JsonObject): Pick<RecordedRule, 'protocol' | 'fromPort' | 'toPort'> {
  const [fromPort, toPort] = [numberOf(o['fromPort']), numberOf(o['toPort'])];
  return {
    protocol: asText(o['ipProtocol']) ?? '-1',
    ...(fromPort === undefined ? {} : { fromPort }),
    ...(toPort === undefined ? {} : { toPort }),
  };
}
const sourceGroup = (o: JsonObject | undefined): Pick<RecordedRule, 'group' | 'groupOwner'> => {
  const [group, owner] = [asText(o?.['groupId']), asText(o?.['userId'])];
  return { ...(group === undefined ? {} : { group }), ...(owner === undefined ? {} : { groupOwner: owner }) };
};

/** Rules of an answer; outbound ones are left out. */
const rulesIn = (set: unknown): readonly RecordedRule[] =>
  itemsOf(set).flatMap((o) => {
    const [id, range] = [asText(o['securityGroupRuleId']), asText(o['cidrIpv4']) ?? asText(o['cidrIpv6'])];
    if (o['isEgress'] === true) return [];
    return [
      {
        ...portsIn(o),
        ...(id === undefined ? {} : { id }),
        ...(range === undefined ? {} : { range }),
        ...sourceGroup(asObject(o['referencedGroupInfo']) ?? { groupId: o['referencedGroupId'] }),
      },
    ];
  });

/** Each source of a permission is a rule of its own. */
const permissionsIn = (permissions: unknown): readonly RecordedRule[] =>
  itemsOf(permissions).flatMap((p) => [
    ...itemsOf(p['groups']).map((pair) => ({ ...portsIn(p), ...sourceGroup(pair) })),
    ...itemsOf(p['ipRanges']).flatMap((r) => rangeRule(p, asText(r['cidrIp']))),
    ...itemsOf(p['ipv6Ranges']).flatMap((r) => rangeRule(p, asText(r['cidrIpv6']))),
  ]);
const rangeRule = (p: JsonObject, range: string | undefined): readonly RecordedRule[] =>
  range === undefined ? [] : [{ ...portsIn(p), range }];

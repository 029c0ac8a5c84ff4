// Puts an inbound rule back that was revoked from a security group on the way to a private backend, exactly as CloudTrail recorded it. Only the rule
// that is missing, never one that opens to public addresses; two people approve, who read who revoked it.
import * as v from 'valibot';
import { utcMinute } from '../model/advice.ts';
import { absent, fix, type Change, type PlanInput } from '../model/change.ts';
import { isPrivate } from '../model/ip-range.ts';
import { lets, revokedRules, type RevokedRule, type Wanted } from '../model/revoked-rule.ts';
import { err, ok, type Result } from '../model/result.ts';
import groupRule, { ownDescription, type GroupRuleTarget } from '../settings/security-group-rule.ts';
import { servedBy } from '../settings/signs/stage-serves.ts';

type Kind = 'network' | 'groupTrail';
type Plan = PlanInput<Kind>;

const names = v.optional(v.array(v.string()), []);
const way = v.object({
  what: v.string(),
  says: v.string(),
  at: v.string(),
  port: v.optional(v.number()),
  groups: names,
  peers: names,
  peerSubnets: names,
});
const factsSchema = v.object({ ways: v.array(way) });
type Way = v.InferOutput<typeof way>;

export default fix<Kind, never>({
  id: 're-add-security-group-rule',
  title: 'Put the revoked security-group rule back',
  about: {
    changes:
      'Adds an inbound rule to a security group between VPC link, load balancer and targets, exactly as CloudTrail recorded its revocation: the same protocol and ports, from the same group or the same private range. Its description says that it is ours, and for which incident. It steps aside where no revoked rule within CloudTrail’s 90 days would let the traffic through, where the rule was made again since, where it named public addresses (`0.0.0.0/0` too) or a group of another account, and where the way is cut by anything else: outbound rules, network ACLs and routes are advice. The question says who revoked the rule, and when.',
    costs: 'nothing',
  },
  treats: ['network-blocked'],
  settings: [groupRule.id],
  risk: 'if somebody revoked the rule on purpose, this opens the way again',
  consent: 'two-person',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['network', 'groupTrail'],
  async plan(input) {
    const facts = v.safeParse(factsSchema, input.facts);
    if (!facts.success || facts.output.ways.length === 0) return err({ reason: 'the diagnosis does not say where the way is cut' });
    const { ways } = facts.output;
    const other = ways.find((w) => w.what !== 'ingress');
    if (other) return err({ reason: `an inbound rule does not mend it: ${other.says}` });
    const targets = new Map<string, GroupRuleTarget>();
    for (const one of ways) {
      const target = targetOf(input, one);
      if (!target.ok) return err({ reason: target.error });
      targets.set(JSON.stringify(target.value), target.value);
    }
    const changes: Change[] = [];
    for (const target of targets.values()) {
      const now = await input.read(groupRule.id, target);
      if (!now.ok) return now;
      if (now.value.value !== absent) return err({ reason: `the rule stands in ${target.groupId} again; somebody put it back` });
      changes.push({ setting: groupRule.id, target, from: absent, to: { description: ownDescription(input.id) } });
    }
    return ok(changes);
  },
});

function targetOf(input: Plan, one: Way): Result<GroupRuleTarget, string> {
  const revoked = missingRule(input, one);
  if (!revoked.ok) return revoked;
  const { group, rule, at, by } = revoked.value;
  const { accountId, region } = input.at;
  if (rule.groupOwner !== undefined && rule.groupOwner !== accountId)
    return err(`the revoked rule named the group ${rule.group ?? ''} of account ${rule.groupOwner}, which is not this one`);
  if (rule.range !== undefined && !isPrivate(rule.range))
    return err(`the revoked rule of ${group} admitted ${rule.range}: opening to public addresses is never done from here`);
  const source =
    rule.group === undefined ? { kind: 'range' as const, range: rule.range ?? '' } : { kind: 'group' as const, group: rule.group };
  const ports =
    rule.protocol === '-1'
      ? {}
      : {
          ...(rule.fromPort === undefined ? {} : { fromPort: rule.fromPort }),
          ...(rule.toPort === undefined ? {} : { toPort: rule.toPort }),
        };
  return ok({
    accountId,
    region,
    groupId: group,
    protocol: rule.protocol,
    ...ports,
    source,
    removed: `revoked by ${by} at ${utcMinute(at)}`,
    stage: servedBy(input.at),
  });
}

/** The newest revocation that took away what this way needs. */
function missingRule({ evidence: { network, groupTrail } }: Plan, one: Way): Result<RevokedRule, string> {
  if (one.port === undefined) return err(`which port is cut is not known: ${one.says}`);
  if (groupTrail.state !== 'got') return err(`who changed ${one.at} could not be read: ${groupTrail.detail}`);
  const subnets = network.state === 'got' ? one.peerSubnets.map((id) => network.value.subnets[id]?.range) : [];
  const wanted: Wanted = {
    port: one.port,
    peers: one.peers,
    peerRanges: subnets.every((r) => r !== undefined) ? subnets : [],
  };
  const groups = one.groups.length > 0 ? one.groups : [one.at];
  const found = groups
    .flatMap((id) => revokedRules(id, groupTrail.value.groups[id] ?? []))
    .filter(({ rule }) => lets(rule, wanted))
    .toSorted((a, b) => b.at - a.at)[0];
  return found ? ok(found) : err(`CloudTrail shows no revocation (yet) of a rule that ${one.at} lacks: ${one.says}`);
}

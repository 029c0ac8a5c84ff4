// Which inbound rule of a security group was taken away, and whether it is the one that is missing: from CloudTrail's records alone. Pure.
import { holds, ipRange } from './ip-range.ts';
import type { DoneBy, RecordedRule, RulesWrite } from './kinds/removal.ts';

export interface RevokedRule extends DoneBy {
  readonly group: string;
  readonly rule: RecordedRule;
}

/** What a rule says, without its id. */
const ruleKey = ({ protocol, fromPort, toPort, group, range }: RecordedRule): string =>
  JSON.stringify([protocol, fromPort ?? -1, toPort ?? -1, group ?? '', range ?? '']);

/** The rules of a group that were revoked and not authorized again since, newest first. */
export function revokedRules(group: string, writes: readonly RulesWrite[]): readonly RevokedRule[] {
  const sorted = writes.toSorted((a, b) => b.at - a.at);
  const seen = new Set<string>();
  const found: RevokedRule[] = [];
  for (const write of sorted)
    for (const rule of write.rules) {
      const key = ruleKey(rule);
      if (!seen.has(key) && write.what === 'revoked') found.push({ group, rule, at: write.at, by: write.by });
      seen.add(key);
    }
  return found;
}

/** What a hop needs: a port, and the peer as its groups and the ranges its addresses are in. */
export interface Wanted {
  readonly port: number;
  readonly peers: readonly string[];
  readonly peerRanges: readonly string[];
}

/** Whether the rule would let the peer through: by one of its groups, or by a range that holds all its addresses. */
export function lets(rule: RecordedRule, { port, peers, peerRanges }: Wanted): boolean {
  if (!['tcp', '6', '-1'].includes(rule.protocol)) return false;
  if (rule.protocol !== '-1' && ((rule.fromPort ?? 0) > port || (rule.toPort ?? 65_535) < port)) return false;
  if (rule.group !== undefined) return peers.includes(rule.group);
  const outer = rule.range === undefined ? undefined : ipRange(rule.range);
  if (!outer || peerRanges.length === 0) return false;
  return peerRanges.map(ipRange).every((inner) => inner !== undefined && holds(outer, inner));
}

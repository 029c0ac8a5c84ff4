// VPC flow logs of the way to a private backend: packets that were turned away. Only where they are already on and written to CloudWatch Logs;
// they come five to fifteen minutes late (evidence.md §9).
import { err, ok } from '../model/result.ts';
import { missing, type EvidenceSet } from '../model/evidence.ts';
import { collector, notHad } from './collector.ts';
import { ownLines, readLines, together } from './reading/log-lines.ts';

export default collector({
  kind: 'flowLog',
  title: 'VPC flow logs',
  // Anybody may send packets, but nobody who calls the API chooses their addresses; still, lines never confirm anything.
  trust: 'forgeable',
  calls: ['ec2:DescribeFlowLogs', 'logs:FilterLogEvents'],
  needs: ['vpcLinks', 'loadBalancers'],
  round: 'suspect',
  maxCalls: 3,
  async read(aws, input) {
    const own = ownLines(input, 'flow');
    const { places, addresses } = onTheWay(input.have);
    if (addresses.length === 0) return together(own, err(missing('empty', 'no address on the way is known')), input.window);
    const logs = await aws.call('ec2:DescribeFlowLogs', { Filter: [{ Name: 'resource-id', Values: [...places] }] });
    if (!logs.ok) return together(own, err(notHad(logs.error)), input.window);
    const group = (logs.value.FlowLogs ?? []).find((f) => f?.LogGroupName && f.FlowLogStatus !== 'INACTIVE')?.LogGroupName;
    if (group === undefined)
      return together(
        own,
        err(missing('notEnabled', `no flow log of ${places[0] ?? 'the VPC'} is written to CloudWatch Logs`)),
        input.window,
      );
    const read = await readLines(aws, { group, log: 'flow', terms: ['REJECT'], pages: 2 }, input.window);
    return together(
      own,
      read.ok ? ok({ ...read.value, lines: read.value.lines.filter(({ text }) => speaksOf(text, addresses)) }) : read,
      input.window,
    );
  },
});

/** In any VPC something is turned away all the time: only packets from or to a target are news. */
const speaksOf = (text: string, addresses: readonly string[]): boolean => addresses.some((address) => ` ${text} `.includes(` ${address} `));

/** The VPCs and subnets on the way, for a flow log may be on either, and the targets' addresses. */
function onTheWay(have: EvidenceSet<'vpcLinks' | 'loadBalancers'>): {
  readonly places: readonly string[];
  readonly addresses: readonly string[];
} {
  const links = have.vpcLinks.state === 'got' ? Object.values(have.vpcLinks.value.links) : [];
  const balancers = have.loadBalancers.state === 'got' ? Object.values(have.loadBalancers.value.balancers) : [];
  const places = [
    ...balancers.flatMap((b) => [...(b.vpcId === undefined ? [] : [b.vpcId]), ...(b.subnets ?? [])]),
    ...links.flatMap((l) => l.subnets),
  ];
  const targets = balancers.flatMap((b) => (b.targetGroups ?? []).flatMap((g) => g.targets ?? []));
  return {
    places: [...new Set(places)].slice(0, 20),
    addresses: targets.map((t) => t.id).filter((id) => /^[\d.]{7,15}$/.test(id)),
  };
}

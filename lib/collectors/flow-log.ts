// VPC flow logs of the way to a private backend: packets that were turned away. Only where they are already on and written to CloudWatch Logs;
// they come five to fifteen minutes late (evidence.md §9).
import { err } from '../model/result.ts';
import { missing, type EvidenceSet } from '../model/evidence.ts';
import { collector, notHad } from './collector.ts';
import { ownLines, readLines, together } from './reading/log-lines.ts';

export default collector({
  kind: 'flowLog',
  title: 'VPC flow logs',
  // Anybody may send packets, but nobody who calls the API chooses their addresses; still, lines never confirm anything.
  trust: 'forgeable',
  calls: ['ec2:DescribeFlowLogs', 'logs:FilterLogEvents'],
  needs: ['vpcLinks', 'loadBalancers', 'functionConfig'],
  round: 'suspect',
  maxCalls: 3,
  async read(aws, input) {
    const own = ownLines(input, 'flow');
    const places = placesOf(input.have);
    if (places.length === 0) return together(own, err(missing('empty', 'no VPC is on the way')), input.window);
    const logs = await aws.call('ec2:DescribeFlowLogs', { Filter: [{ Name: 'resource-id', Values: [...places] }] });
    if (!logs.ok) return together(own, err(notHad(logs.error)), input.window);
    const group = (logs.value.FlowLogs ?? []).find((f) => f?.LogGroupName && f.FlowLogStatus !== 'INACTIVE')?.LogGroupName;
    if (group === undefined)
      return together(
        own,
        err(missing('notEnabled', `no flow log of ${places[0] ?? 'the VPC'} is written to CloudWatch Logs`)),
        input.window,
      );
    return together(own, await readLines(aws, { group, log: 'flow', terms: ['REJECT'], pages: 2 }, input.window), input.window);
  },
});

/** The VPCs and subnets on the way, for a flow log may be on either. */
function placesOf(have: EvidenceSet<'vpcLinks' | 'loadBalancers' | 'functionConfig'>): readonly string[] {
  const links = have.vpcLinks.state === 'got' ? Object.values(have.vpcLinks.value.links) : [];
  const balancers = have.loadBalancers.state === 'got' ? Object.values(have.loadBalancers.value.balancers) : [];
  const functions = have.functionConfig.state === 'got' ? Object.values(have.functionConfig.value.functions) : [];
  const all = [
    ...balancers.flatMap((b) => [...(b.vpcId === undefined ? [] : [b.vpcId]), ...(b.subnets ?? [])]),
    ...functions.flatMap((f) => [...(f.vpc?.vpcId === undefined ? [] : [f.vpc.vpcId]), ...(f.vpc?.subnetIds ?? [])]),
    ...links.flatMap((l) => l.subnets),
  ];
  return [...new Set(all)].slice(0, 20);
}

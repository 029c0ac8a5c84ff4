// Where the network cuts a stage's way to its private backends: the rules between VPC link, load balancer and targets, hop by hop. `sure`
// findings are faults by themselves; the others only make it likely.
import type { NetworkFacts } from '../../model/facts/network.ts';
import type { DeployedApi } from '../../model/kinds/api.ts';
import type { LoadBalancers, Network, VpcLinkFact, VpcLinks } from '../../model/kinds/network.ts';
import { hop, type Blocked, type Hop, type Side } from './network-path.ts';
import { balancerName, endingsOf, groupsBehind, waysOf, type Ending } from '../../model/private-ways.ts';

export type Finding = NetworkFacts['ways'][number] & {
  readonly sure: boolean;
  /** The private way it cuts; absent for a function's way out. */
  readonly ending?: Ending;
  /** The requests still get as far as the load balancer. */
  readonly behind?: true;
  /** The load balancer counted what it turned away. */
  readonly counted?: true;
};
/** What was found, and whether every hop was seen to be open. */
export interface Found {
  readonly findings: readonly Finding[];
  readonly open: boolean;
}

/** The private ways of a deployment, hop by hop. */
export function privateFindings(
  api: DeployedApi,
  links: VpcLinks | undefined,
  balancers: LoadBalancers | undefined,
  net: Network | undefined,
): Found {
  const ways = waysOf(api);
  const endings = balancers ? endingsOf(ways, links, balancers) : [];
  const each = endings.map((ending) =>
    along(ending, ending.way.link === undefined ? undefined : links?.links[ending.way.link], net ?? nothing),
  );
  return {
    findings: each.flatMap((one) => one.findings),
    open: endings.length > 0 && endings.length >= ways.length && each.every((one) => one.open),
  };
}
const nothing: Network = { securityGroups: {}, subnets: {}, acls: [], routeTables: [], interfaces: {} };

function along(ending: Ending, link: VpcLinkFact | undefined, net: Network): Found {
  const { balancer, way, key, listener } = ending;
  const port = listener?.port ?? way.port;
  const at: Side = sideOf(
    `load balancer ${balancerName(key)}`,
    balancer.securityGroups ?? (balancer.type === 'network' ? [] : undefined),
    balancer.subnets,
  );
  const entry = toBalancer(ending, link, at, port, net);
  const last = toTargets(ending, sourcesOf(ending, at, link), net);
  return { findings: [...entry.findings, ...last.findings], open: entry.open && last.open };
}

const sideOf = (name: string, securityGroups: readonly string[] | undefined, subnets: readonly string[] | undefined): Side => ({
  name,
  ...(securityGroups === undefined ? {} : { securityGroups }),
  ...(subnets === undefined ? {} : { subnets }),
});

function toBalancer(ending: Ending, link: VpcLinkFact | undefined, at: Side, port: number | undefined, net: Network): Found {
  const { balancer, way } = ending;
  const note = (what: Finding['what'], at_: string, says: string, sure: boolean): Finding => ({
    what,
    at: at_,
    says,
    sure,
    routes: way.routes,
    ending,
  });
  const gone = listenerGone(ending, port);
  // that the URI's port is the listener's is known of links of version 1 only
  const known = way.listener !== undefined || link?.version === 1;
  if (gone) return { findings: [note('listener', balancer.arn, `${at.name} ${gone}`, known)], open: false };
  // a listener's ARN takes a link of version 2, even where the link itself could not be read
  const second = link ? link.version !== 1 : way.link !== undefined && way.listener !== undefined;
  if (second && balancer.scheme === 'internet-facing')
    return {
      findings: [note('scheme', balancer.arn, `${at.name} is internet-facing, and a VPC link reaches internal ones`, false)],
      open: false,
    };
  if (!link) {
    // no rule for the port turns everybody away, whoever the link is
    const anybody = second && port !== undefined ? hop(net, { name: `VPC link ${way.link}` }, at, port) : undefined;
    return { findings: anybody?.passes === 'no' ? [fromHop(anybody.blocked, ending)] : [], open: false };
  }
  if (link.version === 1 || (balancer.type === 'network' && link.securityGroups.length === 0))
    return privateLink(ending, at, port, net, note);
  if (port === undefined) return { findings: [], open: false };
  const answer = hop(net, sideOf(`VPC link ${link.id}`, link.securityGroups, link.subnets), at, port);
  if (answer.passes === 'no') return { findings: [fromHop(answer.blocked, ending)], open: false };
  const worn = answer.passes === 'unclear' ? wornBy(link, port, net) : undefined;
  return { findings: worn ? [note('worn', worn.at, worn.says, false)] : [], open: answer.passes === 'yes' };
}

/** The load balancer's listeners are all known, and none is the one the integration means. */
function listenerGone({ balancer, way, listener }: Ending, port: number | undefined): string | undefined {
  const all = balancer.listeners ?? [];
  if (listener || !balancer.listeners) return undefined;
  if (way.listener !== undefined)
    return all.every((l) => l.arn !== undefined) ? 'has no such listener (any more) as the integration names' : undefined;
  const ports = all.flatMap((l) => l.port ?? []);
  return port !== undefined && ports.length === all.length
    ? `listens on ${ports.length === 0 ? 'no port' : ports.join(', ')}, and the integration asks for port ${port}`
    : undefined;
}

type Note = (what: Finding['what'], at: string, says: string, sure: boolean) => Finding;

/** PrivateLink traffic meets a network load balancer's groups only where that is enforced (messages.md §9). */
function privateLink({ balancer }: Ending, at: Side, port: number | undefined, net: Network, note: Note): Found {
  if (balancer.enforced !== true) return { findings: [], open: balancer.enforced === false || balancer.securityGroups?.length === 0 };
  if (at.securityGroups?.length === 0 && balancer.securityGroups !== undefined) return { findings: [], open: true };
  if (admitsAll(net, balancer.securityGroups ?? [], port)) return { findings: [], open: true };
  const from: Side = { name: 'PrivateLink traffic', securityGroups: [] };
  const answer: Hop = port === undefined ? { passes: 'unclear' } : hop({ ...net, acls: [] }, from, { ...at, subnets: [] }, port);
  const says = `${at.name} enforces its security groups on PrivateLink traffic${answer.passes === 'no' ? `, and none of them admits it on port ${port ?? '?'}` : ''}`;
  return { findings: [note('enforced', balancer.arn, says, answer.passes === 'no')], open: false };
}
const admitsAll = (net: Network, groups: readonly string[], port: number | undefined): boolean =>
  port !== undefined &&
  groups.some((id) =>
    (net.securityGroups[id]?.ingress ?? []).some(
      (r) => r.ranges.includes('0.0.0.0/0') && (r.protocol === '-1' || ((r.fromPort ?? 0) <= port && (r.toPort ?? 65_535) >= port)),
    ),
  );

/** Nothing ever connects *to* a link, so a group whose own rules admit others on another port was made for something else: its targets, mostly. */
function wornBy(link: VpcLinkFact, port: number, net: Network): { readonly at: string; readonly says: string } | undefined {
  for (const id of link.securityGroups) {
    const rules = (net.securityGroups[id]?.ingress ?? []).filter((r) => r.groups.length > 0);
    if (rules.length > 0 && rules.every((r) => (r.fromPort ?? 0) > port || (r.toPort ?? 65_535) < port))
      return {
        at: id,
        says: `VPC link ${link.id} wears security group ${id}, which admits others on port ${rules[0]?.fromPort ?? '?'} and was made for something else; whether the load balancer admits it on port ${port} is not known`,
      };
  }
  return undefined;
}

const fromHop = (b: Blocked, ending: Ending, behind?: true): Finding => ({
  what: b.by,
  at: b.at,
  says: b.says,
  port: b.port,
  ...(b.peer === undefined ? {} : { peer: b.peer }),
  ...(b.by === 'ingress' ? { groups: b.groups, peers: b.peers, peerSubnets: b.peerSubnets } : {}),
  routes: ending.way.routes,
  sure: true,
  ending,
  ...(behind ? { behind } : {}),
});

/** From the load balancer to its targets; cut only where no target can be reached. */
function toTargets(ending: Ending, sources: readonly Side[], net: Network): Found {
  if (sources.length === 0) return { findings: [], open: false };
  const hops = groupsBehind(ending).flatMap((group) =>
    (group.targets ?? []).map((target): Hop => {
      const place = net.interfaces[target.id];
      const port = target.port ?? group.port;
      if (!place || port === undefined) return { passes: 'unclear' };
      const to = sideOf('the targets', place.securityGroups, place.subnet === undefined ? undefined : [place.subnet]);
      return best(sources.map((from) => hop(net, from, to, port)));
    }),
  );
  const [first] = hops;
  if (first?.passes === 'no' && hops.every((h) => h.passes === 'no'))
    return { findings: [fromHop(first.blocked, ending, true)], open: false };
  return { findings: [], open: hops.length > 0 && hops.every((h) => h.passes === 'yes') };
}

/**
 * Whose addresses the targets see. A network load balancer may keep the client's (client IP preservation): the link's, or anybody's where there is
 * no link, which no rule can be held against; through PrivateLink they are its own (AWS "Target groups for your Network Load Balancers").
 */
function sourcesOf({ balancer }: Ending, at: Side, link: VpcLinkFact | undefined): readonly Side[] {
  if (balancer.type !== 'network' || link?.version === 1) return [at];
  return link ? [at, sideOf(`VPC link ${link.id}`, link.securityGroups, link.subnets)] : [];
}

/** The most open of several answers: one of them is the true one, and nobody told which. */
const best = (answers: readonly Hop[]): Hop =>
  answers.find((h) => h.passes === 'yes') ?? answers.find((h) => h.passes === 'unclear') ?? answers[0] ?? { passes: 'unclear' };

/** The finding as a fact, without what only the judging needs. */
export const factOf = ({
  sure: _sure,
  ending: _ending,
  behind: _behind,
  counted: _counted,
  ...fact
}: Finding): NetworkFacts['ways'][number] => fact;

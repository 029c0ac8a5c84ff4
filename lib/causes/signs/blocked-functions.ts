// Functions in a VPC that cannot get out of it: a default route to something gone, no NAT gateway, an endpoint that does not admit them.
import { functionKey } from '../../model/api.ts';
import type { Finding, Found } from './blocked-ways.ts';
import { functionsOf, nameOf } from '../../model/deployed.ts';
import type { DeployedApi } from '../../model/kinds/api.ts';
import type { FunctionConfig, FunctionFact } from '../../model/kinds/function.ts';
import type { Network, RouteTableFact } from '../../model/kinds/network.ts';
import { hop } from './network-path.ts';

/**
 * Functions in a VPC whose subnets lead nowhere. An internet gateway is no way out for a function: its interfaces have no public address.
 * `hangs`: a function's log says that connections are not answered.
 */
export function functionFindings(api: DeployedApi, config: FunctionConfig | undefined, net: Network | undefined, hangs: boolean): Found {
  const placed = functionsOf(api).flatMap((f) => {
    const place = config?.functions[f.key]?.vpc;
    return place && place.subnetIds.length > 0 ? [{ f, place }] : [];
  });
  const findings = placed.flatMap(({ f, place }): readonly Finding[] => {
    const cut = cutOf(functionKey(f.ref), place, net) ?? likelyCut(functionKey(f.ref), place, net, hangs);
    return cut ? [{ ...cut, routes: f.routes.map(nameOf), function: f.ref }] : [];
  });
  const open = placed.every(({ place }) => place.subnetIds.every((s) => tableOf(net, s, place.vpcId)?.wayOut?.startsWith('nat-') === true));
  return { findings, open: findings.length === 0 && open };
}

type Place = NonNullable<FunctionFact['vpc']>;
type Cut = Pick<Finding, 'what' | 'at' | 'says' | 'sure' | 'port' | 'peer'>;

/** A fault by itself: a route that leads to something gone, a group that lets nothing out. */
function cutOf(key: string, place: Place, net: Network | undefined): Cut | undefined {
  const gone = place.subnetIds.find((subnet) => tableOf(net, subnet, place.vpcId)?.blackhole);
  if (gone !== undefined) {
    const lead = tableOf(net, gone, place.vpcId)?.wayOut ?? 'something';
    return {
      what: 'wayOut',
      at: gone,
      sure: true,
      says: `the default route of ${gone}, where ${key} runs, leads to ${lead}, which is gone`,
    };
  }
  const [group] = place.securityGroupIds;
  const shut = group !== undefined && place.securityGroupIds.every((id) => net?.securityGroups[id]?.egress?.length === 0);
  return shut ? { what: 'egress', at: group, sure: true, says: `security group ${group} of ${key} lets nothing out` } : undefined;
}

/** Many functions need no way out of their VPC, and not every endpoint of it: that it is cut makes it likely, no more. */
function likelyCut(key: string, place: Place, net: Network | undefined, hangs: boolean): Cut | undefined {
  const cut = (at: string, says: string): Cut => ({ what: 'wayOut', at, says, sure: false });
  const barred = net && barredEndpoint(key, place, net);
  if (barred) return barred;
  const tables = place.subnetIds.map((subnet) => ({ subnet, table: tableOf(net, subnet, place.vpcId) }));
  const closed = tables.find(({ table }) => table && (table.wayOut === undefined || table.wayOut.startsWith('igw-')));
  if (closed)
    return cut(
      closed.subnet,
      `${key} runs in ${closed.subnet}, which has no NAT gateway: it reaches nothing outside its VPC but ${endpointsOf(net, place.vpcId)}`,
    );
  if (tables.some(({ table }) => table)) return undefined;
  const [first = ''] = place.subnetIds;
  const told = (net?.endpoints ?? []).filter((x) => inVpc(x.vpcId, place.vpcId));
  if (told.length > 0)
    return cut(
      first,
      `${key} runs in a VPC with endpoints for ${told.map((x) => shortService(x.service)).join(', ')}; whether it has another way out is not known`,
    );
  return hangs ? cut(first, `${key} runs in a VPC and its connections are not answered; whether it has a way out is not known`) : undefined;
}

/** An interface endpoint takes the service's own name over: when its groups do not admit the function, calls to that service hang. */
function barredEndpoint(key: string, place: Place, net: Network): Cut | undefined {
  const from = { name: key, securityGroups: place.securityGroupIds, subnets: place.subnetIds };
  for (const endpoint of net.endpoints ?? []) {
    if (!inVpc(endpoint.vpcId, place.vpcId) || endpoint.securityGroups === undefined || endpoint.securityGroups.length === 0) continue;
    const to = { name: `the endpoint for ${shortService(endpoint.service)}`, securityGroups: endpoint.securityGroups };
    const answer = hop(net, from, to, 443);
    if (answer.passes === 'no') {
      const { by, at, says, peer } = answer.blocked;
      return { what: by, at, says, sure: false, port: 443, ...(peer === undefined ? {} : { peer }) };
    }
  }
  return undefined;
}

const inVpc = (a: string | undefined, b: string | undefined): boolean => a === undefined || b === undefined || a === b;
const shortService = (name: string): string => name.split('.').at(-1) ?? name;
const endpointsOf = (net: Network | undefined, vpcId: string | undefined): string => {
  const all = (net?.endpoints ?? []).filter((x) => inVpc(x.vpcId, vpcId)).map((x) => shortService(x.service));
  return all.length === 0 ? 'what is inside it' : `its endpoints (${all.join(', ')})`;
};

/** A subnet's own route table, else its VPC's main one, else the only one, where nobody told whose it is. */
function tableOf(net: Network | undefined, subnet: string, vpcId: string | undefined): RouteTableFact | undefined {
  const all = net?.routeTables ?? [];
  const [only] = all;
  return (
    all.find((t) => t.subnets.includes(subnet)) ??
    all.find((t) => t.main && inVpc(t.vpcId, vpcId)) ??
    (only && all.length === 1 && only.subnets.length === 0 && only.vpcId === undefined ? only : undefined)
  );
}

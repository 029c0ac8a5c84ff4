// The VPC link that an integration uses is not available: failed, being deleted, gone, idle for too long, or its load balancer is gone. AWS's own
// status says so; the gateway's words for it are the same as for a blocked way or dead targets.
import { bash, listed, shell } from '../model/advice.ts';
import { vpcLinkInCode } from './signs/code-of-gateway.ts';
import type { StageRef } from '../model/api.ts';
import { servedSince } from './signs/backend-signs.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { gatewaySays } from './signs/clue-lines.ts';
import type { EvidenceSet } from '../model/evidence.ts';
import type { VpcLinkFacts } from '../model/facts/network.ts';
import type { VpcLinkFact, VpcLinks } from '../model/kinds/network.ts';
import { burstIn, internalError, privateBackend, sharedWords, signOf } from './signs/private-signs.ts';
import { balancerKeys, waysOf, type Way } from '../model/private-ways.ts';

const looksAt = [
  'deployedApi',
  'vpcLinks',
  'loadBalancers',
  'loadBalancerMetrics',
  'gatewayMetrics',
  'functionMetrics',
  'executionLog',
  'accessLog',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Link = VpcLinkFacts['links'][number];

export default cause({
  id: 'vpc-link-unavailable',
  title: 'The VPC link of an integration is not available',
  about: {
    is: 'An integration uses a VPC link that has failed, is being made or deleted, is gone, or fell asleep after 60 days without traffic; or its load balancer is gone. REST answers 500, an HTTP API 503.',
    told: 'API Gateway’s own status of the link that the deployment names is not AVAILABLE (or there is no such link), and numbers or the gateway’s words say that this is what fails.',
    withoutLogs: 'Confirmed all the same: the status and the metrics are enough.',
  },
  looksAt,
  clues: [
    gatewaySays(['vpc link error'], 'Execution failed due to an? vpc link error', 'messages.md §2'),
    gatewaySays(
      [internalError],
      `(?:Execution failed due to configuration error: )?${internalError}`,
      'messages.md §2 (KC: api-gateway-500-error-vpc)',
    ),
    sharedWords(['INTEGRATION_NETWORK_FAILURE'], /\bINTEGRATION_NETWORK_FAILURE\b/, 'messages.md §6 (several causes)'),
    {
      kind: 'shape',
      in: 'vpcLinks',
      title: 'a VPC link is not available',
      shape: notAvailable,
      source: 'causes.md, vpc-link-unavailable (Confirm)',
    },
    privateBackend('causes.md, vpc-link-unavailable (Confirm)'),
  ],
  explains: ['backend-unreachable'],
  confirm,
  healed,
  advice,
});

/** AWS's word for a link that takes traffic (SDK: VpcLinkStatus). */
const available = 'AVAILABLE';

function notAvailable(links: VpcLinks): string | undefined {
  const bad = Object.values(links.links).find((l) => !l.exists || (l.status !== undefined && l.status !== available));
  return bad && (bad.exists ? `VPC link ${bad.id} is ${bad.status ?? ''}` : `there is no VPC link ${bad.id}`);
}

function confirm(e: Seen): Verdict<VpcLinkFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  const ways = waysOf(e.deployedApi.value).filter((way) => way.link !== undefined);
  if (ways.length === 0) return noLink(e);
  if (e.vpcLinks.state === 'missing') return unproven(lacking('vpcLinks', e.vpcLinks));
  const known = e.vpcLinks.value.links;
  const balancers = e.loadBalancers.state === 'got' ? e.loadBalancers.value : undefined;
  const lost = (way: Way): boolean =>
    balancerKeys(way, e.vpcLinks.state === 'got' ? e.vpcLinks.value : undefined).some((k) => balancers?.balancers[k]?.exists === false);
  const bad = ways.flatMap((way) => badLink(way, known[way.link ?? ''], lost(way)));
  if (bad.length > 0) return relate(e, bad);
  const unread = ways.filter((way) => known[way.link ?? '']?.status === undefined);
  if (unread.length > 0)
    return unproven(lacking('vpcLinks', e.vpcLinks, `the status of VPC link ${listed(unread.map((w) => w.link ?? ''))} is not known`));
  return saysLink(e)
    ? unproven(
        lacking('vpcLinks', e.vpcLinks, 'the gateway blames the link, and AWS calls it AVAILABLE by now: it may have passed, inside AWS'),
      )
    : ruledOut(ref('vpcLinks', e.vpcLinks, `VPC link ${listed(ways.map((w) => w.link ?? ''))} is AVAILABLE`));
}

/** A definition put together from parts proves nothing by what it leaves out. */
const noLink = (e: Seen): Verdict<VpcLinkFacts> =>
  e.deployedApi.state === 'got' && e.deployedApi.value.partial === true
    ? unproven(lacking('deployedApi', e.deployedApi))
    : ruledOut(ref('deployedApi', e.deployedApi, 'no deployed integration uses a VPC link'));

interface Bad {
  readonly way: Way;
  readonly link: Link;
}
function badLink(way: Way, fact: VpcLinkFact | undefined, lost: boolean): readonly Bad[] {
  if (!fact) return [];
  const status = fact.exists
    ? fact.status !== undefined && fact.status !== available
      ? fact.status
      : lost
        ? 'noBalancer'
        : undefined
    : 'gone';
  if (status === undefined) return [];
  const link = {
    id: fact.id,
    status,
    routes: way.routes,
    ...(fact.version === undefined ? {} : { version: fact.version }),
    ...(fact.message === undefined ? {} : { message: fact.message }),
  };
  return [{ way, link }];
}

function relate(e: Seen, bad: readonly Bad[]): Verdict<VpcLinkFacts> {
  const facts: VpcLinkFacts = { links: merged(bad) };
  const ways = bad.map((b) => b.way);
  const keys = ways.flatMap((way) => balancerKeys(way, e.vpcLinks.state === 'got' ? e.vpcLinks.value : undefined));
  const sign = signOf(e, ways, keys, false);
  if (!sign)
    return agreeing(
      facts,
      lacking('gatewayMetrics', e.gatewayMetrics, 'whether the routes of this VPC link are the ones that fail is not seen'),
    );
  return confirmed(facts, [...facts.links.map((l) => ref('vpcLinks', e.vpcLinks, sentence(l))), sign], burstIn(e)?.unexplained);
}

/** One entry a link, with the routes of all ways through it. */
function merged(bad: readonly Bad[]): readonly Link[] {
  const byId = new Map<string, Link>();
  for (const { link } of bad) {
    const so = byId.get(link.id);
    byId.set(link.id, so ? { ...so, routes: [...so.routes, ...link.routes] } : link);
  }
  return [...byId.values()];
}

const what: Readonly<Record<string, string>> = {
  gone: 'does not exist (any more)',
  noBalancer: 'leads to a load balancer that does not exist (any more)',
  FAILED: 'has FAILED',
  INACTIVE: 'is INACTIVE: API Gateway took its interfaces away after 60 days without traffic, and makes them again now',
  DELETING: 'is being deleted',
  PENDING: 'is still PENDING',
};
const sentence = (l: Link): string =>
  `VPC link ${l.id} ${what[l.status] ?? `is ${l.status}`}${l.message ? ` (“${l.message.slice(0, 160)}”)` : ''}`;

const saysLink = (e: Seen): boolean =>
  [e.executionLog, e.accessLog].some((log) => log.state === 'got' && log.value.lines.some((l) => l.text.includes('vpc link error')));

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: VpcLinkFacts): Healed {
  if (e.vpcLinks.state === 'missing') return { is: 'tooEarly', missing: [lacking('vpcLinks', e.vpcLinks)] };
  const links = e.vpcLinks.value.links;
  const still = facts.links.find((l) => l.status !== 'noBalancer' && links[l.id] !== undefined && links[l.id]?.status !== available);
  return servedSince(e.gatewayMetrics, sinceAt, still && ref('vpcLinks', e.vpcLinks, `VPC link ${still.id} is still not AVAILABLE`));
}

function advice(facts: VpcLinkFacts | undefined, at: StageRef): Advice {
  const [first] = facts?.links ?? [];
  return {
    summary: first
      ? `${sentence(first)}; ${listed(first.routes.slice(0, 3))} ${first.routes.length === 1 ? 'uses' : 'use'} it.`
      : 'A VPC link that an integration uses is not available.',
    steps: [...stepsFor(first), 'Nothing behind the link needs to be changed as long as its targets are healthy.'],
    snippets: first ? [bash('See the VPC link', command(first, at)), ...again(first, at)] : [],
  };
}

function stepsFor(link: Link | undefined): readonly string[] {
  if (link?.status === 'INACTIVE')
    return ['Wait: traffic wakes the link by itself within minutes. To keep it awake, send a request through it now and then.'];
  if (link?.status === 'PENDING')
    return [
      'Wait until it is AVAILABLE (two to four minutes); point the integration back at the link it used before, if that is still there.',
    ];
  return [
    'Make a new VPC link to the same load balancer and subnets, wait until it is AVAILABLE, put its id into the integration, and deploy the stage.',
    'If the link came from a template, find out who deleted it or its load balancer (CloudTrail: DeleteVpcLink, DeleteLoadBalancer) before it is made again.',
  ];
}

/** A link that sleeps or is being made needs nothing; any other is made anew. */
const again = (link: Link, at: StageRef): Advice['snippets'] =>
  link.status === 'INACTIVE' || link.status === 'PENDING'
    ? []
    : vpcLinkInCode(`${at.apiId}-link`, link.version ?? (at.apiType === 'REST' ? 1 : 2));
const command = (link: Link, at: StageRef): string =>
  link.version === 2 || at.apiType !== 'REST'
    ? `aws apigatewayv2 get-vpc-link --vpc-link-id ${shell(link.id)} --region ${shell(at.region)}`
    : `aws apigateway get-vpc-link --vpc-link-id ${shell(link.id)} --region ${shell(at.region)}`;

// The network does not let traffic through: a security group or ACL between VPC link, load balancer and targets, or no way out of a function's
// VPC. Packets vanish silently, so requests hang until a limit; the rules themselves, evaluated, say which one is missing.
import { listed } from '../model/advice.ts';
import { functionKey, type StageRef } from '../model/api.ts';
import { servedSince } from './signs/backend-signs.ts';
import { blockedAdvice } from './signs/blocked-advice.ts';
import { factOf, privateFindings, type Finding, type Found } from './signs/blocked-ways.ts';
import { functionFindings } from './signs/blocked-functions.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Clue, type Healed, type Verdict } from '../model/cause.ts';
import { functionsOf } from '../model/deployed.ts';
import type { EvidenceRef, EvidenceSet } from '../model/evidence.ts';
import type { NetworkFacts } from '../model/facts/network.ts';
import type { LoadBalancers, Network } from '../model/kinds/network.ts';
import { burstIn, internalError, privateBackend, sharedWords, signOf } from './signs/private-signs.ts';
import { balancerName, waysOf } from '../model/private-ways.ts';
import { inBurst, peak, sumIn } from '../model/series.ts';

const looksAt = [
  'deployedApi',
  'vpcLinks',
  'loadBalancers',
  'loadBalancerMetrics',
  'network',
  'flowLog',
  'gatewayMetrics',
  'functionMetrics',
  'functionConfig',
  'functionLog',
  'executionLog',
  'accessLog',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;

/** Lambda’s words for a function that was stopped at its own limit (messages.md §4). */
const timedOut = 'Task timed out after';

/** What runtimes and SDKs say of a connection that nobody answers (messages.md §4; Node, Python, Java, Go, Rust, Ruby, .NET, the AWS SDKs). */
const hangs = [
  'ETIMEDOUT',
  'onnect timeout',
  'onnect timed out',
  'onnection timed out',
  'ConnectTimeoutError',
  'i/o timeout',
  'connection timeout',
  'kind: "HTTP connect"',
  'Net::OpenTimeout',
  'urlopen error timed out',
  'failed: timeout expired',
  'Timeout connecting to server',
  'did not properly respond after a period of time',
];

/** 10/8, 172.16/12, 192.168/16: both ends inside a VPC, so that scans from outside say nothing. */
const inside = String.raw` (?:10\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.\d{1,3}\.\d{1,3}`;

const clues: readonly Clue[] = [
  {
    kind: 'line',
    in: ['flow'],
    gates: ['REJECT'],
    line: new RegExp(`${inside}${inside} [\\d ]{1,100}REJECT\\b`),
    source: 'evidence.md §9 (flow logs, default format)',
  },
  { kind: 'line', in: ['flow'], gates: ['REJECT'], line: /\bREJECT\b/, hint: true, source: 'evidence.md §9 (flow logs)' },
  sharedWords(
    ['INTEGRATION_NETWORK_FAILURE', 'Service Unavailable'],
    /\bINTEGRATION_NETWORK_FAILURE\b|"message": ?"Service Unavailable"/,
    'messages.md §6 (HTTP API, several causes)',
  ),
  sharedWords(
    [internalError, 'due to a timeout error'],
    new RegExp(`${internalError}|Execution failed due to a timeout error`),
    'messages.md §2, §9 (several causes)',
  ),
  {
    kind: 'line',
    in: ['function'],
    gates: [...hangs, timedOut],
    line: new RegExp([...hangs, timedOut].join('|')),
    hint: true,
    source: 'messages.md §4, §9 (several causes)',
  },
  {
    kind: 'shape',
    in: 'network',
    title: 'the way out of a VPC leads nowhere',
    shape: noWayOut,
    source: 'causes.md, network-blocked (Confirm)',
  },
  {
    kind: 'shape',
    in: 'loadBalancers',
    title: 'a load balancer that a VPC link cannot or may not reach',
    shape: unreachable,
    source: 'messages.md §9',
  },
  privateBackend('causes.md, network-blocked (Confirm)'),
];

export default cause({
  id: 'network-blocked',
  title: 'The network does not let the traffic through',
  about: {
    is: 'A security group, a network ACL or a missing route stands between API Gateway’s VPC link, the load balancer and its targets, or a function in a VPC has no way to what it calls. Requests hang until a limit is reached.',
    told: 'Security groups, ACLs and routes on the deployed way are evaluated hop by hop; a hop that nothing lets through, together with metrics or words that say that these requests fail, is the proof. The missing rule is named.',
    withoutLogs:
      'Confirmed all the same between VPC link and targets; a function without a way out is only suspected where no log says what it waited for, unless its route leads to something that is gone.',
  },
  looksAt,
  clues,
  explains: [
    'integration-timeout',
    'lambda-timeout',
    'lambda-dependency-failure',
    'backend-unreachable',
    'target-unhealthy',
    'backend-error',
  ],
  confirm,
  healed,
  advice: blockedAdvice,
});

function noWayOut(net: Network): string | undefined {
  const gone = net.routeTables.find((t) => t.blackhole);
  if (gone) return `a default route leads to ${gone.wayOut ?? 'something'} that is gone`;
  const none = net.routeTables.find((t) => t.wayOut === undefined || t.wayOut.startsWith('igw-'));
  return none && `${listed(none.subnets)} has no NAT gateway`;
}

function unreachable(all: LoadBalancers): string | undefined {
  const hit = Object.entries(all.balancers).find(([, b]) => b.exists && (b.enforced === true || b.scheme === 'internet-facing'));
  if (!hit) return undefined;
  const [key, b] = hit;
  return b.enforced === true
    ? `${balancerName(key)} enforces its security groups on PrivateLink traffic`
    : `${balancerName(key)} is internet-facing`;
}

interface All extends Found {
  readonly net: Found;
  readonly functions: Found;
}
function found(e: Seen): All {
  const value = <T>(evidence: { readonly state: 'got'; readonly value: T } | { readonly state: 'missing' }): T | undefined =>
    evidence.state === 'got' ? evidence.value : undefined;
  if (e.deployedApi.state === 'missing') return { net: shut, functions: shut, ...shut };
  const net = privateFindings(e.deployedApi.value, value(e.vpcLinks), value(e.loadBalancers), value(e.network));
  const functions = functionFindings(e.deployedApi.value, value(e.functionConfig), value(e.network), saysHang(e));
  return { net, functions, findings: [...turnedAway(e, net.findings), ...functions.findings], open: net.open && functions.open };
}
const shut: Found = { findings: [], open: false };

function confirm(e: Seen): Verdict<NetworkFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  const { net, functions, findings } = found(e);
  const judged = findings.flatMap((f) => (f.function ? functionSign(e, f) : privateSign(e, f)));
  const proven = judged.filter((j) => j.by !== undefined);
  if (proven.length > 0)
    return confirmed(
      { ways: proven.map((j) => factOf(j.finding)) },
      proven.flatMap((j) => [proofOf(e, j.finding), ...(j.by ? [j.by] : [])]),
      burstIn(e)?.unexplained,
    );
  if (judged.length > 0)
    return agreeing(
      { ways: judged.map((j) => factOf(j.finding)) },
      lacking('network', e.network, `it agrees, and is not proof: ${judged[0]?.finding.says ?? ''}`),
    );
  return nothingFound(e, net, functions);
}

/** Every hop open, or nothing there that a network could cut: ruled out. Anything that was not seen leaves it unproven. */
function nothingFound(e: Seen, net: Found, functions: Found): Verdict<NetworkFacts> {
  if (e.deployedApi.state === 'missing' || e.deployedApi.value.partial === true) return unproven(lacking('network', e.network));
  const noWays = waysOf(e.deployedApi.value).length === 0;
  const configKnown = e.functionConfig.state === 'got' || functionsOf(e.deployedApi.value).length === 0;
  if ((noWays || net.open) && configKnown && functions.open)
    return noWays
      ? ruledOut(ref('deployedApi', e.deployedApi, 'neither a VPC link nor a function without a way out stands behind the stage'))
      : ruledOut(ref('network', e.network, 'every hop between VPC link, load balancer and targets is open'));
  return unproven(
    lacking(
      'network',
      e.network,
      functions.findings.length > 0 ? 'the functions did not run into a limit' : 'not every hop of the way could be read',
    ),
  );
}

/** That the load balancer counted what its own groups turned away makes sure of what only seemed likely. Alone it says little: anybody may knock. */
function turnedAway(e: Seen, likely: readonly Finding[]): readonly Finding[] {
  const burst = burstIn(e);
  if (!burst || e.loadBalancerMetrics.state === 'missing') return likely;
  const { balancers } = e.loadBalancerMetrics.value;
  return likely.map((f) => {
    const metrics = balancers[f.ending?.key ?? ''];
    const count = metrics ? sumIn(metrics.turnedAway, burst.minutes) : 0;
    const counted = count > 0 && count >= 0.5 * burst.unexplained && (f.what === 'ingress' || f.what === 'enforced');
    return counted
      ? { ...f, sure: true, counted: true, says: `${f.says}; ${count} connections were turned away in the failing minutes` }
      : f;
  });
}

interface Judged {
  readonly finding: Finding;
  /** Set when it is proven that requests fail by it. */
  readonly by?: EvidenceRef;
}

function privateSign(e: Seen, finding: Finding): readonly Judged[] {
  const { ending } = finding;
  if (!ending || burstIn(e)?.unexplained === 0 || (finding.behind !== true && arrives(e, ending.key))) return [];
  if (!finding.sure) return [{ finding }];
  // counted by the load balancer in the failing minutes: that is the sign already
  if (finding.counted)
    return [{ finding, by: ref('loadBalancerMetrics', e.loadBalancerMetrics, 'what it turned away rose with the failures') }];
  const by = signOf(e, [ending.way], [ending.key], finding.behind === true);
  return [{ finding, ...(by ? { by } : {}) }];
}

/** As many requests reached the load balancer as the gateway had: whatever the rules seem to say, the way to it is open. */
function arrives(e: Seen, key: string): boolean {
  const burst = burstIn(e);
  const metrics = e.loadBalancerMetrics.state === 'got' ? e.loadBalancerMetrics.value.balancers[key] : undefined;
  return (
    burst !== undefined && metrics !== undefined && burst.requests > 0 && sumIn(metrics.requests, burst.minutes) >= 0.5 * burst.requests
  );
}

/** A function that cannot get out fails by hanging: at its own limit, or at the gateway's. That most of it hangs, or a log says so, is the sign. */
function functionSign(e: Seen, finding: Finding): readonly Judged[] {
  const hung = hangOf(e, finding);
  if (hung === 'no') return [];
  if (hung === 'unknown') return [{ finding }];
  return saysHang(e) || (finding.sure && mostHangs(e, finding)) ? [{ finding, by: hung }] : [{ finding }];
}

/** Half of its invocations fail, or half of the stage's failures are none of its errors: it was still running when the gateway gave up. */
function mostHangs(e: Seen, { function: called }: Finding): boolean {
  const burst = burstIn(e);
  const metrics = e.functionMetrics.state === 'got' && called ? e.functionMetrics.value.functions[functionKey(called)] : undefined;
  const own = burst && inBurst(metrics, burst.minutes);
  if (!own) return false;
  return own.errors >= 0.5 * own.invocations || (own.errors === 0 && burst.unexplained >= 0.5 * burst.failures);
}

function hangOf(e: Seen, { function: called }: Finding): EvidenceRef | 'no' | 'unknown' {
  if (!called || e.deployedApi.state === 'missing') return 'no';
  const key = functionKey(called);
  const own = e.functionConfig.state === 'got' ? e.functionConfig.value.functions[key]?.timeoutSeconds : undefined;
  const waits = functionsOf(e.deployedApi.value)
    .filter((f) => f.key === key)
    .flatMap((f) => f.routes.map((r) => r.integration.timeoutMs));
  const limitMs = Math.min(own === undefined ? Infinity : own * 1000, ...waits) - slackMs;
  const metrics = e.functionMetrics.state === 'got' ? e.functionMetrics.value.functions[key] : undefined;
  const burst = burstIn(e);
  if (!burst || !metrics) return longWait(e, limitMs) || saysHang(e) || saysLimit(e) ? 'unknown' : 'no';
  const longest = inBurst(metrics, burst.minutes)?.durationMaxMs;
  return longest !== undefined && longest >= limitMs
    ? ref('functionMetrics', e.functionMetrics, `${key} ran ${Math.round(longest)} ms, up to a limit`)
    : 'no';
}
/** Duration reaches a limit when a function is stopped there; causes.md allows 50 ms below. */
const slackMs = 50;

/** Without the minutes of the burst: did anything wait as long as the limit? */
function longWait(e: Seen, limitMs: number): boolean {
  const gateway =
    e.gatewayMetrics.state === 'got' ? [e.gatewayMetrics.value.integrationLatencyMaxMs, e.gatewayMetrics.value.latencyMaxMs] : [];
  const functions = e.functionMetrics.state === 'got' ? Object.values(e.functionMetrics.value.functions).map((f) => f.durationMaxMs) : [];
  return [...gateway, ...functions].some((series) => (peak(series) ?? 0) >= limitMs);
}

const inLog = (e: Seen, words: readonly string[]): boolean =>
  e.functionLog.state === 'got' && e.functionLog.value.lines.some((line) => words.some((word) => line.text.includes(word)));
const saysHang = (e: Seen): boolean => inLog(e, hangs);
const saysLimit = (e: Seen): boolean => inLog(e, [timedOut]);

const proofOf = (e: Seen, f: Finding): EvidenceRef =>
  f.what === 'listener' || f.what === 'enforced' || f.what === 'scheme'
    ? ref('loadBalancers', e.loadBalancers, f.says)
    : ref('network', e.network, f.says);

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: NetworkFacts): Healed {
  if (e.network.state === 'missing') return { is: 'tooEarly', missing: [lacking('network', e.network)] };
  const now = found(e).findings;
  const still = facts.ways.find((was) => now.some((f) => f.what === was.what && f.at === was.at && f.sure));
  return servedSince(e.gatewayMetrics, sinceAt, still && ref('network', e.network, `it is still so: ${still.says}`));
}

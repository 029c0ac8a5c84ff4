// A backend behind a VPC link: the link's status, the rules on the way, the health of the targets, and what a load balancer answers by itself.
// Application load balancers answer 503 without a registered target and fail open while all are unhealthy (causes.md, target-unhealthy);
// what the gateway says of a network load balancer's failures is one line for all of them (KC:api-gateway-500-error-vpc).
import type { ServedStage } from '../apis.ts';
import type { Fault, Reply } from '../exchange.ts';
import { add, type Metrics, type Series } from '../metrics.ts';
import { healthOf, linkReaches, reaches, type Balancer, type NetworkState } from '../network.ts';
import { tlsWords } from '../http-backends.ts';
import { privateHost } from '../private-integration.ts';
import { configurationFault } from './http.ts';
import type { Phase, PhaseParts } from './phase.ts';
import { timeoutFault } from './waiting.ts';

/** An application load balancer gives a target this long to take the connection (AWS "Troubleshoot your ALB", HTTP 504). */
const connectMs = 10_000;

const internal = (api: ServedStage): Fault =>
  api.apiType === 'REST'
    ? {
        name: 'private',
        status: 500,
        responseType: 'API_CONFIGURATION_ERROR',
        lines: () => ['Execution failed due to configuration error: There was an internal error while executing your request'],
      }
    : { name: 'private', status: 503, responseType: 'INTEGRATION_NETWORK_FAILURE', lines: () => [], says: () => 'Service Unavailable' };

const failed = (fault: Fault, integrationMs: number): Reply => ({ status: fault.status, fault, integrationMs });

export const privateBackend = ({ base, network: net, metrics }: PhaseParts): Phase => {
  const counted = createCounts(metrics);
  return {
    answer({ api, route, limitMs, at }) {
      const wanted = route?.privateBackend;
      if (!wanted) return undefined;
      const link = net.links.get(wanted.linkId);
      const balancer = net.balancers.get(wanted.balancerArn);
      if (link?.status !== 'AVAILABLE' || !balancer) return failed(internal(api), 20);
      if (!linkReaches(net, link, balancer, wanted.port)) {
        const away = link.version === 1 && balancer.enforced;
        if (away) counted(net, balancer, 'turnedAway', at);
        return away ? failed(internal(api), 1500) : failed(timeoutFault(api), limitMs);
      }
      const shaken = wanted.tls ? tlsFault(api, balancer, at) : undefined;
      if (shaken) return failed(shaken, 60);
      return balancerReply({ api, net, balancer, limitMs, ms: wanted.ms, pick: base.next() }, (what) => counted(net, balancer, what, at));
    },
  };
};

/** With a link the host of the address only says which name the certificate must carry (messages.md §9). */
function tlsFault(api: ServedStage, { name, certificate }: Balancer, at: number): Fault | undefined {
  if (!certificate) return undefined;
  const host = privateHost(name);
  const state = certificate.expiresAt <= at ? 'expired' : certificate.names.includes(host) ? 'good' : 'wrongName';
  const words = tlsWords({ ms: 0, uri: `https://${host}/`, certificate: state });
  return words === undefined ? undefined : configurationFault(api, 'tls', words);
}

interface AtBalancer {
  readonly api: ServedStage;
  readonly net: NetworkState;
  readonly balancer: Balancer;
  readonly limitMs: number;
  readonly ms: number;
  /** Which of the targets it is this time. */
  readonly pick: number;
}
type Outcome = 'ok' | 'failing' | 'noTarget' | 'refused' | 'hung' | 'turnedAway';

/** What the load balancer does with a request that has reached it. */
function balancerReply({ api, net, balancer, limitMs, ms, pick }: AtBalancer, count: (what: Outcome) => void): Reply {
  const own = (status: number, integrationMs: number): Reply =>
    integrationMs > limitMs ? failed(timeoutFault(api), limitMs) : { status, integrationMs, backendStatus: status };
  const application = balancer.type === 'application';
  if (balancer.targets.length === 0) {
    count('noTarget');
    return application ? own(503, 5) : failed(internal(api), 20);
  }
  const healthy = balancer.targets.filter((t) => healthOf(net, balancer, t).state === 'healthy');
  // fail open: with none healthy, all of them are asked
  const among = healthy.length > 0 ? healthy : balancer.targets;
  const target = among[pick % among.length];
  if (!target || !reaches(net, balancer, target)) {
    count('hung');
    return application ? own(504, connectMs) : failed(timeoutFault(api), limitMs);
  }
  if (!target.up) {
    count('refused');
    return application ? own(502, 5) : failed(internal(api), 20);
  }
  const status = target.answers ?? 200;
  count(status < 500 ? 'ok' : 'failing');
  return { status, integrationMs: ms, backendStatus: status };
}

const applicationMetrics = [
  'RequestCount',
  'HTTPCode_ELB_5XX_Count',
  'HTTPCode_ELB_502_Count',
  'HTTPCode_ELB_503_Count',
  'HTTPCode_ELB_504_Count',
  'HTTPCode_Target_5XX_Count',
  'TargetConnectionErrorCount',
] as const;
const networkMetrics = ['NewFlowCount', 'TCP_Target_Reset_Count', 'SecurityGroupBlockedFlowCount_Inbound_TCP'] as const;
const groupMetrics = ['HealthyHostCount', 'UnHealthyHostCount'] as const;

/** What each outcome counts beside the request itself. */
const counts: Readonly<Record<Outcome, readonly string[]>> = {
  ok: [],
  failing: ['HTTPCode_Target_5XX_Count'],
  noTarget: ['HTTPCode_ELB_5XX_Count', 'HTTPCode_ELB_503_Count'],
  refused: ['HTTPCode_ELB_5XX_Count', 'HTTPCode_ELB_502_Count', 'TargetConnectionErrorCount', 'TCP_Target_Reset_Count'],
  turnedAway: ['SecurityGroupBlockedFlowCount_Inbound_TCP'],
  hung: ['HTTPCode_ELB_5XX_Count', 'HTTPCode_ELB_504_Count', 'TargetConnectionErrorCount'],
};

function createCounts(metrics: Metrics): (net: NetworkState, balancer: Balancer, what: Outcome, at: number) => void {
  const seriesOf = (balancer: Balancer): { readonly own: Series; readonly group: Series } => {
    const namespace = balancer.type === 'application' ? 'AWS/ApplicationELB' : 'AWS/NetworkELB';
    const LoadBalancer = balancer.arn.split(':loadbalancer/')[1] ?? '';
    const TargetGroup = balancer.targetGroupArn.slice(balancer.targetGroupArn.lastIndexOf(':') + 1);
    return {
      own: metrics.series(namespace, { LoadBalancer }, balancer.type === 'application' ? applicationMetrics : networkMetrics),
      group: metrics.series(namespace, { LoadBalancer, TargetGroup }, groupMetrics),
    };
  };
  return (net, balancer, what, at) => {
    const { own, group } = seriesOf(balancer);
    const row = metrics.row(own, at);
    // what its groups turn away is no request yet (AWS "CloudWatch metrics for your Network Load Balancer")
    if (what !== 'turnedAway') add(row, 0, 1);
    for (const name of counts[what]) {
      const index = own.metrics.indexOf(name);
      if (index >= 0) add(row, index, 1);
    }
    const healthy = balancer.targets.filter((t) => healthOf(net, balancer, t).state === 'healthy').length;
    const hosts = metrics.row(group, at);
    if (balancer.targets.length > 0) {
      add(hosts, 0, healthy);
      add(hosts, 1, balancer.targets.length - healthy);
    }
  };
}

// A private backend in the sandbox: what callers, logs and load balancer metrics show of each fault, as messages.md and AWS's own pages tell it.
import { describe, expect, it } from 'vitest';
import { createAccount, type Account } from '../../lib/sandbox/account/index.ts';
import type { PrivateBackend } from '../../lib/sandbox/account/network.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { alice, minute, start } from './one-api.ts';

interface Shop {
  readonly account: Account;
  readonly backend: PrivateBackend;
  /** Status, the gateway's words, and how long the integration took. */
  ask(): { readonly status: number; readonly says: readonly string[]; readonly type: string | undefined; readonly ms: number | undefined };
  sum(metric: string): Promise<number>;
}

function shop(version: 1 | 2): Shop {
  const clock = new SimulatedClock(start);
  const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 7, latency: false });
  const backend = account.network.putPrivateBackend({ name: 'orders', version });
  const { linkId, balancerArn, listenerArn, port } = backend;
  const { apiId } = account.putApi({
    apiType: version === 1 ? 'REST' : 'HTTP',
    name: 'orders',
    stage: 'prod',
    routes: [{ method: 'GET', path: '/orders', privateBackend: { linkId, balancerArn, listenerArn, port, ms: 40 } }],
    executionLogging: 'ERROR',
  });
  return {
    account,
    backend,
    ask() {
      const x = account.request({ apiId, stage: 'prod', method: 'GET', path: '/orders' });
      return { status: x.status, says: x.fault?.lines() ?? [], type: x.fault?.responseType, ms: x.integrationMs };
    },
    async sum(metric) {
      await clock.runUntil(clock.now() + 4 * minute);
      const LoadBalancer = balancerArn.split(':loadbalancer/')[1] ?? '';
      const Metric = {
        Namespace: version === 1 ? 'AWS/NetworkELB' : 'AWS/ApplicationELB',
        MetricName: metric,
        Dimensions: [{ Name: 'LoadBalancer', Value: LoadBalancer }],
      };
      const asked = account.attempt('admin')('cloudwatch:GetMetricData', {
        MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
        StartTime: new Date(start),
        EndTime: new Date(clock.now()),
      });
      await clock.runUntil(clock.now() + minute);
      const answer = await asked;
      return answer.ok ? (answer.value.MetricDataResults?.[0]?.Values ?? []).reduce((all, n) => all + n, 0) : NaN;
    },
  };
}
const internal = ['Execution failed due to configuration error: There was an internal error while executing your request'];

describe('a REST API over a network load balancer', () => {
  it('answers while all is well', async () => {
    const s = shop(1);
    expect(s.ask()).toEqual({ status: 200, says: [], type: undefined, ms: 40 });
    expect(await s.sum('NewFlowCount')).toBe(1);
  });
  it.each([
    ['a failed link', (s: Shop) => s.account.network.setLink(s.backend.linkId, 'FAILED')],
    ['a deleted link', (s: Shop) => s.account.network.setLink(s.backend.linkId, undefined)],
    ['no target', (s: Shop) => void s.account.network.deregister(s.backend.balancerArn, alice)],
    ['dead targets', (s: Shop) => s.account.network.setTargetsUp(s.backend.balancerArn, false)],
    ['groups that meet PrivateLink traffic', (s: Shop) => s.account.network.enforceGroups(s.backend.balancerArn, true)],
  ])('says the same of %s', (_name, breakIt) => {
    const s = shop(1);
    breakIt(s);
    expect(s.ask()).toMatchObject({ status: 500, says: internal, type: 'API_CONFIGURATION_ERROR' });
  });
  it('hangs until the limit where the targets’ rule is gone, and heals with it', () => {
    const s = shop(1);
    const undo = s.account.network.revokeRules(s.backend.targetGroup, 'ingress', alice);
    expect(s.ask()).toMatchObject({ status: 504, says: ['Execution failed due to a timeout error'], ms: 29_000 });
    undo();
    expect(s.ask().status).toBe(200);
  });
});

describe('an HTTP API over an application load balancer', () => {
  it('passes the load balancer’s own 503 on when no target is registered', async () => {
    const s = shop(2);
    s.account.network.deregister(s.backend.balancerArn, alice);
    expect(s.ask()).toEqual({ status: 503, says: [], type: undefined, ms: 5 });
    expect(await s.sum('HTTPCode_ELB_503_Count')).toBe(1);
  });
  it('fails open while all targets are unhealthy: 502, and a connection error', async () => {
    const s = shop(2);
    s.account.network.setTargetsUp(s.backend.balancerArn, false);
    expect(s.ask().status).toBe(502);
    expect(await s.sum('TargetConnectionErrorCount')).toBe(1);
  });
  it('never reaches a load balancer that does not admit the link', async () => {
    const s = shop(2);
    s.account.network.revokeRules(s.backend.balancerGroup, 'ingress', alice);
    expect(s.ask()).toMatchObject({ status: 503, type: 'INTEGRATION_TIMEOUT', ms: 30_000 });
    expect(await s.sum('RequestCount')).toBe(0);
  });
  it('answers 503 at once while the link is asleep', () => {
    const s = shop(2);
    s.account.network.setLink(s.backend.linkId, 'INACTIVE');
    expect(s.ask()).toMatchObject({ status: 503, type: 'INTEGRATION_NETWORK_FAILURE', ms: 20 });
  });
});

// A release as the evidence tells it, minute by minute: version 6 served until noon, version 7 since, and the stage fails since then.
import { got, type Evidence } from '../../lib/model/evidence.ts';
import type { GatewayMetrics, Series } from '../../lib/model/kinds/api.ts';
import type { StackEvents } from '../../lib/model/kinds/change.ts';
import type { AliasFact, AliasVersions, CodeDeployments, Served, Shifting } from '../../lib/model/kinds/release.ts';
import { accountId, region } from '../laws/workshop.ts';

export const minute = 60_000;
export const noon = Date.UTC(2026, 10, 20, 12, 0, 0);
export const now = noon + 5 * minute;
export const window = { from: noon - 20 * minute, to: now };
export const ref = { accountId, region, name: 'orders', qualifier: 'live' };
const none: Series = { at: [], values: [] };

/** One value a minute over `[from, to)`, in minutes from noon. */
export const each = (from: number, to: number, value: number): Series => {
  const at = Array.from({ length: to - from }, (_, n) => noon + (from + n) * minute);
  return { at, values: at.map(() => value) };
};
export const served = (from: number, to: number, invocations: number, errors = 0): Served => ({
  invocations: each(from, to, invocations),
  errors: each(from, to, errors),
  durationMaxMs: none,
});
const join = (a: Series, b: Series): Series => ({ at: [...a.at, ...b.at], values: [...a.values, ...b.values] });

/** The stage: so many of a hundred requests a minute fail before noon, and after. */
export const stage = (before: number, after: number, fromMinute = -10, sinceMinute = 0): Evidence<GatewayMetrics> =>
  got(
    {
      periodMs: minute,
      count: each(fromMinute, 5, 100),
      serverErrors: join(each(fromMinute, sinceMinute, before), each(sinceMinute, 5, after)),
      clientErrors: none,
      latencyMaxMs: none,
      integrationLatencyMaxMs: none,
    },
    window,
    'aws',
  );

export const fact = (more: Partial<AliasFact> = {}): AliasFact => ({
  ref,
  version: '7',
  weights: {},
  versions: { $LATEST: { exists: true }, 6: { exists: true }, 7: { exists: true } },
  served: { 6: served(-20, 1, 100), 7: served(0, 5, 100, 100) },
  ...more,
});
export const versionsOf = (one: AliasFact | undefined): Evidence<AliasVersions> =>
  got({ aliases: one ? { 'orders:live': one } : {} }, window, 'aws');

export const shifting: Shifting = {
  id: 'd-1',
  application: 'shop',
  group: 'orders',
  status: 'InProgress',
  createdAt: noon + 5000,
  functionName: 'orders',
  alias: 'live',
  from: '6',
  to: '7',
};
export const deployments = (...running: readonly Shifting[]): Evidence<CodeDeployments> => got({ running }, window, 'aws');
export const stack = (inProgress = false): Evidence<StackEvents> =>
  got({ stacks: { 'orders:live': { stack: 'orders-stack', status: 'x', inProgress, permissions: [] } } }, window, 'aws');

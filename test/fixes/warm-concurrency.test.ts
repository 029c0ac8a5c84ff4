// warm-concurrency: how many, within which caps, when it steps aside, and when it may run unasked.
import { describe, expect, test } from 'vitest';
import '../../lib/collectors/index.ts';
import fix from '../../lib/fixes/warm-concurrency.ts';
import { got, missing, type Evidence } from '../../lib/model/evidence.ts';
import type { FunctionConcurrency, FunctionConfig, FunctionFact } from '../../lib/model/kinds/function.ts';
import type { StackEvents } from '../../lib/model/kinds/change.ts';
import { ok } from '../../lib/model/result.ts';
import { accountId, at, region } from '../laws/workshop.ts';

const now = 10_000_000;
const window = { from: 0, to: now };
const ref = { accountId, region, name: 'orders', qualifier: 'live' };
const caps = { usdPerHour: 1, usdPerDay: 10, warmEnvironments: 50 };
interface Given {
  ref?: object;
  peak?: number;
  config?: Partial<FunctionFact> | 'missing';
  reserved?: number;
  account?: FunctionConcurrency['account'] | null;
  caps?: Partial<typeof caps>;
  there?: unknown;
  deploying?: boolean;
}
const evidenceOf = (g: Given) => ({
  functionConfig: (g.config === 'missing'
    ? missing('denied', 'no')
    : got({ functions: { 'orders:live': { ref, exists: true, memoryMb: 512, ...g.config } } }, window, 'aws')) as Evidence<FunctionConfig>,
  functionConcurrency: got(
    {
      functions: { 'orders:live': g.reserved === undefined ? {} : { reserved: g.reserved } },
      ...(g.account === null ? {} : { account: g.account ?? { limit: 1000, unreserved: 1000 } }),
    },
    window,
    'aws',
  ) as Evidence<FunctionConcurrency>,
  stackEvents: got(
    { stacks: { 'orders:live': { stack: 's', status: 'x', inProgress: g.deploying ?? false, permissions: [] } } },
    window,
    'aws',
  ) as Evidence<StackEvents>,
});
const plan = (g: Given = {}) =>
  fix.plan({
    id: 'inc-law',
    at,
    diagnosis: { cause: 'lambda-cold-start', certainty: 'confirmed', at: now, suspects: [], missing: [] },
    facts: { ref: g.ref ?? ref, peakConcurrency: g.peak ?? 7.2, timeoutMs: 29_000 },
    evidence: evidenceOf(g),
    caps: { ...caps, ...g.caps },
    now,
    read: async () => ok({ value: g.there ?? 'absent' }),
  });
async function environments(g: Given = {}): Promise<number> {
  const planned = await plan(g);
  if (!planned.ok) throw new Error(planned.error.reason);
  const to = planned.value[0]?.to as { environments: number } | undefined;
  return to?.environments ?? 0;
}

describe('the number', () => {
  test('is the recent peak, rounded up', async () => expect(await environments()).toBe(8));
  test('never above the owner’s cap', async () => expect(await environments({ peak: 375 })).toBe(50));
  test('never above the dollars an hour: 512 MB cost $0.0075 an hour', async () =>
    expect(await environments({ peak: 40, caps: { usdPerHour: 0.1 } })).toBe(13));
  test('never above the dollars a day, for a lease of two hours', async () =>
    expect(await environments({ peak: 40, caps: { usdPerDay: 0.1 } })).toBe(6));
  test('leaves the account its headroom of 100', async () =>
    expect(await environments({ peak: 40, account: { limit: 1000, unreserved: 120 } })).toBe(20));
  test('a function with a reservation: at most nine tenths of it', async () =>
    expect(await environments({ peak: 40, reserved: 20, account: { limit: 1000, unreserved: 100 } })).toBe(18));
});

test.each([
  ['no alias', { ref: { accountId, region, name: 'orders' } }, /without an alias/],
  ['$LATEST', { ref: { ...ref, qualifier: '$LATEST' } }, /without an alias/],
  ['another account', { ref: { ...ref, accountId: '999999999999' } }, /not this one/],
  ['a weighted alias', { config: { weighted: true } }, /being shifted/],
  ['memory unknown', { config: { memoryMb: undefined as unknown as number } }, /price/],
  ['configuration denied', { config: 'missing' }, /could not be read/],
  ['no headroom', { account: { limit: 1000, unreserved: 100 } }, /no warm environment fits/],
  ['headroom unknown', { account: null }, /headroom is not/],
  ['provisioned already', { there: { environments: 3 } }, /provisioned concurrency already/],
  ['too dear', { caps: { usdPerHour: 0.001 } }, /no warm environment fits/],
] as const)('steps aside: %s', async (_, given, reason) => {
  expect(await plan(given as Given)).toMatchObject({ ok: false, error: { reason: expect.stringMatching(reason) } });
});

describe('unasked', () => {
  const against = async (g: Given, more: object = {}) => {
    const planned = await plan({ ...g, deploying: false });
    if (!planned.ok) throw new Error(planned.error.reason);
    return fix
      .unasked?.({
        at,
        facts: {},
        evidence: evidenceOf(g),
        changes: planned.value,
        now,
        firstFailureAt: now - 4 * 60_000,
        lastFailureAt: now,
        deployPrincipals: [],
        returned: 0,
        ...more,
      })
      .map((o) => `${o.id}→${o.lowersTo}`);
  };
  test('is not its default', () => expect(fix.consent).toBe('allowed'));
  test('a change that is no provisioned concurrency is asked about', async () =>
    expect(await against({}, { changes: [{ setting: 'x', target: {}, from: 'absent', to: 'absent' }] })).toEqual(['not-understood→ask']));
  test('a burst of more than three minutes, or one that came back', async () => {
    expect(await against({})).toEqual([]);
    expect(await against({}, { firstFailureAt: now - 60_000 })).toEqual(['brief→wait']);
    // it began long ago, and ended soon after: it does not last
    expect(await against({}, { lastFailureAt: now - 3 * 60_000 })).toEqual(['brief→wait']);
    expect(await against({}, { firstFailureAt: now - 60_000, returned: 1 })).toEqual([]);
  });
});

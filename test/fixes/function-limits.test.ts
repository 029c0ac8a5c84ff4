// set-reserved-concurrency, set-function-timeout, set-function-memory and pin-runtime-version: how much, to what, and when they step aside.
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import memory from '../../lib/fixes/set-function-memory.ts';
import pin from '../../lib/fixes/pin-runtime-version.ts';
import reserve from '../../lib/fixes/set-reserved-concurrency.ts';
import timeout from '../../lib/fixes/set-function-timeout.ts';
import type { Change } from '../../lib/model/change.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import type { FunctionConcurrency, FunctionFact } from '../../lib/model/kinds/function.ts';
import type { AliasFact, RuntimeSeen, Shifting } from '../../lib/model/kinds/release.ts';
import { ok } from '../../lib/model/result.ts';
import { at } from '../laws/workshop.ts';
import { deployments, each, fact, minute, noon, now, ref, served, shifting, stack, stage, versionsOf, window } from './releases.ts';

const base = {
  id: 'inc-1',
  at,
  diagnosis: { cause: 'x', certainty: 'confirmed' as const, at: now, suspects: [], missing: [] },
  caps: { usdPerHour: 1, usdPerDay: 10, warmEnvironments: 50 },
  now,
};
const refused = (reason: RegExp) => ({ ok: false, error: { reason: expect.stringMatching(reason) } });

describe('set-reserved-concurrency', () => {
  interface Given {
    reserved?: number | 'absent';
    account?: FunctionConcurrency['account'] | null;
    /** Of a hundred calls a minute. */
    throttles?: number;
    facts?: unknown;
  }
  const plan = ({ reserved = 4, account = { limit: 1000, unreserved: 900 }, throttles = 50, facts }: Given = {}) =>
    reserve.plan({
      ...base,
      facts: facts ?? { functions: [{ ref, throttles: 99, peakConcurrency: 4, limit: 'unknown' }] },
      evidence: {
        functionConcurrency: got({ functions: { 'orders:live': {} }, ...(account === null ? {} : { account }) }, window, 'aws'),
        functionMetrics: got(
          {
            periodMs: minute,
            functions: {
              'orders:live': {
                invocations: each(0, 5, 100 - throttles),
                errors: each(0, 5, 0),
                throttles: each(0, 5, throttles),
                durationMaxMs: each(0, 5, 900),
                concurrentMax: each(0, 5, 4),
              },
            },
          },
          window,
          'aws',
        ),
        gatewayMetrics: stage(0, throttles),
      },
      read: async () => ok({ value: reserved === 'absent' ? 'absent' : { reserved } }),
    });
  const to = async (g: Given = {}) => {
    const planned = await plan(g);
    return planned.ok ? planned.value.map((c) => c.to) : planned.error.reason;
  };
  test('doubles for what the burst asked for, as often as it takes', async () => {
    expect(await to()).toEqual([{ reserved: 16 }]); // twice what there is, and a quarter more
    expect(await to({ throttles: 20 })).toEqual([{ reserved: 8 }]);
    expect(await to({ throttles: 90 })).toEqual([{ reserved: 64 }]);
  });
  test('leaves 100 of the account unreserved', async () =>
    expect(await to({ account: { limit: 1000, unreserved: 106 } })).toEqual([{ reserved: 10 }]));
  test('takes it away where it cannot be raised but the pool has room', async () =>
    expect(await to({ account: { limit: 1000, unreserved: 100 } })).toEqual(['absent']));
  test('one change for two aliases of one function', async () =>
    expect(await to({ facts: { functions: [{ ref }, { ref: { ...ref, qualifier: 'beta' } }] } })).toHaveLength(1));
  test.each<[string, Given, RegExp]>([
    ['zero is somebody’s switch', { reserved: 0 }, /0: somebody switched it off/],
    ['nothing reserved', { reserved: 'absent' }, /account’s own limit/],
    ['no room anywhere', { reserved: 200, throttles: 90, account: { limit: 1000, unreserved: 110 } }, /ask AWS for a higher quota/],
    ['the account unknown', { account: null }, /is not known/],
    ['nothing seen turned away', { throttles: 0 }, /not seen yet/],
    ['facts of another shape', { facts: {} }, /does not say/],
    ['another Region', { facts: { functions: [{ ref: { ...ref, region: 'eu-west-1' } }] } }, /not this one/],
  ])('steps aside: %s', async (_, given, reason) => expect(await plan(given)).toMatchObject(refused(reason)));
});

describe('timeout and memory', () => {
  const code = { exists: true, codeSha256: 'abc=', modifiedAt: noon - 60 * minute, timeoutSeconds: 10, memoryMb: 512 };
  const settled = (more: Partial<AliasFact> = {}): AliasFact =>
    fact({ version: '6', versions: { $LATEST: code, 6: code }, served: {}, ...more });
  interface Given {
    alias?: AliasFact;
    qualifier?: string | null;
    configuration?: unknown;
    gatewayTimeoutMs?: number;
    running?: Shifting;
    deploying?: boolean;
    published?: unknown;
    points?: unknown;
  }
  const plan = (fix: typeof timeout, g: Given = {}) => {
    const { qualifier: _, ...plain } = ref;
    const one = g.qualifier === null ? plain : { ...ref, qualifier: g.qualifier ?? 'live' };
    const stands: Readonly<Record<string, unknown>> = {
      'function-configuration': g.configuration ?? { timeoutSeconds: 10, memoryMb: 512 },
      'function-version': g.published ?? 'absent',
      'published-alias': g.points ?? { version: '6', weights: {} },
    };
    return fix.plan({
      ...base,
      facts: { functions: [{ ref: one, timeoutSeconds: 10, gatewayTimeoutMs: g.gatewayTimeoutMs ?? 29_000, errors: 9 }] },
      evidence: {
        aliasVersions: versionsOf(g.alias ?? settled()),
        codeDeployments: deployments(...(g.running ? [g.running] : [])),
        stackEvents: stack(g.deploying),
      },
      read: async (id) => ok({ value: stands[id] }),
    });
  };
  const named = (change: Change | undefined): { readonly token: string } => v.parse(v.object({ token: v.string() }), change?.target);
  test('behind an alias: configuration, a version named by a token, the alias on that version', async () => {
    const planned = await plan(timeout);
    if (!planned.ok) throw new Error(planned.error.reason);
    const [first, second, third] = planned.value;
    expect(planned.value.map((c) => c.setting)).toEqual(['function-configuration', 'function-version', 'published-alias']);
    expect(first).toMatchObject({ from: { timeoutSeconds: 10, memoryMb: 512 }, to: { timeoutSeconds: 28, memoryMb: 512 } });
    const { token } = named(second);
    expect(token).toMatch(/^inc-1 [0-9a-f]{12}$/);
    expect(second).toMatchObject({ target: { codeSha256: 'abc=' }, from: 'absent', to: { published: true } });
    expect(third).toMatchObject({ target: { alias: 'live', token }, from: { version: '6' }, to: { ours: true, weights: {} } });
  });
  test('the same plan has the same token, another goal another', async () => {
    const token = async (fix: typeof timeout, g: Given = {}) => {
      const planned = await plan(fix, g);
      return planned.ok ? named(planned.value[1]).token : planned.error.reason;
    };
    expect(await token(timeout)).toBe(await token(timeout));
    expect(await token(timeout)).not.toBe(await token(memory));
    expect(await token(timeout)).not.toBe(await token(timeout, { gatewayTimeoutMs: 20_000 }));
  });
  test('without an alias the configuration alone', async () => {
    for (const qualifier of [null, '$LATEST'])
      expect(await plan(timeout, { qualifier })).toMatchObject({ ok: true, value: [{ setting: 'function-configuration' }] });
  });
  test('one second below what the gateway waits, never more; nothing to gain is said', async () => {
    expect(await plan(timeout, { gatewayTimeoutMs: 12_500 })).toMatchObject({ ok: true, value: [{ to: { timeoutSeconds: 11 } }, {}, {}] });
    expect(await plan(timeout, { gatewayTimeoutMs: 11_000 })).toMatchObject(refused(/nothing to gain/));
  });
  test('memory is doubled, at most to all that Lambda gives', async () => {
    const of = (memoryMb: number) => ({
      configuration: { timeoutSeconds: 10, memoryMb },
      alias: settled({ versions: { $LATEST: { ...code, memoryMb }, 6: { ...code, memoryMb } } }),
    });
    expect(await plan(memory)).toMatchObject({ ok: true, value: [{ to: { timeoutSeconds: 10, memoryMb: 1024 } }, {}, {}] });
    expect(await plan(memory, of(6000))).toMatchObject({ ok: true, value: [{ to: { memoryMb: 10_240 } }, {}, {}] });
    expect(await plan(memory, of(10_240))).toMatchObject(refused(/all that Lambda gives/));
  });
  test.each<[string, Given, RegExp]>([
    ['other code unpublished', { alias: settled({ versions: { $LATEST: { ...code, codeSha256: 'xyz=' }, 6: code } }) }, /would release it/],
    [
      'unpublished configuration touched since',
      { alias: settled({ versions: { $LATEST: { ...code, modifiedAt: noon }, 6: code } }) },
      /would release that change/,
    ],
    [
      'another memory in service',
      { alias: settled({ versions: { $LATEST: code, 6: { ...code, memoryMb: 256 } } }) },
      /another timeout or memory/,
    ],
    ['the code unknown', { alias: settled({ versions: { $LATEST: { exists: true }, 6: code } }) }, /is not known/],
    ['traffic shared', { alias: settled({ weights: { 7: 0.1 } }) }, /shared between versions/],
    ['a version called by number', { qualifier: '6' }, /versions never change/],
    ['CodeDeploy at work', { running: shifting }, /CodeDeploy/],
    ['a stack at work', { deploying: true }, /being updated/],
    ['the function gone', { configuration: 'absent' }, /not there, or not understood/],
    ['published already', { published: { published: true } }, /published for this already/],
    ['the alias moved meanwhile', { points: { version: '7', weights: {} } }, /moved since/],
  ])('steps aside: %s', async (_, given, reason) => {
    expect(await plan(timeout, given)).toMatchObject(refused(reason));
    expect(await plan(memory, given)).toMatchObject(refused(reason));
  });
  test('two people say yes', () => expect([timeout.consent, memory.consent]).toEqual(['two-person', 'two-person']));
});

describe('pin-runtime-version', () => {
  const arnOf = (n: number): string => `arn:aws:lambda:us-east-1::runtime:${String(n).repeat(64)}`;
  const seen = (n: number, from: number, to: number): RuntimeSeen => ({
    arn: arnOf(n),
    firstAt: noon + from * minute,
    lastAt: noon + to * minute,
    starts: 3,
  });
  interface Given {
    starts?: readonly RuntimeSeen[];
    config?: Partial<FunctionFact>;
    alias?: AliasFact;
    gateway?: ReturnType<typeof stage>;
    there?: unknown;
    log?: 'missing';
  }
  const old = fact({ version: '6', served: { 6: served(-60, 5, 100) } });
  const plan = (g: Given = {}) =>
    pin.plan({
      ...base,
      facts: { functions: [{ ref, errors: 9 }] },
      evidence: {
        functionConfig: got(
          {
            functions: {
              'orders:live': {
                ref,
                exists: true,
                aliasVersion: '6',
                lastModifiedAt: noon - 90 * minute,
                runtimeVersionArn: arnOf(2),
                ...g.config,
              },
            },
          },
          window,
          'aws',
        ),
        aliasVersions: versionsOf(g.alias ?? old),
        runtimeLog: g.log
          ? missing('notEnabled', 'no log group')
          : got({ functions: { 'orders:live': g.starts ?? [seen(1, -50, -5), seen(2, 0, 4)] } }, window, 'forgeable'),
        gatewayMetrics: g.gateway ?? stage(0, 100),
        stackEvents: stack(),
        codeDeployments: deployments(),
      },
      read: async () => ok({ value: g.there ?? { updateOn: 'Auto' } }),
    });
  test('pins the version in service to the runtime of before', async () => {
    expect(await plan()).toEqual(
      ok([
        {
          setting: 'runtime-version',
          target: { accountId: ref.accountId, region: ref.region, functionName: 'orders', version: '6' },
          from: { updateOn: 'Auto' },
          to: { updateOn: 'Manual', arn: arnOf(1) },
        },
      ]),
    );
  });
  test.each<[string, Given, RegExp]>([
    ['one runtime only', { starts: [seen(2, 0, 4)] }, /not seen to have started on another/],
    ['the configuration names one no line shows', { config: { runtimeVersionArn: arnOf(9) } }, /not seen to have started/],
    ['three of them', { starts: [seen(1, -50, -40), seen(3, -30, -5), seen(2, 0, 4)] }, /more than two/],
    ['the other came later', { starts: [seen(2, -50, 4), seen(1, 0, 4)] }, /did not come before/],
    ['no log', { log: 'missing' }, /is not known: no log group/],
    ['released just then', { alias: fact({ version: '6', served: { 6: served(-1, 5, 100) } }) }, /released about when/],
    ['a release unseen', { alias: fact({ version: '6', served: {} }) }, /at a time that is not known/],
    ['the stage failed before', { gateway: stage(9, 100) }, /failed before the new runtime version/],
    ['AWS does not update it', { there: { updateOn: 'Manual', arn: arnOf(2) } }, /somebody else decides/],
    ['the version gone', { there: 'absent' }, /is gone/],
  ])('steps aside: %s', async (_, given, reason) => expect(await plan(given)).toMatchObject(refused(reason)));
});

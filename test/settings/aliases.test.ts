// alias-version, function-version and published-alias against the sandbox's Lambda: written under the revision that was read, named by a
// token, and taken back to the number they came from.
import { beforeEach, describe, expect, test } from 'vitest';
import { awsClient } from '../../lib/aws/client.ts';
import type { Aws, CallName } from '../../lib/aws/calls.ts';
import { err, ok } from '../../lib/model/result.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import alias from '../../lib/settings/alias-version.ts';
import version from '../../lib/settings/function-version.ts';
import published from '../../lib/settings/published-alias.ts';
import { openAccount, startAt } from '../laws/workshop.ts';

const at = { accountId: '111122223333', region: 'us-east-1', functionName: 'orders' };
const live = { ...at, alias: 'live' };
const one = { version: '1', weights: {} };
const two = { version: '2', weights: {} };
let clock: SimulatedClock;
let account: ReturnType<typeof openAccount>;
let aws: Aws<CallName>;
beforeEach(() => {
  clock = new SimulatedClock(startAt);
  account = openAccount(clock);
  aws = awsClient<CallName>({
    attempt: account.attempt('admin'),
    clock,
    random: () => 0,
    declared: [alias, version, published].flatMap((s) => [...s.calls.read, ...s.calls.write]),
  });
});
const revisionOf = async (): Promise<string> => {
  const now = await alias.read(aws, live);
  return now.ok ? (now.value.revision ?? '') : '';
};
const code = async (): Promise<string> => {
  const now = await account.attempt('admin')('lambda:GetFunctionConfiguration', { FunctionName: 'orders' });
  return now.ok ? (now.value.CodeSha256 ?? '') : '';
};
const denied: Aws<CallName> = { call: async (call) => err({ kind: 'denied', call, name: 'AccessDeniedException', message: 'no' }) };

describe('alias-version', () => {
  test('moved and back: the account is as it was', async () => {
    account.release('orders', { outcome: 'throw' });
    const before = account.snapshot();
    expect(await alias.read(aws, live)).toMatchObject({ ok: true, value: { value: two } });
    expect(await alias.write(aws, live, two, one, await revisionOf())).toEqual(ok(undefined));
    expect(await alias.settled(aws, live, one)).toEqual(ok('settled'));
    expect(await alias.settled(aws, live, two)).toEqual(ok('settling'));
    expect(await alias.write(aws, live, one, two, await revisionOf())).toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
  });
  test('weights are part of it: cleared when moved, and given back', async () => {
    account.setWork('orders', { outcome: 'throw' });
    account.putAlias('orders', 'live', '1', { [account.publishVersion('orders')]: 0.1 });
    const shared = { version: '1', weights: { 2: 0.1 } };
    const before = account.snapshot();
    expect(await alias.read(aws, live)).toMatchObject({ ok: true, value: { value: shared } });
    expect(alias.same(shared, one)).toBe(false);
    expect(await alias.write(aws, live, shared, one, await revisionOf())).toEqual(ok(undefined));
    expect(await alias.read(aws, live)).toMatchObject({ ok: true, value: { value: one } });
    expect(await alias.write(aws, live, one, shared, await revisionOf())).toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
  });
  test('a release in between is a conflict, and a version that is gone is said', async () => {
    const revision = await revisionOf();
    account.release('orders', { outcome: 'throw' });
    expect(await alias.write(aws, live, one, two, revision)).toMatchObject({ ok: false, error: { kind: 'conflict' } });
    expect(await alias.write(aws, live, two, { version: '9', weights: {} }, await revisionOf())).toMatchObject({
      ok: false,
      error: { kind: 'gone' },
    });
  });
  test('is never made or deleted; gone is absent, denied is not', async () => {
    expect(await alias.read(aws, { ...live, alias: 'other' })).toEqual(ok({ value: 'absent', gone: 'the alias orders:other' }));
    for (const [from, to] of [
      ['absent', one],
      [one, 'absent'],
    ] as const)
      expect(await alias.write(aws, live, from, to)).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(await alias.read(denied, live)).toMatchObject({ ok: false, error: { kind: 'denied' } });
  });
  test('what people read', () => {
    const target = { ...live, because: 'it served clean until version 2 came at 11:58 UTC' };
    expect(alias.show(target, { version: '1', weights: { 2: 0.1 } }, one)).toMatchInlineSnapshot(
      `"orders:live: version 1, 10 % of it on version 2 → version 1 (it served clean until version 2 came at 11:58 UTC)"`,
    );
    expect(alias.byHand(live, two, one)).toMatchInlineSnapshot(
      `"aws lambda update-alias --function-name orders --name live --region us-east-1 --function-version 1 --routing-config '{"AdditionalVersionWeights":{}}'"`,
    );
    expect(alias.snippets(live, one, {} as never).map((s) => s.title)).toEqual(['CDK', 'CloudFormation', 'Terraform']);
  });
});

describe('function-version and published-alias', () => {
  const token = 'inc-1 0123456789ab';
  const named = async () => ({ ...at, token, codeSha256: await code() });
  const made = { published: true } as const;
  const ours = { ours: true, weights: {} } as const;
  const target = { ...live, token };

  test('published once however often, found by its name, and the alias moved to it and back', async () => {
    await account.attempt('admin')('lambda:UpdateFunctionConfiguration', { FunctionName: 'orders', Timeout: 28 });
    await clock.runUntil(clock.now() + 10_000);
    expect(await version.read(aws, await named())).toEqual(ok({ value: 'absent' }));
    for (let n = 0; n < 2; n++) expect(await version.write(aws, await named(), 'absent', made)).toEqual(ok(undefined));
    expect(await version.read(aws, await named())).toEqual(ok({ value: made }));
    expect(await version.settled(aws, await named(), made)).toEqual(ok('settled'));
    await clock.runUntil(clock.now() + 10_000);
    expect(await published.read(aws, target)).toMatchObject({ ok: true, value: { value: one } });
    expect(await published.write(aws, target, one, ours, await revisionOf())).toEqual(ok(undefined));
    const now = await published.read(aws, target);
    expect(now).toMatchObject({ ok: true, value: { value: { version: '2', ours: true } } });
    await clock.runUntil(clock.now() + 10_000);
    expect(await published.settled(aws, target, ours)).toEqual(ok('settled'));
    expect(published.same(now.ok ? now.value.value : 'absent', ours)).toBe(true);
    expect(await published.write(aws, target, ours, one, await revisionOf())).toEqual(ok(undefined));
    expect(await alias.read(aws, live)).toMatchObject({ ok: true, value: { value: one } });
  });
  test('other code is refused by Lambda, and nothing new is said to be published where nothing changed', async () => {
    expect(await version.write(aws, { ...at, token, codeSha256: 'other' }, 'absent', made)).toMatchObject({
      ok: false,
      error: { kind: 'refused', message: expect.stringContaining('different from current CodeSHA256') },
    });
    expect(await version.write(aws, await named(), 'absent', made)).toEqual(ok(undefined));
    expect(await version.settled(aws, await named(), made)).toMatchObject({
      ok: true,
      value: { failed: expect.stringContaining('no new version') },
    });
  });
  test('the alias waits for the version, and a version somebody else published is not ours', async () => {
    expect(await published.write(aws, target, one, ours)).toMatchObject({ ok: false, error: { kind: 'refused' } });
    account.release('orders', { ms: 30 });
    const now = await published.read(aws, target);
    expect(now).toMatchObject({ ok: true, value: { value: { version: '2' } } });
    expect(published.same(now.ok ? now.value.value : 'absent', ours)).toBe(false);
  });
  test('every page is read, and a function with too many versions is told', async () => {
    const paged: Aws<CallName> = {
      call: async (_, input) => {
        const page = Number((input as { Marker?: string }).Marker ?? 0);
        const Versions =
          page === 2 ? [{ Version: '101', Description: `gatemedic ${token}` }] : [{ Version: String(page), Description: '' }];
        return ok({ Versions, NextMarker: String(page + 1) }) as never;
      },
    };
    expect(await version.read(paged, { ...at, token, codeSha256: '' })).toEqual(ok({ value: made }));
    expect(await version.read(paged, { ...at, token: 'another', codeSha256: '' })).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });
  test('what people read', () => {
    const t = { ...at, token, codeSha256: 'abc=' };
    expect(version.show(t, 'absent', made)).toMatchInlineSnapshot(
      `"orders: a new version is published of the code in service (gatemedic inc-1 0123456789ab)"`,
    );
    expect(version.byHand(t, 'absent', made)).toMatchInlineSnapshot(
      `"aws lambda publish-version --function-name orders --region us-east-1 --code-sha256 'abc=' --description 'gatemedic inc-1 0123456789ab'"`,
    );
    expect(published.show(target, one, ours)).toMatchInlineSnapshot(`"orders:live: version 1 → the version published by this change"`);
    expect(published.byHand(target, one, ours)).toContain(`--function-version "$(aws lambda list-versions-by-function`);
    expect(published.byHand(target, ours, one)).toContain('--function-version 1');
  });
});

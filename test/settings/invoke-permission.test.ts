// invoke-permission against the sandbox's Lambda, whose policies, revisions and errors are its own.
import { beforeEach, describe, expect, test } from 'vitest';
import { awsClient } from '../../lib/aws/client.ts';
import type { Attempt, Aws, CallName } from '../../lib/aws/calls.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import invokePermission, {
  policyLimitBytes,
  type InvokePermission,
  type InvokePermissionTarget,
} from '../../lib/settings/invoke-permission.ts';
import { openAccount, sourceArn, startAt } from '../laws/workshop.ts';

const target: InvokePermissionTarget = {
  accountId: '111122223333',
  region: 'us-east-1',
  functionName: 'orders',
  qualifier: 'live',
  statementId: 'gatemedic-1',
};
const to: InvokePermission = { action: 'lambda:InvokeFunction', principal: 'apigateway.amazonaws.com', sourceArn: `${sourceArn}/x` };
const alice = { kind: 'person', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' } as const;

let account: ReturnType<typeof openAccount>;
let aws: Aws<CallName>;
let calls: CallName[];
const all: CallName[] = [...invokePermission.calls.read, ...invokePermission.calls.write];
const clientOver = (attempt: Attempt) => awsClient<CallName>({ attempt, clock: new SimulatedClock(0), random: () => 0, declared: all });
beforeEach(() => {
  account = openAccount(new SimulatedClock(startAt));
  calls = [];
  const attempt = account.attempt('admin');
  aws = clientOver(async (name, input) => {
    calls.push(name);
    return attempt(name, input);
  });
});
const value = async () => {
  const read = await invokePermission.read(aws, target);
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
};
const write = async (from: InvokePermission | 'absent', next: InvokePermission | 'absent', more = target) =>
  invokePermission.write(aws, more, from, next, (await value()).revision);

describe('invoke-permission', () => {
  test('adds, reads back the same, removes: the account is as it was', async () => {
    const before = account.snapshot();
    expect((await value()).value).toBe('absent');
    expect(await write('absent', to)).toEqual({ ok: true, value: undefined });
    expect((await value()).value).toEqual(to);
    expect(await invokePermission.settled(aws, target, to)).toEqual({ ok: true, value: 'settled' });
    expect(await write(to, 'absent')).toEqual({ ok: true, value: undefined });
    expect((await value()).value).toBe('absent');
    expect(account.snapshot()).toEqual(before);
  });

  test('the source account is kept', async () => {
    const bound = { ...to, sourceAccount: '111122223333' };
    await write('absent', bound);
    expect((await value()).value).toEqual(bound);
    expect(invokePermission.same(bound, to)).toBe(false);
  });

  test('an edit by somebody else between read and write is a conflict, not overrun', async () => {
    const { revision } = await value();
    account.grant({ functionName: 'orders', qualifier: 'live', statementId: 'alice-1', sourceArn, by: alice });
    calls.length = 0;
    expect(await invokePermission.write(aws, target, 'absent', to, revision)).toMatchObject({ ok: false, error: { kind: 'conflict' } });
    expect(calls).toEqual(['lambda:GetPolicy']);
  });

  test('an edit in the very last moment is refused by the revision', async () => {
    const { revision } = await value();
    const attempt = account.attempt('admin');
    const late = clientOver(async (name, input) => {
      if (name === 'lambda:AddPermission')
        account.grant({ functionName: 'orders', qualifier: 'live', statementId: 'alice-1', sourceArn, by: alice });
      return attempt(name, input);
    });
    expect(await invokePermission.write(late, target, 'absent', to, revision)).toMatchObject({
      ok: false,
      error: { kind: 'conflict', name: 'PreconditionFailedException' },
    });
    expect((await value()).value).toBe('absent');
  });

  test('added twice is a success; another statement under the id is a conflict', async () => {
    await write('absent', to);
    expect(await write('absent', to)).toEqual({ ok: true, value: undefined });
    expect(await write('absent', { ...to, sourceArn: `${sourceArn}/y` })).toMatchObject({ ok: false, error: { kind: 'conflict' } });
    expect((await value()).value).toEqual(to);
  });

  test('removed twice is a success', async () => {
    expect(await write(to, 'absent')).toEqual({ ok: true, value: undefined });
  });

  test('never removes a statement that is not its own', async () => {
    const theirs = { ...target, statementId: 'orders-gateway-invoke' };
    const { value: granted, revision } = await invokePermission
      .read(aws, theirs)
      .then((r) => (r.ok ? r.value : { value: 'absent' as const, revision: undefined }));
    expect(granted).not.toBe('absent');
    calls.length = 0;
    expect(await invokePermission.write(aws, theirs, granted, 'absent', revision)).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(calls).toEqual([]);
  });

  test('grants nothing but invoking, to API Gateway, from a named source', async () => {
    for (const bad of [
      { ...to, principal: '*' },
      { ...to, action: 'lambda:*' },
      { action: to.action, principal: to.principal },
      { ...to, beyond: '{}' },
    ]) {
      expect(await write('absent', bad)).toMatchObject({ ok: false, error: { kind: 'refused' } });
    }
    expect(calls).not.toContain('lambda:AddPermission');
  });

  test('a statement is never rewritten', async () => {
    await write('absent', to);
    expect(await write(to, { ...to, sourceArn: `${sourceArn}/y` })).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });

  test('refuses near the 20 KB limit before AWS does', async () => {
    const size = async () =>
      aws.call('lambda:GetPolicy', { FunctionName: 'orders', Qualifier: 'live' }).then((r) => (r.ok ? (r.value.Policy ?? '').length : 0));
    const grant = (n: number) =>
      account.grant({ functionName: 'orders', qualifier: 'live', statementId: `padding-${100 + n}`, sourceArn: `${sourceArn}/${100 + n}` });
    const empty = await size();
    grant(0);
    const each = (await size()) - empty;
    for (let n = 1; empty + (n + 1) * each < policyLimitBytes; n++) grant(n);
    const { revision } = await value();
    calls.length = 0;
    expect(await invokePermission.write(aws, target, 'absent', to, revision)).toMatchObject({
      ok: false,
      error: { kind: 'refused', message: expect.stringContaining('20 KB') },
    });
    expect(calls).toEqual(['lambda:GetPolicy']);
  });

  test('a statement of another shape under our id is neither ours nor absent', async () => {
    account.putStatement('orders', 'live', {
      Sid: 'gatemedic-1',
      Effect: 'Deny',
      Principal: '*',
      Action: 'lambda:InvokeFunction',
      Resource: '*',
    } as never);
    const found = (await value()).value;
    expect(found).toMatchObject({ beyond: expect.stringContaining('Deny') });
    expect(invokePermission.same(found, to)).toBe(false);
  });

  test('a function that is not there has no statement, and says so', async () => {
    expect(await invokePermission.read(aws, { ...target, functionName: 'none' })).toEqual({
      ok: true,
      value: { value: 'absent', gone: 'the function none' },
    });
  });

  test('the first statement of a function without a policy carries no revision, and notices one that came meanwhile', async () => {
    const bare = { ...target, qualifier: 'bare' };
    account.putAlias('orders', 'bare', account.publishVersion('orders'));
    account.grant({ functionName: 'orders', qualifier: 'bare', statementId: 'alice-1', sourceArn, by: alice });
    expect(await invokePermission.write(aws, bare, 'absent', to, undefined)).toMatchObject({ ok: false, error: { kind: 'conflict' } });
  });

  test('what people read', () => {
    expect(invokePermission.show(target, 'absent', to)).toMatchInlineSnapshot(
      `"orders:live: no statement → allow apigateway.amazonaws.com from arn:aws:execute-api:us-east-1:111122223333:orders1000/*/*/*/x"`,
    );
    expect(invokePermission.byHand(target, to, 'absent')).toMatchInlineSnapshot(
      `"aws lambda remove-permission --function-name orders --qualifier live --statement-id gatemedic-1 --region us-east-1"`,
    );
    expect(invokePermission.byHand(target, 'absent', to)).toMatchInlineSnapshot(
      `"aws lambda add-permission --function-name orders --qualifier live --statement-id gatemedic-1 --region us-east-1 --action lambda:InvokeFunction --principal apigateway.amazonaws.com --source-arn 'arn:aws:execute-api:us-east-1:111122223333:orders1000/*/*/*/x'"`,
    );
    expect(invokePermission.lockKey(target)).not.toBe(invokePermission.lockKey({ ...target, qualifier: 'next' }));
    expect(invokePermission.lockKey(target)).toBe(invokePermission.lockKey({ ...target, statementId: 'gatemedic-2' }));
  });
});

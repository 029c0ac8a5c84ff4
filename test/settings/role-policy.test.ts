// role-policy against the sandbox's IAM: documents as they were written, and none that gives a role more than a machine should.
import { beforeEach, describe, expect, test } from 'vitest';
import { awsClient } from '../../lib/aws/client.ts';
import type { Aws, CallName } from '../../lib/aws/calls.ts';
import { ok } from '../../lib/model/result.ts';
import { createAccount, type Account } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import rolePolicy, { type RolePolicyTarget } from '../../lib/settings/role-policy.ts';

const roleArn = 'arn:aws:iam::111122223333:role/service/gateway';
const target: RolePolicyTarget = {
  accountId: '111122223333',
  region: 'us-east-1',
  roleArn,
  policyName: 'access',
  removed: 'removed by alice\nat 12:00',
  stage: { apiType: 'REST', apiId: 'a1', apiName: 'orders', stage: 'prod' },
};
const doc = (Action: string, more: object = {}) => ({
  document: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*', ...more }] }),
});
const [send, everything] = [doc('sqs:SendMessage'), doc('*')];
let clock: SimulatedClock;
let account: Account;
let aws: Aws<CallName>;
beforeEach(() => {
  clock = new SimulatedClock(Date.UTC(2026, 10, 20, 12));
  account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 7, latency: false });
  account.services.putRole('gateway', {});
  const declared = [...rolePolicy.calls.read, ...rolePolicy.calls.write, 'cloudwatch:GetMetricData' as const];
  aws = awsClient<CallName>({ attempt: account.attempt('admin'), clock, random: () => 0, declared });
});

describe('role-policy', () => {
  test('put, read as it was written, deleted: the account is as it was', async () => {
    const before = account.snapshot();
    expect(await rolePolicy.read(aws, target)).toEqual(ok({ value: 'absent' }));
    expect(await rolePolicy.write(aws, target, 'absent', send)).toEqual(ok(undefined));
    expect(await rolePolicy.read(aws, target)).toEqual(ok({ value: send }));
    expect(await rolePolicy.settled(aws, target, send)).toEqual(ok('settled'));
    expect(await rolePolicy.settled(aws, target, 'absent')).toEqual(ok('settling'));
    expect(await rolePolicy.write(aws, target, send, 'absent')).toEqual(ok(undefined));
    expect(await rolePolicy.write(aws, target, send, 'absent'), 'twice is once').toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
  });
  test('a document that lets the role give itself more is not written anew, but one that stood there goes back', async () => {
    expect(await rolePolicy.write(aws, target, 'absent', everything)).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(await rolePolicy.write(aws, target, send, everything)).toEqual(ok(undefined));
  });
  test('a role that is gone is AWS’s to refuse', async () => {
    expect(await rolePolicy.write(aws, { ...target, roleArn: `${roleArn}-x` }, 'absent', send)).toMatchObject({
      ok: false,
      error: { kind: 'gone' },
    });
  });
  test.each([['%'], ['']])('a document nobody can read is no value: %s', async (PolicyDocument) => {
    const answering: Aws<CallName> = { call: async () => ok({ PolicyDocument }) as never };
    expect(await rolePolicy.read(answering, target)).toMatchObject({ ok: false, error: { kind: 'down' } });
  });
  test('is relied on once the stage answers well', async () => {
    const metrics = (...values: readonly (readonly number[])[]): Aws<CallName> => ({
      call: async () =>
        ok({
          MetricDataResults: values.map((Values, n) => ({ Id: `m${n}`, Timestamps: Values.map((_, i) => new Date(i)), Values })),
        }) as never,
    });
    const used = (...values: readonly (readonly number[])[]) => rolePolicy.inUse?.(metrics(...values), target, send, { from: 0, to: 1 });
    expect(await used([5, 5], [5, 5], [0, 0])).toEqual(ok(false));
    expect(await used([5, 5], [5, 4], [0, 0])).toEqual(ok(true));
    expect(await used([5, 5], [2, 5], [3, 0])).toEqual(ok(false));
    expect(await used()).toEqual(ok(false));
  });
  test('is shown in one line, with who removed it; and done by hand with one command', () => {
    expect(rolePolicy.show(target, 'absent', send)).toBe(
      'role gateway, inline policy access (removed by alice at 12:00): no policy → allow sqs:SendMessage on *',
    );
    const hand = rolePolicy.byHand(target, 'absent', doc("sqs:it's"));
    expect(hand).toContain(String.raw`aws iam put-role-policy --role-name gateway --policy-name access --policy-document '{"Version"`);
    expect(hand).toContain(String.raw`sqs:it'\''s`);
    expect(rolePolicy.byHand(target, send, 'absent')).toBe('aws iam delete-role-policy --role-name gateway --policy-name access');
  });
  test('Terraform does not take a policy variable for one of its own', () => {
    const at = { ...target, apiType: 'REST' as const, apiId: 'a', stage: 's' };
    const hcl = rolePolicy
      .snippets(target, doc('s3:GetObject', { Resource: 'arn:aws:s3:::b/${aws:username}' }), at)
      .find((s) => s.language === 'hcl');
    expect(hcl?.code).toContain('/$${aws:username}');
  });
  test('is written by a hand of its own, for the role’s own ARN', () => {
    expect([rolePolicy.hand, rolePolicy.writesTo(target)]).toEqual(['role-policies', roleArn]);
  });
});

// role-attachment against the sandbox's IAM: attached at the version that was shown, or not at all.
import { beforeEach, describe, expect, test } from 'vitest';
import { awsClient } from '../../lib/aws/client.ts';
import type { Aws, CallName } from '../../lib/aws/calls.ts';
import { ok } from '../../lib/model/result.ts';
import { createAccount, type Account } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import roleAttachment, { type RoleAttachmentTarget } from '../../lib/settings/role-attachment.ts';

const policyArn = 'arn:aws:iam::111122223333:policy/items';
const target: RoleAttachmentTarget = {
  accountId: '111122223333',
  region: 'us-east-1',
  roleArn: 'arn:aws:iam::111122223333:role/service/gateway',
  policyArn,
  allows: 'allow sqs:SendMessage on *',
  removed: 'detached by alice\nat 12:00',
  stage: { apiType: 'REST', apiId: 'a1', apiName: 'orders', stage: 'prod' },
};
const [v1, v2] = [{ version: 'v1' }, { version: 'v2' }];
const statement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' } as const;
let account: Account;
let aws: Aws<CallName>;
beforeEach(() => {
  const clock = new SimulatedClock(Date.UTC(2026, 10, 20, 12));
  account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 7, latency: false });
  account.services.putRole('gateway', {});
  account.services.putManaged('items', [statement]);
  const declared = [...roleAttachment.calls.read, ...roleAttachment.calls.write, 'cloudwatch:GetMetricData' as const];
  aws = awsClient<CallName>({ attempt: account.attempt('admin'), clock, random: () => 0, declared });
});

describe('role-attachment', () => {
  test('attached, read, detached: the account is as it was', async () => {
    const before = account.snapshot();
    expect(await roleAttachment.read(aws, target)).toEqual(ok({ value: 'absent' }));
    expect(await roleAttachment.write(aws, target, 'absent', v1)).toEqual(ok(undefined));
    expect(await roleAttachment.read(aws, target)).toEqual(ok({ value: v1 }));
    expect(await roleAttachment.write(aws, target, v1, 'absent')).toEqual(ok(undefined));
    expect(await roleAttachment.write(aws, target, v1, 'absent'), 'twice is once').toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
  });
  test('twice is once, and it is seen settled', async () => {
    expect(await roleAttachment.write(aws, target, 'absent', v1)).toEqual(ok(undefined));
    expect(await roleAttachment.write(aws, target, 'absent', v1)).toEqual(ok(undefined));
    expect(await roleAttachment.settled(aws, target, v1)).toEqual(ok('settled'));
    expect(await roleAttachment.settled(aws, target, 'absent')).toEqual(ok('settling'));
  });
  test('a policy that says something else by now is not attached', async () => {
    account.services.putManaged('items', [{ ...statement, Action: '*' }]);
    const before = account.snapshot();
    expect(await roleAttachment.write(aws, target, 'absent', v1)).toMatchObject({
      error: { kind: 'refused', message: expect.stringMatching(/is at v2 by now, and v1 was shown/) },
    });
    expect(account.snapshot()).toEqual(before);
  });
  test('a role that is gone is told apart from one without the policy', async () =>
    expect(await roleAttachment.read(aws, { ...target, roleArn: 'arn:aws:iam::111122223333:role/nobody' })).toEqual(
      ok({ value: 'absent', gone: 'the role nobody' }),
    ));
  test('another version is another value', async () => {
    await roleAttachment.write(aws, target, 'absent', v1);
    account.services.putManaged('items', [{ ...statement, Action: '*' }]);
    expect(await roleAttachment.read(aws, target)).toEqual(ok({ value: v2 }));
    expect(roleAttachment.same(v1, v2)).toBe(false);
    expect(roleAttachment.same(v1, { version: 'v1' })).toBe(true);
    expect(roleAttachment.same(v1, 'absent')).toBe(false);
    expect(roleAttachment.same('absent', 'absent')).toBe(true);
  });
  test.each([
    ['a policy that is gone', { policyArn: `${policyArn}-x` }],
    ['a role that is gone', { roleArn: `${target.roleArn}-x` }],
  ])('%s is AWS’s to refuse', async (_, over) => {
    expect(await roleAttachment.write(aws, { ...target, ...over }, 'absent', v1)).toMatchObject({ error: { kind: 'gone' } });
  });
  test('a policy without a version cannot be read', async () => {
    const answering: Aws<CallName> = { call: async () => ok({}) as never };
    expect(await roleAttachment.read(answering, target)).toMatchObject({ error: { kind: 'down', call: 'iam:GetPolicy' } });
  });
  test('is shown with who detached it and what it allows, and by hand in one command', () => {
    expect(roleAttachment.show(target, 'absent', v1)).toBe(
      `role gateway, managed policy ${policyArn} (detached by alice at 12:00): not attached → attached at v1 (allow sqs:SendMessage on *)`,
    );
    expect(roleAttachment.byHand(target, 'absent', v1)).toBe(`aws iam attach-role-policy --role-name gateway --policy-arn ${policyArn}`);
    expect(roleAttachment.byHand(target, v1, 'absent')).toBe(`aws iam detach-role-policy --role-name gateway --policy-arn ${policyArn}`);
    const at = { accountId: '1', region: 'r', apiType: 'REST', apiId: 'a', stage: 's' } as const;
    expect(roleAttachment.snippets(target, v1, at).map((s) => s.language)).toEqual(['yaml', 'typescript', 'hcl']);
    expect(roleAttachment.snippets(target, 'absent', at)).toEqual([]);
  });
});

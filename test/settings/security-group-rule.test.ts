// security-group-rule against the sandbox's EC2: ours is known by its description and revoked by its id; nothing public is ever opened.
import { beforeEach, describe, expect, test } from 'vitest';
import { awsClient } from '../../lib/aws/client.ts';
import type { Aws, CallName } from '../../lib/aws/calls.ts';
import { ok } from '../../lib/model/result.ts';
import { createAccount, type Account } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import groupRule, { ownDescription, type GroupRuleTarget } from '../../lib/settings/security-group-rule.ts';

const group = 'sg-orders';
const target: GroupRuleTarget = {
  accountId: '111122223333',
  region: 'us-east-1',
  groupId: group,
  protocol: 'tcp',
  fromPort: 8080,
  toPort: 8081,
  source: { kind: 'range', range: '10.0.0.0/16' },
  removed: 'revoked by alice',
  stage: { apiType: 'REST', apiId: 'a1', apiName: 'orders', stage: 'prod' },
};
const toGroup: GroupRuleTarget = { ...target, source: { kind: 'group', group } };
const ours = { description: ownDescription('inc-1') };
let account: Account;
let aws: Aws<CallName>;
beforeEach(() => {
  const clock = new SimulatedClock(Date.UTC(2026, 10, 20, 12));
  account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 7, latency: false });
  account.network.placeFunction('orders');
  const declared = [...groupRule.calls.read, ...groupRule.calls.write];
  aws = awsClient<CallName>({ attempt: account.attempt('admin'), clock, random: () => 0, declared });
});

describe('security-group-rule', () => {
  test.each([target, toGroup])('added, found, revoked: the account is as it was (%#)', async (t) => {
    const before = account.snapshot();
    expect(await groupRule.read(aws, t)).toEqual(ok({ value: 'absent' }));
    expect(await groupRule.write(aws, t, 'absent', ours)).toEqual(ok(undefined));
    expect(await groupRule.read(aws, t)).toMatchObject({ ok: true, value: { value: ours, revision: expect.stringMatching(/^sgr-/) } });
    expect(await groupRule.settled(aws, t, ours)).toEqual(ok('settled'));
    expect(await groupRule.write(aws, t, ours, 'absent')).toEqual(ok(undefined));
    expect(await groupRule.write(aws, t, ours, 'absent'), 'twice is once').toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
  });
  test('an equal rule of somebody else is a conflict, is no value of ours, and stays', async () => {
    const theirs = [{ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8081, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }];
    await account.attempt('admin')('ec2:AuthorizeSecurityGroupIngress', { GroupId: group, IpPermissions: theirs });
    expect(await groupRule.write(aws, target, 'absent', ours)).toMatchObject({ ok: false, error: { kind: 'conflict' } });
    const now = await groupRule.read(aws, target);
    expect(now.ok && groupRule.same(now.value.value, ours)).toBe(false);
    const before = account.snapshot();
    expect(await groupRule.write(aws, target, ours, 'absent')).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(account.snapshot()).toEqual(before);
  });
  test.each(['0.0.0.0/0', '203.0.113.0/24', '::/0', '10.0.0.0/7'])('%s is never opened to', async (range) => {
    const before = account.snapshot();
    expect(await groupRule.write(aws, { ...target, source: { kind: 'range', range } }, 'absent', ours)).toMatchObject({
      ok: false,
      error: { kind: 'refused', message: expect.stringContaining('public') },
    });
    expect(account.snapshot()).toEqual(before);
  });
  test('a rule that does not say it is ours is not added', async () => {
    expect(await groupRule.write(aws, target, 'absent', { description: 'x' })).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });
  test('a group that is gone is AWS’s to refuse', async () => {
    expect(await groupRule.write(aws, { ...target, groupId: 'sg-none' }, 'absent', ours)).toMatchObject({
      ok: false,
      error: { kind: 'gone', name: 'InvalidGroup.NotFound' },
    });
  });
  test('a long list is read page by page', async () => {
    const asked: unknown[] = [];
    const paged: Aws<CallName> = {
      call: async (_name, input) => {
        asked.push(input);
        return ok(asked.length < 3 ? { SecurityGroupRules: [], NextToken: `t${asked.length}` } : { SecurityGroupRules: [] }) as never;
      },
    };
    expect(await groupRule.read(paged, target)).toEqual(ok({ value: 'absent' }));
    expect(asked).toMatchObject([{}, { NextToken: 't1' }, { NextToken: 't2' }]);
  });
  test('a description holds only what EC2 takes', () => {
    expect(ownDescription('inc-1 é"\n')).toBe('put back by gatemedic for inc-1 ---');
    expect(ownDescription('x'.repeat(400))).toHaveLength(255);
  });
  test('is shown in words, and done by hand with one command', () => {
    expect(groupRule.show(target, 'absent', ours)).toBe(
      'security group sg-orders (revoked by alice): no rule → admits 10.0.0.0/16 on tcp 8080-8081',
    );
    expect(groupRule.show({ ...toGroup, protocol: '-1' }, ours, 'absent')).toContain('admits sg-orders on every protocol → no rule');
    expect(groupRule.byHand(toGroup, 'absent', ours)).toBe(
      `aws ec2 authorize-security-group-ingress --group-id sg-orders --ip-permissions '[{"IpProtocol":"tcp","FromPort":8080,"ToPort":8081,"UserIdGroupPairs":[{"GroupId":"sg-orders","Description":"put back by gatemedic for inc-1"}]}]' --region us-east-1`,
    );
    expect(groupRule.byHand(target, ours, 'absent')).toBe(
      `aws ec2 revoke-security-group-ingress --group-id sg-orders --ip-permissions '[{"IpProtocol":"tcp","FromPort":8080,"ToPort":8081,"IpRanges":[{"CidrIp":"10.0.0.0/16"}]}]' --region us-east-1`,
    );
  });
  test('is written by a hand of its own', () => {
    expect([groupRule.hand, groupRule.writesTo(target)]).toEqual([
      'security-groups',
      'arn:aws:ec2:us-east-1:111122223333:security-group/sg-orders',
    ]);
  });
});

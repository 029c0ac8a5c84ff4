// What may be written beside functions, in the sandbox: capacity, inline policies, rules; that each really changes what callers meet.
import { describe, expect, it } from 'vitest';
import type { CallName, In } from '../../lib/aws/calls.ts';
import { createAccount } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';

const seconds = 1000;
const minute = 60 * seconds;
const ok = { pattern: '2\\d{2}', statusCode: '200' };
const policy = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });

function place(region = 'us-east-1') {
  const clock = new SimulatedClock(Date.parse('2026-10-01T12:00:00Z'));
  const account = createAccount({ clock, accountId: '111122223333', region, seed: 3 });
  account.services.putTable('items', { key: 'id', writeUnits: 1 });
  account.services.putRole('gateway', { statements: [{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*' }] });
  const { apiId } = account.putApi({
    apiType: 'REST',
    name: 'orders',
    stage: 'prod',
    routes: [
      {
        method: 'POST',
        path: '/x',
        mapped: {
          service: { name: 'dynamodb', action: 'PutItem' },
          role: 'gateway',
          template: '{"TableName": "items", "Item": {"id": {"S": "$context.requestId"}}}',
          answers: [ok],
          declares: ['200'],
        },
      },
    ],
  });
  const ask = () => account.request({ apiId, stage: 'prod', method: 'POST', path: '/x', body: '' }).status;
  const call = async <N extends CallName>(name: N, input: In<N>) => {
    const asked = account.attempt('admin')(name, input);
    await clock.runUntil(clock.now() + seconds);
    return await asked;
  };
  const later = (ms: number) => clock.runUntil(clock.now() + ms);
  return { account, clock, ask, call, later };
}
const update = (units: number): In<'dynamodb:UpdateTable'> => ({
  TableName: 'items',
  ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: units },
});

describe('a table', () => {
  it('is UPDATING with its old capacity for some seconds, takes no second update meanwhile, then throttles no more', async () => {
    const p = place();
    await p.later(2 * seconds);
    const burst = () => Array.from({ length: 20 }, p.ask).filter((status) => status === 500).length;
    expect(burst()).toBeGreaterThan(10);
    expect(await p.call('dynamodb:UpdateTable', update(50))).toMatchObject({
      ok: true,
      value: { TableDescription: { TableStatus: 'UPDATING', ProvisionedThroughput: { WriteCapacityUnits: 1 } } },
    });
    expect(await p.call('dynamodb:UpdateTable', update(60))).toMatchObject({ error: { kind: 'conflict', name: 'ResourceInUseException' } });
    expect(p.account.snapshot()).toMatchObject({ tables: { items: { writeUnits: 50 } } });
    await p.later(minute);
    expect(await p.call('dynamodb:DescribeTable', { TableName: 'items' })).toMatchObject({
      value: { Table: { TableStatus: 'ACTIVE', ProvisionedThroughput: { WriteCapacityUnits: 50 } } },
    });
    expect(burst()).toBe(0);
  });
  it('may be lowered four times a day, then once an hour', async () => {
    const p = place();
    await p.call('dynamodb:UpdateTable', update(100));
    const down = async (units: number) => {
      await p.later(minute);
      return await p.call('dynamodb:UpdateTable', update(units));
    };
    for (const units of [90, 80, 70, 60]) expect((await down(units)).ok).toBe(true);
    expect(await down(50)).toMatchObject({ error: { name: 'LimitExceededException' } });
    await p.later(60 * minute);
    expect((await down(50)).ok).toBe(true);
  });
  it('is told to be steered where Application Auto Scaling has it', async () => {
    const p = place();
    p.account.services.steerTable('items');
    const asked = { ServiceNamespace: 'dynamodb', ResourceIds: ['table/items'] } as const;
    expect(await p.call('application-autoscaling:DescribeScalableTargets', { ...asked, ResourceIds: ['table/items'] })).toMatchObject({
      value: { ScalableTargets: [{ ResourceId: 'table/items', ScalableDimension: 'dynamodb:table:WriteCapacityUnits' }] },
    });
  });
});

describe('a managed policy', () => {
  it('decides what the role may do while it is attached, some seconds later', async () => {
    const p = place();
    await p.call('iam:DeleteRolePolicy', { RoleName: 'gateway', PolicyName: 'access' });
    const PolicyArn = p.account.services.putManaged('items', [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }]);
    expect(await p.call('iam:AttachRolePolicy', { RoleName: 'gateway', PolicyArn })).toMatchObject({ ok: true });
    await p.later(10 * seconds);
    expect(p.ask()).toBe(200);
    expect(await p.call('iam:ListAttachedRolePolicies', { RoleName: 'gateway' })).toMatchObject({
      value: { AttachedPolicies: [{ PolicyName: 'items', PolicyArn }] },
    });
    const version = await p.call('iam:GetPolicyVersion', { PolicyArn, VersionId: 'v1' });
    expect(version.ok && decodeURIComponent(version.value.PolicyVersion?.Document ?? '')).toContain('dynamodb:*');
    await p.call('iam:DetachRolePolicy', { RoleName: 'gateway', PolicyArn });
    await p.later(10 * seconds);
    expect(p.ask()).toBe(500);
    expect(await p.call('iam:DetachRolePolicy', { RoleName: 'gateway', PolicyArn })).toMatchObject({ error: { kind: 'gone' } });
  });
  it('is refused where there is none, and above ten', async () => {
    const p = place();
    const attach = (PolicyArn: string, RoleName = 'gateway') => p.call('iam:AttachRolePolicy', { RoleName, PolicyArn });
    expect(await attach('arn:aws:iam::aws:policy/Nothing')).toMatchObject({ error: { name: 'NoSuchEntityException' } });
    const arns = Array.from({ length: 11 }, (_, n) =>
      p.account.services.putManaged(`p${n}`, [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]),
    );
    expect(await attach(arns[0] ?? '', 'nobody')).toMatchObject({ error: { kind: 'gone' } });
    for (const arn of arns.slice(0, 10)) expect(await attach(arn)).toMatchObject({ ok: true });
    expect(await attach(arns[10] ?? '')).toMatchObject({ error: { name: 'LimitExceededException' } });
  });
});

describe('an inline policy', () => {
  it('decides what the role may do, some seconds after it is written', async () => {
    const p = place();
    await p.call('iam:DeleteRolePolicy', { RoleName: 'gateway', PolicyName: 'access' });
    await p.later(10 * seconds);
    expect(p.ask()).toBe(500);
    expect(await p.call('iam:GetRolePolicy', { RoleName: 'gateway', PolicyName: 'access' })).toMatchObject({ error: { kind: 'gone' } });
    const PolicyDocument = policy('dynamodb:*');
    await p.call('iam:PutRolePolicy', { RoleName: 'gateway', PolicyName: 'other', PolicyDocument });
    await p.later(10 * seconds);
    expect(p.ask()).toBe(200);
    const read = await p.call('iam:GetRolePolicy', { RoleName: 'gateway', PolicyName: 'other' });
    expect(read.ok && decodeURIComponent(read.value.PolicyDocument ?? '')).toBe(PolicyDocument);
  });
  it.each([
    [{ RoleName: 'nobody', PolicyName: 'x', PolicyDocument: policy('sqs:*') }, 'NoSuchEntityException'],
    [{ RoleName: 'gateway', PolicyName: 'x', PolicyDocument: '{}' }, 'MalformedPolicyDocumentException'],
    [{ RoleName: 'gateway', PolicyName: 'x', PolicyDocument: policy('s'.repeat(10_240)) }, 'LimitExceededException'],
  ])('is refused: %#', async (input, name) => {
    expect(await place().call('iam:PutRolePolicy', input)).toMatchObject({ error: { name } });
  });
  it('gives no more than the role’s boundary', async () => {
    const p = place();
    const statements = [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }] as const;
    p.account.services.putRole('gateway', { boundary: { arn: 'arn:aws:iam::111122223333:policy/b', statements } });
    expect(p.ask()).toBe(500);
    const asked = {
      PolicySourceArn: 'arn:aws:iam::111122223333:role/gateway',
      ActionNames: ['dynamodb:PutItem'],
      ResourceArns: ['arn:aws:dynamodb:us-east-1:111122223333:table/items'],
    };
    expect(await p.call('iam:SimulatePrincipalPolicy', asked)).toMatchObject({
      value: {
        EvaluationResults: [{ EvalDecision: 'implicitDeny', PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false } }],
      },
    });
  });
  it('leaves its document in CloudTrail, in us-east-1 and nowhere else', async () => {
    const p = place('eu-west-1');
    await p.call('iam:DeleteRolePolicy', { RoleName: 'gateway', PolicyName: 'access' });
    await p.later(8 * minute);
    const asked = { LookupAttributes: [{ AttributeKey: 'ResourceName' as const, AttributeValue: 'gateway' }] };
    const here = await p.call('cloudtrail:LookupEvents', asked);
    expect(here.ok && here.value.Events).toEqual([]);
    const there = await p.call('cloudtrail:LookupGlobalEvents', asked);
    const events = there.ok ? (there.value.Events ?? []) : [];
    expect(events.map((e) => e.EventName)).toEqual(['DeleteRolePolicy', 'PutRolePolicy', 'CreateRole']);
    const { requestParameters, awsRegion } = JSON.parse(events[1]?.CloudTrailEvent ?? '{}');
    expect(awsRegion).toBe('us-east-1');
    expect(JSON.parse(requestParameters.policyDocument)).toMatchObject({ Statement: [{ Action: 'dynamodb:PutItem' }] });
  });
});

describe('a security group’s rule', () => {
  const group = 'sg-orders';
  const cidr = (CidrIp: string) => [{ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp, Description: 'ours' }] }];
  it('comes with an id, not twice, and goes by that id', async () => {
    const p = place();
    p.account.network.placeFunction('orders');
    const before = p.account.snapshot();
    const added = await p.call('ec2:AuthorizeSecurityGroupIngress', { GroupId: group, IpPermissions: cidr('10.0.0.0/16') });
    const id = added.ok ? added.value.SecurityGroupRules?.[0]?.SecurityGroupRuleId : undefined;
    expect(id).toMatch(/^sgr-[0-9a-f]{17}$/);
    expect(await p.call('ec2:AuthorizeSecurityGroupIngress', { GroupId: group, IpPermissions: cidr('10.0.0.0/16') })).toMatchObject({
      error: { kind: 'conflict', name: 'InvalidPermission.Duplicate' },
    });
    expect(await p.call('ec2:DescribeSecurityGroupRules', { Filters: [{ Name: 'group-id', Values: [group] }] })).toMatchObject({
      value: { SecurityGroupRules: [{ SecurityGroupRuleId: id, Description: 'ours', CidrIpv4: '10.0.0.0/16' }, {}] },
    });
    expect(p.account.snapshot()).not.toEqual(before);
    const away = { GroupId: group, SecurityGroupRuleIds: [id ?? ''] };
    expect((await p.call('ec2:RevokeSecurityGroupIngress', away)).ok).toBe(true);
    expect(await p.call('ec2:RevokeSecurityGroupIngress', away)).toMatchObject({ error: { kind: 'gone' } });
    expect(p.account.snapshot()).toEqual(before);
  });
  it.each([
    [{ GroupId: 'sg-none', IpPermissions: cidr('10.0.0.0/16') }, 'InvalidGroup.NotFound'],
    [
      { GroupId: group, IpPermissions: [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, UserIdGroupPairs: [{ GroupId: 'sg-none' }] }] },
      'InvalidGroup.NotFound',
    ],
    [
      { GroupId: group, IpPermissions: Array.from({ length: 61 }, (_, n) => cidr(`10.0.${n}.0/24`)).flat() },
      'RulesPerSecurityGroupLimitExceeded',
    ],
  ])('is refused: %#', async (input, name) => {
    const p = place();
    p.account.network.placeFunction('orders');
    expect(await p.call('ec2:AuthorizeSecurityGroupIngress', input)).toMatchObject({ error: { name } });
  });
});

// CloudTrail's records of role policies and security-group rules, in the forms the services write them.
import { describe, expect, it } from 'vitest';
import groupTrail from '../../lib/collectors/group-trail.ts';
import roleTrail from '../../lib/collectors/role-trail.ts';
import { got, missing, type EvidenceSet } from '../../lib/model/evidence.ts';
import { fakeAws, now, refusal, rest, window } from './fake-aws.ts';

const role = 'arn:aws:iam::111122223333:role/service/gateway';
const need = { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:111122223333:orders' };
const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}';
const event = (EventName: string, at: number, record: Readonly<Record<string, unknown>>) => ({
  EventName,
  EventTime: new Date(at),
  Username: 'alice',
  CloudTrailEvent: JSON.stringify({ userIdentity: { userName: 'alice' }, ...record }),
});
const policy = (EventName: string, at: number, more: object = {}, over: object = {}) =>
  event(EventName, at, { requestParameters: { roleName: 'gateway', policyName: 'access', ...more }, ...over });

describe('roleTrail', () => {
  const roles = (decision: string, by?: string) =>
    ({
      roles: got({ roles: { [role]: { exists: true, may: [{ ...need, decision, ...(by ? { by } : {}) }] } } }, window, 'aws'),
    }) as unknown as EvidenceSet<'roles'>;
  const read = (aws: ReturnType<typeof fakeAws>, have = roles('implicitDeny'), at = now) =>
    roleTrail.read(aws.aws, { at: rest, window, have, lines: [], now: at });

  it('reads writes of this role’s policies, and asks IAM whether the removed one would help', async () => {
    const aws = fakeAws({
      'cloudtrail:LookupGlobalEvents': {
        Events: [
          policy('DeleteRolePolicy', 3),
          policy('DeleteRolePolicy', 2, {}, { errorCode: 'AccessDenied' }),
          policy('PutRolePolicy', 2, { roleName: 'other', policyDocument: '{}' }),
          policy('PutRolePolicy', 1, { policyDocument: document }),
          event('AssumeRole', 1, { requestParameters: { roleArn: role } }),
        ],
      },
      'iam:SimulatePrincipalPolicy': { EvaluationResults: [{ EvalDecision: 'allowed' }] },
    });
    expect(await read(aws)).toMatchObject({
      state: 'got',
      trust: 'aws',
      value: {
        roles: {
          [role]: {
            writes: [
              { what: 'deleted', policy: 'access', at: 3, by: 'alice' },
              { what: 'put', policy: 'access', at: 1, document },
            ],
            tried: [{ policy: 'access', ...need, decision: 'allowed' }],
          },
        },
      },
    });
    expect(aws.asked.map((a) => a.input)).toMatchObject([
      { LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'gateway' }] },
      { PolicySourceArn: role, PolicyInputList: [document], ActionNames: [need.action], ResourceArns: [need.resource] },
    ]);
  });
  it('reads what a detached policy says, for no record holds it, and tries that', async () => {
    const arn = 'arn:aws:iam::aws:policy/Queues';
    const off = (name: string, at: number, policyArn = arn) => event(name, at, { requestParameters: { roleName: 'gateway', policyArn } });
    const reads = {
      'iam:GetPolicy': { Policy: { DefaultVersionId: 'v4' } },
      'iam:GetPolicyVersion': { PolicyVersion: { Document: encodeURIComponent(document) } },
      'iam:SimulatePrincipalPolicy': { EvaluationResults: [{ EvalDecision: 'allowed' }] },
    };
    const aws = fakeAws({
      ...reads,
      'cloudtrail:LookupGlobalEvents': { Events: [off('DetachRolePolicy', 3), off('DetachRolePolicy', 2, `${arn}2`)] },
    });
    expect(await read(aws)).toMatchObject({
      value: {
        roles: {
          [role]: {
            writes: [
              { what: 'detached', policy: arn, document, version: 'v4' },
              { what: 'detached', policy: `${arn}2` },
            ],
            tried: [{ policy: arn, ...need, decision: 'allowed' }],
          },
        },
      },
    });
    expect(aws.asked.slice(1, 3).map((a) => a.input)).toEqual([{ PolicyArn: arn }, { PolicyArn: arn, VersionId: 'v4' }]);
    const again = fakeAws({
      ...reads,
      'cloudtrail:LookupGlobalEvents': { Events: [off('AttachRolePolicy', 4), off('DetachRolePolicy', 3)] },
    });
    expect(await read(again)).toMatchObject({ value: { roles: { [role]: { tried: [] } } } });
    expect(again.asked).toHaveLength(1);
    const refused = fakeAws({
      ...reads,
      'iam:GetPolicy': refusal('denied'),
      'cloudtrail:LookupGlobalEvents': { Events: [off('DetachRolePolicy', 3)] },
    });
    expect(await read(refused)).toMatchObject({ value: { roles: { [role]: { tried: [], unread: { why: 'denied' } } } } });
  });
  it('an answer that hangs on a condition is none', async () => {
    const aws = fakeAws({
      'cloudtrail:LookupGlobalEvents': {
        Events: [policy('DeleteRolePolicy', 3), policy('PutRolePolicy', 1, { policyDocument: document })],
      },
      'iam:SimulatePrincipalPolicy': { EvaluationResults: [{ EvalDecision: 'implicitDeny', MissingContextValues: ['aws:SourceVpc'] }] },
    });
    expect(await read(aws)).toMatchObject({ value: { roles: { [role]: { tried: [{ decision: 'conditioned' }] } } } });
  });
  it.each([
    ['allowed', undefined],
    ['explicitDeny', undefined],
    ['implicitDeny', 'boundary'],
  ])('asks nothing of a role that is %s by %s', async (decision, by) => {
    const aws = fakeAws({});
    expect(await read(aws, roles(decision, by))).toMatchObject({ state: 'missing', why: 'empty' });
    expect(aws.asked).toEqual([]);
  });
  it('no record in a young incident is late, later it is nothing', async () => {
    const none = { 'cloudtrail:LookupGlobalEvents': { Events: [] } };
    expect(await read(fakeAws(none))).toMatchObject({ state: 'missing', why: 'late' });
    expect(await read(fakeAws(none), undefined, now + 3_600_000)).toMatchObject({
      state: 'got',
      value: { roles: { [role]: { writes: [] } } },
    });
  });
  it('a denied lookup is denied', async () => {
    expect(await read(fakeAws({ 'cloudtrail:LookupGlobalEvents': refusal('denied') }))).toMatchObject({ state: 'missing', why: 'denied' });
  });
});

describe('groupTrail', () => {
  const have = {
    loadBalancers: missing('empty', 'x'),
    network: got(
      {
        securityGroups: { 'sg-a': { id: 'sg-a' } },
        subnets: {},
        acls: [],
        routeTables: [],
        interfaces: {},
      },
      window,
      'aws',
    ),
  } as unknown as EvidenceSet<'loadBalancers' | 'network'>;
  const read = async (...Events: readonly object[]) => {
    const aws = fakeAws({ 'cloudtrail:LookupEvents': { Events } });
    const evidence = await groupTrail.read(aws.aws, { at: rest, window, have, lines: [], now });
    return evidence.state === 'got' ? evidence.value.groups['sg-a'] : evidence;
  };
  const ports = { ipProtocol: 'tcp', fromPort: 8080, toPort: 8080 };
  const plain = { protocol: 'tcp', fromPort: 8080, toPort: 8080 };
  const requested = {
    groupId: 'sg-a',
    ipPermissions: {
      items: [
        {
          ...ports,
          groups: { items: [{ userId: '111122223333', groupId: 'sg-b' }] },
          ipRanges: { items: [{ cidrIp: '10.0.0.0/16', description: 'x' }] },
          ipv6Ranges: {},
          prefixListIds: {},
        },
      ],
    },
  };

  it('reads what was asked for, a rule a source', async () => {
    expect(
      await read(event('RevokeSecurityGroupIngress', 5, { requestParameters: requested, responseElements: { _return: true } })),
    ).toEqual([
      {
        at: 5,
        by: 'alice',
        what: 'revoked',
        rules: [
          { ...plain, group: 'sg-b', groupOwner: '111122223333' },
          { ...plain, range: '10.0.0.0/16' },
        ],
      },
    ]);
  });
  it('rather reads what really went, where the answer says so', async () => {
    const responseElements = {
      revokedSecurityGroupRuleSet: { items: [{ ...ports, isEgress: false, cidrIpv4: '10.1.0.0/16', securityGroupRuleId: 'sgr-1' }] },
    };
    expect(await read(event('RevokeSecurityGroupIngress', 5, { requestParameters: requested, responseElements }))).toMatchObject([
      { rules: [{ ...plain, id: 'sgr-1', range: '10.1.0.0/16' }] },
    ]);
  });
  it('a rule revoked by its id is told by the record that made it', async () => {
    const made = {
      securityGroupRuleSet: { items: [{ ...ports, securityGroupRuleId: 'sgr-1', referencedGroupInfo: { groupId: 'sg-b', userId: '1' } }] },
    };
    const byId = { groupId: 'sg-a', ipPermissions: {}, securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-1' }] } };
    const writes = await read(
      event('RevokeSecurityGroupIngress', 5, { requestParameters: byId, responseElements: { _return: true } }),
      event('AuthorizeSecurityGroupIngress', 1, { requestParameters: requested, responseElements: made }),
    );
    expect(writes).toMatchObject([{ what: 'revoked', rules: [{ ...plain, id: 'sgr-1', group: 'sg-b' }] }, { what: 'authorized' }]);
  });
  it('leaves refused calls, outbound rules and other events out', async () => {
    expect(
      await read(
        event('RevokeSecurityGroupIngress', 5, { requestParameters: requested, errorCode: 'Client.UnauthorizedOperation' }),
        event('RevokeSecurityGroupEgress', 5, { requestParameters: requested }),
        event('CreateTags', 5, {}),
        event('ModifySecurityGroupRules', 4, { requestParameters: {} }),
      ),
    ).toEqual([{ at: 4, by: 'alice', what: 'modified', rules: [] }]);
  });
});

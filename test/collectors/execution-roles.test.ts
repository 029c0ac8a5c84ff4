// What was taken from the roles of failing functions: whose roles are asked about, what of them, and how often.
import { describe, expect, it } from 'vitest';
import executionRoles from '../../lib/collectors/execution-roles.ts';
import { got, missing, type EvidenceSet } from '../../lib/model/evidence.ts';
import { fakeAws, now, refusal, rest, window } from './fake-aws.ts';

const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}';
const event = (EventName: string, at: number, record: Readonly<Record<string, unknown>>) => ({
  EventName,
  EventTime: new Date(at),
  Username: 'alice',
  CloudTrailEvent: JSON.stringify({ userIdentity: { userName: 'alice' }, ...record }),
});

describe('executionRoles', () => {
  const runs = 'arn:aws:iam::111122223333:role/service/runner';
  const errors = (...values: readonly number[]) => ({ at: values.map((_, n) => n * 60_000), values });
  const stage = (given: Readonly<Record<string, { readonly role?: string; readonly errors: readonly number[] }>>) =>
    ({
      functionConfig: got(
        {
          functions: Object.fromEntries(
            Object.entries(given).map(([key, { role: one }]) => [key, { exists: true, ...(one ? { role: one } : {}) }]),
          ),
        },
        window,
        'aws',
      ),
      functionMetrics: got(
        {
          periodMs: 60_000,
          functions: Object.fromEntries(Object.entries(given).map(([key, f]) => [key, { errors: errors(...f.errors) }])),
        },
        window,
        'aws',
      ),
    }) as unknown as EvidenceSet<'functionConfig' | 'functionMetrics'>;
  const failing = stage({ orders: { role: runs, errors: [3] }, well: { role: `${runs}2`, errors: [0] } });
  const read = (aws: ReturnType<typeof fakeAws>, have = failing, at = now) =>
    executionRoles.read(aws.aws, { at: rest, window, have, lines: [], now: at });
  const write = (EventName: string, at: number, more: object = {}) =>
    event(EventName, at, { requestParameters: { roleName: 'runner', policyName: 'access', ...more } });
  const Events = [write('DeleteRolePolicy', now - 60_000), write('PutRolePolicy', 1, { policyDocument: document })];
  const role = { Role: { PermissionsBoundary: { PermissionsBoundaryArn: 'arn:boundary' } } };
  const simulated = (without: string, beside: string) => (input: { readonly PolicyInputList?: unknown }) => ({
    EvaluationResults: [{ EvalDecision: input.PolicyInputList ? beside : without }],
  });

  it('asks CloudTrail about the roles of functions with errors only, and IAM twice about what was taken', async () => {
    const aws = fakeAws({
      'cloudtrail:LookupGlobalEvents': { Events },
      'iam:GetRole': role,
      'iam:SimulatePrincipalPolicy': simulated('implicitDeny', 'allowed'),
    });
    expect(await read(aws)).toMatchObject({
      state: 'got',
      trust: 'aws',
      value: {
        roles: {
          [runs]: {
            functions: ['orders'],
            fact: { exists: true, boundary: 'arn:boundary', may: [{ action: 'sqs:SendMessage', resource: '*', decision: 'implicitDeny' }] },
            tried: [{ policy: 'access', action: 'sqs:SendMessage', resource: '*', decision: 'allowed' }],
            writes: [{ what: 'deleted' }, { what: 'put', document: document }],
          },
        },
      },
    });
    expect(aws.asked.map((a) => a.name)).toEqual([
      'cloudtrail:LookupGlobalEvents',
      'iam:GetRole',
      'iam:SimulatePrincipalPolicy',
      'iam:SimulatePrincipalPolicy',
    ]);
    expect(aws.asked[0]?.input).toMatchObject({ LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'runner' }] });
  });
  it('asks no more where the role may do it all the same', async () => {
    const aws = fakeAws({
      'cloudtrail:LookupGlobalEvents': { Events },
      'iam:GetRole': role,
      'iam:SimulatePrincipalPolicy': simulated('allowed', 'allowed'),
    });
    expect(await read(aws)).toMatchObject({ value: { roles: { [runs]: { tried: [], fact: { may: [{ decision: 'allowed' }] } } } } });
    expect(aws.asked).toHaveLength(3);
  });
  it('asks IAM nothing about a removal of long ago, nor where nothing was removed', async () => {
    const old = fakeAws({
      'cloudtrail:LookupGlobalEvents': { Events: [write('DeleteRolePolicy', 2), write('PutRolePolicy', 1, { policyDocument: document })] },
    });
    expect(await read(old, failing, now + 3_600_000)).toMatchObject({ value: { roles: { [runs]: { writes: [], tried: [] } } } });
    expect(old.asked).toHaveLength(1);
  });
  it('a role that is gone is told, and not asked about', async () => {
    const aws = fakeAws({ 'cloudtrail:LookupGlobalEvents': { Events }, 'iam:GetRole': refusal('gone') });
    expect(await read(aws)).toMatchObject({ value: { roles: { [runs]: { fact: { exists: false, may: [] } } } } });
  });
  it.each([
    ['no function fails', stage({ orders: { role: runs, errors: [0] } }), /no function with errors/, 'empty'],
    ['its role is not told', stage({ orders: { errors: [3] } }), /no function with errors/, 'empty'],
    ['another account’s', stage({ orders: { role: runs.replace('1111', '9999'), errors: [3] } }), /another account/, 'denied'],
    ['metrics denied', { ...failing, functionMetrics: missing('denied', 'x') }, /which functions fail is not known/, 'denied'],
    ['configuration throttled', { ...failing, functionConfig: missing('throttled', 'x') }, /which roles .* is not known/, 'throttled'],
  ] as const)('%s: asks nothing', async (_, have, says, why) => {
    const aws = fakeAws({});
    const answer = await read(aws, have);
    expect(answer).toMatchObject({ state: 'missing', why });
    expect(answer.state === 'missing' ? answer.detail : '').toMatch(says);
    expect(aws.asked).toEqual([]);
  });
  it('no record in a young incident is late; a refused lookup is refused; an answer IAM did not give is missing', async () => {
    expect(await read(fakeAws({ 'cloudtrail:LookupGlobalEvents': { Events: [] } }))).toMatchObject({ state: 'missing', why: 'late' });
    expect(await read(fakeAws({ 'cloudtrail:LookupGlobalEvents': refusal('throttled') }))).toMatchObject({ why: 'throttled' });
    const aws = fakeAws({
      'cloudtrail:LookupGlobalEvents': { Events },
      'iam:GetRole': role,
      'iam:SimulatePrincipalPolicy': refusal('denied'),
    });
    expect(await read(aws)).toMatchObject({
      value: { roles: { [runs]: { tried: [], fact: { may: [], notSimulated: { why: 'denied' } } } } },
    });
  });
  it('at most two roles, and three things of each', async () => {
    const three = stage({
      a: { role: `${runs}1`, errors: [1] },
      b: { role: runs, errors: [9] },
      c: { role: `${runs}3`, errors: [5] },
    });
    const many = JSON.stringify({
      Statement: ['GetItem', 'PutItem', 'Query', 'Scan'].map((a) => ({ Effect: 'Allow', Action: `dynamodb:${a}`, Resource: '*' })),
    });
    const aws = fakeAws({
      'cloudtrail:LookupGlobalEvents': {
        Events: [write('DeleteRolePolicy', now - 60_000), write('PutRolePolicy', 1, { policyDocument: many })],
      },
      'iam:GetRole': role,
      'iam:SimulatePrincipalPolicy': simulated('implicitDeny', 'allowed'),
    });
    const answer = await read(aws, three);
    expect(answer.state === 'got' ? Object.keys(answer.value.roles) : answer).toEqual([runs, `${runs}3`]);
    expect(aws.asked.filter((a) => a.name === 'iam:SimulatePrincipalPolicy')).toHaveLength(6);
    expect(aws.asked.length).toBeLessThanOrEqual(executionRoles.maxCalls);
  });
});

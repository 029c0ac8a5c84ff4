// Which policy was taken away, told from CloudTrail's records; and which documents no machine puts back.
import { describe, expect, it } from 'vitest';
import type { PolicyWrite } from '../../lib/model/kinds/removal.ts';
import { needsIn, removedPolicies, sameDocument, spokenStatements, tookAway, tooWide } from '../../lib/model/removed-policy.ts';

const allow = (Action: string | readonly string[], Resource = 'arn:aws:sqs:us-east-1:111122223333:orders') => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const doc = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const [send, read] = [allow('sqs:SendMessage'), allow('sqs:ReceiveMessage')];
const put = (at: number, document: string, policy = 'access'): PolicyWrite => ({ at, by: 'alice', what: 'put', policy, document });
const gone = (at: number, policy = 'access'): PolicyWrite => ({ at, by: 'bob', what: 'deleted', policy });

describe('what was taken away', () => {
  it('is the last document before a deletion, by whoever deleted it', () => {
    expect(removedPolicies({ writes: [gone(3), put(2, doc(send)), put(1, doc(read))] })).toEqual([
      { policy: 'access', document: doc(send), left: 'absent', at: 3, by: 'bob' },
    ]);
  });
  it('is read in the order of time, whatever the order of the records', () => {
    expect(removedPolicies({ writes: [put(1, doc(read)), gone(3), put(2, doc(send))] })[0]?.document).toBe(doc(send));
  });
  it('is the fuller document where only statements were taken out of it', () => {
    expect(removedPolicies({ writes: [put(2, doc(read)), put(1, doc(send, read))] })).toMatchObject([
      { document: doc(send, read), left: doc(read), at: 2, by: 'alice' },
    ]);
  });
  it.each([
    ['nothing was removed', [put(1, doc(send))]],
    ['a statement was changed as well', [put(2, doc(allow('sqs:ReceiveMessage', '*'))), put(1, doc(send, read))]],
    ['another was added in its place', [put(2, doc(read)), put(1, doc(send))]],
    ['it was only written again', [put(2, doc(send)), put(1, doc(send))]],
    ['it was written anew since', [put(3, doc(read)), gone(2), put(1, doc(send))]],
    ['what it said is not within reach', [gone(2)]],
    ['the record holds no document', [gone(2), { at: 1, by: 'alice', what: 'put', policy: 'access' }]],
    ['it was deleted twice', [gone(3), gone(2), put(1, doc(send))]],
    ['a double of one statement went', [put(2, doc(send, read)), put(1, doc(send, send))]],
  ] as const)('is nothing where %s', (_, writes) => {
    expect(removedPolicies({ writes })).toEqual([]);
  });
  it('is told apart by the policy’s name', () => {
    const names = removedPolicies({ writes: [gone(4, 'b'), gone(3, 'a'), put(2, doc(send), 'b'), put(1, doc(read), 'a')] });
    expect(names.map((r) => [r.policy, r.document])).toEqual([
      ['b', doc(send)],
      ['a', doc(read)],
    ]);
  });
});

describe('what IAM is asked about', () => {
  const needs = (whole: string, left: string | 'absent' = 'absent') => needsIn({ document: whole, left });
  it('is one action on one resource of each statement that went', () => {
    expect(needs(doc(send, read))).toEqual([
      { action: 'sqs:SendMessage', resource: send.Resource },
      { action: 'sqs:ReceiveMessage', resource: send.Resource },
    ]);
    expect(needs(doc(send, read), doc(read))).toEqual([{ action: 'sqs:SendMessage', resource: send.Resource }]);
    expect(needs(doc(send, send), doc(send))).toHaveLength(1);
  });
  it.each([
    [allow('sqs:*'), { action: 'sqs:SendMessage', resource: send.Resource }],
    [allow('DynamoDB:Put*'), { action: 'dynamodb:PutItem', resource: send.Resource }],
    [allow(['odd:*', 's3:GetObject'], '*'), { action: 's3:GetObject', resource: '*' }],
    [
      { ...send, Resource: ['arn:aws:sqs:*:*:a', 'arn:b'] },
      { action: 'sqs:SendMessage', resource: 'arn:b' },
    ],
    [{ ...send, Resource: 'arn:aws:s3:::${aws:username}' }, undefined],
    [allow('odd:*'), undefined],
    [{ ...send, Effect: 'Deny' }, undefined],
    [{ Effect: 'Allow', NotAction: 'sqs:SendMessage', Resource: '*' }, undefined],
    [{ Effect: 'Allow', Action: 'sqs:SendMessage' }, undefined],
  ])('of %j is %j', (statement, need) => {
    expect(needs(doc(statement))).toEqual(need ? [need] : []);
  });
  it('is nothing of a document nobody can read', () => {
    expect(needs('{')).toEqual([]);
  });
});

describe('whether an action was taken', () => {
  it.each([
    ['sqs:SendMessage', doc(send), 'absent', true],
    ['SQS:sendmessage', doc(allow('sqs:*')), 'absent', true],
    ['sqs:SendMessage', doc(read), 'absent', false],
    ['sqs:ReceiveMessage', doc(send, read), doc(read), false],
    ['sqs:SendMessage', doc({ ...send, Effect: 'Deny' }), 'absent', false],
  ])('%s of %s, with %s left: %s', (action, document, left, is) => {
    expect(tookAway({ document, left }, action)).toBe(is);
  });
});

describe('what is not put back', () => {
  it.each([
    ['*', /PutRolePolicy/],
    ['iam:*', /PutRolePolicy/],
    ['IAM:Put*', /PutRolePolicy/],
    ['iam:PassRole', /PassRole/],
    ['sts:AssumeRole', /AssumeRole/],
    ['iam:AttachRolePolicy', /change what roles may do/],
    ['IAM:CreatePolicyVersion', /change what roles may do/],
  ])('%s', (action, says) => {
    expect(tooWide(doc(send, allow(action)))).toMatch(says);
  });
  it('everything but something', () => {
    expect(tooWide(doc({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }))).toMatch(/everything but/);
    expect(tooWide(doc({ Effect: 'Allow', Action: 's3:*', NotResource: 'x' }))).toMatch(/everything but/);
  });
  it.each(['', '[redacted]', '{}', '{"Statement":[1]}'])('what is no document: %s', (text) =>
    expect(tooWide(text)).toMatch(/no policy document/),
  );
  it('but a denial of anything may come back', () =>
    expect(tooWide(doc({ Effect: 'Deny', NotAction: 'x', Resource: '*' }))).toBeUndefined());
  it('and a star that was there stays one', () => expect(tooWide(doc(allow('sqs:*', '*')))).toBeUndefined());
});

it('compares documents by what they say', () => {
  expect(sameDocument('{"a": 1, "b": {"c": 2, "d": [1, 2]}}', '{"b":{"d":[1,2],"c":2},"a":1}')).toBe(true);
  expect(sameDocument('{"a":[1,2]}', '{"a":[2,1]}')).toBe(false);
  expect(sameDocument('not json', 'not json')).toBe(true);
});
it('speaks of statements', () => {
  expect(spokenStatements(doc(allow(['sqs:SendMessage', 'sqs:ReceiveMessage'], 'q'), { ...send, Effect: 'Deny', Condition: {} }))).toEqual([
    'allow sqs:SendMessage, sqs:ReceiveMessage on q',
    'deny sqs:SendMessage on arn:aws:sqs:us-east-1:111122223333:orders under a condition',
  ]);
});

// Templates become plain values; what is not known stops it instead of standing in a sandbox as `[object Object]`.
import { expect, test } from 'vitest';
import { resolveTemplate } from '../../lib/workflow/template.ts';

const place = { accountId: '111122223333', region: 'eu-west-1', stackName: 'Shop' };
const resolved = (Resources: Record<string, unknown>, more: Record<string, unknown> = {}) => resolveTemplate({ Resources, ...more }, place);
const value = (v: unknown): unknown =>
  resolved({ Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } }, X: { Type: 'AWS::X::Y', Properties: { v } } }).resources[
    'X'
  ]?.properties['v'];

test.for<[string, unknown, unknown]>([
  ['Ref of a resource', { Ref: 'Q' }, 'https://sqs.eu-west-1.amazonaws.com/111122223333/orders'],
  ['GetAtt', { 'Fn::GetAtt': ['Q', 'Arn'] }, 'arn:aws:sqs:eu-west-1:111122223333:orders'],
  ['GetAtt as text', { 'Fn::GetAtt': 'Q.QueueName' }, 'orders'],
  [
    'pseudo parameters in a Join',
    { 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 'x', { Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }]] },
    'arn:aws:x:eu-west-1:111122223333',
  ],
  [
    'Sub',
    { 'Fn::Sub': ['${AWS::StackName}/${Q.Arn}/${n}', { n: { Ref: 'AWS::Region' } }] },
    'Shop/arn:aws:sqs:eu-west-1:111122223333:orders/eu-west-1',
  ],
  ['Select of Split', { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Q', 'Arn'] }] }] }, 'orders'],
  ['no value is no key', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
])('%s', ([, raw, expected]) => {
  expect(value(raw)).toEqual(expected);
});

test('a parameter is its default', () => {
  expect(
    resolved({ X: { Type: 'AWS::X::Y', Properties: { v: { Ref: 'P' } } } }, { Parameters: { P: { Type: 'String', Default: 'seven' } } })
      .resources['X']?.properties['v'],
  ).toBe('seven');
});

test.for<[string, unknown, RegExp]>([
  ['an unknown intrinsic', { 'Fn::ImportValue': 'x' }, /Fn::ImportValue is not resolved here/],
  ['an unknown attribute', { 'Fn::GetAtt': ['Q', 'Colour'] }, /AWS::SQS::Queue Q has no attribute Colour/],
  ['an unknown resource', { Ref: 'Nobody' }, /no resource Nobody/],
  ['a circle', { Ref: 'X' }, /X refers to itself/],
])('%s stops it', ([, raw, message]) => {
  expect(() => value(raw)).toThrow(message);
});

test('a role’s statements: inline and attached, lists made lists', () => {
  const statement = (Action: string) => ({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  const r = resolved({
    R: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyName: 'in', PolicyDocument: statement('sqs:SendMessage') }] } },
    P: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'R' }], PolicyDocument: statement('sns:Publish') } },
    M: { Type: 'AWS::IAM::ManagedPolicy', Properties: { Roles: [{ Ref: 'R' }], PolicyDocument: statement('logs:FilterLogEvents') } },
    Other: { Type: 'AWS::IAM::Policy', Properties: { Roles: ['another'], PolicyDocument: statement('s3:GetObject') } },
  });
  expect(r.statementsOf('arn:aws:iam::111122223333:role/Shop-R').map((s) => [s.Action, s.Resource])).toEqual([
    [['sqs:SendMessage'], ['*']],
    [['sns:Publish'], ['*']],
    [['logs:FilterLogEvents'], ['*']],
  ]);
});

// The sandbox's IAM: explicit deny wins, conditions are null-safe, ARNs are compared part by part.
import { describe, expect, test } from 'vitest';
import { allows, arnLike, evaluate, glob, type Condition, type IamStatement } from '../../lib/sandbox/iam.ts';

const arn = 'arn:aws:lambda:us-east-1:111122223333:function:orders';
const role = (...statements: IamStatement[]) => ({ name: 'r', statements });
const allow = (more: Partial<IamStatement> = {}): IamStatement => ({ Effect: 'Allow', Action: 'lambda:GetPolicy', Resource: arn, ...more });
const ask = (context: Record<string, string | readonly string[]> = {}, action = 'lambda:GetPolicy', resource = arn) => ({
  action,
  resource,
  context,
});

describe('statements', () => {
  test('nothing allows: implicitly denied; a deny beats an allow', () => {
    expect(evaluate(role(), ask())).toBe('implicitly denied');
    expect(evaluate(role(allow()), ask())).toBe('allowed');
    expect(evaluate(role(allow(), { Effect: 'Deny', Action: '*', Resource: '*' }), ask())).toBe('explicitly denied');
    expect(evaluate('admin', ask())).toBe('allowed');
  });
  test('actions ignore case and take wildcards; resources do not ignore case', () => {
    expect(allows(role(allow({ Action: ['LAMBDA:get*'] })), ask())).toBe(true);
    expect(allows(role(allow({ Action: 'lambda:AddPermission' })), ask())).toBe(false);
    expect(allows(role(allow({ Resource: arn.replace('orders', 'Orders') })), ask())).toBe(false);
    expect(allows(role(allow({ Resource: `${arn}:*` })), ask())).toBe(false);
    expect(allows(role(allow({ Resource: `${arn}:*` })), ask({}, 'lambda:GetPolicy', `${arn}:live`))).toBe(true);
  });
  test('NotAction and NotResource', () => {
    expect(allows(role({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }), ask())).toBe(true);
    expect(allows(role({ Effect: 'Allow', Action: '*', NotResource: arn }), ask())).toBe(false);
  });
});

describe('conditions', () => {
  const holds = (condition: Condition, context: Record<string, string | readonly string[]>): boolean =>
    allows(role(allow({ Condition: condition })), ask(context));
  test.each<[string, Condition, Record<string, string | readonly string[]>, boolean]>([
    ['equal', { StringEquals: { 'lambda:Principal': 'a' } }, { 'lambda:Principal': 'a' }, true],
    ['unequal', { StringEquals: { 'lambda:Principal': 'a' } }, { 'lambda:Principal': 'b' }, false],
    ['absent key fails', { StringEquals: { 'lambda:Principal': 'a' } }, {}, false],
    ['absent key passes IfExists', { StringEqualsIfExists: { 'lambda:Principal': 'a' } }, {}, true],
    ['absent key passes a negative', { StringNotEquals: { 'lambda:Principal': 'a' } }, {}, true],
    ['negative', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    ['one of several', { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
    ['key in any case', { StringEquals: { 'AWS:SourceAccount': '1' } }, { 'aws:sourceaccount': '1' }, true],
    ['like', { StringLike: { k: 'ab*' } }, { k: 'abc' }, true],
    [
      'arn like',
      { ArnLike: { 'aws:SourceArn': 'arn:aws:execute-api:*:1:api/*/GET/*' } },
      { 'aws:SourceArn': 'arn:aws:execute-api:us-east-1:1:api/prod/GET/a/b' },
      true,
    ],
    ['bool', { Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': 'true' }, true],
    ['null true', { Null: { k: 'true' } }, {}, true],
    ['null false', { Null: { k: 'false' } }, {}, false],
    ['any value', { 'ForAnyValue:StringEquals': { k: 'b' } }, { k: ['a', 'b'] }, true],
    ['any value of none', { 'ForAnyValue:StringEquals': { k: 'b' } }, {}, false],
    ['all values', { 'ForAllValues:StringEquals': { k: ['b'] } }, { k: ['a', 'b'] }, false],
    ['all operators must hold', { StringEquals: { a: '1' }, StringLike: { b: 'x*' } }, { a: '1', b: 'y' }, false],
  ])('%s', (_name, condition, context, wanted) => {
    expect(holds(condition, context)).toBe(wanted);
  });
  test('an operator it does not know is an error, not a yes', () => {
    expect(() => holds({ NumericLessThan: { k: '1' } }, { k: '0' })).toThrow(/does not know the condition operator NumericLessThan/);
  });
});

test('globs are linear and ARNs are compared part by part', () => {
  expect(glob('a*b?d', 'axxbcd')).toBe(true);
  expect(glob('*a*a*a*a*b', 'a'.repeat(20_000))).toBe(false);
  expect(arnLike('arn:aws:execute-api:*', 'arn:aws:execute-api:us-east-1:1:x')).toBe(false);
  expect(arnLike('arn:aws:*:1:x', 'arn:aws:a:b:1:x')).toBe(false);
  expect(arnLike('arn:aws:a:b:1:x:*', 'arn:aws:a:b:1:x:y:z')).toBe(true);
});

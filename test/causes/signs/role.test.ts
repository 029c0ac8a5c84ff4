// May API Gateway assume this role, and what a target's own policy says: statement by statement.
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../lib/model/policy.ts';
import { mayAssume, targetAllows, targetDenies } from '../../../lib/causes/signs/role.ts';

type Parts = Readonly<Record<string, unknown>>;
const trusts: Parts = { Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' };
const ask = (...statements: readonly Parts[]) => mayAssume(parsePolicy(JSON.stringify({ Statement: statements })) ?? []);

describe('mayAssume', () => {
  it.each([
    ['plain trust', [trusts], 'allowed'],
    ['one of several services', [{ ...trusts, Principal: { Service: ['lambda.amazonaws.com', 'apigateway.amazonaws.com'] } }], 'allowed'],
    ['another service only', [{ ...trusts, Principal: { Service: 'lambda.amazonaws.com' } }], 'notTrusted'],
    ['no statement', [], 'notTrusted'],
    ['a web identity', [{ ...trusts, Action: 'sts:AssumeRoleWithWebIdentity' }], 'notTrusted'],
    [
      'the source account, which is not sent',
      [{ ...trusts, Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } } }],
      'conditioned',
    ],
    ['the source account if it exists', [{ ...trusts, Condition: { StringEqualsIfExists: { 'aws:SourceAccount': '1' } } }], 'allowed'],
    ['an external id', [{ ...trusts, Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }], 'conditioned'],
    ['a condition we know nothing of', [{ ...trusts, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }], 'unclear'],
    ['a Deny beside it', [trusts, { ...trusts, Effect: 'Deny', Principal: '*' }], 'denied'],
    [
      'a conditioned statement beside a plain one',
      [{ ...trusts, Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }, trusts],
      'allowed',
    ],
  ] as const)('%s', (_, statements, is) => expect(ask(...statements)).toBe(is));
});

describe('a target’s own policy', () => {
  const role = 'arn:aws:iam::111122223333:role/gateway';
  const of = (...statements: readonly Parts[]) => parsePolicy(JSON.stringify({ Statement: statements })) ?? [];
  const deny: Parts = { Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' };
  it('denies everybody, this role, or another one', () => {
    expect(targetDenies(of(deny), role, 'sqs:SendMessage')).toBe(true);
    expect(targetDenies(of({ ...deny, Principal: { AWS: role } }), role, 'sqs:SendMessage')).toBe(true);
    expect(targetDenies(of({ ...deny, Principal: { AWS: `${role}-other` } }), role, 'sqs:SendMessage')).toBe(false);
    expect(targetDenies(of({ ...deny, Action: 'sqs:ReceiveMessage' }), role, 'sqs:SendMessage')).toBe(false);
  });
  it('is not known where a condition decides', () => {
    expect(targetDenies(of({ ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }), role, 'sqs:SendMessage')).toBeUndefined();
  });
  it('lets a role in by itself', () => {
    expect(targetAllows(of({ ...deny, Effect: 'Allow', Principal: { AWS: role } }), role, 'sqs:SendMessage')).toBe(true);
    expect(targetAllows(of(), role, 'sqs:SendMessage')).toBe(false);
  });
});

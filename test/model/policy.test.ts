// May API Gateway call this function: statement by statement, as IAM would answer.
import { fc, test as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { StageRef } from '../../lib/model/api.ts';
import { arnLike, glob, mayInvoke, mayRoute, parsePolicy, sourceArnOf, sourceArnsOf } from '../../lib/model/policy.ts';

const at: StageRef = { accountId: '111122223333', region: 'us-east-1', apiType: 'REST', apiId: 'a1b2c3d4e5', stage: 'prod' };
const base = 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5';
const functionArn = 'arn:aws:lambda:us-east-1:111122223333:function:orders:live';
const request = { sourceArn: `${base}/prod/GET/orders/*`, accountId: '111122223333', functionArn };

type Parts = Readonly<Record<string, unknown>>;
const grant: Parts = {
  Sid: 's',
  Effect: 'Allow',
  Principal: { Service: 'apigateway.amazonaws.com' },
  Action: 'lambda:InvokeFunction',
  Resource: functionArn,
};
const from = (arn: string, operator = 'ArnLike'): Parts => ({ Condition: { [operator]: { 'AWS:SourceArn': arn } } });
const ask = (...statements: readonly Parts[]) =>
  mayInvoke({ statements: parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements })) ?? [] }, request);

describe('mayInvoke', () => {
  it.each([
    ['no condition at all', grant, 'allowed'],
    ['the exact route', { ...grant, ...from(`${base}/prod/GET/orders/*`) }, 'allowed'],
    ['a star over stage, method and path', { ...grant, ...from(`${base}/*/*/*`) }, 'allowed'],
    ['a star that spans slashes', { ...grant, ...from(`${base}/*`) }, 'allowed'],
    ['StringLike', { ...grant, ...from(`${base}/*/GET/*`, 'StringLike') }, 'allowed'],
    [
      'two source ARNs, one of them right',
      { ...grant, Condition: { ArnLike: { 'AWS:SourceArn': [`${base}/dev/*`, `${base}/prod/*`] } } },
      'allowed',
    ],
    ['any service action', { ...grant, Action: 'lambda:*' }, 'allowed'],
    ['everybody', { ...grant, Principal: '*' }, 'allowed'],
    [
      'the account too',
      { ...grant, Condition: { ArnLike: { 'aws:SourceArn': `${base}/*` }, StringEquals: { 'AWS:SourceAccount': '111122223333' } } },
      'allowed',
    ],
    ['another account', { ...grant, Condition: { StringEquals: { 'AWS:SourceAccount': '999999999999' } } }, 'noStatement'],
    ['another stage', { ...grant, ...from(`${base}/dev/*`) }, 'noStatement'],
    ['another method', { ...grant, ...from(`${base}/prod/POST/*`) }, 'noStatement'],
    ['another API', { ...grant, ...from(`arn:aws:execute-api:us-east-1:111122223333:zzzzzzzzzz/*`) }, 'noStatement'],
    ['an ARN that ends at the API, so that no route fits', { ...grant, ...from(base) }, 'noStatement'],
    ['a StringEquals on a pattern', { ...grant, ...from(`${base}/*`, 'StringEquals') }, 'noStatement'],
    ['another service', { ...grant, Principal: { Service: 'events.amazonaws.com' } }, 'noStatement'],
    ['an account as principal', { ...grant, Principal: { AWS: 'arn:aws:iam::111122223333:root' } }, 'noStatement'],
    ['another action', { ...grant, Action: 'lambda:GetFunction' }, 'noStatement'],
    [
      'the plain function, where the alias is called',
      { ...grant, Resource: 'arn:aws:lambda:us-east-1:111122223333:function:orders' },
      'noStatement',
    ],
    ['a condition nobody here can evaluate', { ...grant, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }, 'unclear'],
    ['NotPrincipal', { Effect: 'Allow', NotPrincipal: { AWS: 'x' }, Action: 'lambda:InvokeFunction', Resource: functionArn }, 'unclear'],
  ])('%s', (_, statement, expected) => {
    expect(ask(statement)).toBe(expected);
  });
  it('lets an explicit Deny win', () => {
    expect(ask(grant, { ...grant, Effect: 'Deny' })).toBe('denied');
    expect(ask(grant, { ...grant, Effect: 'Deny', ...from(`${base}/dev/*`) })).toBe('allowed');
    expect(ask(grant, { ...grant, Effect: 'Deny', Condition: { ArnNotLike: { 'AWS:SourceArn': `${base}/dev/*` } } })).toBe('denied');
  });
  it('is unclear when a Deny is unclear', () => {
    expect(ask(grant, { ...grant, Effect: 'Deny', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })).toBe('unclear');
  });
  it('says no statement for no policy', () => {
    expect(mayInvoke('absent', request)).toBe('noStatement');
    expect(ask()).toBe('noStatement');
  });
});

describe('source ARNs', () => {
  it.each([
    ['GET', '/orders/{id}', `${base}/prod/GET/orders/*`],
    ['ANY', '/{proxy+}', `${base}/prod/*/*`],
    ['GET', '/', `${base}/prod/GET/`],
    ['ANY', '$default', `${base}/prod/$default`],
  ])('%s %s', (method, path, expected) => {
    expect(sourceArnOf(at, { method, path })).toBe(expected);
  });
  it('asks for the template form too, so that a statement with braces is not called missing', () => {
    expect(sourceArnsOf(at, { method: 'GET', path: '/a/{id}' })).toEqual([`${base}/prod/GET/a/*`, `${base}/prod/GET/a/{id}`]);
    const policy = { statements: parsePolicy(JSON.stringify({ Statement: [{ ...grant, ...from(`${base}/*/*/a/{id}`) }] })) ?? [] };
    expect(
      mayRoute(
        policy,
        at,
        { method: 'GET', path: '/a/{id}' },
        { accountId: '111122223333', region: 'us-east-1', name: 'orders', qualifier: 'live' },
      ),
    ).toBe('allowed');
  });
});

describe('patterns', () => {
  it('compares ARNs part by part: a star does not run across a colon', () => {
    expect(arnLike('arn:aws:execute-api:*:a1b2c3d4e5/*', `${base}/prod/GET/x`)).toBe(false);
    expect(arnLike('arn:aws:execute-api:*:*:a1b2c3d4e5/*', `${base}/prod/GET/x`)).toBe(true);
    expect(arnLike('*', base)).toBe(true);
  });
  prop.prop([fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 })])(
    'a*c matches whatever stands between',
    (a, between, c) => {
      const plain = (s: string): string => s.replaceAll(/[*?]/g, 'x');
      expect(glob(`${plain(a)}*${plain(c)}`, plain(a) + between + plain(c))).toBe(true);
    },
  );
  // by backtracking this one would outlive the test's own time limit
  it('ends on a hostile pattern', () => {
    expect(glob(`${'*a'.repeat(200)}b`, 'a'.repeat(4000))).toBe(false);
  });
});

it('reads no policy out of garbage', () => {
  for (const text of ['', '{', '[]', 'null', '{"a":1}', '"x"']) expect(parsePolicy(text)).toBeUndefined();
  expect(parsePolicy('{"Statement":[1,null,"x"]}')).toEqual([]);
});

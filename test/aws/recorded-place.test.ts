// Where a reported fault happened: by the report's own calls before what a policy names, and a function without an ARN in the API's own place.
import { expect, it } from 'vitest';
import type { RecordedCase } from '../../lib/aws/recorded/case.ts';
import { functionIn, placeOf } from '../../lib/aws/recorded/place.ts';
import { decoded } from '../../lib/aws/recorded/pasted.ts';

const policy = (arn: string) => ({ Policy: JSON.stringify({ Statement: [{ Condition: { ArnLike: { 'AWS:SourceArn': arn } } }] }) });
const oldApi = 'arn:aws:execute-api:eu-west-1:111122223333:z9y8x7w6v5/*/*';
const told = (...answers: NonNullable<RecordedCase['answers']>[number][]): RecordedCase => ({ id: 'x', apiType: 'REST', answers });

it('takes the API that was asked about, not the one a policy allows', () => {
  const one = told(
    { call: 'apigateway:GetIntegration', input: { restApiId: 'a1b2c3d4e5' }, output: {} },
    { call: 'lambda:GetPolicy', output: policy(oldApi) },
  );
  expect(placeOf(one)).toMatchObject({ apiId: 'a1b2c3d4e5', region: 'eu-west-1', accountId: '111122223333' });
});

it('takes the policy’s API where the report made its own id unreadable', () => {
  const one = told(
    { call: 'apigateway:GetIntegration', input: { restApiId: 'xxxx' }, output: {} },
    { call: 'lambda:GetPolicy', output: policy(oldApi) },
  );
  expect(placeOf(one).apiId).toBe('z9y8x7w6v5');
});

it('puts a function that no ARN names beside its API, under the name that was asked about', () => {
  const one = told({ call: 'lambda:GetPolicy', input: { FunctionName: 'orders' }, output: policy(oldApi) });
  expect(functionIn(one)).toEqual({ accountId: '111122223333', region: 'eu-west-1', name: 'orders' });
});

it('names no function where the calls asked about several', () => {
  const one = told(
    { call: 'lambda:GetPolicy', input: { FunctionName: 'orders' }, output: {} },
    { call: 'lambda:GetFunctionConfiguration', input: { FunctionName: 'users' }, output: {} },
  );
  expect(functionIn(one)?.name).toBe('recorded');
});

it('takes typeset characters and the escapes of a cut-out piece back', () => {
  expect(decoded('x\u2011amzn\u2011ErrorType\u00a0=\u00a0can\u2019t')).toBe("x-amzn-ErrorType = can't");
  expect(decoded(String.raw`"@message": "REPORT RequestId: 1\tDuration: 1.00 ms\tStatus: timeout\n"`)).toContain('\tStatus: timeout"');
  const whole = String.raw`{"message":"REPORT RequestId: 1\tStatus: timeout"}`;
  expect(decoded(whole)).toBe(whole);
  expect(decoded(String.raw`C:\temp`)).toBe(String.raw`C:\temp`);
});

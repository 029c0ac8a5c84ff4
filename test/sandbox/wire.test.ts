// The wire: IAM by role, throttling, revisions, faults, crashes, counts; and the answers of the control planes.
import { expect, test } from 'vitest';
import { type Principal } from '../../lib/sandbox/account/index.ts';
import { place } from './place.ts';

const sourceArn = 'arn:aws:execute-api:us-east-1:111122223333:api/*/GET/*';
const add = {
  FunctionName: 'orders',
  StatementId: 'gm',
  Action: 'lambda:InvokeFunction',
  Principal: 'apigateway.amazonaws.com',
  SourceArn: sourceArn,
} as const;

const may = (Action: string, Resource: string, Condition?: Record<string, Record<string, string>>): Principal => ({
  name: 'gatemedic-carry-out',
  statements: [{ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) }],
});
const fn = 'arn:aws:lambda:us-east-1:111122223333:function:orders';

test('a role may do what its statements say, on the ARN they say', async () => {
  const p = place();
  expect(await p.try('lambda:AddPermission', add, may('lambda:AddPermission', fn))).toMatchObject({ ok: true });
  expect(await p.try('lambda:AddPermission', { ...add, Qualifier: 'live' }, may('lambda:AddPermission', fn))).toEqual({
    ok: false,
    kind: 'denied',
    name: 'AccessDeniedException',
    message:
      'User: arn:aws:sts::111122223333:assumed-role/gatemedic-carry-out/gatemedic-carry-out is not authorized to perform: lambda:AddPermission on resource: arn:aws:lambda:us-east-1:111122223333:function:orders:live because no identity-based policy allows the lambda:AddPermission action',
  });
  expect(await p.try('lambda:GetPolicy', { FunctionName: 'orders' }, may('lambda:AddPermission', '*'))).toMatchObject({ kind: 'denied' });
});

test('lambda:Principal is the call’s for AddPermission and the stored statement’s for RemovePermission', async () => {
  const p = place();
  const only = { StringEquals: { 'lambda:Principal': 'apigateway.amazonaws.com' } };
  expect(
    await p.try('lambda:AddPermission', { ...add, Principal: 'events.amazonaws.com' }, may('lambda:AddPermission', '*', only)),
  ).toMatchObject({ kind: 'denied' });
  await p.try('lambda:AddPermission', { ...add, StatementId: 'theirs', Principal: 'events.amazonaws.com' });
  await p.try('lambda:AddPermission', add);
  const remove = may('lambda:RemovePermission', '*', only);
  expect(await p.try('lambda:RemovePermission', { FunctionName: 'orders', StatementId: 'theirs' }, remove)).toMatchObject({
    kind: 'denied',
  });
  expect(await p.try('lambda:RemovePermission', { FunctionName: 'orders', StatementId: 'gm' }, remove)).toMatchObject({ ok: true });
});

test('tags of functions and of other resources open doors', async () => {
  const p = place();
  const tagged = { StringEquals: { 'aws:ResourceTag/gatemedic': 'allowed' } };
  expect(await p.try('lambda:AddPermission', add, may('lambda:AddPermission', '*', tagged))).toMatchObject({ kind: 'denied' });
  p.account.tagFunction('orders', { gatemedic: 'allowed' });
  expect(await p.try('lambda:AddPermission', add, may('lambda:AddPermission', '*', tagged))).toMatchObject({ ok: true });
  p.account.putApi({
    apiId: 'abc123',
    apiType: 'REST',
    name: 'a',
    stage: 'p',
    routes: [],
    executionLogging: 'INFO',
    accessLog: { logGroup: '/own', format: '-' },
  });
  const read = may('logs:FilterLogEvents', '*', tagged);
  expect(await p.try('logs:FilterLogEvents', { logGroupName: '/own' }, read)).toMatchObject({ kind: 'denied' });
  p.account.tagResource('arn:aws:logs:us-east-1:111122223333:log-group:/own', { gatemedic: 'allowed' });
  expect(await p.try('logs:FilterLogEvents', { logGroupName: '/own' }, read)).toMatchObject({ ok: true });
});

test('policies: revision ids, duplicates, unknown statements, $LATEST, 20 KB, absent again after the last statement', async () => {
  const p = place();
  expect(await p.try('lambda:GetPolicy', { FunctionName: 'orders' })).toMatchObject({ kind: 'gone', name: 'ResourceNotFoundException' });
  expect(await p.try('lambda:AddPermission', add)).toMatchObject({ ok: true });
  const first = (await p.try('lambda:GetPolicy', { FunctionName: fn })) as { value: { Policy: string; RevisionId: string } };
  expect(JSON.parse(first.value.Policy)).toEqual({
    Version: '2012-10-17',
    Id: 'default',
    Statement: [
      {
        Sid: 'gm',
        Effect: 'Allow',
        Principal: { Service: 'apigateway.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: fn,
        Condition: { ArnLike: { 'AWS:SourceArn': sourceArn } },
      },
    ],
  });
  expect(await p.try('lambda:AddPermission', add)).toMatchObject({
    kind: 'conflict',
    name: 'ResourceConflictException',
    message: expect.stringContaining('The statement id (gm) provided already exists.'),
  });
  const RevisionId = first.value.RevisionId;
  expect(await p.try('lambda:AddPermission', { ...add, StatementId: 'two', RevisionId })).toMatchObject({ ok: true });
  expect(await p.try('lambda:RemovePermission', { FunctionName: 'orders', StatementId: 'two', RevisionId })).toMatchObject({
    kind: 'conflict',
    name: 'PreconditionFailedException',
  });
  expect(await p.try('lambda:RemovePermission', { FunctionName: 'orders', StatementId: 'nobody' })).toMatchObject({
    kind: 'gone',
    message: 'Statement nobody is not found in resource policy.',
  });
  expect(await p.try('lambda:AddPermission', { ...add, Qualifier: '$LATEST' })).toMatchObject({
    kind: 'refused',
    message: 'We currently do not support adding policies for $LATEST.',
  });
  expect(await p.try('lambda:AddPermission', { ...add, FunctionName: 'orders:live', Qualifier: '1' })).toMatchObject({
    message: 'The derived qualifier from the function name does not match the specified qualifier.',
  });
  for (let i = 0; i < 63; i++)
    p.account.grant({ functionName: 'orders', qualifier: 'live', statementId: `a-rather-long-statement-id-number-${i}`, sourceArn });
  expect(await p.try('lambda:AddPermission', { ...add, Qualifier: 'live', StatementId: 'x'.repeat(100) })).toMatchObject({
    kind: 'refused',
    name: 'PolicyLengthExceededException',
  });
  for (const StatementId of ['gm', 'two']) await p.try('lambda:RemovePermission', { FunctionName: 'orders', StatementId });
  expect(await p.try('lambda:GetPolicy', { FunctionName: 'orders' })).toMatchObject({ kind: 'gone' });
});

test('what was done and undone leaves the account as it was', async () => {
  const p = place();
  const before = p.account.snapshot();
  await p.try('lambda:AddPermission', add);
  await p.try('lambda:PutProvisionedConcurrencyConfig', { FunctionName: 'orders', Qualifier: 'live', ProvisionedConcurrentExecutions: 2 });
  expect(p.account.snapshot()).not.toEqual(before);
  await p.try('lambda:RemovePermission', { FunctionName: 'orders', StatementId: 'gm' });
  await p.try('lambda:DeleteProvisionedConcurrencyConfig', { FunctionName: 'orders', Qualifier: 'live' });
  expect(p.account.snapshot()).toEqual(before);
});

test('API Gateway’s control plane takes a burst of 40, then 10 a second, whoever asks', async () => {
  const { account, clock } = place();
  const asked = Array.from({ length: 60 }, () => account.attempt('admin')('apigateway:GetRestApis', {}));
  await clock.runUntil(clock.now() + 5000);
  const answers = await Promise.all(asked);
  const refused = answers.filter((a) => !a.ok);
  expect(refused.length).toBeGreaterThanOrEqual(18);
  expect(refused.length).toBeLessThanOrEqual(20);
  expect(refused[0]).toMatchObject({
    error: { kind: 'throttled', name: 'TooManyRequestsException', call: 'apigateway:GetRestApis', retryAfterMs: 1000 },
  });
  expect(account.wire.get('apigateway')).toBe(60);
});

test('LookupEvents is two a second', async () => {
  const { account, clock } = place();
  const asked = [1, 2, 3].map(() => account.attempt('admin')('cloudtrail:LookupEvents', {}));
  await clock.runUntil(clock.now() + 5000);
  expect((await Promise.all(asked)).map((a) => a.ok).filter(Boolean)).toHaveLength(2);
});

test('faults strike as often as they were told: throttled, down, denied, late', async () => {
  const p = place();
  for (const kind of ['throttled', 'down', 'denied'] as const) {
    p.account.inject({ call: 'lambda:GetPolicy', kind, times: 1 });
    expect(await p.try('lambda:GetAccountSettings', {})).toMatchObject({ ok: true });
    expect(await p.try('lambda:GetPolicy', { FunctionName: 'orders' })).toMatchObject({ kind });
    expect(await p.try('lambda:GetPolicy', { FunctionName: 'orders' })).toMatchObject({ kind: 'gone' });
  }
  const stop = p.account.inject({ kind: 'throttled' });
  expect(await p.try('lambda:GetAccountSettings', {})).toMatchObject({ kind: 'throttled' });
  stop();
  expect(await p.try('lambda:GetAccountSettings', {})).toMatchObject({ ok: true });
  p.account.inject({ kind: 'latency', ms: 5000, times: 1 });
  let at = 0;
  const before = p.clock.now();
  void p.account
    .attempt('admin')('lambda:GetAccountSettings', {})
    .then(() => (at = p.clock.now()));
  await p.clock.runUntil(before + 20_000);
  expect(at - before).toBeGreaterThan(5000);
});

test('a crash before leaves nothing, a crash after leaves the effect', async () => {
  const p = place();
  p.account.inject({ call: 'lambda:AddPermission', kind: 'crash-before', times: 1 });
  expect(await p.try('lambda:AddPermission', add)).toMatchObject({ kind: 'crash', name: 'before' });
  expect(await p.try('lambda:GetPolicy', { FunctionName: 'orders' })).toMatchObject({ kind: 'gone' });
  p.account.inject({ call: 'lambda:AddPermission', kind: 'crash-after', times: 1 });
  expect(await p.try('lambda:AddPermission', add)).toMatchObject({ kind: 'crash', name: 'after' });
  expect(await p.try('lambda:GetPolicy', { FunctionName: 'orders' })).toMatchObject({ ok: true });
});

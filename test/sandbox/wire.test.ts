// The wire: IAM by role, throttling, revisions, faults, crashes, counts; and the answers of the control planes.
import { expect, test } from 'vitest';
import type { CallName, In } from '../../lib/aws/calls.ts';
import { createAccount, SandboxCrash, type Account, type Principal } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';

const start = Date.parse('2026-10-01T12:00:00Z');
const sourceArn = 'arn:aws:execute-api:us-east-1:111122223333:api/*/GET/*';
const add = {
  FunctionName: 'orders',
  StatementId: 'gm',
  Action: 'lambda:InvokeFunction',
  Principal: 'apigateway.amazonaws.com',
  SourceArn: sourceArn,
} as const;

function place(seed = 1): {
  account: Account;
  clock: SimulatedClock;
  try<N extends CallName>(name: N, input: In<N>, as?: Principal): ReturnType<typeof ask>;
} {
  const clock = new SimulatedClock(start);
  const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed });
  account.putFunction({ name: 'orders', tags: { team: 'shop' } });
  account.putAlias('orders', 'live', account.publishVersion('orders'));
  return { account, clock, try: (name, input, as = 'admin') => ask(account, clock, name, input, as) };
}
async function ask<N extends CallName>(account: Account, clock: SimulatedClock, name: N, input: In<N>, as: Principal) {
  const asked = account
    .attempt(as)(name, input)
    .then(
      (answer) => answer,
      (error: unknown) => ({
        ok: false as const,
        error:
          error instanceof SandboxCrash
            ? { kind: 'crash', name: error.when, message: '' }
            : { kind: 'bug', name: String(error), message: '' },
      }),
    );
  await clock.runUntil(clock.now() + 30_000);
  const answer = await asked;
  return answer.ok
    ? { ok: true as const, value: answer.value as unknown }
    : { ok: false as const, kind: answer.error.kind, name: answer.error.name, message: answer.error.message };
}
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

test('exports show the deployment, not the draft, with unresolved stage variables', async () => {
  const p = place();
  const route = { method: 'GET', path: '/pets/{id}', functionName: 'orders', qualifier: '${stageVariables.alias}' };
  const { apiId } = p.account.putApi({ apiType: 'REST', name: 'pets', stage: 'prod', routes: [route], variables: { alias: 'live' } });
  p.account.editApi({ apiId, stage: 'prod' }, []);
  const got = (await p.try('apigateway:GetExport', { restApiId: apiId, stageName: 'prod', exportType: 'oas30' })) as {
    value: { body: Uint8Array };
  };
  const paths = (JSON.parse(new TextDecoder().decode(got.value.body)) as { paths: Record<string, Record<string, Record<string, unknown>>> })
    .paths;
  expect(paths['/pets/{id}']?.['get']?.['x-amazon-apigateway-integration']).toMatchObject({
    type: 'aws_proxy',
    httpMethod: 'POST',
    timeoutInMillis: 29_000,
    uri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:orders:${stageVariables.alias}/invocations',
  });
  p.account.grant({
    functionName: 'orders',
    qualifier: 'live',
    statementId: 's',
    sourceArn: `arn:aws:execute-api:us-east-1:111122223333:${apiId}/*`,
  });
  p.account.settlePermissions();
  const request = () => p.account.request({ apiId, stage: 'prod', method: 'GET', path: '/pets/1' }).status;
  expect(request()).toBe(200);
  p.account.deployApi({ apiId, stage: 'prod' });
  expect(request()).toBe(403);
  expect(await p.try('apigateway:GetStage', { restApiId: apiId, stageName: 'nowhere' })).toMatchObject({
    kind: 'gone',
    name: 'NotFoundException',
  });
  const http = p.account.putApi({
    apiType: 'HTTP',
    name: 'h',
    stage: '$default',
    routes: [{ method: 'ANY', path: '$default', functionName: 'orders' }],
  });
  const body = (await p.try('apigatewayv2:ExportApi', {
    ApiId: http.apiId,
    StageName: '$default',
    Specification: 'OAS30',
    OutputType: 'JSON',
  })) as { value: { body: Uint8Array } };
  expect(JSON.parse(new TextDecoder().decode(body.value.body))).toMatchObject({
    paths: {
      '/$default': {
        'x-amazon-apigateway-any-method': {
          isDefaultRoute: true,
          'x-amazon-apigateway-integration': { payloadFormatVersion: '2.0', timeoutInMillis: 30_000 },
        },
      },
    },
  });
});

test('parameters, stacks and functions that are not there answer gone', async () => {
  const p = place();
  expect(await p.try('ssm:GetParameter', { Name: '/gatemedic/kill-switch' })).toMatchObject({ kind: 'gone', name: 'ParameterNotFound' });
  p.account.putParameter('/gatemedic/kill-switch', 'off');
  expect(await p.try('ssm:GetParameter', { Name: '/gatemedic/kill-switch' })).toMatchObject({ value: { Parameter: { Value: 'off' } } });
  expect(await p.try('cloudformation:DescribeStacks', { StackName: 'x' })).toMatchObject({ kind: 'gone', name: 'ValidationError' });
  expect(await p.try('lambda:GetFunctionConfiguration', { FunctionName: 'orders', Qualifier: '9' })).toMatchObject({ kind: 'gone' });
});

test('one seed, one run; another seed, another run', async () => {
  const story = async (seed: number): Promise<string> => {
    const { account, clock } = place(seed);
    const { apiId } = account.putApi({
      apiId: 'abc123',
      apiType: 'REST',
      name: 'a',
      stage: 'p',
      routes: [{ method: 'GET', path: '/', functionName: 'orders' }],
      executionLogging: 'INFO',
    });
    account.traffic({ apiId, stage: 'p', perSecond: 5 });
    await clock.runUntil(clock.now() + 60_000);
    const asked = account.attempt('admin')('logs:FilterLogEvents', { logGroupName: 'API-Gateway-Execution-Logs_abc123/p' });
    await clock.runUntil(clock.now() + 1000);
    return JSON.stringify(await asked);
  };
  expect(await story(1)).toBe(await story(1));
  expect(await story(1)).not.toBe(await story(2));
});

test('two hours of traffic on ten stages take seconds', async () => {
  const { account, clock } = place();
  for (let i = 0; i < 10; i++) {
    const { apiId } = account.putApi({
      apiType: 'REST',
      name: `a${i}`,
      stage: 'p',
      routes: [{ method: 'GET', path: '/', functionName: 'orders' }],
      executionLogging: 'ERROR',
    });
    account.grant({ functionName: 'orders', statementId: `s${i}`, sourceArn: `arn:aws:execute-api:us-east-1:111122223333:${apiId}/*` });
    account.traffic({ apiId, stage: 'p', perSecond: 5 });
  }
  account.settlePermissions();
  const startedAt = performance.now();
  await clock.runUntil(clock.now() + 2 * 3_600_000);
  expect(performance.now() - startedAt).toBeLessThan(25_000);
});

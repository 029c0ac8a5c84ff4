// What the wire answers about what is deployed, what is gone, and the same seed twice.
import { expect, test } from 'vitest';
import { place } from './place.ts';

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

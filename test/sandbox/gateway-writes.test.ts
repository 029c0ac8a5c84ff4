// What is written to API Gateway changes what callers meet, as AWS would have it: deployments, edits, canaries, limits, levels, variables.
import { describe, expect, test } from 'vitest';
import { backend, place, type Place } from './written-api.ts';

const minuteMs = 60_000;

describe('deployments', () => {
  test('a stage serves the deployment it names; what is edited is served by none', async () => {
    const p = place();
    const first = await p.deploymentId();
    p.account.editApi(p.at, [backend('/orders', { uri: 'https://new.example.com/', ms: 20, status: 503 })]);
    expect(p.get().status).toBe(200);
    const made = await p.ok('apigateway:CreateDeployment', { restApiId: p.apiId, stageName: 'prod', description: 'new' });
    expect(p.get().status).toBe(503);
    expect(await p.ok('apigateway:GetDeployment', { restApiId: p.apiId, deploymentId: made.id })).toMatchObject({ description: 'new' });
    expect((await p.ok('apigateway:GetDeployments', { restApiId: p.apiId })).items).toHaveLength(2);
    await p.patch([{ op: 'replace', path: '/deploymentId', value: first }]);
    expect(p.get().status).toBe(200);
    expect(await p.export()).toContain('https://old.example.com/');
  });
  test('a deployment that is not there is refused, and nothing changes', async () => {
    const p = place();
    const before = p.account.snapshot();
    expect(
      await p.refused('apigateway:UpdateStage', {
        ...p.stage,
        patchOperations: [{ op: 'replace', path: '/deploymentId', value: 'nosuch' }],
      }),
    ).toBe('refused BadRequestException Invalid deployment identifier specified');
    expect(await p.refused('apigateway:GetDeployment', { restApiId: p.apiId, deploymentId: 'nosuch' })).toMatch(/^gone NotFound/);
    expect(p.account.snapshot()).toEqual(before);
  });
  test('one in five seconds', async () => {
    const p = place();
    await p.ok('apigateway:CreateDeployment', { restApiId: p.apiId, stageName: 'prod' });
    expect(await p.refused('apigateway:CreateDeployment', { restApiId: p.apiId, stageName: 'prod' })).toMatch(/^throttled TooManyRequests/);
    await p.clock.runUntil(p.clock.now() + 5000);
    await p.ok('apigateway:CreateDeployment', { restApiId: p.apiId, stageName: 'prod' });
  });
  test('an API without routes, or with an empty one, is not deployed', async () => {
    const p = place();
    p.account.editApi(p.at, [{ method: 'GET', path: '/orders', empty: true }]);
    expect(await p.refused('apigateway:CreateDeployment', { restApiId: p.apiId, stageName: 'prod' })).toMatch(
      /No integration defined for method/,
    );
  });
});

describe('an integration’s timeout', () => {
  const slow = (p: Place) => p.account.setBackend({ ...p.at, method: 'GET', path: '/orders' }, { ms: 8000 });
  test('is in force with the next deployment, within 50 ms and 29 s', async () => {
    const p = place({ timeoutMs: 5000 });
    slow(p);
    const { items } = await p.ok('apigateway:GetResources', { restApiId: p.apiId, embed: ['methods'] });
    const where = { restApiId: p.apiId, resourceId: items?.[0]?.id, httpMethod: 'GET' };
    expect(items?.[0]?.resourceMethods?.['GET']?.methodIntegration).toMatchObject({ type: 'HTTP_PROXY', timeoutInMillis: 5000 });
    const patch = (value: string) => ({ ...where, patchOperations: [{ op: 'replace' as const, path: '/timeoutInMillis', value }] });
    expect(await p.refused('apigateway:UpdateIntegration', patch('29001'))).toBe(
      'refused BadRequestException Timeout should be between 50 ms and 29000 ms',
    );
    await p.ok('apigateway:UpdateIntegration', patch('29000'));
    expect(await p.ok('apigateway:GetIntegration', where)).toMatchObject({ timeoutInMillis: 29_000 });
    expect(p.get().status).toBe(504);
    await p.ok('apigateway:CreateDeployment', { restApiId: p.apiId, stageName: 'prod' });
    expect(p.get().status).toBe(200);
  });
  test('is in force at once where an HTTP API deploys by itself', async () => {
    const p = place({ apiType: 'HTTP', timeoutMs: 5000 });
    slow(p);
    const { Items } = await p.ok('apigatewayv2:GetIntegrations', { ApiId: p.apiId });
    const where = { ApiId: p.apiId, IntegrationId: Items?.[0]?.IntegrationId };
    expect(await p.refused('apigatewayv2:UpdateIntegration', { ...where, TimeoutInMillis: 30_001 })).toMatch(/between 50 ms and 30000 ms/);
    expect(p.get().status).toBe(503);
    await p.ok('apigatewayv2:UpdateIntegration', { ...where, TimeoutInMillis: 30_000 });
    expect(p.get().status).toBe(200);
  });
});

describe('settings of a stage', () => {
  test('a level that nobody set is not OFF; logs begin with it, and its removal ends them', async () => {
    const p = place();
    p.account.setBackend({ ...p.at, method: 'GET', path: '/orders' }, { status: 500 });
    const before = p.account.snapshot();
    const level = async () => (await p.ok('apigateway:GetStage', p.stage)).methodSettings?.['*/*']?.loggingLevel;
    expect(await level()).toBeUndefined();
    await p.patch([{ op: 'replace', path: '/*/*/logging/loglevel', value: 'ERROR' }]);
    expect(await level()).toBe('ERROR');
    p.get();
    await p.clock.runUntil(p.clock.now() + minuteMs);
    const logGroupName = `API-Gateway-Execution-Logs_${p.apiId}/prod`;
    const lines = async () => (await p.ok('logs:FilterLogEvents', { logGroupName, startTime: 0 })).events?.length ?? 0;
    const logged = await lines();
    expect(logged).toBeGreaterThan(0);
    await p.patch([{ op: 'remove', path: '/*/*/logging/loglevel' }]);
    p.get();
    await p.clock.runUntil(p.clock.now() + minuteMs);
    expect(await lines()).toBe(logged);
    expect(p.account.snapshot()).toEqual(before);
  });
  test('no level without the account’s role for logs', async () => {
    const p = place();
    p.account.setLogsRole(false);
    expect((await p.ok('apigateway:GetAccount', {})).cloudwatchRoleArn).toBeUndefined();
    expect(
      await p.refused('apigateway:UpdateStage', {
        ...p.stage,
        patchOperations: [{ op: 'replace', path: '/*/*/logging/loglevel', value: 'ERROR' }],
      }),
    ).toBe('refused BadRequestException CloudWatch Logs role ARN must be set in account settings to enable logging');
  });
  test('limits of the stage and of one route turn requests away, and let them in again', async () => {
    const p = place();
    const limit = (path: string, value: string) => [{ op: 'replace' as const, path: `/${path}/throttling/burstLimit`, value }];
    await p.patch(limit('*/*', '0'));
    expect(p.get().status).toBe(429);
    await p.patch([{ op: 'remove', path: '/*/*/throttling/burstLimit' }]);
    expect(p.get().status).toBe(200);
    await p.patch(limit('~1orders/GET', '0'));
    expect(p.get().status).toBe(429);
    expect((await p.ok('apigateway:GetStage', p.stage)).methodSettings).toMatchObject({ '~1orders/GET': { throttlingBurstLimit: 0 } });
  });
  test('variables, of both families; CloudTrail keeps what was written, as each writes it', async () => {
    const p = place();
    await p.patch([{ op: 'replace', path: '/variables/host', value: 'a' }]);
    expect((await p.ok('apigateway:GetStage', p.stage)).variables).toEqual({ host: 'a' });
    const h = place({ apiType: 'HTTP', account: p });
    const where = { ApiId: h.apiId, StageName: 'prod' };
    await h.ok('apigatewayv2:UpdateStage', { ...where, StageVariables: { host: 'b', port: '1' } });
    await h.ok('apigatewayv2:UpdateStage', { ...where, StageVariables: { port: '' } });
    expect((await h.ok('apigatewayv2:GetStage', where)).StageVariables).toEqual({ host: 'b' });
    await p.clock.runUntil(p.clock.now() + 10 * minuteMs);
    const { Events = [] } = await p.ok('cloudtrail:LookupEvents', {});
    const recorded = Events.filter((e) => e.EventName === 'UpdateStage').map(
      (e) => (JSON.parse(e.CloudTrailEvent ?? '{}') as { requestParameters: unknown }).requestParameters,
    );
    expect(recorded).toContainEqual({
      restApiId: p.apiId,
      stageName: 'prod',
      updateStageInput: { patchOperations: [{ op: 'replace', path: '/variables/host', value: 'a' }] },
    });
    expect(recorded).toContainEqual({ apiId: h.apiId, stageName: 'prod', stageVariables: { port: '' } });
  });
  test('an HTTP API that deploys by itself takes no deployment by name', async () => {
    const h = place({ apiType: 'HTTP' });
    expect(await h.refused('apigatewayv2:UpdateStage', { ApiId: h.apiId, StageName: 'prod', DeploymentId: 'd' })).toMatch(/autoDeploy/);
  });
});

describe('a canary', () => {
  const share = (p: Place, n = 400) => Array.from({ length: n }, () => p.get().status).filter((s) => s === 503).length / n;
  test('takes its share to its own deployment, and gives it back', async () => {
    const p = place();
    p.account.setCanary({
      ...p.at,
      canary: { percent: 25, routes: [backend('/orders', { uri: 'https://new.example.com/', ms: 20, status: 503 })] },
    });
    expect(share(p)).toBeGreaterThan(0.18);
    expect(share(p)).toBeLessThan(0.32);
    expect((await p.ok('apigateway:GetStage', p.stage)).canarySettings).toMatchObject({ percentTraffic: 25 });
    expect(await p.export()).toContain('https://old.example.com/');
    await p.patch([{ op: 'replace', path: '/canarySettings/percentTraffic', value: '0.0' }]);
    expect(share(p)).toBe(0);
    await p.patch([{ op: 'replace', path: '/canarySettings/percentTraffic', value: '25' }]);
    expect(share(p)).toBeGreaterThan(0);
    await p.patch([{ op: 'remove', path: '/canarySettings' }]);
    expect(share(p)).toBe(0);
    expect((await p.ok('apigateway:GetStage', p.stage)).canarySettings).toBeUndefined();
  });
  test('keeps the stage at its deployment, and goes by its own variables', async () => {
    const p = place();
    p.account.setCanary({ ...p.at, canary: { percent: 100, variables: { host: 'canary' } } });
    expect(
      await p.refused('apigateway:UpdateStage', {
        ...p.stage,
        patchOperations: [{ op: 'replace', path: '/deploymentId', value: await p.deploymentId() }],
      }),
    ).toMatch(/canary/);
    expect((await p.ok('apigateway:GetStage', p.stage)).canarySettings?.stageVariableOverrides).toEqual({ host: 'canary' });
  });
});

describe('a canary’s patches', () => {
  const path = (name: string) => `/canarySettings/${name}`;
  const canary = async (p: Place) => (await p.ok('apigateway:GetStage', p.stage)).canarySettings;
  const refused = (p: Place, op: 'add' | 'remove' | 'replace', where: string, value?: string) =>
    p.refused('apigateway:UpdateStage', {
      ...p.stage,
      // the first would do: one that is refused takes all of them with it
      patchOperations: [
        { op: 'replace', path: path('percentTraffic'), value: '33.0' },
        { op, path: where, ...(value === undefined ? {} : { value }) },
      ],
    });
  test('any field makes one of the stage’s own deployment, that takes nothing', async () => {
    const p = place();
    const deploymentId = await p.deploymentId();
    await p.patch([{ op: 'replace', path: path('useStageCache'), value: 'true' }]);
    expect(await canary(p)).toEqual({ percentTraffic: 0, deploymentId, useStageCache: true });
    await p.patch([
      { op: 'replace', path: path('percentTraffic'), value: '12.25' },
      { op: 'replace', path: path('stageVariableOverrides/a'), value: 'x' },
      { op: 'replace', path: path('stageVariableOverrides/b'), value: 'y' },
    ]);
    await p.patch([{ op: 'remove', path: path('stageVariableOverrides/a') }]);
    expect(await canary(p)).toEqual({ percentTraffic: 12.25, deploymentId, useStageCache: true, stageVariableOverrides: { b: 'y' } });
  });
  test('what API Gateway refuses is refused, and nothing changes', async () => {
    const p = place();
    p.account.setCanary({ ...p.at, canary: { percent: 25, variables: { host: 'canary' } } });
    const before = p.account.snapshot();
    const bad = 'refused BadRequestException';
    expect(await refused(p, 'add', path('deploymentId'), await p.deploymentId())).toBe(
      `${bad} Invalid add operation with path: /canarySettings/deploymentId`,
    );
    expect(await refused(p, 'remove', path('percentTraffic'))).toMatch(/Invalid remove operation with path/);
    expect(await refused(p, 'remove', path('useStageCache'))).toMatch(/Invalid remove operation with path/);
    expect(await refused(p, 'replace', path('deploymentId'), 'deploy')).toBe(`${bad} Deployment id does not exist`);
    expect(await refused(p, 'replace', path('percentTraffic'), '101')).toMatch(/between 0.0 and 100.0/);
    expect(await refused(p, 'replace', path('percentTraffic'))).toMatch(/between 0.0 and 100.0/);
    expect(await refused(p, 'replace', path('badPath'), 'x')).toMatch(/Invalid method setting path: \/canarySettings\/badPath/);
    expect(await refused(p, 'remove', path('stageVariableOverrides'))).toMatch(
      /Cannot remove method setting canarySettings\/stageVariableOverrides because/,
    );
    expect(await refused(p, 'remove', path('stageVariableOverrides/other'))).toMatch(/Cannot remove method setting/);
    expect(await refused(p, 'add', '/canarySettings', '{}')).toMatch(/Cannot add method setting canarySettings/);
    expect(p.account.snapshot()).toEqual(before);
  });
  test('a stage without one has none to remove', async () => {
    const p = place();
    expect(await p.refused('apigateway:UpdateStage', { ...p.stage, patchOperations: [{ op: 'remove', path: '/canarySettings' }] })).toMatch(
      /Cannot remove method setting canarySettings/,
    );
  });
  test('its deployment is deleted by nobody while it is served; a later one has an id of its own', async () => {
    const p = place();
    p.account.setCanary({ ...p.at, canary: { percent: 25 } });
    const { deploymentId = '' } = (await canary(p)) ?? {};
    expect(() => p.account.deleteDeployment({ ...p.at, deploymentId })).toThrow(/is served/);
    await p.patch([{ op: 'remove', path: '/canarySettings' }]);
    p.account.deleteDeployment({ ...p.at, deploymentId });
    const made = await p.ok('apigateway:CreateDeployment', { restApiId: p.apiId, stageName: 'prod' });
    expect(made.id).not.toBe(deploymentId);
    expect((await p.ok('apigateway:GetDeployments', { restApiId: p.apiId })).items).toHaveLength(2);
  });
});

test('an authorizer’s answer is kept as long as it says, once deployed, and forgotten when flushed', async () => {
  const p = place();
  p.account.putFunction({ name: 'guard', timeoutSeconds: 5, memoryMb: 256, initMs: 1, work: { outcome: 'ok', ms: 5 } });
  const { sourceArn } = p.account.putAuthorizer(p.at, { name: 'Guard', type: 'token', functionName: 'guard' });
  p.account.grant({ functionName: 'guard', statementId: 's', sourceArn });
  p.account.settlePermissions();
  const [one] = (await p.ok('apigateway:GetAuthorizers', { restApiId: p.apiId })).items ?? [];
  const where = { restApiId: p.apiId, authorizerId: one?.id };
  const ttl = (value: string) => ({
    ...where,
    patchOperations: [{ op: 'replace' as const, path: '/authorizerResultTtlInSeconds', value }],
  });
  expect(await p.refused('apigateway:UpdateAuthorizer', ttl('3601'))).toMatch(/between 0 and 3600/);
  await p.ok('apigateway:UpdateAuthorizer', ttl('300'));
  expect(await p.ok('apigateway:GetAuthorizer', where)).toMatchObject({ authorizerResultTtlInSeconds: 300 });
  const crash = (outcome: 'ok' | 'throw') => p.account.setWork('guard', { outcome });
  p.get();
  crash('throw');
  expect(p.get().status).toBe(500);
  crash('ok');
  await p.ok('apigateway:CreateDeployment', { restApiId: p.apiId, stageName: 'prod' });
  p.get();
  crash('throw');
  expect(p.get().status).toBe(200);
  await p.ok('apigateway:FlushStageAuthorizersCache', p.stage);
  expect(p.get().status).toBe(500);
});

test('a mapping is made and removed', async () => {
  const p = place();
  p.account.putDomain({ name: 'api.example.com', mappings: [] });
  const where = { domainName: 'api.example.com', basePath: '(none)' };
  expect(await p.refused('apigateway:GetBasePathMapping', where)).toMatch(/^gone/);
  const wanted = { ...where, restApiId: p.apiId, stage: 'prod' };
  await p.ok('apigateway:CreateBasePathMapping', wanted);
  expect(await p.ok('apigateway:GetBasePathMapping', where)).toMatchObject({ restApiId: p.apiId, stage: 'prod' });
  expect(await p.refused('apigateway:CreateBasePathMapping', wanted)).toMatch(/^conflict/);
  expect(await p.refused('apigateway:CreateBasePathMapping', { ...wanted, basePath: 'v1', stage: 'dev' })).toMatch(/Invalid stage/);
  await p.ok('apigateway:DeleteBasePathMapping', where);
  expect((await p.ok('apigateway:GetBasePathMappings', { domainName: 'api.example.com' })).items).toEqual([]);
});

// Changing functions in the sandbox: what each write does to the requests that follow, and Lambda's own refusals (fixes.md §3 to §5).
import { describe, expect, it } from 'vitest';
import type { CallName, In } from '../../lib/aws/calls.ts';
import { minute, once, second, shop, start, sum, type Shop } from './one-api.ts';

const dims = { FunctionName: 'orders', Resource: 'orders:live' };
const quiet = () => shop({ perSecond: 0 });

/** A call that is refused, in the service's words. */
async function refusal<N extends CallName>(s: Shop, name: N, input: In<N>): Promise<string> {
  return s.call(name, input).then(
    () => 'done',
    (error: Error) => error.message,
  );
}
async function crashing(s: Shop): Promise<string> {
  s.account.setWork('orders', { outcome: 'throw' });
  return s.account.publishVersion('orders');
}
const statuses = (s: Shop, n: number): number[] => Array.from({ length: n }, () => once(s).status);
const share = (s: Shop): number => statuses(s, 400).filter((status) => status !== 200).length / 400;

describe('an alias', () => {
  it('moved: requests run the other version at once, under the revision that was read', async () => {
    const s = await quiet();
    const version = await crashing(s);
    expect(once(s).status).toBe(200);
    const { RevisionId } = await s.call('lambda:GetAlias', { FunctionName: 'orders', Name: 'live' });
    await s.call('lambda:UpdateAlias', { FunctionName: 'orders', Name: 'live', FunctionVersion: version, RevisionId });
    expect(once(s).status).toBe(502);
    expect(await refusal(s, 'lambda:UpdateAlias', { FunctionName: 'orders', Name: 'live', FunctionVersion: '1', RevisionId })).toContain(
      'PreconditionFailedException',
    );
    const trail = await s.call('cloudtrail:LookupEvents', {
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'orders' }],
    });
    expect(trail.Events?.some((e) => e.EventName === 'UpdateAlias20150331')).toBe(false);
    await s.run(8 * minute);
    const late = await s.call('cloudtrail:LookupEvents', {
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'orders' }],
    });
    expect(late.Events?.some((e) => e.EventName === 'UpdateAlias20150331')).toBe(true);
  });
  it('weighted: its share of the requests runs the other version, and each is counted by the version that ran', async () => {
    const s = await quiet();
    const version = await crashing(s);
    await s.call('lambda:UpdateAlias', {
      FunctionName: 'orders',
      Name: 'live',
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: { [version]: 0.3 } },
    });
    expect(share(s)).toBeGreaterThan(0.2);
    expect(share(s)).toBeLessThan(0.4);
    await s.run(4 * minute);
    const by = async (metric: string, ExecutedVersion: string): Promise<number> =>
      (await sum(s, 'AWS/Lambda', metric, { ...dims, ExecutedVersion })).reduce((a, b) => a + b, 0);
    expect(await by('Errors', '1')).toBe(0);
    expect(await by('Errors', version)).toBe(await by('Invocations', version));
    expect((await by('Invocations', '1')) + (await by('Invocations', version))).toBe(
      (await sum(s, 'AWS/Lambda', 'Invocations', dims)).reduce((a, b) => a + b, 0),
    );
    await s.call('lambda:UpdateAlias', { FunctionName: 'orders', Name: 'live', RoutingConfig: { AdditionalVersionWeights: {} } });
    expect(share(s)).toBe(0);
  });
  it('is refused in Lambda’s words', async () => {
    const s = await quiet();
    const version = await crashing(s);
    const at = { FunctionName: 'orders', Name: 'live' };
    const routed = (FunctionVersion: string, to: string) => ({
      ...at,
      FunctionVersion,
      RoutingConfig: { AdditionalVersionWeights: { [to]: 0.1 } },
    });
    expect(await refusal(s, 'lambda:UpdateAlias', { ...at, FunctionVersion: '9' })).toContain('Function not found:');
    expect(await refusal(s, 'lambda:UpdateAlias', { ...at, Name: 'gone' })).toContain('Cannot find alias arn:');
    expect(await refusal(s, 'lambda:UpdateAlias', routed(version, version))).toContain(
      `Function version ${version} is already included in routing configuration.`,
    );
    expect(await refusal(s, 'lambda:UpdateAlias', routed('$LATEST', '1'))).toContain('$LATEST is not supported for an alias pointing to');
  });
});

describe('a configuration', () => {
  it('is changed in the background: the old one serves until it is done, and nothing is published meanwhile', async () => {
    const s = await quiet();
    s.account.putAlias('orders', 'live', '$LATEST');
    s.account.setLoad('orders', { ms: 12 * second });
    const at = { FunctionName: 'orders' };
    expect(once(s).status).toBe(502);
    const before = await s.call('lambda:GetFunctionConfiguration', at);
    await s.call('lambda:UpdateFunctionConfiguration', { ...at, Timeout: 20, ...revision(before) });
    const during = await s.call('lambda:GetFunctionConfiguration', at);
    expect(during).toMatchObject({ Timeout: 20, LastUpdateStatus: 'InProgress', CodeSha256: before.CodeSha256 });
    expect(once(s).status, 'the old timeout').toBe(502);
    expect(await refusal(s, 'lambda:PublishVersion', at)).toContain('An update is in progress for resource: arn:aws:lambda:');
    expect(await refusal(s, 'lambda:UpdateFunctionConfiguration', { ...at, Timeout: 5 })).toContain('An update is in progress');
    await s.run(10 * second);
    const after = await s.call('lambda:GetFunctionConfiguration', at);
    expect(after.LastUpdateStatus).toBe('Successful');
    expect(new Set([before.RevisionId, during.RevisionId, after.RevisionId]).size).toBe(3);
    expect(once(s).status).toBe(200);
    expect(await refusal(s, 'lambda:UpdateFunctionConfiguration', { ...at, Timeout: 5, ...revision(during) })).toContain(
      'The Revision Id provided does not match',
    );
    expect(await refusal(s, 'lambda:UpdateFunctionConfiguration', { ...at, Timeout: 901 })).toContain('ValidationException');
  });
  it('published: a version keeps what it was published with, under the name it was given', async () => {
    const s = await quiet();
    s.account.setLoad('orders', { needsMb: 700 });
    expect(once(s).status).toBe(502);
    const at = { FunctionName: 'orders' };
    const latest = await s.call('lambda:UpdateFunctionConfiguration', { ...at, MemorySize: 1024 });
    await s.run(10 * second);
    expect(once(s).status, 'the alias stands on the old version').toBe(502);
    expect(await refusal(s, 'lambda:PublishVersion', { ...at, CodeSha256: 'other' })).toContain('is different from current CodeSHA256');
    const made = await s.call('lambda:PublishVersion', { ...at, ...code(latest), Description: 'ours' });
    const again = await s.call('lambda:PublishVersion', { ...at, Description: 'twice' });
    expect([made.Version, again.Version, again.Description]).toEqual(['2', '2', 'ours']);
    const { Versions } = await s.call('lambda:ListVersionsByFunction', at);
    expect(Versions?.map((v) => [v.Version, v.MemorySize, v.Description])).toEqual([
      ['$LATEST', 1024, ''],
      ['1', 512, ''],
      ['2', 1024, 'ours'],
    ]);
    await s.call('lambda:UpdateAlias', { ...at, Name: 'live', FunctionVersion: '2' });
    expect(once(s).status).toBe(200);
  });
});
const revision = (c: { RevisionId?: string | undefined }) => (c.RevisionId === undefined ? {} : { RevisionId: c.RevisionId });
const code = (c: { CodeSha256?: string | undefined }) => (c.CodeSha256 === undefined ? {} : { CodeSha256: c.CodeSha256 });

describe('reserved concurrency', () => {
  it('throttles, and no more once it is raised or gone', async () => {
    const s = await shop({ perSecond: 5, work: { ms: 2 * second } });
    const throttles = async (): Promise<number> => (await sum(s, 'AWS/Lambda', 'Throttles', dims)).at(-1) ?? 0;
    await s.call('lambda:PutFunctionConcurrency', { FunctionName: 'orders', ReservedConcurrentExecutions: 2 });
    await s.run(6 * minute);
    expect(await throttles()).toBeGreaterThan(100);
    await s.call('lambda:PutFunctionConcurrency', { FunctionName: 'orders', ReservedConcurrentExecutions: 40 });
    await s.run(6 * minute);
    expect(await throttles()).toBe(0);
    await s.call('lambda:DeleteFunctionConcurrency', { FunctionName: 'orders' });
    expect((await s.call('lambda:GetFunctionConcurrency', { FunctionName: 'orders' })).ReservedConcurrentExecutions).toBeUndefined();
  });
  it('leaves 100 to the rest of the account, and belongs to no alias', async () => {
    const s = await quiet();
    const put = (FunctionName: string, n: number) =>
      refusal(s, 'lambda:PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: n });
    expect(await put('orders', 901)).toContain('below its minimum value of [100]');
    expect(await put('orders', 900)).toBe('done');
    expect(await put('orders', 900), 'its own reservation counts as room').toBe('done');
    expect(await put('orders:live', 10)).toContain('Aliases and versions do not support this operation');
  });
});

describe('a runtime', () => {
  it('that AWS updates breaks what leans on the old one; pinned to that it runs again', async () => {
    const s = await quiet();
    s.account.setLoad('orders', { runsUpTo: 18 });
    const arnOf = async () =>
      (await s.call('lambda:GetFunctionConfiguration', { FunctionName: 'orders', Qualifier: 'live' })).RuntimeVersionConfig
        ?.RuntimeVersionArn;
    const [before, status] = [await arnOf(), once(s).status];
    s.account.updateRuntime('nodejs24.x');
    expect([status, once(s).status]).toEqual([200, 502]);
    expect(await arnOf()).not.toBe(before);
    const pin = { FunctionName: 'orders', Qualifier: '1', UpdateRuntimeOn: 'Manual' as const };
    expect(
      await refusal(s, 'lambda:PutRuntimeManagementConfig', { ...pin, RuntimeVersionArn: 'arn:aws:lambda:us-east-1::runtime:0' }),
    ).toContain('is not valid');
    await s.call('lambda:PutRuntimeManagementConfig', { ...pin, ...(before === undefined ? {} : { RuntimeVersionArn: before }) });
    expect(once(s).status).toBe(200);
    expect(await s.call('lambda:GetRuntimeManagementConfig', { FunctionName: 'orders', Qualifier: '1' })).toMatchObject({
      UpdateRuntimeOn: 'Manual',
      RuntimeVersionArn: before,
    });
    await s.call('lambda:PutRuntimeManagementConfig', { FunctionName: 'orders', Qualifier: '1', UpdateRuntimeOn: 'Auto' });
    expect(once(s).status).toBe(502);
  });
  it('of an environment is named in its INIT_START line', async () => {
    const s = await quiet();
    once(s);
    s.account.updateRuntime('nodejs24.x');
    once(s);
    await s.run(minute);
    const { events } = await s.call('logs:FilterLogEvents', {
      logGroupName: '/aws/lambda/orders',
      startTime: start,
      filterPattern: 'INIT_START',
    });
    expect((events ?? []).map((e) => /v(\d+)\tRuntime Version ARN: arn/.exec(e.message ?? '')?.[1])).toEqual(['18', '19']);
  });
});

describe('CodeDeploy', () => {
  async function shifting(): Promise<{ s: Shop; id: string; version: string }> {
    const s = await quiet();
    const version = await crashing(s);
    const spec = { application: 'shop', group: 'orders', functionName: 'orders', alias: 'live', to: version, step: 0.25, everyMs: minute };
    return { s, version, id: s.account.shiftAlias(spec) };
  }
  const running = (s: Shop) => s.call('codedeploy:ListDeployments', { includeOnlyStatuses: ['InProgress'] });

  it('shifts an alias step by step, to its end', async () => {
    const { s, id, version } = await shifting();
    expect(share(s)).toBeLessThan(0.35);
    expect((await running(s)).deployments).toEqual([id]);
    const { targetIds } = await s.call('codedeploy:ListDeploymentTargets', { deploymentId: id });
    const { deploymentTargets } = await s.call('codedeploy:BatchGetDeploymentTargets', { deploymentId: id, targetIds: targetIds ?? [] });
    expect(deploymentTargets?.[0]?.lambdaTarget?.lambdaFunctionInfo).toEqual({
      functionName: 'orders',
      functionAlias: 'live',
      currentVersion: '1',
      targetVersion: version,
      targetVersionWeight: 0.25,
    });
    await s.run(2 * minute);
    expect(share(s)).toBeGreaterThan(0.6);
    await s.run(2 * minute);
    expect(share(s)).toBe(1);
    expect((await running(s)).deployments).toEqual([]);
  });
  it('stopped with a rollback gives the alias back; a second stop is told that it is over', async () => {
    const { s, id } = await shifting();
    await s.call('codedeploy:StopDeployment', { deploymentId: id, autoRollbackEnabled: true });
    await s.run(10 * second);
    expect(share(s)).toBe(0);
    const { deploymentsInfo } = await s.call('codedeploy:BatchGetDeployments', { deploymentIds: [id] });
    expect(deploymentsInfo?.[0]).toMatchObject({ status: 'Stopped', rollbackInfo: { rollbackDeploymentId: expect.stringMatching(/^d-/) } });
    expect(await refusal(s, 'codedeploy:StopDeployment', { deploymentId: id })).toContain('DeploymentAlreadyCompletedException');
    await s.run(5 * minute);
    expect(share(s), 'nothing shifts any more').toBe(0);
  });
  it('fails when another hand moves the alias meanwhile', async () => {
    const { s, id } = await shifting();
    await s.call('lambda:UpdateAlias', { FunctionName: 'orders', Name: 'live', RoutingConfig: { AdditionalVersionWeights: {} } });
    await s.run(2 * minute);
    const { deploymentsInfo } = await s.call('codedeploy:BatchGetDeployments', { deploymentIds: [id] });
    expect(deploymentsInfo?.[0]?.status).toBe('Failed');
    expect(share(s)).toBe(0);
  });
});

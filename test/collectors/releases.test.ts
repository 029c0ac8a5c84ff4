// What is read of releases: the versions behind an alias and what each served, deployments of CodeDeploy, and the runtime versions
// environments started on.
import { describe, expect, it } from 'vitest';
import aliasVersions from '../../lib/collectors/alias-versions.ts';
import codeDeployments from '../../lib/collectors/code-deployments.ts';
import runtimeLog from '../../lib/collectors/runtime-log.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import { api, fakeAws, haveApi, now, refusal, rest, route, window } from './fake-aws.ts';

const minute = 60_000;
const at = rest;
const ref = { accountId: rest.accountId, region: rest.region, name: 'orders', qualifier: 'live' };
const live = haveApi(api([route('/orders', 'orders', 'live')]));
const input = { at, window, lines: [], now };

describe('aliasVersions', () => {
  const series = (Id: string, Label: string, value: number) => ({ Id, Label, Timestamps: [new Date(now - 5 * minute)], Values: [value] });
  const answers = {
    'lambda:GetAlias': { FunctionVersion: '7', RoutingConfig: { AdditionalVersionWeights: { 8: 0.1 } } },
    'lambda:GetFunctionConfiguration': ({ Qualifier }: { Qualifier: string }) =>
      Qualifier === '6'
        ? refusal('gone')
        : { Version: Qualifier, CodeSha256: `${Qualifier}=`, Timeout: 3, MemorySize: 128, LastModified: '2026-11-20T09:00:00.000+0000' },
    'cloudwatch:GetMetricData': {
      MetricDataResults: [series('v0_invocations', '6', 40), series('v0_invocations', '7', 9), series('v0_errors', '7', 9)],
    },
  } as const;
  it('tells where the alias points, what each version served, and which are still there', async () => {
    const evidence = await aliasVersions.read(fakeAws(answers).aws, { ...input, have: live });
    if (evidence.state !== 'got') throw new Error(evidence.detail);
    const fact = evidence.value.aliases['orders:live'];
    expect(fact).toMatchObject({ ref, version: '7', weights: { 8: 0.1 } });
    expect(fact?.versions).toMatchObject({
      $LATEST: { exists: true, codeSha256: '$LATEST=', timeoutSeconds: 3, memoryMb: 128, modifiedAt: Date.parse('2026-11-20T09:00:00Z') },
      7: { exists: true },
      6: { exists: false },
    });
    expect(fact?.served['7']).toMatchObject({ invocations: { values: [9] }, errors: { values: [9] } });
    expect(fact?.served['6']).toMatchObject({ invocations: { values: [40] }, errors: { values: [] } });
  });
  it('searches by the version that ran, an hour before the window', async () => {
    const aws = fakeAws(answers);
    await aliasVersions.read(aws.aws, { ...input, have: live });
    const asked = aws.asked[0]?.input ?? {};
    expect(asked['StartTime']).toEqual(new Date(window.from - 60 * minute));
    expect((asked['MetricDataQueries'] as readonly unknown[])[1]).toMatchObject({
      Expression: `SEARCH('{AWS/Lambda,ExecutedVersion,FunctionName,Resource} FunctionName="orders" Resource="orders:live" MetricName="Errors"', 'Sum', 60)`,
      Label: "${PROP('Dim.ExecutedVersion')}",
    });
  });
  it('is empty where nothing is called through an alias, and says whose version could not be read', async () => {
    const none = haveApi(api([route('/a', 'a'), route('/b', 'b', '$LATEST'), route('/c', 'c', '12')]));
    expect(await aliasVersions.read(fakeAws(answers).aws, { ...input, have: none })).toMatchObject({ state: 'missing', why: 'empty' });
    const two = haveApi(api([route('/orders', 'orders', 'live'), route('/b', 'b', 'live')]));
    const half = {
      ...answers,
      'lambda:GetAlias': ({ FunctionName }: { FunctionName: string }) =>
        FunctionName === 'b' ? refusal('denied') : { FunctionVersion: '7' },
    };
    const evidence = await aliasVersions.read(fakeAws(half).aws, { ...input, have: two });
    expect(evidence).toMatchObject({ state: 'got', value: { aliases: { 'orders:live': {} }, notHad: { 'b:live': { why: 'denied' } } } });
  });
});

describe('codeDeployments', () => {
  const lambda = {
    deploymentId: 'd-1',
    applicationName: 'shop',
    deploymentGroupName: 'orders',
    status: 'InProgress',
    computePlatform: 'Lambda',
  };
  const target = { functionName: 'orders', functionAlias: 'live', currentVersion: '6', targetVersion: '7' };
  const read = (more: object = {}) => {
    const aws = fakeAws({
      'codedeploy:ListDeployments': { deployments: ['d-1', 'd-2'] },
      'codedeploy:BatchGetDeployments': { deploymentsInfo: [lambda, { ...lambda, deploymentId: 'd-2', computePlatform: 'ECS' }] },
      'codedeploy:ListDeploymentTargets': { targetIds: ['orders'] },
      'codedeploy:BatchGetDeploymentTargets': { deploymentTargets: [{ lambdaTarget: { lambdaFunctionInfo: target } }] },
      ...more,
    });
    return codeDeployments.read(aws.aws, { ...input, have: live }).then((evidence) => ({ evidence, asked: aws.asked }));
  };
  it('tells which deployment shifts which alias, from and to what', async () => {
    const { evidence, asked } = await read();
    expect(evidence).toMatchObject({
      state: 'got',
      value: { running: [{ id: 'd-1', application: 'shop', group: 'orders', functionName: 'orders', alias: 'live', from: '6', to: '7' }] },
    });
    expect(
      asked.filter((a) => a.name === 'codedeploy:ListDeploymentTargets'),
      'other platforms are left alone',
    ).toHaveLength(1);
    expect(asked[0]?.input['includeOnlyStatuses']).toEqual(['Created', 'Queued', 'InProgress', 'Baking', 'Ready']);
  });
  it('one call where nothing is under way; functions that are not behind the stage are left out; a rollback is told', async () => {
    const idle = await read({ 'codedeploy:ListDeployments': { deployments: [] } });
    expect(idle.evidence).toMatchObject({ state: 'got', value: { running: [] } });
    expect(idle.asked).toHaveLength(1);
    const other = { deploymentTargets: [{ lambdaTarget: { lambdaFunctionInfo: { ...target, functionName: 'payments' } } }] };
    expect((await read({ 'codedeploy:BatchGetDeploymentTargets': other })).evidence).toMatchObject({ value: { running: [] } });
    const back = { deploymentsInfo: [{ ...lambda, creator: 'codeDeployRollback' }] };
    expect((await read({ 'codedeploy:BatchGetDeployments': back })).evidence).toMatchObject({ value: { running: [{ rollsBack: true }] } });
  });
  it('denied is not "none"', async () =>
    expect((await read({ 'codedeploy:ListDeploymentTargets': refusal('denied') })).evidence).toMatchObject({
      state: 'missing',
      why: 'denied',
    }));
});

describe('runtimeLog', () => {
  const arn = (digit: string): string => `arn:aws:lambda:us-east-1::runtime:${digit.repeat(64)}`;
  const line = (digit: string): string => `INIT_START Runtime Version: nodejs:24.v18\tRuntime Version ARN: ${arn(digit)}\n`;
  const read = (events: readonly object[], more: object = {}) => {
    const aws = fakeAws({ 'logs:FilterLogEvents': { events }, ...more });
    const config = got({ functions: { 'orders:live': { ref, exists: true, logGroup: '/shop/orders' } } }, window, 'aws');
    return runtimeLog
      .read(aws.aws, { ...input, have: { ...live, functionConfig: config } })
      .then((evidence) => ({ evidence, asked: aws.asked }));
  };
  it('tells each runtime version with its first and last start, oldest first, from the function’s own group', async () => {
    const { evidence, asked } = await read([
      { timestamp: now - 3 * minute, message: line('b') },
      { timestamp: now - 60 * minute, message: line('a') },
      { timestamp: now - 5 * minute, message: line('b') },
    ]);
    expect(evidence).toMatchObject({
      state: 'got',
      trust: 'forgeable',
      value: {
        functions: {
          'orders:live': [
            { arn: arn('a'), firstAt: now - 60 * minute, lastAt: now - 60 * minute, starts: 1 },
            { arn: arn('b'), firstAt: now - 5 * minute, lastAt: now - 3 * minute, starts: 2 },
          ],
        },
      },
    });
    expect(asked[0]?.input).toMatchObject({ logGroupName: '/shop/orders', startTime: window.from - 120 * minute });
  });
  it('is not told by what code prints of a caller’s text', async () => {
    const { evidence } = await read([
      { timestamp: now, message: `2026-11-20T10:00:00Z\tid\tINFO\t${line('c')}` },
      { timestamp: now, message: `${line('c').trim()} and more` },
      {
        timestamp: now,
        message: 'INIT_START Runtime Version: x\tRuntime Version ARN: arn:aws:lambda:us-east-1:111122223333:function:evil',
      },
    ]);
    expect(evidence).toMatchObject({ state: 'got', value: { functions: { 'orders:live': [] } } });
  });
  it('without a log group it is not enabled; without the API it is missing', async () => {
    expect((await read([], { 'logs:FilterLogEvents': refusal('gone') })).evidence).toMatchObject({ state: 'missing', why: 'notEnabled' });
    const have = { deployedApi: missing('denied', 'x'), functionConfig: missing('denied', 'x') };
    expect(await runtimeLog.read(fakeAws({}).aws, { ...input, have })).toMatchObject({ state: 'missing', why: 'denied' });
  });
});

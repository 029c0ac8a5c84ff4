// canary against the sandbox's API Gateway: moved, removed and attached again exactly, in one call each, and never another one's.
import { describe, expect, test } from 'vitest';
import { ok } from '../../lib/model/result.ts';
import setting, { type Canary } from '../../lib/settings/canary.ts';
import { fakeAws } from '../collectors/fake-aws.ts';
import { room } from './gateway-room.ts';

const t = { accountId: '1', region: 'us-east-1', apiType: 'REST' as const, apiId: 'a1', stage: 'prod' };
const whole: Canary = { percent: 12.25, deploymentId: 'd2', variables: { alias: 'next', host: 'a' }, useStageCache: true };

/** A stage with a canary, as API Gateway shows it. */
async function withCanary(variables: Readonly<Record<string, string>> = { alias: 'next', host: 'a' }) {
  const { aws, account, at, clock } = room(setting);
  account.setCanary({ ...at, canary: { percent: 12.25, variables, useStageCache: true } });
  const read = await setting.read(aws, at);
  if (!read.ok || read.value.value === 'absent') throw new Error('there is no canary');
  return { aws, account, clock, at, from: read.value.value };
}
/** The operations of the one call that a move is. */
async function sent(from: Canary | 'absent', to: Canary | 'absent'): Promise<unknown> {
  const { aws, asked } = fakeAws({ 'apigateway:UpdateStage': {} });
  expect(await setting.write(aws, t, from, to)).toEqual(ok(undefined));
  expect(asked.map((a) => a.name)).toEqual(['apigateway:UpdateStage']);
  return asked[0]?.input['patchOperations'];
}
const path = (name: string) => `/canarySettings/${name}`;

describe('read', () => {
  test('whole, or absent', async () => {
    const { aws, at } = room(setting);
    expect(await setting.read(aws, at)).toEqual(ok({ value: 'absent' }));
    const { from } = await withCanary();
    expect(from).toEqual({ ...whole, deploymentId: expect.stringMatching(/^\w{6}$/) });
  });
  test('what API Gateway leaves out is nothing', async () => {
    const bare = fakeAws({ 'apigateway:GetStage': { canarySettings: {} } });
    expect(await setting.read(bare.aws, t)).toEqual(ok({ value: { percent: 0, deploymentId: '', variables: {}, useStageCache: false } }));
    expect((await withCanary({})).from.variables).toEqual({});
  });
});

describe('write', () => {
  test.each([
    ['to nought', { percent: 0 }],
    ['another variable', { variables: { alias: 'live', extra: 'x' } }],
    ['its own cache', { useStageCache: false }],
  ])('%s, and back exactly', async (_what, change) => {
    const { aws, account, at, from } = await withCanary();
    const before = account.snapshot();
    const to = { ...from, ...change };
    expect(await setting.write(aws, at, from, to)).toEqual(ok(undefined));
    expect(await setting.settled(aws, at, to)).toEqual(ok('settled'));
    expect(account.snapshot()).not.toEqual(before);
    expect(await setting.write(aws, at, to, from)).toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
  });
  test('removed, and attached again exactly', async () => {
    const { aws, account, at, from } = await withCanary();
    const before = account.snapshot();
    expect(await setting.write(aws, at, from, 'absent')).toEqual(ok(undefined));
    expect(await setting.settled(aws, at, 'absent')).toEqual(ok('settled'));
    expect(await setting.settled(aws, at, from)).toEqual(ok('settling'));
    expect(await setting.write(aws, at, 'absent', from)).toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
  });
  test('only what differs is sent, and by the operations API Gateway takes', async () => {
    expect(await sent(whole, { ...whole, percent: 0 })).toEqual([{ op: 'replace', path: path('percentTraffic'), value: '0.0' }]);
    expect(await sent(whole, { ...whole, variables: { alias: 'live' } })).toEqual([
      { op: 'replace', path: path('stageVariableOverrides/alias'), value: 'live' },
      { op: 'remove', path: path('stageVariableOverrides/host') },
    ]);
    expect(await sent(whole, 'absent')).toEqual([{ op: 'remove', path: '/canarySettings' }]);
    expect(await sent('absent', whole)).toEqual([
      { op: 'replace', path: path('deploymentId'), value: 'd2' },
      { op: 'replace', path: path('useStageCache'), value: 'true' },
      { op: 'replace', path: path('stageVariableOverrides/alias'), value: 'next' },
      { op: 'replace', path: path('stageVariableOverrides/host'), value: 'a' },
      { op: 'replace', path: path('percentTraffic'), value: '12.25' },
    ]);
  });
  test('a name is one step of the path, whatever it holds', async () => {
    expect(await sent({ ...whole, variables: {} }, { ...whole, variables: { 'a/b~c': 'x' } })).toEqual([
      { op: 'replace', path: path('stageVariableOverrides/a~1b~0c'), value: 'x' },
    ]);
  });
  test('a deployment that was deleted is refused, and nothing is attached', async () => {
    const { aws, account, at, from } = await withCanary();
    await setting.write(aws, at, from, 'absent');
    account.deleteDeployment({ ...at, deploymentId: from.deploymentId });
    const before = account.snapshot();
    expect(await setting.write(aws, at, 'absent', from)).toMatchObject({
      error: { kind: 'refused', name: 'BadRequestException', message: 'Deployment id does not exist' },
    });
    expect(account.snapshot()).toEqual(before);
  });
  test('is attached beside the deployment it stood beside, and no other', async () => {
    const { aws, account, clock, at, from } = await withCanary();
    const stage = await aws.call('apigateway:GetStage', { restApiId: at.apiId, stageName: at.stage });
    const beside = { ...at, ...(stage.ok && stage.value.deploymentId ? { beside: stage.value.deploymentId } : {}) };
    await setting.write(aws, beside, from, 'absent');
    const removed = account.snapshot();
    await account.attempt('admin')('apigateway:CreateDeployment', { restApiId: at.apiId, stageName: at.stage });
    await clock.runUntil(clock.now() + 5000);
    const deployed = account.snapshot();
    expect(deployed).not.toEqual(removed);
    expect(await setting.write(aws, beside, 'absent', from)).toMatchObject({
      error: { kind: 'refused', message: expect.stringMatching(/serves deployment \w+ by now, not \w+, beside which the canary stood/) },
    });
    expect(account.snapshot()).toEqual(deployed);
  });
  test('where the stage cannot be read, nothing is attached', async () => {
    const { aws, asked } = fakeAws({ 'apigateway:UpdateStage': {} });
    expect(await setting.write(aws, { ...t, beside: 'd1' }, 'absent', whole)).toMatchObject({ error: { kind: 'denied' } });
    expect(asked.map((a) => a.name)).toEqual(['apigateway:GetStage']);
  });
});

test.each([
  ['share', { percent: 50 }],
  ['deployment', { deploymentId: 'd3' }],
  ['cache', { useStageCache: false }],
  ['variable’s value', { variables: { alias: 'live', host: 'a' } }],
  ['variable', { variables: { alias: 'next', host: 'a', more: '' } }],
  ['lack of a variable', { variables: { alias: 'next' } }],
])('another %s is another canary', (_what, change) => {
  const other = { ...whole, ...change };
  expect([setting.same(whole, other), setting.same(other, whole)]).toEqual([false, false]);
  expect([setting.same(other, { ...other }), setting.same(other, 'absent'), setting.same('absent', other)]).toEqual([true, false, false]);
});

describe('for a person', () => {
  const show = (from: Canary | 'absent', to: Canary | 'absent') => setting.show(t, from, to);
  test('what moves is shown', () => {
    expect(show(whole, { ...whole, percent: 0 })).toBe('canary of stage prod: 12.25 % of the requests → 0 % of the requests');
    expect(show(whole, { percent: 12.25, deploymentId: 'd3', variables: { alias: 'live', host: 'a' }, useStageCache: false })).toBe(
      'canary of stage prod: deployment d2 → d3; variable alias: next → live; the stage’s cache → a cache of its own',
    );
  });
  test('a whole one by the names of its variables, not by what they hold', () => {
    const canary = { ...whole, variables: { token: 's3cret', alias: 'next' } };
    expect(show(canary, 'absent')).toBe(
      'canary of stage prod: 12.25 % of the requests to deployment d2, with its own alias, token, from the stage’s cache → no canary',
    );
    expect(show('absent', { ...whole, variables: {}, useStageCache: false })).toBe(
      'canary of stage prod: no canary → 12.25 % of the requests to deployment d2',
    );
  });
  test('each move by hand', () => {
    const command = 'aws apigateway update-stage --rest-api-id a1 --stage-name prod --region us-east-1 --patch-operations';
    expect(setting.byHand(t, whole, { ...whole, percent: 0 })).toBe(`${command} op=replace,path=/canarySettings/percentTraffic,value=0.0`);
    expect(setting.byHand(t, whole, 'absent')).toBe(`${command} op=remove,path=/canarySettings`);
    expect(setting.byHand(t, 'absent', { ...whole, variables: { list: 'a,b=c' } })).toBe(
      `${command} op=replace,path=/canarySettings/deploymentId,value=d2 op=replace,path=/canarySettings/useStageCache,value=true 'op=replace,path=/canarySettings/stageVariableOverrides/list,value="a,b=c"' op=replace,path=/canarySettings/percentTraffic,value=12.25`,
    );
  });
  test('in code: at its share, or left out', () => {
    const code = (to: Canary | 'absent') =>
      setting
        .snippets(t, to, t)
        .map((s) => s.code)
        .join('\n');
    expect(code({ ...whole, percent: 0 })).toMatch(/PercentTraffic: 0\n.*percentTraffic: 0 [^]*percent_traffic = 0\n/);
    expect(code(whole)).not.toMatch(/next/);
    expect(code('absent')).toMatch(/leave CanarySetting out[^]*canarySetting = undefined[^]*leave canary_settings out/);
  });
});

// The stack around the roles: what must hold between timeouts, what the machines may not use, what wakes whom, and what nag says.
import { App, Stack, Validations } from 'aws-cdk-lib';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { AwsSolutionsChecks } from 'cdk-nag';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { duties } from '../../lib/duties.ts';
import { lockLeaseMs } from '../../lib/journal/lock.ts';
import { variablesOf } from '../../lib/live/settings.ts';
import { unpackSettings } from '../../lib/model/installation.ts';
import { nexts } from '../../lib/stages/stage.ts';
import { Gatemedic } from '../../lib/stack/gatemedic.ts';
import { taskMarginSeconds, transient } from '../../lib/stack/workflow.ts';
import { place, settings, stubBundles, synthesise } from './synth.ts';

const { resolved, json } = synthesise();
const of = (type: string) => Object.values(resolved.resources).filter((r) => r.type === type);

interface Task {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number;
  Retry?: { ErrorEquals: string[] }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  Parameters?: { FunctionName: string };
}
const machines = resolved.machines.map((m) => ({ ...m, states: (m.definition as { States: Record<string, Task> }).States }));
const tasks = machines.flatMap((m) =>
  Object.entries(m.states)
    .filter(([, s]) => s.Type === 'Task')
    .map(([name, s]) => ({ name: `${m.name}: ${name}`, machine: m, ...s })),
);
const functionOf = (arn = '') => resolved.functions.find((f) => arn === f.arn || arn.startsWith(`${f.arn}:`));

describe('the machines', () => {
  test('no JSONata and no Assign', () => {
    expect(JSON.stringify(json)).not.toMatch(/JSONata|\{%|Assign\\"|"Assign"|"Arguments"/);
  });
  test.for(tasks.map((t) => [t.name, t] as const))('%s: longer than its function, through a version, retried, caught', ([, t]) => {
    const fn = functionOf(t.Parameters?.FunctionName);
    expect(t.Parameters?.FunctionName).toMatch(/:\d+$/);
    expect(t.TimeoutSeconds).toBeGreaterThanOrEqual((fn?.timeoutSeconds ?? Infinity) + taskMarginSeconds);
    expect(t.Retry?.[0]?.ErrorEquals).toEqual(transient);
    expect(t.Catch?.some((c) => c.ErrorEquals.includes('States.ALL'))).toBe(true);
  });
  test('each way a stage may answer is known to the router', () => {
    const route = machines[0]?.states['Route'] as unknown as { Choices: { StringEquals: string }[] };
    expect(route.Choices.map((c) => c.StringEquals).toSorted()).toEqual([...nexts].toSorted());
  });
  test('a failure is told before the execution fails', () => {
    for (const m of machines)
      for (const [name, s] of Object.entries(m.states))
        if (s.Type === 'Task' && name !== 'Tell a failure') expect(s.Catch?.at(-1)?.Next).toBe('Tell a failure');
  });
  test('may call every version of what they call: an upgrade leaves running executions alone', () => {
    for (const m of machines)
      for (const t of tasks.filter((one) => one.machine === m))
        expect(
          m.statements.some((s) => s.Resource.includes(`${functionOf(t.Parameters?.FunctionName)?.arn}:*`)),
          t.name,
        ).toBe(true);
    for (const v of Object.values((json as { Resources: Record<string, { Type: string; DeletionPolicy?: string }> }).Resources).filter(
      (r) => r.Type === 'AWS::Lambda::Version',
    ))
      expect(v.DeletionPolicy).toBe('Retain');
  });
});

describe('the functions', () => {
  test.for(duties.map((d) => [d.id, d] as const))('%s has exactly the variables it reads', ([id, duty]) => {
    const names = Object.keys(resolved.functions.find((f) => f.name === `gatemedic-${id}`)?.environment ?? {});
    expect(names.toSorted()).toEqual(['GATEMEDIC_INSTALLATION', ...variablesOf(duty)].toSorted());
  });
  test('reserve what the duties say, or nothing', () => {
    expect(resolved.functions.map((f) => f.reservedConcurrency)).toEqual(duties.map((d) => d.reservedConcurrency));
    expect(synthesise({ reserveConcurrency: false }).resolved.functions.map((f) => f.reservedConcurrency)).toEqual(
      duties.map(() => undefined),
    );
  });
  test('keep their logs for a while, each in a group that intake knows for its own', () => {
    const groups = of('AWS::Logs::LogGroup');
    expect(groups.map((g) => g.ref).toSorted()).toEqual(duties.map((d) => `/aws/lambda/gatemedic-${d.id}`).toSorted());
    expect(groups.every((g) => g.properties['RetentionInDays'] === 30)).toBe(true);
  });
  test('a long list of stages is packed into the environment', () => {
    const stages = Array.from({ length: 30 }, (_, n) => ({
      apiType: 'REST' as const,
      apiId: `a1b2c3d4${10 + n}`,
      apiName: `orders-${n}`,
      stage: 'prod',
    }));
    const functions = stages.map((s) => `arn:aws:lambda:us-east-1:111122223333:function:${s.apiName}`);
    const many = synthesise({ stages, functions });
    for (const f of many.resolved.functions) expect(JSON.stringify(f.environment).length, f.name).toBeLessThan(4_096);
    expect(JSON.parse(unpackSettings(many.resolved.functions[0]?.environment['GATEMEDIC_INSTALLATION'] ?? ''))).toEqual(
      many.gatemedic.installation,
    );
    for (const policy of Object.values(many.resolved.resources).filter((r) => r.type === 'AWS::IAM::Policy'))
      expect(JSON.stringify(policy.properties['PolicyDocument']).length, policy.logicalId).toBeLessThan(10_240);
  });
});

test('a lock outlives the function that holds it', () => {
  expect(lockLeaseMs).toBeGreaterThan(1000 * (duties.find((d) => d.id === 'carry-out')?.timeoutSeconds ?? Infinity));
});

describe('what wakes whom', () => {
  test('stage alarms count what the API counts', () => {
    expect(resolved.alarms.slice(0, 2).map((a) => a.properties)).toMatchObject([
      {
        MetricName: '5XXError',
        Dimensions: [
          { Name: 'ApiName', Value: 'orders' },
          { Name: 'Stage', Value: 'prod' },
        ],
        Statistic: 'Sum',
        Period: 60,
        TreatMissingData: 'notBreaching',
      },
      {
        MetricName: '5xx',
        Dimensions: [
          { Name: 'ApiId', Value: 'f6g7h8i9j0' },
          { Name: 'Stage', Value: '$default' },
        ],
        Statistic: 'Sum',
        Period: 60,
        TreatMissingData: 'notBreaching',
      },
    ]);
  });
  test('composite alarms: only the listed ones, in patterns AWS takes', () => {
    const arns = Array.from({ length: 12 }, (_, n) => `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${'x'.repeat(250)}${10 + n}`);
    const rules = synthesise({ compositeAlarms: arns }).resolved.rules.filter(
      (r) => Array.isArray(r.pattern['resources']) && typeof r.pattern['resources'][0] === 'string',
    );
    expect(rules.flatMap((r) => r.pattern['resources'])).toEqual(arns);
    for (const r of rules) expect(JSON.stringify(r.pattern).length).toBeLessThanOrEqual(2_048);
  });
  test('a bad end of an execution reaches the sweeper', () => {
    const rule = resolved.rules.find((r) => JSON.stringify(r.pattern).includes('Step Functions'));
    expect(rule?.pattern['detail']).toEqual({
      status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
      stateMachineArn: resolved.machines.map((m) => m.arn),
    });
    expect(rule?.targets[0]?.arn).toContain('gatemedic-sweep:live');
  });
  test('schedules', () => {
    expect(resolved.schedules.map(({ name, expression }) => [name, expression])).toEqual([
      ['gatemedic-sweep', 'rate(5 minutes)'],
      ['gatemedic-subscribe', 'rate(15 minutes)'],
      ['gatemedic-digest', 'cron(0 9 ? * MON *)'],
    ]);
  });
  test('any log group of this account may deliver to intake, by one permission', () => {
    const leave = of('AWS::Lambda::Permission').filter((p) => p.properties['Principal'] === 'logs.amazonaws.com');
    expect(leave.map((p) => p.properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: expect.stringContaining('gatemedic-intake:live'),
        Principal: 'logs.amazonaws.com',
        SourceAccount: '111122223333',
      },
    ]);
  });
  test('the URL has both permissions it needs since October 2025', () => {
    const open = of('AWS::Lambda::Permission')
      .filter((p) => p.properties['Principal'] === '*')
      .map((p) => p.properties);
    expect(open).toHaveLength(2);
    expect(open).toContainEqual(
      expect.objectContaining({
        Action: 'lambda:InvokeFunctionUrl',
        FunctionUrlAuthType: 'NONE',
        FunctionName: expect.stringContaining('gatemedic-receive:live'),
      }),
    );
    expect(open).toContainEqual(
      expect.objectContaining({
        Action: 'lambda:InvokeFunction',
        InvokedViaFunctionUrl: true,
        FunctionName: expect.stringContaining('gatemedic-receive:live'),
      }),
    );
  });
});

describe('Gatemedic’s own things', () => {
  test('the table: on demand, encrypted, recoverable, with its list and its TTL, kept when the stack goes', () => {
    const [made] = of('AWS::DynamoDB::Table');
    expect(made?.properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'list',
          KeySchema: [
            { AttributeName: 'list', KeyType: 'HASH' },
            { AttributeName: 'listAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  });
  test('the claim: the kill switch’s name is fixed, so a second installation does not deploy', () => {
    expect(of('AWS::SSM::Parameter').map((p) => p.ref)).toEqual(['/gatemedic/kill-switch']);
  });
  test('alarms on itself speak to the topic', () => {
    const mine = resolved.alarms.filter((a) => a.name.startsWith('gatemedic-own-'));
    expect(mine).toHaveLength(duties.length + 4 + 2);
    for (const a of mine) expect(a.properties['AlarmActions']).toEqual([of('AWS::SNS::Topic')[0]?.arn]);
    const policy = of('AWS::SNS::TopicPolicy')[0]?.properties['PolicyDocument'] as { Statement: Record<string, unknown>[] };
    expect(policy.Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish' }),
    );
  });
  test('what fails asynchronously ends in a queue', () => {
    const queue = of('AWS::SQS::Queue').find((q) => q.logicalId.includes('Undelivered'))?.arn;
    const withQueue = of('AWS::Lambda::Function')
      .filter((f) => (f.properties['DeadLetterConfig'] as { TargetArn?: string } | undefined)?.TargetArn === queue)
      .map((f) => f.ref);
    expect(withQueue.toSorted()).toEqual(['answer', 'digest', 'farewell', 'intake', 'subscribe', 'sweep'].map((d) => `gatemedic-${d}`));
    for (const r of of('AWS::Events::Rule'))
      expect((r.properties['Targets'] as { DeadLetterConfig?: { Arn: string } }[])[0]?.DeadLetterConfig?.Arn).toBe(queue);
    for (const s of of('AWS::Scheduler::Schedule'))
      expect((s.properties['Target'] as { DeadLetterConfig?: { Arn: string } }).DeadLetterConfig?.Arn).toBe(queue);
  });
});

describe('cdk-nag', () => {
  const checked = (env?: { account: string; region: string }): App => {
    const app = new App({ analyticsReporting: false, outdir: mkdtempSync(join(tmpdir(), 'gatemedic-nag-')) });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    new Gatemedic(new Stack(app, 'Gatemedic', env ? { env } : {}), 'Gatemedic', { ...settings, code: stubBundles() });
    return app;
  };
  test('has nothing to say, in a known account or in any', () => {
    expect(() => checked({ account: place.accountId, region: place.region }).synth()).not.toThrow();
    expect(() => checked().synth()).not.toThrow();
  });
  test('would say it', () => {
    const app = checked();
    new RestApi(app.node.findChild('Gatemedic'), 'Open').root.addMethod('GET');
    expect(() => app.synth()).toThrow(/AwsSolutions-APIG4/);
  });
});

test('stages may be named by their constructs', () => {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Mine', { env: { account: place.accountId, region: place.region } });
  const rest = new RestApi(stack, 'Orders', { restApiName: 'orders' });
  rest.root.addMethod('GET');
  const http = new HttpApi(stack, 'Carts', { apiName: 'carts', createDefaultStage: false });
  const stage = new HttpStage(stack, 'Live', { httpApi: http, stageName: 'live' });
  const gatemedic = new Gatemedic(stack, 'Gatemedic', { ...settings, stages: [rest.deploymentStage, stage], code: stubBundles() });
  expect(stack.resolve(gatemedic.installation.stages)).toEqual([
    {
      apiType: 'REST',
      apiId: { Ref: expect.stringContaining('Orders') },
      apiName: 'orders',
      stage: { Ref: expect.stringContaining('OrdersDeploymentStage') },
    },
    { apiType: 'HTTP', apiId: { Ref: expect.stringContaining('Carts') }, apiName: 'carts', stage: 'live' },
  ]);
  expect(() => app.synth()).not.toThrow();
});

// What is public: by the owner's choice a Function URL, an HTTP API, or nothing. Held on the synthesised template.
import { describe, expect, test } from 'vitest';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Gatemedic } from '../../lib/stack/gatemedic.ts';
import type { GatemedicProps } from '../../lib/stack/props.ts';
import { place, settings, stubBundles, synthesise } from './synth.ts';

const none: Partial<GatemedicProps> = {
  receiver: 'none',
  approvers: [],
  approverArns: ['arn:aws:sts::111122223333:assumed-role/oncall/*'],
};
const of = (made: ReturnType<typeof synthesise>, type: string) => Object.values(made.resolved.resources).filter((r) => r.type === type);
const outputs = (made: ReturnType<typeof synthesise>): readonly string[] => Object.keys((made.json as { Outputs: object }).Outputs);
/** Everything by which somebody outside the account can reach something of ours. */
const open = (made: ReturnType<typeof synthesise>) => [
  ...of(made, 'AWS::Lambda::Url').map(() => 'url'),
  ...of(made, 'AWS::ApiGatewayV2::Route').map((r) => String(r.properties['RouteKey'])),
  ...of(made, 'AWS::Lambda::Permission').flatMap(({ properties: p }) =>
    p['Principal'] === '*' ? ['anybody'] : p['Principal'] === 'apigateway.amazonaws.com' ? ['gateway'] : [],
  ),
];

describe('a Function URL, where nothing is said', () => {
  const made = synthesise();
  test('is all that is public', () => {
    expect(open(made)).toEqual(['url', 'anybody', 'anybody']);
    expect(of(made, 'AWS::ApiGatewayV2::Api')).toEqual([]);
    expect(outputs(made)).toEqual(expect.arrayContaining(['GatemedicSlackRequestUrl', 'GatemedicSlackSigningSecretArn']));
  });
});

describe('an HTTP API', () => {
  const made = synthesise({ receiver: 'http-api' });
  test('one route, one integration, throttled, and no URL beside it', () => {
    expect(open(made)).toEqual(['POST /', 'gateway']);
    expect(of(made, 'AWS::ApiGatewayV2::Stage').map((s) => s.properties)).toMatchObject([
      { StageName: '$default', AutoDeploy: true, DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 } },
    ]);
    expect(of(made, 'AWS::ApiGatewayV2::Integration').map((i) => i.properties)).toMatchObject([
      {
        IntegrationType: 'AWS_PROXY',
        PayloadFormatVersion: '2.0',
        IntegrationUri: expect.stringContaining('gatemedic-receive:live') as string,
      },
    ]);
  });
  test('only this route of this API may call the function', () => {
    const [permission] = of(made, 'AWS::Lambda::Permission').filter((p) => p.properties['Principal'] === 'apigateway.amazonaws.com');
    expect(permission?.properties).toMatchObject({
      FunctionName: expect.stringContaining('gatemedic-receive:live') as string,
      SourceArn: expect.stringMatching(/:execute-api:us-east-1:111122223333:[^:/]+\/\*\/\*\/$/) as string,
    });
  });
  test('its address is what Slack is told', () => {
    const { Value: url } = (made.json as { Outputs: Record<string, { Value: unknown }> }).Outputs['GatemedicSlackRequestUrl'] ?? {};
    expect(JSON.stringify(url)).toContain('execute-api');
  });
});

describe('none', () => {
  const made = synthesise(none);
  test('nothing is public, nothing receives, and nobody holds a signing secret', () => {
    expect(open(made)).toEqual([]);
    expect(made.resolved.functions.map((f) => f.name)).not.toContain('gatemedic-receive');
    expect(made.resolved.functions).toHaveLength(synthesise().resolved.functions.length - 1);
    expect(
      of(made, 'AWS::SecretsManager::Secret')
        .map((s) => s.logicalId)
        .filter((id) => id.includes('Signing')),
    ).toEqual([]);
    expect(made.resolved.functions.flatMap((f) => Object.keys(f.environment))).not.toContain('GATEMEDIC_SLACK_SIGNING_SECRET_ARN');
    expect(JSON.stringify(made.json)).not.toMatch(/SlackSigning|SlackRequestUrl/);
    const secrets = made.resolved.functions.flatMap((f) => f.statements).filter((s) => s.Action.includes('secretsmanager:GetSecretValue'));
    expect(secrets.every((s) => s.Resource.every((r) => r.includes('SlackToken')))).toBe(true);
  });
  test('what names a function that is not there is not there either', () => {
    expect(made.resolved.alarms.map((a) => a.name)).not.toContain('gatemedic-own-receive-errors');
  });
  test.each<[string, Partial<GatemedicProps>, RegExp]>([
    [
      'nobody who may decide',
      { ...none, approverArns: [] },
      /approverArns is \[\]; mode act with receiver none needs at least one IAM principal/,
    ],
    ['people who could not press anything', { ...none, approvers: ['U012AB3CD'] }, /with receiver none there is no button to press/],
    [
      'a principal of another account',
      { approverArns: ['arn:aws:iam::999988887777:user/ada'] },
      /approverArns is "arn:aws:iam::999988887777:user\/ada"; write a principal of this account, 111122223333/,
    ],
    ['everybody', { approverArns: ['*'] }, /approverArns\.0 is "\*"; must be the ARN of a user or an assumed role/],
    ['a role instead of its sessions', { approverArns: ['oncall'] }, /approverArns\.0 is "oncall"; must be the ARN/],
    ['a receiver that is none of the three', { receiver: 'alb' } as unknown as Partial<GatemedicProps>, /receiver is "alb"/],
  ])('%s stops at synth', (_, props, says) => {
    expect(() => synthesise(props)).toThrow(says);
  });
});

test.each([{ receiver: 'http-api' as const }, none])('cdk-nag has nothing to say: %j', (props) => {
  for (const env of [{ account: place.accountId, region: place.region }, undefined]) {
    const app = new App({ analyticsReporting: false, outdir: mkdtempSync(join(tmpdir(), 'gatemedic-nag-')) });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    new Gatemedic(new Stack(app, 'Gatemedic', env ? { env } : {}), 'Gatemedic', { ...settings, code: stubBundles(), ...props });
    expect(() => app.synth()).not.toThrow();
  }
});

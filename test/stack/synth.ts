// Synthesises the real stack for tests: once a file, with stub bundles, for dist/ is a build's output and not needed here.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, type Environment } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Gatemedic } from '../../lib/stack/gatemedic.ts';
import type { GatemedicProps } from '../../lib/stack/props.ts';
import { resolveTemplate, type ResolvedTemplate } from '../../lib/workflow/template.ts';

export const place = { accountId: '111122223333', region: 'us-east-1', stackName: 'Gatemedic' } as const;

export const settings: GatemedicProps = {
  mode: 'act',
  stages: [
    { apiType: 'REST', apiId: 'a1b2c3d4e5', apiName: 'orders', stage: 'prod' },
    { apiType: 'HTTP', apiId: 'f6g7h8i9j0', apiName: 'carts', stage: '$default' },
  ],
  functions: ['arn:aws:lambda:us-east-1:111122223333:function:orders'],
  approvers: ['U012AB3CD'],
  slackChannel: 'C012AB3CD',
  slackTeamId: 'T012AB3CD',
  slackAppId: 'A012AB3CD',
};

/** What CDK finds wrong with a template stops a test, as cdk.json has it stop a synth. */
const context = { '@aws-cdk/core:validateAgainstDefaultRules': true };

/** A folder that stands for dist/. */
export function stubBundles(): Code {
  const folder = mkdtempSync(join(tmpdir(), 'gatemedic-dist-'));
  writeFileSync(join(folder, 'intake.mjs'), 'export const handler = async () => undefined;\n');
  return Code.fromAsset(folder);
}

export interface Synthesised {
  readonly app: App;
  readonly stack: Stack;
  readonly gatemedic: Gatemedic;
  readonly json: Record<string, unknown>;
  readonly resolved: ResolvedTemplate;
}

export function synthesise(
  props: Partial<GatemedicProps> = {},
  env: Environment = { account: place.accountId, region: place.region },
): Synthesised {
  const app = new App({ analyticsReporting: false, context });
  const stack = new Stack(app, 'Gatemedic', { env });
  const gatemedic = new Gatemedic(stack, 'Gatemedic', { ...settings, code: stubBundles(), ...props });
  const json = Template.fromStack(stack).toJSON() as Record<string, unknown>;
  return { app, stack, gatemedic, json, resolved: resolveTemplate(json, place) };
}

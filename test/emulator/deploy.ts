// Deploys the real synthesised template to MiniStack: the bundles to the bootstrap bucket, the template less what MiniStack cannot take,
// one CreateStack. The list of what is taken out is short, explicit, and tested to be exactly that.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { App, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Gatemedic } from '../../lib/stack/gatemedic.ts';
import type { GatemedicProps } from '../../lib/stack/props.ts';
import { resolveTemplate, type ResolvedTemplate } from '../../lib/workflow/template.ts';

export const endpoint = process.env['GATEMEDIC_EMULATOR_URL'] ?? '';
export const place = { accountId: '111122223333', region: 'us-east-1', stackName: 'Gatemedic' } as const;
const root = fileURLToPath(new URL('../..', import.meta.url));
/** The suite's own Python: it has a zip, which Node has not. */
export const python = `${root}.venv/bin/python`;

export interface Json {
  [key: string]: unknown;
}
export interface Template extends Json {
  Resources: Record<string, { Type: string; Properties: Json; [key: string]: unknown }>;
}

/** Resources MiniStack 1.4.21 cannot take, by type, with the reason. None: every resource of the template deploys. */
export const takenOut: readonly { readonly type: string; readonly why: string }[] = [];

/** What is written differently for it, and nothing else: a test compares the two templates with this list. */
export const rewritten = {
  secretRef: 'Ref of a secret answers its name there, its ARN in CloudFormation: GetAtt Arn is asked instead',
  slackApiUrl: 'GATEMEDIC_SLACK_API_URL is set on functions that speak to Slack: there is no slack.com here',
} as const;

/** The template as synthesised, and as MiniStack gets it. */
export function templates(
  props: GatemedicProps,
  slackApiUrl: string,
): { synthesised: Template; deployed: Template; resolved: ResolvedTemplate; assets: readonly { key: string; folder: string }[] } {
  const app = new App({ analyticsReporting: false, outdir: mkdtempSync(join(tmpdir(), 'gatemedic-out-')) });
  const stack = new Stack(app, place.stackName, { env: { account: place.accountId, region: place.region } });
  new Gatemedic(stack, 'Gatemedic', { ...props, code: Code.fromAsset(`${root}dist`) });
  const assembly = app.synth();
  const synthesised = assembly.getStackByName(place.stackName).template as Template;
  const manifest = JSON.parse(readFileSync(join(assembly.directory, `${place.stackName}.assets.json`), 'utf8')) as {
    files: Record<string, { source: { path: string; packaging: string } }>;
  };
  const assets = Object.entries(manifest.files).flatMap(([hash, file]) =>
    file.source.packaging === 'zip' ? [{ key: `${hash}.zip`, folder: join(assembly.directory, file.source.path) }] : [],
  );
  return { synthesised, deployed: adapted(synthesised, slackApiUrl), resolved: resolveTemplate(synthesised, place), assets };
}

function adapted(template: Template, slackApiUrl: string): Template {
  const types = new Set(takenOut.map((t) => t.type));
  const kept = Object.entries(template.Resources).filter(([, r]) => !types.has(r.Type));
  const secrets = new Set(kept.filter(([, r]) => r.Type === 'AWS::SecretsManager::Secret').map(([id]) => id));
  const text = JSON.stringify({ ...template, Resources: Object.fromEntries(kept) }, (_key, value: unknown) => {
    const ref = typeof value === 'object' && value !== null && 'Ref' in value ? String(value.Ref) : undefined;
    return ref !== undefined && secrets.has(ref) ? { 'Fn::GetAtt': [ref, 'Arn'] } : value;
  });
  const copy = JSON.parse(text) as Template;
  for (const r of Object.values(copy.Resources)) {
    const variables = (r.Properties?.['Environment'] as { Variables?: Json } | undefined)?.Variables;
    if (variables && 'GATEMEDIC_SLACK_TOKEN_SECRET_ARN' in variables) variables['GATEMEDIC_SLACK_API_URL'] = slackApiUrl;
  }
  return copy;
}

/** Zips with Python, which the suite has anyway: Node has no zip. */
function zipped(folder: string): Buffer {
  const file = join(mkdtempSync(join(tmpdir(), 'gatemedic-zip-')), 'asset.zip');
  execFileSync(python, ['-m', 'zipfile', '-c', file, ...readdirSync(folder)], { cwd: folder });
  return readFileSync(file);
}

const bucket = `cdk-hnb659fds-assets-${place.accountId}-${place.region}`;
const auth = {
  authorization: `AWS4-HMAC-SHA256 Credential=${place.accountId}/20260101/${place.region}/s3/aws4_request, SignedHeaders=host, Signature=0`,
};

async function put(path: string, body?: Buffer): Promise<void> {
  const answer = await fetch(`${endpoint}/${path}`, { method: 'PUT', headers: auth, ...(body ? { body: new Uint8Array(body) } : {}) });
  if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status} ${await answer.text()}`);
}

export async function deploy(template: Template, assets: readonly { key: string; folder: string }[]): Promise<Record<string, string>> {
  await put(bucket);
  for (const { key, folder } of assets) await put(`${bucket}/${key}`, zipped(folder));
  await new SSMClient({}).send(
    new PutParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String', Overwrite: true }),
  );
  const client = new CloudFormationClient({});
  await client.send(
    new CreateStackCommand({
      StackName: place.stackName,
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
    }),
  );
  for (;;) {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: place.stackName }));
    if (stack?.StackStatus === 'CREATE_COMPLETE')
      return Object.fromEntries((stack.Outputs ?? []).map((o) => [o.OutputKey ?? '', o.OutputValue ?? '']));
    if (!stack?.StackStatus?.endsWith('IN_PROGRESS'))
      throw new Error(`${stack?.StackStatus}: ${stack?.StackStatusReason ?? ''}\n${await reasons(client)}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function reasons(client: CloudFormationClient): Promise<string> {
  const { StackEvents: events = [] } = await client.send(new DescribeStackEventsCommand({ StackName: place.stackName }));
  return events
    .filter((e) => e.ResourceStatus?.endsWith('FAILED'))
    .map((e) => `${e.LogicalResourceId} ${e.ResourceType}: ${e.ResourceStatusReason ?? ''}`)
    .join('\n');
}

/** Deletes the stack; answers the status it ends with. */
export async function remove(): Promise<string> {
  const client = new CloudFormationClient({});
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: place.stackName }));
  await client.send(new DeleteStackCommand({ StackName: place.stackName }));
  for (;;) {
    const { Stacks: [now] = [] } = await client.send(new DescribeStacksCommand({ StackName: stack?.StackId }));
    if (!now?.StackStatus?.endsWith('DELETE_IN_PROGRESS')) return now?.StackStatus ?? 'gone';
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

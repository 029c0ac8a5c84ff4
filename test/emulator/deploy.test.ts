// The real template deploys, and the real bundles run.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeAll, expect, test } from 'vitest';
import { deploy, templates } from './deploy.ts';
import { settings } from '../stack/synth.ts';

const made = templates({ ...settings, stages: [...settings.stages] });
let outputs: Record<string, string>;
beforeAll(async () => {
  outputs = await deploy(made.deployed, made.assets);
});

test('deploys', () => {
  console.log(outputs);
  expect(Object.keys(outputs).length).toBeGreaterThan(4);
});

test('intake', async () => {
  const lambda = new LambdaClient({});
  const out = await lambda.send(new InvokeCommand({ FunctionName: 'gatemedic-intake', Qualifier: 'live', Payload: JSON.stringify({ nonsense: true }) }));
  console.log(out.FunctionError, Buffer.from(out.Payload ?? []).toString());
});

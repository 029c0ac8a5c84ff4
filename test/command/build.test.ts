// The built command line: it starts on its own, answers as the checkout does, and loads neither SDK nor CDK for a recorded case.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildCommand } from '../../scripts/build-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatemedic-built-'));
const one = JSON.stringify({ id: 'a', logs: [{ kind: 'function', lines: ['x Task timed out after 3.00 seconds'] }] });
let entry: string;
beforeAll(async () => {
  entry = await buildCommand(join(folder, 'build'));
});

const run = (file: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [...args, file, 'diagnose', '--input', '-', '--json'], { encoding: 'utf8', input: one });

test('answers as the checkout does', () => {
  const built = run(entry);
  expect([built.status, built.stderr]).toEqual([0, '']);
  expect(built.stdout).toBe(run('bin/gatemedic.ts').stdout);
});

test('a recorded case loads neither SDK nor CDK', () => {
  const trace = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { if (url.startsWith('file:')) process.stderr.write(url + '\\n'); return next(url, context); } });`;
  const { stderr } = run(entry, '--import', `data:text/javascript,${encodeURIComponent(trace)}`);
  const loaded = stderr.split('\n').filter((url) => url.startsWith('file:') && url.endsWith('.mjs'));
  expect(loaded.length).toBeGreaterThan(3);
  const texts = loaded.map((url) => readFileSync(new URL(url), 'utf8'));
  expect(texts.filter((text) => /aws-cdk-lib|smithy|x-amz-user-agent/.test(text)).length).toBe(0);
});

test('package.json names it', () => {
  expect(JSON.parse(readFileSync('package.json', 'utf8'))).toMatchObject({ bin: { gatemedic: 'build/gatemedic.mjs' } });
});

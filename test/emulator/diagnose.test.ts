// `gatemedic diagnose --api` on MiniStack, over the wire, as a new user would: the built command, credentials and endpoint from the environment.
// The page and the saved case rest on what MiniStack answers: the export, the policy, metrics and lines written there by the patient.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../lib/command/answer.ts';
import { buildCommand } from '../../scripts/build-command.ts';
import { failingLines, grant, history, makePatient, revoke, type Patient } from './patient.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatemedic-diagnose-'));
let entry: string;
let shop: Patient;

/** Not spawnSync: the emulator's answers must not wait for this process. */
async function gatemedic(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [entry, 'diagnose', ...args], { env: process.env });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => void child.on('close', resolve));
  return { code, out, err };
}

beforeAll(async () => {
  entry = await buildCommand(join(folder, 'build'));
  shop = await makePatient('diagnosed', false);
  await grant(shop);
});

describe('a permission is lost', () => {
  test('it is confirmed, with the command that mends it, and the saved case says the same again', async () => {
    const now = Date.now();
    await history(shop, now, 3);
    await revoke(shop);
    await failingLines(shop, now - 90_000);
    const saved = join(folder, 'case.json');
    const { code, out, err } = await gatemedic('--api', shop.apiId, '--stage', 'prod', '--json', '--save', saved);
    expect(err).toMatch(/^saved /);
    const answer = JSON.parse(out) as Answer;
    expect(answer).toMatchObject({ cause: 'lambda-permission-missing', certainty: 'confirmed' });
    expect(answer.askedFixes.map((f) => f.fix)).toEqual(['re-add-invoke-permission']);
    expect(JSON.stringify(answer.commands)).toContain('aws lambda add-permission');
    expect(code).toBe(0);
    const again = await gatemedic('--input', saved, '--json');
    expect(JSON.parse(again.out)).toMatchObject({ cause: answer.cause, certainty: answer.certainty, suspects: answer.suspects });
    expect(readFileSync(saved, 'utf8')).not.toContain('AWS4-HMAC');
  });
  test('the page says it in its first line', async () => {
    const { out, code } = await gatemedic('--api', shop.apiId, '--stage', 'prod');
    expect([code, out.split('\n')[0]]).toEqual([
      0,
      'confirmed · lambda-permission-missing: API Gateway is not allowed to call the Lambda function',
    ]);
  });
});

test('what is not there is said in one sentence', async () => {
  const noApi = await gatemedic('--api', 'zzzzzzzzzz', '--stage', 'prod');
  expect(noApi).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^gatemedic: there is no API "zzzzzzzzzz" in us-east-1[^\n]*\n$/),
  });
  const noStage = await gatemedic('--api', shop.apiId, '--stage', 'nowhere');
  expect(noStage).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/has no stage "nowhere"[^\n]*\n$/) });
});

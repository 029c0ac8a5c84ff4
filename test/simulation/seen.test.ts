// A few of the mutants, so that every run shows that the worlds see what is missing; `npm run mutants` runs them all.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../sources.ts';
import { mutantOf } from './mutants/index.ts';
import { templateOfAll } from './shop.ts';
import { frozen } from './template.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatemedic-mutants-'));
const template = join(folder, 'template.json');
beforeAll(() => writeFileSync(template, JSON.stringify(frozen(templateOfAll()))));
afterAll(() => rmSync(folder, { recursive: true }));

const worlds = (id: string): Promise<{ readonly code: number | string | null; readonly out: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, GATEMEDIC_PATCH: JSON.stringify(mutantOf(id)) };
    const args = ['--import', './scripts/mutants/hook.ts', 'scripts/mutants/worlds.ts', template, '300', '1'];
    execFile(process.execPath, args, { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, out: stdout + stderr }),
    );
  });

test.each([
  ['the intent is not written before the first write', /✗ (?:intent-first|decided-first|no-bug|every-change-ends|failures-are-told)/],
  ['guard kill-switch is silent', /✗ /],
  ['guard change-freeze is silent', /✗ calendar/],
  ['guard ask-mode is silent', /✗ /],
  ['anybody may approve', /✗ (?:people-are-approvers|approved-by-an-approver)/],
])('the worlds see it when %s', async (id, law) => {
  const { code, out } = await worlds(id);
  expect(out).toMatch(law);
  expect(code).toBe(1);
});

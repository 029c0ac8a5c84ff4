// Reports of failing functions, of services called without one and of mappings, as people paste them: fragments, flattened tabs, JSON logs, old and new wordings. Written from the
// mechanisms of messages.md, none from the corpus, so that the corpus stays a measure. Each must be named at the first answer.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { diagnoseRecorded } from '../../scripts/score.ts';

const reports = ['reports.jsonl', 'reports-direct.jsonl', 'reports-network.jsonl', 'reports-lambda.jsonl']
  .flatMap((file) => readFileSync(new URL(`./${file}`, import.meta.url), 'utf8').split('\n'))
  .filter((text) => text !== '')
  .map((text) => ({ text, ...(JSON.parse(text) as { readonly id: string; readonly label: string }) }));

it.each(reports.map(({ id, label, text }) => [id, label, text] as const))('%s: %s', async (_, label, text) => {
  const told = await diagnoseRecorded(text);
  expect(told.cause, JSON.stringify(told.suspects, null, 1).slice(0, 2000)).toBe(label);
});

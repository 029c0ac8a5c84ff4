// docs/permissions.md says what the roles allow, now.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { callNames, table } from '../../lib/aws/table.ts';
import { duties } from '../../lib/duties.ts';
import { permissions } from '../../scripts/permissions.ts';

const text = permissions();

test('docs/permissions.md is fresh', () => {
  expect(readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8'), 'run `npm run catalogue`').toBe(text);
});
test('every call that some duty may make stands in it, with its reason and its limits', () => {
  const used = callNames.filter((name) => duties.some((d) => d.calls({ fixes: [] }).includes(name)));
  for (const name of used) expect(text).toContain(`### ${name}\n\n${table[name].why}`);
  for (const wide of used.flatMap((name) => table[name].wide ?? [])) expect(text).toContain(wide);
});
test('only carry-out, farewell and subscribe are said to write', () => {
  const writing = text.split('\n').filter((line) => /^\| [a-z-]+ \|/.test(line) && /`(lambda|logs):(Add|Put|Remove|Delete)/.test(line));
  expect(writing.map((line) => line.split(' ')[1]).filter((d) => !['carry-out', 'farewell', 'subscribe'].includes(d ?? ''))).toEqual([]);
});

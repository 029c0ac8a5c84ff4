// docs/safety.md promises what will never be done; each promise names the law that holds it, and the law is there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './sources.ts';

const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const promises = text('docs/safety.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| never |'))
  .map((line) => line.split(' | '));

/** One law, or several with a dot between: `path`: name · `path`: name |. */
const lawsIn = (cell: string): readonly string[] => cell.replace(/ \|$/, '').split(/ · (?=`test\/)/);
const law = /^`(test\/[\w/.-]+\.ts)`: (.+)$/;

test('every line names its law', () => {
  expect(promises.length).toBeGreaterThan(25);
  for (const [never = '', laws = ''] of promises) {
    expect(never.length, never).toBeGreaterThan(10);
    expect(laws, never).toMatch(/ \|$/);
    for (const one of lawsIn(laws)) expect(one, never).toMatch(law);
  }
});

test.each(promises.flatMap(([never = '', laws = '']) => lawsIn(laws).map((one) => [never.slice(2), one] as const)))('%s: %s', (_, one) => {
  const [, path = '', name = ''] = law.exec(one) ?? [];
  expect(existsSync(join(root, path)), path).toBe(true);
  // a test's name, or that of a room of attacks, as it is written there
  const written = text(path).replaceAll("\\'", "'");
  expect(
    [`'${name}'`, `"${name}"`].some((quoted) => written.includes(quoted)),
    `${path} has no test called ${name}`,
  ).toBe(true);
});

test('the README leads there', () => expect(text('README.md')).toContain('](docs/safety.md)'));

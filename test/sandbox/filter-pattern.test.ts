// Filter patterns as CloudWatch Logs reads them, as far as they are modelled.
import { expect, test } from 'vitest';
import { filterPattern } from '../../lib/sandbox/account/filter-pattern.ts';

test.each([
  ['', 'anything', true],
  ['"Execution failed"', '(id) Execution failed due to', true],
  ['Execution failed', 'failed Execution', true],
  ['"Execution failed"', 'failed Execution', false],
  ['?"a b" ?c', 'xc', true],
  ['?"a b" ?c', 'a', false],
  ['a ?b', 'b', false],
  ['a -b', 'a b', false],
  ['a -b', 'a c', true],
  ['"say \\"x\\""', 'say "x"', true],
  ['{ $.status = 500 }', '{"status":500}', true],
  ['{ $.status = 500 }', '{"status":"500"}', false],
  ['{ $.status = "5*" }', '{"status":"502"}', true],
  ['{ $.status >= 500 && $.api = "a" }', '{"status":503,"api":"a"}', true],
  ['{ ($.status >= 500) || ($.x = "y") }', '{"x":"y"}', true],
  ['{ $.a.b = "c" }', '{"a":{"b":"c"}}', true],
  ['{ $.status = 500 }', 'no json', false],
])('%s on %s', (pattern, message, wanted) => {
  expect(filterPattern(pattern)?.(message)).toBe(wanted);
});

test.each(['[ip, user]', '%regex%', '{ $.x IS NULL }', '{ $.a = 1'])('%s is not known, and said so', (pattern) => {
  expect(filterPattern(pattern)).toBeUndefined();
});

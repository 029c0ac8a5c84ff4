import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clock, code, cut, fence, link, person, plain, sentence, span, usd } from '../../lib/messages/text.ts';

/** What an attacker would write into a request path or a log line. */
const nasty = fc.constantFrom(
  '<!channel>',
  '<!here|x>',
  '<@U0ADA0001>',
  '<https://evil.example|click>',
  '`',
  '```',
  '*',
  '_',
  '~',
  '> ',
  '\n',
  '\r\n',
  '\u2028',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u0000',
  '\u001b[31m',
  '&',
  '&lt;!channel&gt;',
  '<',
  '>',
  '|',
  '@here',
  '@channel',
  '@everyone',
  '#general',
  'https://evil.example',
  '\ud800',
  '\udc00',
  '\u{e0041}',
  '"',
  'arn:aws:x:*/*',
  ' arn:aws:`',
  '🔥',
  ':fire:',
  ')',
  '…',
);
const hostile = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 40 })
  .map((parts) => parts.join(''));

/** No control character, no bidi, no half character: and nothing that Slack reads as < > or &, but its three entities. */
function inert(text: string): void {
  expect(text.isWellFormed()).toBe(true);
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]/);
  expect(text.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
}

describe('text from outside can do nothing', () => {
  test('plain: no mention, link, formatting or new line', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 400 }), (text, max) => {
        const out = plain(text, max);
        inert(out);
        expect(out.length).toBeLessThanOrEqual(max);
        expect(out).not.toMatch(/[`*~\n]|:\/\/|[@#]\w/);
        expect(out).not.toMatch(/(^|[^\p{L}\p{N}])_/u); // nothing opens an _italic_, so nothing closes one
      }),
      { numRuns: 2000 },
    );
  });

  test('code: one code span, which nothing inside can end', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 3, max: 400 }), (text, max) => {
        const out = code(text, max);
        if (out === '') return;
        inert(out);
        expect(out.length).toBeLessThanOrEqual(max);
        expect(out).toMatch(/^`[^`\n]+`$/);
      }),
      { numRuns: 2000 },
    );
  });

  test('fence: one code block, lines kept', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 10, max: 400 }), (text, max) => {
        const out = fence(text, max);
        inert(out.replaceAll('\t', ' ')); // a tab is code too
        expect(out.length).toBeLessThanOrEqual(max);
        expect(out).toMatch(/^```\n[^`]*\n```$/);
      }),
      { numRuns: 1000 },
    );
  });

  test('sentence: quoted values are code, whatever they hold', () => {
    fc.assert(
      fc.property(hostile, hostile, (before, value) => {
        const out = sentence(`${before} "${value}" says so`, 500);
        inert(out);
        expect(out.length).toBeLessThanOrEqual(500);
        expect((out.match(/`/g) ?? []).length % 2).toBe(0);
        expect(out).not.toContain('\n');
        const outside = out.replace(/`[^`]*`/g, '');
        expect(outside).not.toMatch(/[*~]|:\/\/|[@#]\w/);
      }),
      { numRuns: 2000 },
    );
  });

  test('a label cannot end its link', () => {
    fc.assert(
      fc.property(hostile, (label) => {
        expect(link('https://console.aws.amazon.com/x?y=a|b>c', label)).toMatch(/^<https:\/\/[^<>|\s]+\|[^<>|]*>$/);
      }),
    );
  });

  test('a megabyte is cut before it is looked at', () => {
    expect(plain('<!channel> '.repeat(200_000), 300).length).toBeLessThanOrEqual(300);
  });
});

test('what a person reads', () => {
  expect(plain('Invalid permissions on <!channel> `orders` *now* see https://x.example @here')).toBe(
    'Invalid permissions on &lt;!channel&gt; ˋordersˋ ∗now∗ see https:\u2060//x.example @\u2060here',
  );
  expect(code('GET /a`b <c>')).toBe('`GET /aˋb &lt;c&gt;`');
  expect(sentence('the policy of "orders:live" lacks "arn:aws:x:*/GET/a_b"')).toBe(
    'the policy of `orders:live` lacks `arn:aws:x:*/GET/a_b`',
  );
  expect(sentence('a lone " stays text')).toBe('a lone " stays text');
  expect(sentence('changed: allow x from arn:aws:execute-api:us-east-1:1:a1/*/GET/orders, as before')).toBe(
    'changed: allow x from `arn:aws:execute-api:us-east-1:1:a1/*/GET/orders`, as before',
  );
  expect(cut('abcdef', 4)).toBe('abc…');
  expect(cut('abcd', 4)).toBe('abcd');
  expect(plain('my_function_name')).toBe('my_function_name');
});

test('people, times, money', () => {
  expect(person('U0ADA0001')).toBe('<@U0ADA0001>');
  expect(person('!channel> U0')).toBe('`!channel&gt; U0`');
  expect(clock(Date.parse('2026-05-04T03:11:02Z'))).toBe('<!date^1777864262^{time_secs}|03:11:02 UTC>');
  expect([0, 25_400, 60_000, 100_000, 7_500_000, 7_200_000, 90_000_000].map(span)).toEqual([
    '0 s',
    '25 s',
    '1 min',
    '1 min 40 s',
    '2 h 5 min',
    '2 h',
    '1 d 1 h',
  ]);
  expect([0, 0.12, 0.004, 87.6].map(usd)).toEqual(['$0.00', '$0.12', '$0.004', '$87.60']);
});

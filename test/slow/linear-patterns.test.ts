// Text from outside is hostile: every pattern written in a room that reads it costs linear time, whatever the text says, and so does every
// clue's pattern, as it is put together at run time. Those of redaction are held by its own tests.
import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { causes } from '../../lib/causes/index.ts';
import { isLinear } from '../linear.ts';
import { code, text } from '../sources.ts';

/** Rooms that read logs, answers, names and files that somebody else wrote. */
const rooms = /^lib\/(?:causes|model|collectors|signals|stages|messages|command|aws\/recorded)\b/;

interface Pattern {
  readonly source: string;
  readonly flags: string;
}
function patternsIn(path: string): readonly Pattern[] {
  const found: Pattern[] = [];
  const visitor = new Visitor({
    Literal(node) {
      if ('regex' in node) found.push({ source: node.regex.pattern, flags: node.regex.flags });
    },
  });
  visitor.visit(parseSync(path, text(path)).program);
  return found;
}

/** AWS caps an alarm's rule at 10,240 characters, and the pattern at 255 of them a start: checked by hand. */
const byHand = /ALARM\|OK\|INSUFFICIENT_DATA/;

/** The same pattern in two places is checked once. */
const patterns = new Map<string, readonly [where: string, pattern: Pattern]>();
for (const path of code.filter((p) => rooms.test(p)))
  for (const pattern of patternsIn(path)) patterns.set(`/${pattern.source}/${pattern.flags}`, [path, pattern]);
for (const c of causes)
  for (const clue of c.clues) if (clue.kind === 'line') patterns.set(String(clue.line), [`the cause ${c.id}`, clue.line]);

describe('patterns', () => {
  it('are found', () => {
    expect(patterns.size).toBeGreaterThan(60);
  });
  it.each([...patterns].map(([written, [where, pattern]]) => [written, where, pattern] as const))(
    '%s of %s is linear',
    (_, _where, pattern) => {
      expect(isLinear(pattern) || byHand.test(pattern.source)).toBe(true);
    },
  );
});

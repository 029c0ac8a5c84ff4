// The answer among suspects, and what the others are to it: hints name nothing, what is explained steps back, two faults are both told,
// a definition told in parts proves nothing alone, and a cause nobody has heard of needs one file.
import { describe, expect, it } from 'vitest';
import { got, type Gathered } from '../../lib/model/evidence.ts';
import type { Cause, Clue, Verdict } from '../../lib/model/cause.ts';
import { diagnose } from '../../lib/stages/looking/diagnose.ts';
import { at, line, now, span } from '../causes/evidence.ts';

const ref = (kind: 'functionPolicy' | 'deployedApi') => ({ kind, trust: 'aws', says: 'x' }) as const;
const confirmed = (explains?: number, by = [ref('functionPolicy')] as readonly ReturnType<typeof ref>[]): Verdict => ({
  is: 'confirmed',
  facts: { found: true },
  by,
  ...(explains === undefined ? {} : { explains }),
});
const open: Verdict = { is: 'unproven', missing: [] };
const agrees: Verdict = { is: 'unproven', missing: [], facts: {} };
const says = (word: string): Clue => ({ kind: 'line', in: ['execution'], gates: [word], line: new RegExp(word), source: 'messages.md' });
const hints = (word: string): Clue => ({ ...(says(word) as Extract<Clue, { kind: 'line' }>), hint: true });
const shows = (names?: true): Clue => ({
  kind: 'shape',
  in: 'deployedApi',
  title: 'there',
  shape: () => 'it is there',
  source: 'causes.md',
  ...(names ? { names } : {}),
});
const made = (id: string, verdict: Verdict, clues: readonly Clue[], explains: readonly string[] = []): Cause => ({
  id,
  title: id,
  about: { is: '', told: '', withoutLogs: '' },
  looksAt: ['deployedApi'],
  explains,
  clues,
  confirm: () => verdict,
  healed: () => ({ is: 'tooEarly', missing: [] }),
  advice: () => ({ summary: '', steps: [], snippets: [] }),
});
const stage = (partial?: true): Gathered => ({
  deployedApi: got({ routes: [], variables: {}, tags: {}, executionLogging: 'ERROR', ...(partial ? { partial } : {}) }, span, 'aws'),
});
const ask = (causes: readonly Cause[], gathered: Gathered = stage()) => {
  const input = { gathered, at, lines: [line('execution', 'boom and bang')], now };
  const told = diagnose({ ...input, causes });
  expect(diagnose({ ...input, causes: causes.toReversed() })).toEqual(told);
  return told;
};

describe('what nothing proves', () => {
  it.each([
    ['a hint alone', [hints('boom')], open],
    ['a shape alone', [shows()], open],
    ['a hint and a shape', [hints('boom'), shows()], open],
  ] as const)('%s names nothing', (_, clues, verdict) => {
    const told = ask([made('a', verdict, clues)]);
    expect(told).toMatchObject({ cause: 'unknown', certainty: 'unknown', suspects: [{ id: 'a' }] });
  });
  it('a line speaks plainer than evidence that agrees, and that plainer than a hint', () => {
    const said = made('z-said', open, [says('boom')]);
    const agreed = made('m-agreed', agrees, [hints('boom')]);
    const hinted = made('a-hinted', open, [hints('boom'), shows()]);
    expect(ask([hinted, agreed, said]).cause).toBe('z-said');
    expect(ask([hinted, agreed]).cause).toBe('m-agreed');
  });
  it('a shape may name a cause as a line does', () => {
    expect(ask([made('a', open, [shows(true)])])).toMatchObject({ cause: 'a', certainty: 'suspected' });
  });
  it('steps back behind what explains it and is said as plainly', () => {
    const effect = made('a-effect', agrees, [says('boom')]);
    expect(ask([effect, made('z-root', open, [says('bang')], ['a-effect'])])).toMatchObject({
      cause: 'z-root',
      consequences: ['a-effect'],
    });
    expect(ask([effect, made('z-root', agrees, [hints('bang')], ['a-effect'])])).toMatchObject({ cause: 'a-effect', behind: ['z-root'] });
  });
  it('is decided also where two explain each other', () => {
    const told = ask([made('b', open, [says('boom')], ['a']), made('a', open, [says('boom')], ['b'])]);
    expect(told.cause).toBe('a');
  });
});

describe('what is proven', () => {
  it('follows from its root, through what stands between', () => {
    const told = ask([
      made('a-last', confirmed(9), [says('boom')]),
      made('m-middle', confirmed(9), [says('boom')], ['a-last']),
      made('z-root', confirmed(1), [says('boom')], ['m-middle']),
    ]);
    expect(told).toMatchObject({ cause: 'z-root', certainty: 'confirmed', consequences: ['a-last', 'm-middle'] });
    expect(told).not.toHaveProperty('besides');
  });
  it('stands beside another fault that it does not explain', () => {
    const told = ask([made('a', confirmed(10), [says('boom')]), made('b', confirmed(90), [says('boom')])]);
    expect(told).toMatchObject({ cause: 'b', besides: ['a'] });
    expect(told).not.toHaveProperty('consequences');
  });
  it('may have something behind it that nothing proves yet', () => {
    expect(ask([made('a', confirmed(), [says('boom')]), made('b', open, [says('bang')], ['a'])])).toMatchObject({
      cause: 'a',
      certainty: 'confirmed',
      behind: ['b'],
    });
  });
  it('is not proven by a definition told in parts alone', () => {
    const cause = (by: readonly ReturnType<typeof ref>[]) => made('a', confirmed(1, by), [shows()]);
    expect(ask([cause([ref('deployedApi')])], stage(true))).toMatchObject({ cause: 'a', certainty: 'suspected' });
    expect(ask([cause([ref('deployedApi')])], stage())).toMatchObject({ certainty: 'confirmed' });
    expect(ask([cause([ref('deployedApi'), ref('functionPolicy')])], stage(true))).toMatchObject({ certainty: 'confirmed' });
  });
});

it('finds a made-up cause beside the catalogue’s', async () => {
  const { causes } = await import('../../lib/causes/index.ts');
  const mice = made('cable-eaten-by-mice', confirmed(100), [says('bang')]);
  expect(ask([...causes, mice])).toMatchObject({ cause: 'cable-eaten-by-mice', certainty: 'confirmed' });
});

it('quotes the words where they stand', () => {
  const long = `${'x'.repeat(1000)} boom ${'y'.repeat(1000)}`;
  const { suspects } = diagnose({ gathered: {}, at, lines: [line('execution', long)], now, causes: [made('a', open, [says('boom')])] });
  expect(suspects[0]?.clues[0]?.quote).toMatch(/^…x{10,80} boom y{100,}/);
});

// The same report pasted otherwise is the same fault: encoded as a page shows it, flattened, broken, padded, in another order, among
// ordinary lines. None of it changes an answer.
import { describe, expect, it } from 'vitest';
import { corpus, diagnoseRecorded } from '../../scripts/score.ts';

interface Pasted {
  readonly id: string;
  readonly logs?: readonly { readonly kind: string; readonly lines: readonly string[] }[] | null;
}
type Log = NonNullable<Pasted['logs']>[number];

const encode = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
/** What stands in any log while all is well. */
const ordinary: Readonly<Record<string, readonly string[]>> = {
  execution: ['(0b59a014-da05-49a0-98c3-fe2ac06de4fd) Method request path: {}', '(0b59a014-da05-49a0-98c3-fe2ac06de4fd) Successfully completed execution'],
  access: ['203.0.113.9 - - [12/Oct/2026:13:57:46 +0000] "GET /health HTTP/1.1" 200 12 abc='],
  function: ['START RequestId: 0b59a014-da05-49a0-98c3-fe2ac06de4fd Version: 7', '2026-10-12T13:57:46.000Z 0b59a014-da05-49a0-98c3-fe2ac06de4fd INFO ready'],
};
const each = (change: (log: Log) => Log) => (one: Pasted) => ({ ...one, logs: (one.logs ?? []).map(change) });
const ways: Readonly<Record<string, (one: Pasted) => Pasted>> = {
  'encoded as HTML': each((log) => ({ ...log, lines: log.lines.map(encode) })),
  'an execution log in one line': each((log) => (log.kind === 'execution' ? { ...log, lines: [log.lines.join(' ')] } : log)),
  'one text with line breaks': each((log) => ({ ...log, lines: [log.lines.join('\n')] })),
  'the logs in another order': (one) => ({ ...one, logs: (one.logs ?? []).toReversed() }),
  padded: each((log) => ({ ...log, lines: log.lines.map((line) => `  ${line}  `) })),
  'among ordinary lines': each((log) => ({ ...log, lines: [...(ordinary[log.kind] ?? []), ...log.lines, ...(ordinary[log.kind] ?? [])] })),
};

const texts = corpus()
  .split('\n')
  .filter((line) => line.trim() !== '');
const answer = async (text: string): Promise<string> => {
  const { cause, certainty } = await diagnoseRecorded(text);
  return `${certainty} ${cause}`;
};
const asReported = Promise.all(texts.map(answer));

describe('pasted otherwise', () => {
  it.each(Object.entries(ways))('%s', async (_, way) => {
    const told = await asReported;
    const changed: string[] = [];
    for (const [n, text] of texts.entries()) {
      const one = JSON.parse(text) as Pasted;
      const again = await answer(JSON.stringify(way(one)));
      if (again !== told[n]) changed.push(`${one.id}: ${told[n]} → ${again}`);
    }
    expect(changed).toEqual([]);
  });
});

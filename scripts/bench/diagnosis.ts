// What a diagnosis takes: the recorded cases in a process that is up, and every breakage of the sandbox as a live look would find it,
// with the stage's logs and without: how long after the first failure, with how many calls to AWS.
import { breakages } from '../../lib/demo/breakages/index.ts';
import type { Diagnosis } from '../../lib/model/cause.ts';
import { readCase } from '../../lib/aws/recorded.ts';
import { brokenShop } from '../../test/stages/broken-shop.ts';
import { corpus, diagnoseCase } from '../score.ts';
import { count, fixed, median, type Table } from './table.ts';

const second = 1000;
/** Median milliseconds for one case, the process up (issue 3). */
const goalMs = 5;
const rounds = 5;

export async function recordedTable(): Promise<Table> {
  const cases = corpus()
    .split('\n')
    .flatMap((line) => {
      const read = line.trim() === '' ? undefined : readCase(line);
      return read?.ok ? [read.value] : [];
    });
  const took: number[] = [];
  for (let n = 0; n <= rounds; n++)
    for (const one of cases) {
      const began = performance.now();
      await diagnoseCase(one);
      // the first round warms up
      if (n > 0) took.push(performance.now() - began);
    }
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): string => fixed(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
  const middle = median(took);
  return {
    title: 'One recorded case',
    says: [`Every case of test/corpus/dev.jsonl, ${rounds} times, in a process that is up. Goal: a median below ${goalMs} ms.`],
    head: ['cases', 'median ms', '95 % ms', 'most ms', 'goal'],
    rows: [[count(took.length), fixed(middle), at(0.95), at(1), middle < goalMs ? 'met' : 'missed']],
  };
}

/** Looked at so often until the cause is named. */
const everyMs = 20 * second;
const longestMs = 300 * second;

export interface LookedAt {
  readonly breakage: string;
  readonly cause: string;
  readonly logs: boolean;
  /** When the cause was first named, and when it stood as sure as it became. */
  readonly namedMs: number | null;
  readonly settledMs: number | null;
  readonly certainty: Diagnosis['certainty'];
  /** Calls of the look that settled it, and which services they went to. */
  readonly calls: number;
}

/** Looks at one breakage as it unfolds. */
export async function lookAt(id: string, logs: boolean): Promise<LookedAt> {
  const told = breakages.find((b) => b.id === id);
  if (!told) throw new Error(`no breakage ${id}; the bench takes them from lib/demo/breakages`);
  const goal = (logs ? undefined : told.withoutLogs) ?? { cause: told.cause, certainty: told.certainty ?? 'confirmed' };
  const broken = await brokenShop(id, { logs });
  let namedMs: number | null = null;
  for (let ms = everyMs; ms <= longestMs; ms += everyMs) {
    const { diagnosis, calls } = await broken.look(ms);
    const { cause, certainty } = diagnosis;
    if (cause === told.cause) namedMs ??= ms;
    const settled = cause === goal.cause && certainty === goal.certainty;
    if (settled || ms === longestMs)
      return { breakage: id, cause: told.cause, logs, namedMs, settledMs: settled ? ms : null, certainty, calls };
  }
  throw new Error('no look at all');
}

export function lookedAtTable(looked: readonly LookedAt[]): Table {
  const shown = (l: LookedAt | undefined): readonly string[] =>
    l ? [secondsOf(l.namedMs), secondsOf(l.settledMs), l.certainty, String(l.calls)] : ['–', '–', '–', '–'];
  return {
    title: 'Every cause, live',
    says: [
      `Each breakage of the sandbox, looked at every ${everyMs / second} s from its first failure on: simulated seconds until the cause was named, and until it was as sure as it can be (a multiple of ${everyMs / second}); how sure that is; and the calls to AWS of that one look. First with the stage’s logs, then without. Metrics, logs and CloudTrail are as late as in an account.`,
    ],
    head: ['cause', 'breakage', 'named s', 'settled s', 'certainty', 'calls', 'no logs: named s', 'settled s', 'certainty', 'calls'],
    rows: breakages
      .toSorted((a, b) => (a.cause < b.cause ? -1 : a.cause > b.cause ? 1 : a.id < b.id ? -1 : 1))
      .map((b) => [
        b.cause,
        b.id,
        ...shown(looked.find((l) => l.breakage === b.id && l.logs)),
        ...shown(looked.find((l) => l.breakage === b.id && !l.logs)),
      ]),
  };
}
const secondsOf = (ms: number | null): string => (ms === null ? '–' : String(ms / second));

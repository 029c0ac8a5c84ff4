// Scores the diagnosis on the recorded cases: how often the first answer is right, whether a fix would have run on a wrong one,
// whether a wrong one was called confirmed. `node scripts/score.ts [file.jsonl] [--verbose]`.
import { readFileSync } from 'node:fs';
import { awsClient } from '../lib/aws/client.ts';
import { readCase, recorded, recordedAt } from '../lib/aws/recorded.ts';
import { causes } from '../lib/causes/index.ts';
import { duties } from '../lib/duties.ts';
import { fixes } from '../lib/fixes/index.ts';
import type { Diagnosis } from '../lib/model/cause.ts';
import { defaults } from '../lib/model/installation.ts';
import { examine } from '../lib/stages/looking/examine.ts';

interface Labelled {
  readonly id: string;
  readonly label: string;
  readonly alsoAccepted?: readonly string[];
  readonly plausible?: readonly string[];
  readonly hard?: boolean;
}
export interface Scored {
  readonly id: string;
  readonly label: string;
  readonly hard: boolean;
  readonly covered: boolean;
  readonly cause: string;
  readonly certainty: Diagnosis['certainty'];
  readonly right: boolean;
  readonly harm: boolean;
  readonly confirmedWrong: boolean;
}
export interface Score {
  readonly cases: readonly Scored[];
  readonly covered: number;
  readonly top1: number;
  readonly abstained: number;
  readonly hard: number;
  readonly harm: number;
  readonly confirmedWrong: number;
}

/** Diagnoses one recorded case as production would: scored fields are not seen. */
export async function diagnoseRecorded(text: string): Promise<Diagnosis> {
  const read = readCase(text);
  if (!read.ok) throw new Error(read.error);
  const { at, lines, window, attempt } = recorded(read.value);
  const declared = duties.find((d) => d.id === 'investigate')?.calls({ fixes: [] }) ?? [];
  const aws = awsClient({ attempt, declared, random: () => 0, clock: { now: () => recordedAt, sleep: () => Promise.resolve() } });
  const { diagnosis } = await examine({ aws, now: () => recordedAt }, { at, lines, window, budget: defaults.callBudget });
  return diagnosis;
}

async function scoreOne(text: string): Promise<Scored> {
  const one = JSON.parse(text) as Labelled;
  const { cause, certainty } = await diagnoseRecorded(text);
  const accepted = [one.label, ...(one.alsoAccepted ?? [])];
  const hard = one.hard === true;
  const right = accepted.includes(cause) || (hard && (cause === 'unknown' || (one.plausible ?? []).includes(cause)));
  const wouldRun = certainty === 'confirmed' && fixes.some((f) => f.treats.includes(cause));
  return {
    id: one.id,
    label: one.label,
    hard,
    covered: causes.some((c) => c.id === one.label),
    cause,
    certainty,
    right,
    harm: wouldRun && !accepted.includes(cause),
    confirmedWrong: certainty === 'confirmed' && !accepted.includes(cause),
  };
}

/** Scores every case of a file of JSON lines. */
export async function score(jsonLines: string): Promise<Score> {
  const cases = await Promise.all(
    jsonLines
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(scoreOne),
  );
  const ours = cases.filter((c) => c.covered && !c.hard);
  const hard = cases.filter((c) => c.hard);
  return {
    cases,
    covered: ours.length,
    top1: ours.filter((c) => c.right).length,
    hard: hard.length,
    abstained: hard.filter((c) => c.right).length,
    harm: cases.filter((c) => c.harm).length,
    confirmedWrong: cases.filter((c) => c.confirmedWrong).length,
  };
}

/** The recorded cases that come with the project. */
export const corpus = (): string => readFileSync(new URL('../test/corpus/dev.jsonl', import.meta.url), 'utf8');

function report(s: Score, verbose: boolean): string {
  const others = s.cases.filter((c) => !c.covered && !c.hard);
  const shown = s.cases.filter((c) => verbose || c.harm || c.confirmedWrong || (c.covered && !c.hard && !c.right));
  return [
    `covered labels, not hard: ${s.top1} of ${s.covered} right at the first answer (${((100 * s.top1) / Math.max(1, s.covered)).toFixed(0)} %)`,
    `hard cases: ${s.abstained} of ${s.hard} answered rightly or left open`,
    `labels not covered: ${others.length}, of which ${others.filter((c) => c.cause === 'unknown').length} left unknown`,
    `harm ${s.harm}, confirmed but wrong ${s.confirmedWrong}`,
    ...shown.map((c) => `  ${c.id} ${c.label}${c.hard ? ' (hard)' : ''}: ${c.certainty} ${c.cause}`),
  ].join('\n');
}

if (import.meta.main) {
  const file = process.argv.slice(2).find((arg) => !arg.startsWith('--'));
  process.stdout.write(
    `${report(await score(file === undefined ? corpus() : readFileSync(file, 'utf8')), process.argv.includes('--verbose'))}\n`,
  );
}

// Scores the diagnosis on recorded cases: how often the first answer is right (and by label: macro-F1), how often an undecidable case is
// left open, whether a fix would do harm, whether a wrong answer was called confirmed. `node scripts/score.ts [file.jsonl] [--verbose]`.
import { readFileSync } from 'node:fs';
import { awsClient } from '../lib/aws/client.ts';
import { readCase, recorded, type RecordedCase } from '../lib/aws/recorded.ts';
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
  readonly cause: string;
  readonly certainty: Diagnosis['certainty'];
  readonly right: boolean;
  readonly harm: boolean;
  readonly confirmedWrong: boolean;
  /** Other suspects that were left open: where the right one might have been. */
  readonly others: readonly string[];
}
/** A share as "so many of so many". */
export interface Share {
  readonly right: number;
  readonly of: number;
}
export interface Score {
  readonly cases: readonly Scored[];
  /** Of the cases that can be told. */
  readonly top1: Share;
  readonly macroF1: number;
  /** Of the hard cases: right in the README's sense, unknown included. */
  readonly hard: Share;
  readonly harm: number;
  readonly confirmedWrong: number;
}

export const ratio = ({ right, of }: Share): number => (of === 0 ? 1 : right / of);

const declared = duties.find((d) => d.id === 'investigate')?.calls({ fixes: [] }) ?? [];

/** Diagnoses one recorded case as production would. */
export async function diagnoseCase(one: RecordedCase): Promise<Diagnosis> {
  const { attempt, now, probes, ...what } = recorded(one);
  const aws = awsClient({ attempt, declared, random: () => 0, clock: { now: () => now, sleep: () => Promise.resolve() } });
  return (await examine({ aws, now: () => now, installation: { probes } }, { ...what, budget: defaults.callBudget })).diagnosis;
}

/** The same from JSON text: fields that are scored are not seen. */
export async function diagnoseRecorded(text: string): Promise<Diagnosis> {
  const read = readCase(text);
  if (!read.ok) throw new Error(read.error);
  return diagnoseCase(read.value);
}

async function scoreOne(text: string): Promise<Scored> {
  const one = JSON.parse(text) as Labelled;
  const { cause, certainty, suspects } = await diagnoseRecorded(text);
  const accepted = [one.label, ...(one.alsoAccepted ?? [])];
  const hard = one.hard === true;
  const sure = certainty === 'confirmed';
  const left = cause === 'unknown' || (one.plausible ?? []).includes(cause);
  return {
    id: one.id,
    label: one.label,
    hard,
    cause,
    certainty,
    right: accepted.includes(cause) || (hard && left && !sure),
    harm: sure && fixes.some((f) => f.treats.includes(cause) && !accepted.some((id) => f.treats.includes(id))),
    confirmedWrong: sure && !accepted.includes(cause),
    others: suspects.filter((s) => s.id !== cause && s.verdict.is !== 'ruledOut').map((s) => s.id),
  };
}

/** Scores every case of a file of JSON lines. */
export async function score(jsonLines: string): Promise<Score> {
  const lines = jsonLines.split('\n').filter((line) => line.trim() !== '');
  const cases: Scored[] = [];
  for (const line of lines) cases.push(await scoreOne(line));
  const told = cases.filter((c) => !c.hard);
  return {
    cases,
    top1: shareOf(told),
    macroF1: macroF1(told),
    hard: shareOf(cases.filter((c) => c.hard)),
    harm: cases.filter((c) => c.harm).length,
    confirmedWrong: cases.filter((c) => c.confirmedWrong).length,
  };
}

const shareOf = (cases: readonly Scored[]): Share => ({ right: cases.filter((c) => c.right).length, of: cases.length });

/** An accepted answer counts as the label itself. */
const answerOf = (c: Scored): string => (c.right ? c.label : c.cause);

/** The mean over the labels of 2·tp / (2·tp + fp + fn): rare causes count as much as common ones. */
function macroF1(cases: readonly Scored[]): number {
  const labels = [...new Set(cases.map((c) => c.label))];
  const f1 = labels.map((label) => {
    const hit = cases.filter((c) => c.label === label && c.right).length;
    const missed = cases.filter((c) => c.label === label).length - hit;
    const wrongly = cases.filter((c) => c.label !== label && answerOf(c) === label).length;
    return (2 * hit) / (2 * hit + missed + wrongly);
  });
  return f1.reduce((sum, value) => sum + value, 0) / Math.max(1, f1.length);
}

/** The recorded cases that come with the project. */
export const corpus = (): string => readFileSync(new URL('../test/corpus/dev.jsonl', import.meta.url), 'utf8');

const percent = (share: Share): string => `${share.right} of ${share.of} (${(100 * ratio(share)).toFixed(1)} %)`;

/** The figures in a few lines. */
export const figures = (s: Score): string =>
  [
    `top-1 ${percent(s.top1)} of the cases that can be told, macro-F1 ${s.macroF1.toFixed(3)}`,
    `hard cases: ${percent(s.hard)} answered rightly or left open`,
    `harm ${s.harm}, confirmed but wrong ${s.confirmedWrong}`,
  ].join('\n');

/** What was answered for what, where they differ: one line a pair, the most frequent first. */
function confusion(cases: readonly Scored[]): readonly string[] {
  const pairs = new Map<string, number>();
  for (const c of cases) if (!c.right) pairs.set(`${c.label} → ${c.cause}`, (pairs.get(`${c.label} → ${c.cause}`) ?? 0) + 1);
  return [...pairs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([pair, n]) => `  ${String(n).padStart(3)} × ${pair}`);
}

/** Worst first: harm, then wrong and confirmed, then wrong, then what was left unknown. */
const badness = (c: Scored): number => (c.harm ? 4 : c.confirmedWrong ? 3 : c.right ? 0 : c.cause === 'unknown' ? 1 : 2);

function report(s: Score, verbose: boolean): string {
  const shown = s.cases
    .filter((c) => verbose || badness(c) > 0)
    .toSorted((a, b) => badness(b) - badness(a) || (a.label < b.label ? -1 : 1));
  const lines = shown.map(
    (c) =>
      `  ${c.id} ${c.label}${c.hard ? ' (hard)' : ''}: ${c.certainty} ${c.cause}${c.others.length > 0 ? `; open: ${c.others.join(', ')}` : ''}`,
  );
  const table = confusion(s.cases);
  return [
    figures(s),
    ...(table.length > 0 ? ['confusion:', ...table] : []),
    ...(lines.length > 0 ? [verbose ? 'cases:' : 'worst cases:', ...lines] : []),
  ].join('\n');
}

if (import.meta.main) {
  const file = process.argv.slice(2).find((arg) => !arg.startsWith('--'));
  const scored = await score(file === undefined ? corpus() : readFileSync(file, 'utf8'));
  process.stdout.write(`${report(scored, process.argv.includes('--verbose'))}\n`);
}

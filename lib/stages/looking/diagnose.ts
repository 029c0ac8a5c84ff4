// Diagnosis: clues make suspects, each suspect's own test gives a verdict, one cause is the root. Pure, and free of the order
// of the catalogue: shuffling it changes nothing.
import { causes as catalogue } from '../../causes/index.ts';
import type { StageRef } from '../../model/api.ts';
import type { Cause, CauseId, Diagnosis, Suspect, Verdict } from '../../model/cause.ts';
import { functionsLookedAt, functionsOf } from '../../model/deployed.ts';
import { missing, type Evidence, type EvidenceKind, type EvidenceSet, type Gathered, type MissingRef } from '../../model/evidence.ts';
import { metricLagMs, minuteMs, minuteOf } from '../../model/series.ts';
import type { LogLine } from '../../model/signal.ts';
import { allLines, hitsOf, type Hit } from './clues.ts';
import { probeFor } from './probe.ts';

export interface DiagnoseInput {
  readonly gathered: Gathered;
  readonly at: StageRef;
  readonly lines: readonly LogLine[];
  readonly now: number;
  /** The last failure any signal told of: quiet before it proves nothing. */
  readonly lastFailureAt?: number;
  /** Set when everything was looked at because no suspect was left: then a confirmation needs no clue. */
  readonly widened?: boolean;
  readonly causes?: readonly Cause[];
}

interface Judged {
  readonly cause: Cause;
  readonly hits: readonly Hit[];
  readonly verdict: Verdict;
}

/** The causes that the evidence so far makes suspects. */
export function suspectsOf(input: Omit<DiagnoseInput, 'now'>): readonly Cause[] {
  const lines = allLines(input.gathered, input.lines);
  return (input.causes ?? catalogue).filter((cause) => hitsOf(cause, input.gathered, lines, input.at).length > 0);
}

/** Suspects, verdicts, root, certainty, and what is missing. */
export function diagnose(input: DiagnoseInput): Diagnosis {
  const judged = judge(input);
  const root = rootOf(judged.filter((j) => j.verdict.is === 'confirmed'));
  const best = root ?? bestGuess(judged.filter((j) => j.verdict.is === 'unproven'));
  const missed = missedIn(input, judged, root !== undefined);
  const failing = failingNow(input);
  const probe = root ? undefined : probeFor(missed, input.at);
  return {
    cause: best?.cause.id ?? 'unknown',
    certainty: root ? 'confirmed' : best ? 'suspected' : 'unknown',
    at: input.now,
    suspects: judged.map(suspectOf),
    ...(failing === undefined ? {} : { failing }),
    missing: missed,
    ...(probe === undefined ? {} : { nextProbe: probe }),
  };
}

const suspectOf = ({ cause, hits, verdict }: Judged): Suspect => ({ id: cause.id, clues: hits.map((h) => h.clue), verdict });
const byId = (a: Judged, b: Judged): number => (a.cause.id < b.cause.id ? -1 : a.cause.id > b.cause.id ? 1 : 0);

function judge(input: DiagnoseInput): readonly Judged[] {
  const lines = allLines(input.gathered, input.lines);
  const all = (input.causes ?? catalogue).map((cause) => ({ cause, hits: hitsOf(cause, input.gathered, lines, input.at) }));
  const looked = all
    .filter(({ hits }) => hits.length > 0 || input.widened === true)
    .map((j) => ({ ...j, verdict: j.cause.confirm(seen(j.cause, input.gathered), input.at) }));
  return looked.filter((j) => j.hits.length > 0 || j.verdict.is === 'confirmed' || agrees(j.verdict)).sort(byId);
}

/** Not proven, but what was found agrees with it. */
const agrees = (verdict: Verdict): boolean => verdict.is === 'unproven' && verdict.facts !== undefined;

/** What a cause may see: the kinds it looks at, and *missing* for those that were not asked for. */
export const seen = (cause: Pick<Cause, 'looksAt'>, gathered: Gathered): EvidenceSet<EvidenceKind> =>
  Object.fromEntries(
    cause.looksAt.map((kind) => [kind, gathered[kind] ?? missing('empty', `${kind} was not looked at`)]),
  ) as EvidenceSet<EvidenceKind>;

/** A confirmed cause that another one explains is its consequence. Of what is left, the one that explains most failures; then by id. */
function rootOf(confirmed: readonly Judged[]): Judged | undefined {
  const explained = new Set<CauseId>(confirmed.flatMap((j) => j.cause.explains ?? []));
  const roots = confirmed.filter((j) => !explained.has(j.cause.id));
  return [...(roots.length > 0 ? roots : confirmed)].sort((a, b) => failuresOf(b) - failuresOf(a) || byId(a, b))[0];
}
const failuresOf = ({ verdict }: Judged): number => (verdict.is === 'confirmed' ? (verdict.explains ?? 0) : 0);

/** A guess worth naming needs a line, or evidence that agrees with it; a shape alone fits too many causes. */
function bestGuess(unproven: readonly Judged[]): Judged | undefined {
  const scored = unproven.map((j) => ({ j, score: scoreOf(j) })).filter(({ score }) => score >= named);
  return scored.sort((a, b) => b.score - a.score || byId(a.j, b.j))[0]?.j;
}
const named = 6;
/** A line is worth most: the gateway or Lambda says it in so many words. Then evidence that agrees, then the number of clues. */
const scoreOf = ({ hits, verdict }: Judged): number =>
  (hits.some((h) => h.from === 'line') ? 8 : 0) + (agrees(verdict) ? 6 : 0) + hits.length;

/** What was asked for and not had; with a confirmed cause only what was really refused, so that a person sees the gaps that matter. */
function missedIn(input: DiagnoseInput, judged: readonly Judged[], settled: boolean): readonly MissingRef[] {
  const gaps = Object.entries(input.gathered).flatMap(([kind, evidence]) => gapsOf(kind as EvidenceKind, evidence));
  const open = settled ? [] : judged.flatMap((j) => (j.verdict.is === 'unproven' ? j.verdict.missing : []));
  const all = [...gaps, ...beyondTen(input.gathered), ...open];
  return [...new Map(all.map((m) => [`${m.kind} ${m.why} ${m.detail}`, m])).values()].sort((a, b) =>
    a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.detail < b.detail ? -1 : 1,
  );
}

function gapsOf(kind: EvidenceKind, evidence: Evidence<unknown>): readonly MissingRef[] {
  if (evidence.state === 'missing') return [{ kind, why: evidence.why, detail: evidence.detail }];
  const partly = evidence.value as { readonly notHad?: Readonly<Record<string, { why: MissingRef['why']; detail: string }>> };
  return Object.entries(partly.notHad ?? {}).map(([key, m]) => ({ kind, why: m.why, detail: `${key}: ${m.detail}` }));
}

function beyondTen(gathered: Gathered): readonly MissingRef[] {
  const api = gathered.deployedApi;
  const count = api?.state === 'got' ? functionsOf(api.value).length : 0;
  return count > functionsLookedAt
    ? [
        {
          kind: 'functionConfig',
          why: 'overBudget',
          detail: `${count - functionsLookedAt} of ${count} functions of this stage were not looked at`,
        },
      ]
    : [];
}

/** The minutes that tell whether it fails *now*: the last two that are complete, and what is there of the newer ones. */
const recentMs = 2 * minuteMs;

/** Whether the stage fails now, by its own metrics; undefined when they do not tell: no traffic, too early, not had. */
export function failingNow(input: Pick<DiagnoseInput, 'gathered' | 'now' | 'lastFailureAt' | 'lines'>): boolean | undefined {
  const metrics = input.gathered.gatewayMetrics;
  if (metrics?.state !== 'got') return undefined;
  const complete = minuteOf(input.now - metricLagMs);
  const { count, serverErrors } = metrics.value;
  const failed = serverErrors.at.filter((_, i) => (serverErrors.values[i] ?? 0) > 0);
  if (failed.some((at) => at >= complete - recentMs)) return true;
  const lastFailureAt = Math.max(input.lastFailureAt ?? 0, ...input.lines.map((line) => line.at), ...failed);
  const quiet = count.at.filter((at, i) => at > lastFailureAt && at < complete && (count.values[i] ?? 0) > 0);
  return quiet.length >= 2 ? false : undefined;
}

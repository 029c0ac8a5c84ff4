// Diagnosis: clues make suspects, each suspect's own test gives a verdict, one cause is the root. Pure, and free of the order
// of the catalogue: shuffling it changes nothing.
import { collectors } from '../../collectors/index.ts';
import { causes as catalogue } from '../../causes/index.ts';
import type { StageRef } from '../../model/api.ts';
import type { Cause, Diagnosis, Suspect, Verdict } from '../../model/cause.ts';
import { functionsLookedAt, functionsOf } from '../../model/deployed.ts';
import {
  missing,
  notLookedAt,
  type Evidence,
  type EvidenceKind,
  type EvidenceRef,
  type EvidenceSet,
  type Gathered,
  type Missing,
  type MissingRef,
} from '../../model/evidence.ts';
import { kindOfLog } from '../../model/kinds/log.ts';
import { metricLagMs, minuteMs, minuteOf } from '../../model/series.ts';
import type { LogLine } from '../../model/signal.ts';
import { allLines, distinct, firstLines, hitsOf } from './clues.ts';
import { probeFor } from './probe.ts';
import { agrees, answerIn, aroundIt, type Judged } from './rank.ts';

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

/** Suspects, verdicts, root, certainty, and what is missing. */
export function diagnose(input: DiagnoseInput, known?: Known): Diagnosis {
  const judged = suspectsIn(judge(input, known));
  const answer = answerIn(judged);
  const sure = answer?.verdict.is === 'confirmed';
  const missed = missedIn(input, judged, sure);
  const failing = failingNow(input);
  const probe = sure ? undefined : probeFor(missed, input.at);
  return {
    cause: answer?.cause.id ?? 'unknown',
    certainty: answer === undefined ? 'unknown' : sure ? 'confirmed' : 'suspected',
    at: input.now,
    suspects: judged.map(suspectOf),
    ...(answer ? aroundIt(answer, judged) : {}),
    ...(failing === undefined ? {} : { failing }),
    missing: missed,
    ...(probe === undefined ? {} : { nextProbe: probe }),
  };
}

const suspectOf = ({ cause, hits, verdict }: Judged): Suspect => ({ id: cause.id, clues: hits.map((h) => h.clue), verdict });

/** What was judged of each cause within one look, and the evidence it rests on: it is judged anew only when some of that is new. */
export interface Known {
  readonly causes: Map<string, Before>;
  lines?: { readonly on: readonly unknown[]; readonly first: ReturnType<typeof firstLines> };
}
interface Before {
  readonly on: readonly unknown[];
  readonly hits: Judged['hits'];
  verdict?: Verdict;
}
export const nothingKnown = (): Known => ({ causes: new Map() });

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length && a.every((one, n) => one === b[n]);

/** The causes that have a clue (all of them once it is widened), and what each one's own test says. In order of id. */
export function judge(input: Omit<DiagnoseInput, 'now'>, known: Known = nothingKnown()): readonly Judged[] {
  const { gathered, at } = input;
  const causes = input.causes ?? catalogue;
  const told = (cause: Cause): Before => {
    const on = restsOn(cause).map((kind) => gathered[kind]);
    const before = known.causes.get(cause.id);
    if (before && isSame(on, before.on)) return before;
    const now: Before = { on, hits: hitsOf(cause, gathered, linesOf(input, causes, known), at) };
    known.causes.set(cause.id, now);
    return now;
  };
  return causes
    .map((cause) => ({ cause, so: told(cause) }))
    .filter(({ so }) => so.hits.length > 0 || input.widened === true)
    .map(({ cause, so }) => {
      so.verdict ??= fromParts(cause.confirm(seen(cause, gathered), at), gathered);
      return { cause, hits: so.hits, verdict: so.verdict };
    })
    .sort((a, b) => (a.cause.id < b.cause.id ? -1 : 1));
}

/** The lines that say something, read again only when a log brought more. */
function linesOf({ gathered, lines }: Pick<DiagnoseInput, 'gathered' | 'lines'>, causes: readonly Cause[], known: Known) {
  const on = [lines, causes, ...logKinds.map((kind) => gathered[kind])];
  if (!known.lines || !isSame(on, known.lines.on)) known.lines = { on, first: firstLines(causes, distinct(allLines(gathered, lines))) };
  return known.lines.first;
}
const logKinds = Object.values(kindOfLog);

/** Every kind that can change what is judged of a cause: what its test sees, what its clues stand in, and whether the API is known in parts. */
function restsOn(cause: Cause): readonly EvidenceKind[] {
  const kinds = rests.get(cause) ?? [
    ...new Set([
      ...cause.looksAt,
      ...cause.clues.flatMap((c) => (c.kind === 'line' ? c.in.map((log) => kindOfLog[log]) : [c.in])),
      'deployedApi' as const,
    ]),
  ];
  rests.set(cause, kinds);
  return kinds;
}
const rests = new WeakMap<Cause, readonly EvidenceKind[]>();

/** Without a clue only what its own test found makes a suspect. */
const suspectsIn = (judged: readonly Judged[]): readonly Judged[] =>
  judged.filter((j) => j.hits.length > 0 || j.verdict.is === 'confirmed' || agrees(j.verdict));

/** A definition that a report gives in parts lacks what nobody mentioned: that something is absent there proves nothing, and clears nothing. */
function fromParts(verdict: Verdict, gathered: Gathered): Verdict {
  const api = gathered.deployedApi;
  if (verdict.is === 'unproven' || api?.state !== 'got' || api.value.partial !== true) return verdict;
  const byMore =
    verdict.is === 'confirmed'
      ? (by: EvidenceRef) => by.trust === 'aws' && by.kind !== 'deployedApi'
      : (by: EvidenceRef) => by.kind !== 'deployedApi';
  if (verdict.by.some(byMore)) return verdict;
  const missing: readonly MissingRef[] = [{ kind: 'deployedApi', why: 'notRecorded', detail: onlyParts }];
  return verdict.is === 'confirmed' ? { is: 'unproven', facts: verdict.facts, missing } : { is: 'unproven', missing };
}
const onlyParts = 'the report tells only parts of the definition';

/** What a cause may see: the kinds it looks at, and *missing* for those that were not asked for. */
export const seen = (cause: Pick<Cause, 'looksAt'>, gathered: Gathered): EvidenceSet<EvidenceKind> =>
  Object.fromEntries(
    cause.looksAt.map((kind) => [kind, gathered[kind] ?? untried.get(kind) ?? notLookedAt(kind)]),
  ) as EvidenceSet<EvidenceKind>;

/** What acts is only tried where the owner lists something: whoever wants to know must say so. */
const untried: ReadonlyMap<string, Missing> = new Map(
  collectors.flatMap((c) =>
    c.optIn === undefined
      ? []
      : [[c.kind, missing('notEnabled', `${c.title} is only tried where the owner lists what may be (probes.${c.optIn})`)]],
  ),
);

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

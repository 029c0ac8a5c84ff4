// The weekly digest: what broke, how fast it was understood and mended, what keeps coming back, and what to mend for good.
import type { ChangeRecord } from '../model/change.ts';
import { toldDiagnosis, type Incident } from '../model/incident.ts';
import { type Block, context, divider, fields, header, lines, limits, type Message, section } from './blocks.ts';
import { ownerLine } from './owner.ts';
import { clock, code, count, cut, plain, sentence, span, usd } from './text.ts';
import { causeTitle, fixTitle, type Words } from './why.ts';

export interface DigestFacts {
  readonly from: number;
  readonly to: number;
  /** Closed in the week, children of an outage left out. */
  readonly incidents: readonly Incident[];
  readonly open: readonly Incident[];
  /** Changes whose last step was in the week, and those still open. */
  readonly changes: readonly ChangeRecord[];
  /** Those that stand beside the code that owns what they changed, whenever they were made. */
  readonly drift: readonly ChangeRecord[];
}

const name = (i: Incident): string => (i.outageOf ? 'an outage of many stages' : `${i.at.apiName ?? i.at.apiId} / ${i.at.stage}`);
const causeOf = (i: Incident): string => toldDiagnosis(i)?.cause ?? 'unknown';

/** Groups, largest first. */
function groups<T>(all: readonly T[], key: (one: T) => string): readonly (readonly [string, readonly T[]])[] {
  const by = new Map<string, T[]>();
  for (const one of all) by.set(key(one), [...(by.get(key(one)) ?? []), one]);
  return [...by].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
}

/** The middle value; the lower one of two, so that it is a time that happened. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

const diagnosedMs = (i: Incident): number[] =>
  i.firstDiagnosedAt === undefined || causeOf(i) === 'unknown' ? [] : [i.firstDiagnosedAt - i.firstFailureAt];
/** Recovered: proven where something was changed, else the last failure seen. */
function recoveredMs(i: Incident, changes: readonly ChangeRecord[]): number[] {
  const proven = changes
    .filter((c) => c.incidentId === i.id)
    .flatMap((c) => c.entries)
    .find((e) => e.step === 'verified')?.at;
  return i.phase === 'closed' ? [(proven ?? i.lastFailureAt) - i.firstFailureAt] : [];
}

const half = (title: string, ms: number | undefined): string => `*${title}*\n${ms === undefined ? '–' : span(ms)}`;

function numbers(f: DigestFacts): Block {
  const outcome = (o: string): number => f.incidents.filter((i) => i.outcome === o).length;
  return fields([
    `*Incidents*\n${f.incidents.length} closed, ${f.open.length} open`,
    `*Ends*\n${outcome('fixed')} fixed, ${outcome('advised') + outcome('asked')} left to people, ${outcome('none')} passed, ${outcome('undone')} undone, ${outcome('failed')} failed`,
    half('First failure → cause (median)', median(f.incidents.flatMap(diagnosedMs))),
    half('First failure → recovery (median)', median(f.incidents.flatMap((i) => recoveredMs(i, f.changes)))),
  ]);
}

function byCause(f: DigestFacts, words: Words): Block {
  const rows = groups(f.incidents, causeOf).map(([cause, of]) => {
    const where = groups(of, name)
      .slice(0, 4)
      .map(([n, all]) => `${code(n, 80)}${all.length > 1 ? ` × ${all.length}` : ''}`);
    return `• ${plain(causeTitle(cause, words), 120)}: ${of.length}, on ${where.join(', ')}`;
  });
  return section(lines(['*By cause and API*', ...rows.slice(0, 12)], limits.sectionText));
}

const last = (c: ChangeRecord) => c.entries.at(-1);

/** What became of the fixes, with the reason where it was not as hoped. */
function fixes(f: DigestFacts, words: Words): readonly string[] {
  const stepped = (...steps: readonly string[]) => f.changes.filter((c) => steps.includes(c.step));
  const line = (c: ChangeRecord): string =>
    `  ◦ ${plain(fixTitle(c.plan.fix, words), 100)} on ${code(`${c.at.apiName ?? c.at.apiId} / ${c.at.stage}`, 80)}${last(c)?.why === undefined ? '' : `: ${sentence(last(c)?.why ?? '', 160)}`}`;
  const part = (title: string, of: readonly ChangeRecord[], listed: boolean): string[] =>
    of.length === 0 ? [] : [`• ${of.length} ${title}`, ...(listed ? of.slice(0, 5).map(line) : [])];
  const made = stepped('applied', 'verified', 'kept');
  const ended = f.changes.filter((c) => c.step === 'undone' && last(c)?.by.kind === 'lease');
  return [
    ...part('in place', made, false),
    ...part('came down at the end of the lease', ended, false),
    ...part(
      'taken back',
      stepped('undone', 'undoing').filter((c) => !ended.includes(c)),
      true,
    ),
    ...part('not made', stepped('dropped'), true),
    ...part('*stuck, waiting for a person*', stepped('stuck'), true),
  ];
}

/** Plans that guards or people refused, and why. */
function refused(f: DigestFacts, words: Words): readonly string[] {
  return f.incidents.flatMap((i) => {
    const { decision, question } = i;
    if (question?.state === 'dismissed' || question?.state === 'expired')
      return [`• ${plain(fixTitle(question.plan.fix, words), 100)} on ${code(name(i), 80)}: the question was ${question.state}`];
    if (decision?.do === 'advise' && decision.plan)
      return [
        `• ${plain(fixTitle(decision.plan.fix, words), 100)} on ${code(name(i), 80)}: ${sentence(decision.because[0] ?? 'no reason was kept', 200)}`,
      ];
    return [];
  });
}

function leases(f: DigestFacts): readonly string[] {
  return f.changes
    .filter((c) => c.leaseEndsAt !== undefined && (c.step === 'applied' || c.step === 'verified'))
    .map(
      (c) =>
        `• ${code(c.plan.preview.join(' · '), 200)} until ${clock(c.leaseEndsAt ?? 0, f.to)}${c.plan.usdPerHour === undefined ? '' : `, ${usd(c.plan.usdPerHour)} an hour`}`,
    );
}

/** What the next deploy may take away: told each week until it is in the code, or gone. */
const drifts = (f: DigestFacts): readonly string[] =>
  f.drift.flatMap(({ plan, at }) =>
    plan.owner
      ? [`• ${code(`${at.apiName ?? at.apiId} / ${at.stage}`, 80)}: ${code(plan.preview.join(' · '), 200)}. ${ownerLine(plan.owner)}`]
      : [],
  );

/** The same cause on the same stage, twice or more. */
const repeats = (incidents: readonly Incident[]): readonly (readonly Incident[])[] =>
  groups(incidents, (i) => `${causeOf(i)}|${name(i)}`)
    .map(([, of]) => of)
    .filter((of) => of.length > 1);

function forGood(i: Incident, f: DigestFacts, words: Words): string {
  const plan = f.changes.find((c) => c.incidentId === i.id)?.plan ?? i.question?.plan;
  const advice = i.decision?.do === 'advise' ? i.decision.advice.summary : undefined;
  const how = plan?.snippets[0]?.title ?? advice ?? `find out why: ${causeTitle(causeOf(i), words)}`;
  return `• ${code(name(i), 80)}, ${plain(causeTitle(causeOf(i), words), 120)}: ${sentence(how, 250)}`;
}

/** Repeat offenders first; then what a fix only papers over, and what was left to people. */
function toMend(f: DigestFacts, words: Words): readonly string[] {
  const worth = f.incidents.filter(
    (i) =>
      causeOf(i) !== 'unknown' && (i.outcome === 'fixed' || i.outcome === 'advised' || i.outcome === 'asked' || i.outcome === 'failed'),
  );
  const once = groups(worth, (i) => `${causeOf(i)}|${name(i)}`).flatMap(([, of]) => of.slice(-1));
  return once.slice(0, 8).map((i) => forGood(i, f, words));
}

const part = (title: string, rows: readonly string[]): readonly Block[] =>
  rows.length === 0 ? [] : [section(lines([`*${title}*`, ...rows.slice(0, 15)]))];

const week = (f: DigestFacts): string => `${new Date(f.from).toISOString().slice(0, 10)} to ${new Date(f.to).toISOString().slice(0, 10)}`;

/** The week as a message; a quiet week is one line. */
export function digestMessage(f: DigestFacts, words: Words): Message {
  const leased = leases(f);
  const stuck = f.changes.some((c) => c.step === 'stuck');
  if (f.incidents.length === 0 && f.open.length === 0 && leased.length === 0 && !stuck && f.drift.length === 0)
    return { text: `Gatemedic, ${week(f)}: a quiet week, no 5xx burst.`, blocks: [section(`🟢 A quiet week: no 5xx burst, ${week(f)}.`)] };
  const again = repeats(f.incidents).map(
    (of) => `• ${of[0] ? `${code(name(of[0]), 80)}: ${plain(causeTitle(causeOf(of[0]), words), 120)}` : ''}, ${of.length} times`,
  );
  const blocks: Block[] = [
    header(`Gatemedic's week, ${week(f)}`),
    numbers(f),
    ...(f.incidents.length === 0 ? [] : [byCause(f, words)]),
    ...part('Fixes', fixes(f, words)),
    ...part('Refused, and why', refused(f, words)),
    ...part('Leases still up', leased),
    ...part('Beside its own code: in danger at the next deploy', drifts(f)),
    ...part('Came back', again),
    ...part('To mend for good', toMend(f, words)),
    divider,
    context([`${count(f.changes.length, 'change')} in the journal`]),
  ];
  return { text: cut(`Gatemedic, ${week(f)}: ${count(f.incidents.length, 'incident')}`, 300), blocks };
}

/** The week's figures for the topic. */
export function digestTopic(f: DigestFacts): Readonly<Record<string, unknown>> {
  const tally = (of: readonly (readonly [string, readonly unknown[]])[]) => Object.fromEntries(of.map(([key, all]) => [key, all.length]));
  return {
    version: 1,
    kind: 'digest',
    from: new Date(f.from).toISOString(),
    to: new Date(f.to).toISOString(),
    incidents: f.incidents.length,
    open: f.open.length,
    byCause: tally(groups(f.incidents, causeOf)),
    byApi: tally(groups(f.incidents, name)),
    byOutcome: tally(groups(f.incidents, (i) => i.outcome ?? 'none')),
    medianMsToDiagnosis: median(f.incidents.flatMap(diagnosedMs)) ?? null,
    medianMsToRecovery: median(f.incidents.flatMap((i) => recoveredMs(i, f.changes))) ?? null,
    changes: tally(groups(f.changes, (c) => c.step)),
    leasesUp: leases(f).length,
    drift: f.drift.map((c) => ({ changeId: c.id, preview: c.plan.preview, owner: c.plan.owner ?? null })),
    repeatOffenders: repeats(f.incidents).flatMap((of) => (of[0] ? [{ api: name(of[0]), cause: causeOf(of[0]), times: of.length }] : [])),
  };
}

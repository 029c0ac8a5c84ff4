// The card's middle: what is wrong, how sure, and what that rests on. Sentences of ours quote values; log lines stand in code, marked as such,
// because whoever calls the API may have written them.
import type { Diagnosis, FoundClue, Suspect } from '../model/cause.ts';
import type { MissingRef, MissingReason } from '../model/evidence.ts';
import type { ChangeRecord } from '../model/change.ts';
import { toldDiagnosis, type Incident } from '../model/incident.ts';
import { clock, code, count, plain, sentence, span } from './text.ts';

/** The titles a card needs from the catalogues, which messages do not import. */
export interface Words {
  cause(id: string): string | undefined;
  fix(id: string): { readonly title: string; readonly risk: string } | undefined;
}
export const noWords: Words = { cause: () => undefined, fix: () => undefined };

const spoken = (id: string): string => id.replaceAll('-', ' ');
export const causeTitle = (id: string, words: Words): string =>
  id === 'unknown' ? 'The cause is not known' : (words.cause(id) ?? spoken(id));
export const fixTitle = (id: string, words: Words): string => words.fix(id)?.title ?? spoken(id);

const sureness: Readonly<Record<Diagnosis['certainty'], string>> = {
  confirmed: 'confirmed',
  suspected: 'suspected, not proven',
  unknown: 'not known yet',
};

/** `*The permission is missing* · confirmed`. */
export function causeLine(diagnosis: Diagnosis | undefined, words: Words): string {
  if (!diagnosis) return '*Looking into it*';
  if (diagnosis.cause === 'unknown') return '*The cause is not known yet*';
  return `*${plain(causeTitle(diagnosis.cause, words), 150)}* · ${sureness[diagnosis.certainty]}`;
}

/** What the cause brings about, what is wrong beside it, what may stand behind it: a line each, none where there is nothing. */
export function relatedLines(diagnosis: Diagnosis | undefined, words: Words): readonly string[] {
  const line = (lead: string, ids: readonly string[] | undefined): readonly string[] =>
    ids === undefined || ids.length === 0
      ? []
      : [
          `${lead} ${ids
            .slice(0, relatedShown)
            .map((id) => `*${plain(causeTitle(id, words), 150)}*`)
            .join(', ')}`,
        ];
  return [
    ...line('and because of it:', diagnosis?.consequences),
    ...line('and, a fault of its own:', diagnosis?.besides),
    ...line('it may itself come from:', diagnosis?.behind),
  ];
}
const relatedShown = 3;

/** How much, since when, until when. */
export function countLine(incident: Incident, now: number): string {
  const { failures, firstFailureAt, lastFailureAt, phase } = incident;
  const what = failures > 0 ? `${count(failures, 'failed request')} seen` : '5xx alarm';
  const lasted = lastFailureAt - firstFailureAt;
  return `${what} since ${clock(firstFailureAt, now)}${lasted > 0 ? `, ${phase === 'live' ? 'last' : 'the last'} at ${clock(lastFailureAt, now)}` : ''}`;
}

const stepAt = (changes: readonly ChangeRecord[], step: string): number | undefined =>
  changes.flatMap((c) => c.entries).find((e) => e.step === step)?.at;

/** `cause found after 25 s · changed after 1 min 40 s · proven after 4 min`: what was reached so far. */
export function timesLine(incident: Incident, changes: readonly ChangeRecord[]): string | undefined {
  const since = (at: number | undefined, words: string): string[] =>
    at === undefined ? [] : [`${words} ${span(at - incident.firstFailureAt)}`];
  const found = toldDiagnosis(incident)?.cause !== 'unknown' ? incident.firstDiagnosedAt : undefined;
  const times = [
    ...since(found, 'cause found after'),
    ...since(stepAt(changes, 'applied'), 'changed after'),
    ...since(stepAt(changes, 'verified'), 'proven after'),
  ];
  return times.length === 0 ? undefined : times.join(' · ');
}

const fromLog = (clue: FoundClue): boolean => clue.in.endsWith('Log');
/** A log line stands in code, as a quotation: a caller may have forged it. */
const quote = (clue: FoundClue): string => (fromLog(clue) ? `> ${code(clue.quote, 240)}` : `• ${sentence(clue.quote, 240)}`);

/** The suspect the diagnosis settled on, or the likeliest. */
const chosen = (d: Diagnosis): Suspect | undefined =>
  d.suspects.find((s) => s.id === d.cause) ?? d.suspects.find((s) => s.verdict.is !== 'ruledOut');

function proofOf(suspect: Suspect): readonly string[] {
  const { verdict } = suspect;
  if (verdict.is !== 'confirmed') return [];
  return verdict.by.slice(0, 3).map((ref) => `• ${sentence(ref.says, 320)}${ref.trust === 'forgeable' ? ' _(a log says so)_' : ''}`);
}

function cluesOf(suspect: Suspect): readonly string[] {
  const log = suspect.clues.find(fromLog);
  if (suspect.verdict.is === 'confirmed') return log ? [quote(log)] : [];
  return [...suspect.clues.filter((c) => !fromLog(c)).slice(0, 2), ...(log ? [log] : [])].map(quote);
}

/** At most three facts and one quoted line. */
export function evidenceLines(diagnosis: Diagnosis | undefined): readonly string[] {
  const suspect = diagnosis && chosen(diagnosis);
  if (!suspect) return [];
  return [...proofOf(suspect), ...cluesOf(suspect)];
}

/** The facts of the settled cause, for links to what it names. */
export const factsOf = (diagnosis: Diagnosis | undefined): unknown => {
  const verdict = diagnosis && chosen(diagnosis)?.verdict;
  return verdict && 'facts' in verdict ? verdict.facts : undefined;
};

const reasons: Readonly<Record<MissingReason, string>> = {
  denied: 'not allowed',
  notEnabled: 'not enabled',
  throttled: 'throttled',
  empty: 'empty',
  late: 'not there yet',
  gone: 'gone',
  down: 'AWS did not answer',
  notRecorded: 'not recorded',
  overBudget: 'out of budget',
  timedOut: 'timed out',
};
/** `gatewayMetrics` → `gateway metrics`. */
const kindWords = (kind: string): string => kind.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
const missingWords = (m: MissingRef): string => `${plain(kindWords(m.kind), 40)} (${reasons[m.why]})`;

/** What could not be seen, and what would settle it; nothing once the cause is confirmed. */
export function missingLines(diagnosis: Diagnosis | undefined): readonly string[] {
  if (!diagnosis || diagnosis.certainty === 'confirmed') return [];
  const unseen =
    diagnosis.missing.length === 0 ? [] : [`Not seen: ${[...new Set(diagnosis.missing.map(missingWords))].slice(0, 5).join(', ')}`];
  const ruledOut = diagnosis.suspects.filter((s) => s.verdict.is === 'ruledOut').map((s) => plain(spoken(s.id), 60));
  const looked = ruledOut.length === 0 ? [] : [`Ruled out: ${ruledOut.slice(0, 6).join(', ')}`];
  return [...looked, ...unseen, ...(diagnosis.nextProbe ? [`Would settle it: ${sentence(diagnosis.nextProbe, 300)}`] : [])];
}

// The page a tired person reads in ten seconds: the verdict and how sure it is, why, what to do, what else was looked at, what could not be
// seen and how to allow it. A noun in, text out.
import { causeTitles } from '../causes/titles.ts';
import { kindOfLog } from '../model/kinds/log.ts';
import type { Answer, AnswerSuspect } from './answer.ts';
import { allowLines, reasons, type Allowing } from './allow.ts';
import { block, hanging, kindWords, styled, tame, type Paper } from './paper.ts';
import type { Treatment } from './would-do.ts';

export interface Subject extends Allowing {
  /** What was looked at: `orders (a1b2c3d4e5), stage prod`, or a case's id. */
  readonly title: string;
  /** Requests, failures, when; live looks only. */
  readonly traffic?: string;
}

const titleOf = (id: string): string => causeTitles[id] ?? id;
const logKinds: readonly string[] = Object.values(kindOfLog);

/** The whole page, with a line break at its end. */
export function page(answer: Answer, subject: Subject, paper: Paper): string {
  return `${[
    ...verdict(answer, paper),
    ...hanging(
      paper,
      '',
      [subject.title, ...(subject.traffic === undefined ? [] : [subject.traffic])].map((t) => tame(t)).join(': '),
      'dim',
    ),
    ...block(paper, 'why', why(answer, paper)),
    ...block(paper, 'what to do', whatToDo(answer, subject, paper)),
    ...block(paper, 'gatemedic, installed in mode act, would', fixLines(answer, paper)),
    ...block(paper, 'also considered', others(answer, paper)),
    ...block(
      paper,
      'not seen',
      answer.certainty === 'confirmed' ? unneeded(answer, subject, paper) : allowLines(answer.missing, subject, paper),
    ),
  ].join('\n')}\n`;
}

/** Once the cause is confirmed, what was not seen is a remark; what was denied still says how to allow it. */
function unneeded({ missing }: Answer, subject: Subject, paper: Paper): readonly string[] {
  const denied = missing.filter((m) => m.why === 'denied');
  if (denied.length > 0) return allowLines(denied, subject, paper);
  const kinds = [
    ...new Set(missing.filter((m) => m.why !== 'notRecorded' && m.why !== 'empty').map((m) => `${kindWords(m.kind)} (${reasons[m.why]})`)),
  ];
  return kinds.length === 0 ? [] : hanging(paper, '  ', `not needed for this: ${kinds.join(', ')}`, 'dim');
}

const sureness = {
  confirmed: { words: 'confirmed', style: 'red' },
  suspected: { words: 'suspected, not proven', style: 'yellow' },
  unknown: { words: 'unknown', style: 'cyan' },
} as const;

function verdict({ cause, certainty }: Answer, paper: Paper): readonly string[] {
  const { words, style } = sureness[certainty];
  const says = cause === 'unknown' ? 'the cause could not be told from what was seen' : `${cause}: ${titleOf(cause)}`;
  return hanging(paper, '', `${words} · ${says}`).map((line) => styled(paper, 'bold', styled(paper, style, line)));
}

/** The settled suspect's proof, then what was quoted; for an open question the clues there are. */
function why(answer: Answer, paper: Paper): readonly string[] {
  const { cause, suspects } = answer;
  const chosen = suspects.find((s) => s.id === cause);
  return chosen
    ? [
        ...chosen.because.slice(0, 4).flatMap((says) => hanging(paper, '  • ', tame(says))),
        ...quotes(chosen, paper),
        ...related(answer, paper),
      ]
    : [];
}

/** A log line is a quotation: whoever calls the API may have written it. Sentences about metrics and configuration are ours. */
function quotes({ clues, standing }: AnswerSuspect, paper: Paper): readonly string[] {
  const [lines, shapes] = [clues.filter((c) => logKinds.includes(c.in)), clues.filter((c) => !logKinds.includes(c.in))];
  return [
    ...(standing === 'confirmed' ? [] : shapes.flatMap((c) => hanging(paper, '  • ', tame(c.quote)))),
    ...lines
      .slice(0, 2)
      .flatMap((c) => [...hanging(paper, '  > ', tame(c.quote, 300), 'cyan'), ...hanging(paper, '    ', `(${kindWords(c.in)})`, 'dim')]),
  ];
}

function whatToDo({ advice, commands, nextProbe, certainty }: Answer, { refused }: Subject, paper: Paper): readonly string[] {
  const probe = refused.length > 0 ? 'allow what was denied, and look again: the policy stands at the end' : nextProbe;
  const [summary, ...steps] = advice;
  return [
    ...(certainty === 'confirmed' || probe === null ? [] : hanging(paper, '  first: ', tame(probe))),
    ...(summary === undefined ? [] : hanging(paper, '  ', tame(summary))),
    ...steps.flatMap((step, n) => hanging(paper, `  ${n + 1}. `, tame(step))),
    ...commands.flatMap(({ title, code }) => [
      '',
      `  ${styled(paper, 'dim', `# ${tame(title)}`)}`,
      // what stands in front of a line means something in YAML
      ...code.split('\n').map((line) => `  ${' '.repeat(line.length - line.trimStart().length)}${tame(line.trimStart(), 4000)}`),
    ]),
  ];
}

function fixLines({ unaskedFixes, askedFixes, waitingFixes }: Answer, paper: Paper): readonly string[] {
  const part = (mark: string, fixes: readonly Treatment[]): readonly string[] =>
    fixes.flatMap(({ fix, changes, because = [] }) => [
      ...hanging(paper, '  • ', `${mark} ${fix}: ${changes.map((c) => tame(c)).join('; ')}`),
      ...because.slice(0, 3).flatMap((says) => hanging(paper, '      ', tame(says), 'dim')),
    ]);
  return [...part('run', unaskedFixes), ...part('ask before it runs', askedFixes), ...part('hold back', waitingFixes)];
}

const standings = { confirmed: 'there too', ruledOut: 'ruled out', unproven: 'not proven' } as const;

/** A remark each: the verdict above is what counts. */
function others({ cause, suspects, consequences, besides, behind, certainty }: Answer, paper: Paper): readonly string[] {
  const told = new Set([cause, ...consequences, ...besides, ...behind]);
  const most = certainty === 'confirmed' ? 4 : 6;
  const rest = suspects.filter((s) => !told.has(s.id));
  return rest.slice(0, most).flatMap((s) => hanging(paper, '  • ', `${s.id} (${standings[s.standing]})${sentence(s)}`));
}
function sentence({ standing, because, clues, missing }: AnswerSuspect): string {
  const says = standing === 'unproven' ? (missing[0]?.detail ?? clues[0]?.quote) : because[0];
  return says === undefined ? '' : `: ${tame(says, 120)}`;
}

/** What the cause brings about, what is wrong beside it, what may stand behind it. */
function related({ suspects, consequences, besides, behind }: Answer, paper: Paper): readonly string[] {
  const line = (says: string, ids: readonly string[]): readonly string[] =>
    ids.flatMap((id) => {
      const because = suspects.find((s) => s.id === id)?.because[0];
      return hanging(paper, '  • ', `${says} ${id}: ${titleOf(id)}${because === undefined ? '' : ` (${tame(because, 160)})`}`);
    });
  return [
    ...line('and because of it', consequences),
    ...line('and, a fault of its own,', besides),
    ...line('it may itself come from', behind),
  ];
}

/** Nothing is wrong, as far as was seen: said in the first line, with what could not be seen. */
export function calmPage(answer: Answer, subject: Subject, paper: Paper): string {
  return `${[
    ...hanging(paper, '', 'no sign of trouble').map((line) => styled(paper, 'bold', styled(paper, 'green', line))),
    ...hanging(paper, '', [subject.title, subject.traffic ?? ''].map((t) => tame(t)).join(': '), 'dim'),
    ...block(paper, 'worth a look', quietFaults(answer, paper)),
    ...block(paper, 'not seen', unneeded(answer, subject, paper)),
  ].join('\n')}\n`;
}

/** A domain that leads nowhere makes no request fail that arrives: its callers are only told by themselves. */
const quietFaults = ({ suspects }: Answer, paper: Paper): readonly string[] =>
  suspects
    .filter((s) => s.standing === 'unproven')
    .flatMap((s) => s.clues)
    .filter((c) => c.in === 'customDomains')
    .flatMap((c) => hanging(paper, '  • ', tame(c.quote)));

// The incident's one live message: edited in place, read in ten seconds. From top to bottom: what, why, what to press, how to make it last.
import type { ChangeRecord } from '../model/change.ts';
import { toldDiagnosis, type Incident } from '../model/incident.ts';
import type { Installation } from '../model/installation.ts';
import { type Block, context, header, limits, lines, type Message, section } from './blocks.ts';
import { consoleLinks, functionsIn } from './console.ts';
import { headline } from './mood.ts';
import { code, cut, plain } from './text.ts';
import {
  adviceBlocks,
  answerLine,
  changesBlocks,
  closedWords,
  questionBlocks,
  reasonLines,
  shadowLines,
  type Shown,
  snippetBlocks,
} from './what.ts';
import {
  causeLine,
  causeTitle,
  countLine,
  evidenceLines,
  factsOf,
  missingLines,
  noWords,
  relatedLines,
  timesLine,
  type Words,
} from './why.ts';

export interface CardInput {
  readonly now: number;
  /** Titles from the catalogues; ids are read out where there are none. */
  readonly words?: Words;
}

const stagesShown = 12;

function outageLine(incident: Incident): readonly string[] {
  const { outageOf } = incident;
  if (!outageOf) return [];
  const more = outageOf.length > stagesShown ? ` and ${outageOf.length - stagesShown} more` : '';
  return [
    `So many at once is rarely one's own doing: look at AWS's health first. Nothing is changed unasked. ${outageOf
      .slice(0, stagesShown)
      .map((key) => code(key, 80))
      .join(' ')}${more}`,
  ];
}

function mainBlock(incident: Incident, changes: readonly ChangeRecord[], s: Shown): Block {
  const unwatched = incident.watched ? [] : ['_This stage is not in the settings: it is diagnosed, never changed._'];
  const times = timesLine(incident, changes);
  return section(
    lines([
      causeLine(toldDiagnosis(incident), s.words),
      ...relatedLines(toldDiagnosis(incident), s.words),
      countLine(incident, s.now),
      ...(times === undefined ? [] : [times]),
      ...outageLine(incident),
      ...unwatched,
    ]),
  );
}

function evidenceBlocks(incident: Incident): readonly Block[] {
  const found = evidenceLines(toldDiagnosis(incident));
  const missing = missingLines(toldDiagnosis(incident));
  return [
    ...(found.length === 0 ? [] : [section(lines(found))]),
    ...(missing.length === 0 ? [] : [context([lines(missing, limits.contextText)])]),
  ];
}

function footer(incident: Incident): Block {
  const links = consoleLinks(incident, functionsIn(factsOf(toldDiagnosis(incident))));
  const id = `${code(incident.id, 90)} · ${plain(incident.at.accountId, 20)} · ${plain(incident.at.region, 30)}`;
  return context([
    lines(
      [links.join(' · '), [id, closedWords(incident)].filter((t) => t !== '').join(' · ')].filter((t) => t !== ''),
      limits.contextText,
    ),
  ]);
}

function decidedBlocks(incident: Incident, s: Shown): readonly Block[] {
  const texts = [...answerLine(incident.question, s.now), ...reasonLines(incident, s.now), ...shadowLines(incident, s.now)];
  return texts.length === 0 ? [] : [context([lines(texts, limits.contextText)])];
}

/** What a notification shows: the headline and the cause. */
function fallback(incident: Incident, changes: readonly ChangeRecord[], words: Words): string {
  const diagnosis = toldDiagnosis(incident);
  const cause = diagnosis && diagnosis.cause !== 'unknown' ? `. ${causeTitle(diagnosis.cause, words)} (${diagnosis.certainty})` : '';
  return plain(cut(`${headline(incident, changes)}${cause}`, 500), 700);
}

/** The incident as a Slack message. Changes are oldest first. */
export function incidentCard(incident: Incident, changes: readonly ChangeRecord[], installation: Installation, input: CardInput): Message {
  const s: Shown = { installation, now: input.now, words: input.words ?? noWords };
  const blocks: Block[] = [
    header(cut(headline(incident, changes), limits.header)),
    mainBlock(incident, changes, s),
    ...evidenceBlocks(incident),
    ...decidedBlocks(incident, s),
    ...questionBlocks(incident, s),
    ...changesBlocks(changes, s),
    ...adviceBlocks(incident),
    ...snippetBlocks(incident, changes),
    footer(incident),
  ];
  return { text: fallback(incident, changes, s.words), blocks: blocks.slice(0, limits.blocks) };
}

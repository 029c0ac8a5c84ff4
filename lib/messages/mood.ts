// The one line a person reads first: which stage, and whether anything is wanted of them. Worst news first, whatever else is true.
import { everyStage, stageKey } from '../model/api.ts';
import type { ChangeRecord } from '../model/change.ts';
import type { Incident } from '../model/incident.ts';
import { count, cut } from './text.ts';

export type Mood =
  | 'stuck'
  | 'asks'
  | 'asksToKeep'
  | 'mending'
  | 'undoing'
  | 'watching'
  | 'calm'
  | 'outage'
  | 'failing'
  | 'fixed'
  | 'relieved'
  | 'undone'
  | 'advised'
  | 'failed'
  | 'passed'
  | 'unproven'
  | 'unseen'
  | 'endless'
  | 'joined';

const says: Readonly<Record<Mood, readonly [sign: string, words: string]>> = {
  stuck: ['⛔', 'a change is stuck, a person is needed'],
  asks: ['🟠', 'is failing: your decision, please'],
  asksToKeep: ['🟠', 'a change is over its time and in use: keep it?'],
  mending: ['🔧', 'is being mended'],
  undoing: ['⏪', 'a change is being taken back'],
  watching: ['🟡', 'mended in part, still watching'],
  calm: ['🟡', 'no longer seems to fail, still watching'],
  outage: ['🔴', 'are failing at once'],
  failing: ['🔴', 'is failing'],
  fixed: ['🟢', 'works again'],
  relieved: ['🟡', 'no longer fails: relieved, not mended'],
  undone: ['⏪', 'a change was taken back'],
  advised: ['⚪', 'no longer fails'],
  failed: ['⛔', 'could not be mended'],
  passed: ['⚪', 'recovered by itself'],
  unproven: ['🟡', 'was changed; nothing proves yet that it helped'],
  unseen: ['⚪', 'shows no failure any more'],
  endless: ['🔴', 'still fails; this message is a day old'],
  joined: ['🔴', 'is one of many that fail at once: see the message about all of them'],
};

const closedMood: Readonly<Record<NonNullable<Incident['outcome']>, Mood>> = {
  fixed: 'fixed',
  asked: 'advised',
  advised: 'advised',
  none: 'passed',
  undone: 'undone',
  failed: 'failed',
};

function liveMood(incident: Incident, step: ChangeRecord['step'] | undefined): Mood {
  if (incident.question?.state === 'pending') return 'asks';
  if (step === 'undoing') return 'undoing';
  if (step === 'planned' || step === 'applying' || step === 'applied' || incident.decision?.do === 'act') return 'mending';
  if (step === 'verified' || step === 'kept') return 'watching';
  if (incident.decision?.do === 'wait' && incident.decision.passing) return 'calm';
  return incident.outageOf ? 'outage' : 'failing';
}

/** How it ended. That it works again is said only where it was proven, or where its metrics say so. */
function endMood({ diagnosis, parentId }: Incident, outcome: Incident['outcome'], last: ChangeRecord | undefined): Mood {
  const step = last?.step;
  const mood = closedMood[outcome ?? 'none'];
  if (mood === 'fixed' && last?.plan.relieves !== undefined) return 'relieved';
  if (mood !== 'advised' && mood !== 'passed') return mood;
  if (parentId !== undefined) return 'joined';
  if (step === 'applied') return 'unproven';
  if (diagnosis?.failing === true) return 'endless';
  return diagnosis?.failing === false ? mood : 'unseen';
}

/** A lease that ended while it was in use: a person may keep it until its question ends. */
export const asksToKeep = (c: ChangeRecord): boolean => c.step === 'verified' && c.keepAskedAt !== undefined;

/** What the card is about, in one word. Changes are oldest first. */
export function moodOf(incident: Incident, changes: readonly ChangeRecord[]): Mood {
  const last = changes.at(-1);
  const step = last?.step;
  if (changes.some((c) => c.step === 'stuck')) return 'stuck';
  if (incident.phase === 'closed' && changes.some(asksToKeep)) return 'asksToKeep';
  if (incident.phase === 'live')
    return incident.decision?.do === 'close' ? endMood(incident, incident.decision.outcome, last) : liveMood(incident, step);
  if (step === 'undoing') return 'undoing';
  if (step === 'undone' && last?.plan.leaseMs === undefined) return 'undone';
  return endMood(incident, incident.outcome, last);
}

/** What people call the stage. */
export function stageName(incident: Incident): string {
  const { at, outageOf } = incident;
  if (outageOf || stageKey(at) === everyStage) return count(outageOf?.length ?? 0, 'stage');
  return `${at.apiName ?? at.apiId} / ${at.stage}`;
}

const headerNameMax = 80;
/** An outage speaks of stages, not of one. */
const many = (words: string): string =>
  words
    .replace(/^no longer fails/, 'no longer fail')
    .replace(/^works/, 'work')
    .replace(/^still fails/, 'still fail')
    .replace(/^shows/, 'show')
    .replace('by itself', 'by themselves');

/** `🟠 orders / prod is failing: your decision, please`, as plain text. */
export function headline(incident: Incident, changes: readonly ChangeRecord[]): string {
  const [sign, words] = says[moodOf(incident, changes)];
  const join = words.startsWith('a change') ? ': ' : ' ';
  return `${sign} ${cut(stageName(incident), headerNameMax)}${join}${incident.outageOf ? many(words) : words}`;
}

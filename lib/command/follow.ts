// What became of an order: the rows are read until the installation has done it, or could not, or a minute is over. An approval that comes to
// nothing (the function is gone, somebody else changed the value) is told here, and not in a channel nobody reads.
import type { ChangeRecord, Step } from '../model/change.ts';
import { rows } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { tame } from './paper.ts';

export interface Became {
  /** Where the change stands; null while nothing of it is seen. */
  readonly step: Step | null;
  readonly says: string;
  /** It came to another end than was ordered. */
  readonly failed: boolean;
}

const everyMs = 2_000;
const forMs = 75_000;

const good: Readonly<Record<'approve' | 'undo', readonly Step[]>> = { approve: ['applied', 'verified', 'kept'], undo: ['undone'] };
const bad: Readonly<Record<'approve' | 'undo', readonly Step[]>> = {
  approve: ['dropped', 'failed', 'undoing', 'undone', 'stuck'],
  undo: ['stuck', 'kept'],
};
const stepWords: Partial<Record<Step, string>> = {
  applied: 'Made. Its proof takes some minutes; gatemedic incidents shows what comes of it.',
  verified: 'Made, and proven.',
  kept: 'It is kept.',
  undone: 'Taken back.',
  dropped: 'It was not made',
  failed: 'It did not help, and is taken back',
  undoing: 'It did not stay',
  stuck: 'It is stuck: a person has to set it by hand; gatemedic incidents shows the command',
};

export interface Following {
  readonly act: 'approve' | 'undo';
  readonly incidentId: string;
  /** The change, or the question whose change it will be. */
  readonly about: string;
  readonly hash: string;
}

export async function follow(store: Store, what: Following, pause: (ms: number) => Promise<void>): Promise<Became> {
  for (let waited = 0; ; waited += everyMs) {
    const became = await look(store, what);
    if (became || waited >= forMs)
      return became ?? { step: null, says: 'It is still being carried out; gatemedic incidents shows what comes of it.', failed: false };
    await pause(everyMs);
  }
}

async function look(store: Store, what: Following): Promise<Became | undefined> {
  const incident = (await rows.incident.get(store, what.incidentId))?.value;
  // approved, and then not carried out: the question says so, and its note why
  const question = incident?.question;
  // the first of two: nothing happens before the other
  if (what.act === 'approve' && question?.id === what.about && question.state === 'pending') return { step: null, says: '', failed: false };
  if (what.act === 'approve' && question?.id === what.about && question.state === 'withdrawn') {
    const why = incident?.notes.find((n) => n.key === `not-carried-out:${question.id}`)?.says;
    return { step: null, says: `${capital(tame(why ?? 'it was approved, and is not carried out'))}.`, failed: true };
  }
  const change =
    what.act === 'undo' ? (await rows.change.get(store, what.about))?.value : await changeOf(store, incident?.changes ?? [], what.hash);
  return change && became(change, what.act);
}

const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

/** The newest change of the incident that makes exactly what was approved. */
async function changeOf(store: Store, ids: readonly string[], hash: string): Promise<ChangeRecord | undefined> {
  const all = await Promise.all(ids.map((id) => rows.change.get(store, id)));
  return all.map((row) => row?.value).findLast((change) => change?.plan.hash === hash);
}

function became({ step, entries }: ChangeRecord, act: Following['act']): Became | undefined {
  const failed = bad[act].includes(step);
  if (!failed && !good[act].includes(step)) return undefined;
  const why = entries.at(-1)?.why;
  const words = stepWords[step] ?? step;
  return { step, says: failed ? `${words.replace(/\.$/, '')}${why === undefined ? '' : `: ${tame(why)}`}.` : words, failed };
}

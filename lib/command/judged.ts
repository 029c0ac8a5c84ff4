// What an installation in mode `act` would have done about one incident or recorded case, and why not more: the noun behind `gatemedic replay`.
import { stageName } from '../messages/mood.ts';
import type { ChangeRecord } from '../model/change.ts';
import { toldDiagnosis, type Incident } from '../model/incident.ts';
import type { Looked } from './look.ts';
import { tame } from './paper.ts';

export const woulds = ['unasked', 'asked', 'waited', 'advised', 'unknown'] as const;
export type Would = (typeof woulds)[number];

export interface Judged {
  readonly id: string;
  readonly stage: string;
  /** Null for a recorded case, which has no dates. */
  readonly openedAt: string | null;
  readonly cause: string;
  readonly certainty: string;
  readonly would: Would;
  readonly fix: string | null;
  /** `from → to` in words. */
  readonly changes: readonly string[];
  /** Why not unasked: each guard and objection that spoke, or why no fix had anything to change. */
  readonly because: readonly string[];
  /** What became of it, in the mode it was in; null for a recorded case. */
  readonly happened: string | null;
}

/** In mode `act` what was done is what would be done; in another mode the shadow was kept. */
export function judgedIncident(incident: Incident, changes: readonly ChangeRecord[]): Judged {
  const diagnosis = toldDiagnosis(incident);
  const cause = diagnosis?.cause ?? 'unknown';
  return {
    id: incident.id,
    stage: tame(stageName(incident), 120),
    openedAt: new Date(incident.openedAt).toISOString(),
    cause,
    certainty: diagnosis?.certainty ?? 'unknown',
    ...(incident.shadow ? ofShadow(incident.shadow) : cause === 'unknown' && changes.length === 0 ? unknown : ofDone(incident, changes)),
    happened: incident.outcome === undefined ? 'still open' : outcomeWords[incident.outcome],
  };
}

type Judgement = Pick<Judged, 'would' | 'fix' | 'changes' | 'because'>;
const unknown: Judgement = { would: 'unknown', fix: null, changes: [], because: ['the cause is not known'] };

const outcomeWords: Readonly<Record<NonNullable<Incident['outcome']>, string>> = {
  fixed: 'mended, and proven',
  asked: 'asked about',
  advised: 'advised on',
  none: 'passed by itself',
  undone: 'a change was taken back',
  failed: 'could not be mended',
};

const wouldOf = { act: 'unasked', ask: 'asked', wait: 'waited', advise: 'advised' } as const;

const ofShadow = ({ would, plan, against }: NonNullable<Incident['shadow']>): Judgement => ({
  would: wouldOf[would],
  fix: plan?.fix ?? null,
  changes: (plan?.preview ?? []).map((text) => tame(text)),
  because: against.map(({ says }) => tame(says)),
});

function ofDone({ question, decision }: Incident, changes: readonly ChangeRecord[]): Judgement {
  const because = (decision?.because ?? []).map((text) => tame(text));
  const [made] = changes;
  const plan = made?.plan ?? question?.plan ?? (decision && 'plan' in decision ? decision.plan : undefined);
  const would: Would =
    made && made.approvedBy === undefined ? 'unasked' : (made ?? question) ? 'asked' : decision?.do === 'wait' ? 'waited' : 'advised';
  return {
    would,
    fix: plan?.fix ?? null,
    changes: (plan?.preview ?? []).map((text) => tame(text)),
    because: would === 'unasked' ? [] : because,
  };
}

export function judgedCase(id: string, { diagnosis, fixes, at }: Pick<Looked, 'diagnosis' | 'fixes' | 'at'>): Judged {
  const { cause, certainty } = diagnosis;
  return {
    id: tame(id, 120),
    stage: tame(`${at.apiName ?? at.apiId} / ${at.stage}`, 120),
    openedAt: null,
    cause,
    certainty,
    ...(cause === 'unknown' ? unknown : ofCase(diagnosis, fixes)),
    happened: null,
  };
}

function ofCase({ cause, certainty }: Looked['diagnosis'], { unasked, asked, waiting, advised, refused }: Looked['fixes']): Judgement {
  const [would, treatment] = (
    [
      ['unasked', unasked[0]],
      ['asked', asked[0]],
      ['waited', waiting[0]],
      ['advised', advised[0]],
    ] as const
  ).find(([, t]) => t) ?? ['advised' as const, undefined];
  const none =
    certainty === 'confirmed'
      ? refused.length > 0
        ? refused
        : [`no fix that is installed by default treats ${cause}`]
      : [`${cause} is only suspected`];
  return {
    would,
    fix: treatment?.fix ?? null,
    changes: (treatment?.changes ?? []).map((text) => tame(text)),
    because: (treatment ? (treatment.because ?? []) : none).map((text) => tame(text)),
  };
}

export type Summary = Readonly<Record<Would, number>>;
export const noneJudged: Summary = { unasked: 0, asked: 0, waited: 0, advised: 0, unknown: 0 };
export const counted = (sum: Summary, { would }: Pick<Judged, 'would'>): Summary => ({ ...sum, [would]: sum[would] + 1 });

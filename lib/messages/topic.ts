// What is told elsewhere than Slack: one JSON object a step, for pagers and programs. docs/topic.md documents it; a field is never taken away.
import type { ChangeRecord, Step } from '../model/change.ts';
import { toldDiagnosis, type Incident } from '../model/incident.ts';
import { cut } from './text.ts';

export interface TopicStep {
  /** Told once a key. */
  readonly key: string;
  readonly step: 'opened' | 'diagnosed' | 'decided' | 'asked' | 'answered' | 'change' | 'closed' | 'failure';
  readonly at: number;
  /** Somebody has to do something, and now. */
  readonly urgent: boolean;
  readonly says: string;
  readonly more?: Readonly<Record<string, unknown>>;
}
export interface TopicMessage {
  readonly subject: string;
  readonly message: Readonly<Record<string, unknown>>;
}

const iso = (at: number): string => new Date(at).toISOString();

function openedStep(incident: Incident): TopicStep {
  const more = incident.outageOf ? { outageOf: incident.outageOf } : {};
  return {
    key: 'opened',
    step: 'opened',
    at: incident.openedAt,
    urgent: incident.outageOf !== undefined,
    says: `fails since ${iso(incident.firstFailureAt)}`,
    more,
  };
}

function diagnosedSteps(incident: Incident): readonly TopicStep[] {
  const diagnosis = toldDiagnosis(incident);
  if (!diagnosis) return [];
  const { cause, certainty, at } = diagnosis;
  return [{ key: `diagnosed:${cause}:${certainty}`, step: 'diagnosed', at, urgent: false, says: `cause: ${cause} (${certainty})` }];
}

/** `wait` and `close` are no news of their own; asking is told with its question. */
function decidedSteps({ decision }: Incident): readonly TopicStep[] {
  if (!decision || (decision.do !== 'act' && decision.do !== 'advise')) return [];
  const plan = decision.plan;
  const says = decision.do === 'act' ? `acts: ${decision.plan.preview.join('; ')}` : `advises: ${decision.advice.summary}`;
  const more = { decision: decision.do, because: decision.because, ...(plan ? { fix: plan.fix, preview: plan.preview } : {}) };
  return [
    {
      key: `decided:${decision.do}:${plan?.hash ?? decision.because.join('|').slice(0, 80)}`,
      step: 'decided',
      at: decision.at,
      urgent: decision.do === 'advise',
      says,
      more,
    },
  ];
}

function questionSteps({ question }: Incident): readonly TopicStep[] {
  if (!question) return [];
  const { id, plan, askedAt, expiresAt, state, by, decidedAt } = question;
  const asked: TopicStep = {
    key: `asked:${id}`,
    step: 'asked',
    at: askedAt,
    urgent: true,
    says: `asks: ${plan.preview.join('; ')}`,
    more: { fix: plan.fix, preview: plan.preview, expiresAt: iso(expiresAt) },
  };
  if (state === 'pending') return [asked];
  return [
    asked,
    {
      key: `answered:${id}:${state}`,
      step: 'answered',
      at: decidedAt ?? expiresAt,
      urgent: false,
      says: `the question was ${state}`,
      more: { answer: state, fix: plan.fix, ...(by ? { by } : {}) },
    },
  ];
}

const alarming: readonly Step[] = ['failed', 'stuck'];

const changeSteps = (change: ChangeRecord): readonly TopicStep[] =>
  change.entries.map((e) => ({
    key: `change:${change.id}:${e.n}`,
    step: 'change',
    at: e.at,
    urgent: alarming.includes(e.step),
    says: `change ${e.step}: ${change.plan.preview.join('; ')}`,
    more: {
      changeId: change.id,
      fix: change.plan.fix,
      changeStep: e.step,
      preview: change.plan.preview,
      by: e.by,
      ...(e.why === undefined ? {} : { why: e.why }),
    },
  }));

/** A lease that ended in use: asked like any question, answered by Keep or Undo. */
const keepSteps = (change: ChangeRecord): readonly TopicStep[] =>
  change.keepAskedAt === undefined
    ? []
    : [
        {
          key: `keep-asked:${change.id}`,
          step: 'asked',
          at: change.keepAskedAt,
          urgent: true,
          says: `asks whether to keep what is still in use: ${change.plan.preview.join('; ')}`,
          more: {
            changeId: change.id,
            fix: change.plan.fix,
            preview: change.plan.preview,
            ...(change.leaseEndsAt === undefined ? {} : { expiresAt: iso(change.leaseEndsAt) }),
          },
        },
      ];

function closedSteps(incident: Incident): readonly TopicStep[] {
  if (incident.phase !== 'closed') return [];
  const outcome = incident.outcome ?? 'none';
  return [
    {
      key: `closed:${outcome}`,
      step: 'closed',
      at: incident.closedAt ?? incident.lastFailureAt,
      urgent: outcome === 'failed',
      says: `closed: ${outcome}`,
      more: { outcome },
    },
  ];
}

/** Everything worth telling about an incident so far, oldest first; the caller leaves out what was told. */
export function topicSteps(incident: Incident, changes: readonly ChangeRecord[]): readonly TopicStep[] {
  const all = [
    openedStep(incident),
    ...diagnosedSteps(incident),
    ...decidedSteps(incident),
    ...questionSteps(incident),
    ...changes.flatMap(changeSteps),
    ...changes.flatMap(keepSteps),
    ...closedSteps(incident),
  ];
  return all.sort((a, b) => a.at - b.at);
}

/** SNS: at most 100 characters of ASCII without control characters, starting with a letter, figure or mark. */
const subjectMax = 100;
const inAscii: readonly (readonly [string, string])[] = [
  ['→', '->'],
  ['’', "'"],
];
function asSubject(text: string): string {
  const ascii = inAscii.reduce((so, [sign, put]) => so.replaceAll(sign, put), `Gatemedic: ${text}`);
  return cut(ascii.replace(/[^\x20-\x7e]+/g, '?'), subjectMax - 2).replaceAll('…', '');
}

/** SNS takes 256 KB; a sentence needs less. */
const saysMax = 1000;

/** How Slack took this step: `refused` is why a pager should ring. */
export type SlackTold = 'sent' | 'refused' | 'quiet';

/** One step as the topic's JSON. */
export function topicMessage(incident: Incident, step: TopicStep, slack: SlackTold): TopicMessage {
  const { at } = incident;
  const diagnosis = toldDiagnosis(incident);
  const where = {
    accountId: at.accountId,
    region: at.region,
    apiType: at.apiType,
    apiId: at.apiId,
    stage: at.stage,
    ...(at.apiName === undefined ? {} : { apiName: at.apiName }),
  };
  const message = {
    version: 1,
    kind: 'incident',
    key: `${incident.id}/${step.key}`,
    step: step.step,
    at: iso(step.at),
    urgent: step.urgent,
    slack,
    incidentId: incident.id,
    ...where,
    says: cut(step.says, saysMax),
    ...(diagnosis ? { cause: diagnosis.cause, certainty: diagnosis.certainty } : {}),
    failures: incident.failures,
    firstFailureAt: iso(incident.firstFailureAt),
    lastFailureAt: iso(incident.lastFailureAt),
    ...step.more,
  };
  return { subject: asSubject(`${at.apiName ?? at.apiId}/${at.stage} ${step.says}`), message };
}

// Watches what Gatemedic writes and says, from outside, and tells it as a stream of events: what the page shows and headless runs print.
import type { ChangeRecord } from '../model/change.ts';
import type { Incident } from '../model/incident.ts';
import type { NewItem, Store } from '../store/store.ts';

const kinds = ['signal', 'incident', 'evidence', 'diagnosis', 'decision', 'change', 'verified', 'undone', 'message', 'closed'] as const;
export type ObservedKind = (typeof kinds)[number];
export interface Observed {
  readonly at: number;
  readonly kind: ObservedKind;
  /** One line for a person. */
  readonly says: string;
  readonly fields: Readonly<Record<string, unknown>>;
}
export type Observe = (event: Omit<Observed, 'at'>) => void;

/** The store with a witness: every item that was really written is compared with the one before. */
export function witnessed(store: Store, observe: Observe): Store {
  const before = new Map<string, unknown>();
  const saw = (item: NewItem, written: boolean): void => {
    if (!written) return;
    compare(before.get(item.key), item, observe);
    before.set(item.key, structuredClone(item.value));
  };
  return {
    get: (key) => store.get(key),
    list: (name, range) => store.list(name, range),
    countBelow: (key, max, expiresAt) => store.countBelow(key, max, expiresAt),
    deleteIfUnchanged: (key, version) => store.deleteIfUnchanged(key, version),
    async putIfAbsent(item) {
      const answer = await store.putIfAbsent(item);
      saw(item, answer.written);
      return answer;
    },
    async putIfUnchanged(item, version) {
      const answer = await store.putIfUnchanged(item, version);
      saw(item, answer.written);
      return answer;
    },
  };
}

function compare(old: unknown, item: NewItem, observe: Observe): void {
  if (item.key.startsWith('incident#')) incidentNews(old as Incident | undefined, item.value as Incident, observe);
  if (item.key.startsWith('change#')) changeNews(old as ChangeRecord | undefined, item.value as ChangeRecord, observe);
  if (item.key.startsWith('evidence#')) evidenceNews(item, observe);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function incidentNews(old: Incident | undefined, now: Incident, observe: Observe): void {
  const incident = now.id;
  if (!old)
    observe({
      kind: 'incident',
      says: `${now.at.apiName ?? now.at.apiId}/${now.at.stage} is in trouble (${now.from})`,
      fields: { incident, stage: `${now.at.apiId}/${now.at.stage}`, from: now.from },
    });
  if (now.diagnosis && now.diagnosis.at !== old?.diagnosis?.at) {
    const { cause, certainty, failing, missing } = now.diagnosis;
    observe({
      kind: 'diagnosis',
      says: `${cause}, ${certainty}`,
      fields: { incident, cause, certainty, failing: failing ?? null, missing: missing.length },
    });
  }
  if (now.decision && !same(now.decision, old?.decision)) {
    const { decision } = now;
    const plan = 'plan' in decision && decision.plan ? { fix: decision.plan.fix, hash: decision.plan.hash } : {};
    observe({
      kind: 'decision',
      says: `${decision.do}: ${decision.because.join('; ')}`,
      fields: { incident, do: decision.do, because: decision.because, ...plan },
    });
  }
  if (now.question && (now.question.state !== old?.question?.state || now.question.id !== old.question.id))
    observe({
      kind: 'decision',
      says: `question ${now.question.state}`,
      fields: { incident, question: now.question.id, state: now.question.state },
    });
  if (now.phase === 'closed' && old?.phase !== 'closed')
    observe({
      kind: 'closed',
      says: now.parentId ? 'part of an outage' : `outcome ${now.outcome ?? 'none'}`,
      fields: { incident, outcome: now.outcome ?? null, parent: now.parentId ?? null },
    });
}

function changeNews(old: ChangeRecord | undefined, now: ChangeRecord, observe: Observe): void {
  if (now.step === old?.step) return;
  const kind = now.step === 'verified' ? 'verified' : now.step === 'undone' ? 'undone' : 'change';
  observe({
    kind,
    says: `${now.plan.fix}: ${now.step}`,
    fields: { incident: now.incidentId, change: now.id, fix: now.plan.fix, step: now.step, preview: now.plan.preview },
  });
}

function evidenceNews(item: NewItem, observe: Observe): void {
  const { gathered } = item.value as { gathered: Readonly<Record<string, { state: string; why?: string }>> };
  const had = Object.entries(gathered).map(([kind, e]) => (e.state === 'got' ? kind : `${kind} (${e.why})`));
  observe({ kind: 'evidence', says: had.join(', '), fields: { incident: item.key.slice('evidence#'.length), kinds: had } });
}

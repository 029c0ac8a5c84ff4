// What the page shows, as one plain object twice a second: built from the account, the workflow's history and the stand-in Slack.
import { rows } from '../store/rows.ts';
import type { HistoryEvent } from '../workflow/interpreter.ts';
import { breakages } from './breakages/index.ts';
import type { Observed } from './observer.ts';
import { people, place, type Run } from './run.ts';
import type { ShopStage } from './shop.ts';

interface Bar {
  readonly ok: number;
  readonly bad: number;
}
export interface Step {
  readonly atMs: number;
  readonly kind: string;
  readonly title: string;
  readonly says: string;
}

const barEveryMs = 10_000;
const barCount = 60;
const stepCount = 120;
/** The states of the incident machine that mean something to a person, in the order a burst meets them. */
const machineStates = [
  'Investigate',
  'Decide',
  'Tell',
  'Wait',
  'Ask a person',
  'Keep asking',
  'Carry out',
  'Wait for proof',
  'Prove',
  'Take back',
  'Close',
];

export class View {
  readonly #run: Run;
  readonly #steps: Step[] = [];
  readonly #bars = new Map<string, Bar[]>();
  readonly #startedAt: number;
  /** The owner's brakes, by name. */
  brakes: Readonly<Record<string, boolean>> = { 'kill-switch': false, calendar: false };
  #now: string | undefined;
  #seen = new Set<string>();
  #lastBarAt = 0;

  constructor(run: Run) {
    this.#run = run;
    this.#startedAt = run.clock.now();
  }

  observed({ at, kind, says, fields }: Observed): void {
    const opened = fields['opened'];
    // of a burst's many signals, those that brought something new
    if (kind === 'signal' && Array.isArray(opened) && opened.every((o) => o === 'seen')) return;
    this.#step({ atMs: at - this.#startedAt, kind, title: kind, says });
  }

  entered(event: HistoryEvent): void {
    if (!event.type.endsWith('StateEntered') || !event.state) return;
    if (event.state === 'Investigate' && this.#now === undefined) this.#seen = new Set();
    this.#now = event.state.startsWith('Done') || event.state === 'Failed' ? undefined : event.state;
    this.#seen.add(event.state);
    if (machineStates.includes(event.state) && event.state !== 'Tell')
      this.#step({ atMs: event.at - this.#startedAt, kind: 'state', title: event.state, says: 'workflow' });
  }

  #step(step: Step): void {
    this.#steps.push(step);
    if (this.#steps.length > stepCount) this.#steps.shift();
  }

  /** Everything the page draws. */
  async snapshot(speed: number): Promise<unknown> {
    const run = this.#run;
    this.#sample();
    return {
      atMs: run.clock.now() - this.#startedAt,
      speed,
      ...place,
      mode: run.installed.installation.mode,
      brakes: this.brakes,
      stages: run.shop.stages.map((s) => this.#stage(s)),
      breakages: [
        ...breakages.map(({ id, title, says, cause }) => ({ id, title, says, kind: 'break', family: familyOf(cause) })),
        { id: 'mend', title: 'Mend it by hand', says: 'what the owner would do', kind: 'mend' },
      ],
      functions: run.account.functionsView(),
      machine: machineStates.map((name) => ({ name, now: name === this.#now, seen: this.#seen.has(name) })),
      steps: this.#steps,
      topic: run.installed.topic.slice(-12).map(({ at, subject, message }) => ({
        atMs: at - this.#startedAt,
        kind: 'topic',
        title: subject,
        says: typeof message['says'] === 'string' ? message['says'] : '',
      })),
      messages: run.slack.messages,
      whispers: run.slack.whispers.slice(-8).map(({ at, userId, message }) => ({ ts: String(at), userId, ...message })),
      people: people.map(({ id, label }) => ({ id, label })),
      incidents: (await rows.incident.list(run.installed.store, 'open-incidents')).length,
    };
  }

  #sample(): void {
    const now = this.#run.clock.now();
    if (now - this.#lastBarAt < barEveryMs) return;
    this.#lastBarAt = now;
    for (const s of this.#run.shop.stages) {
      const { ok, serverErrors } = this.#run.account.stats(s.apiId, s.stage);
      const bars = [...(this.#bars.get(keyOf(s)) ?? []), { ok: ok / 10, bad: serverErrors / 10 }];
      this.#bars.set(keyOf(s), bars.slice(-barCount));
    }
  }

  #stage(s: ShopStage): unknown {
    const history = this.#bars.get(keyOf(s)) ?? [];
    const last = history.at(-1) ?? { ok: 0, bad: 0 };
    return { key: keyOf(s), name: `${s.apiName} / ${s.stage}`, apiType: s.apiType, ok: last.ok, bad: last.bad, history };
  }
}

export const keyOf = (s: Pick<ShopStage, 'apiId' | 'stage'>): string => `${s.apiId}/${s.stage}`;

/** Where a person would look for something to break; causes are named after what is wrong, so their names tell. */
function familyOf(cause: string): string {
  if (/^(?:lambda-|response-too)/.test(cause)) return 'Lambda';
  if (cause.startsWith('authorizer-')) return 'Authorizers';
  if (cause.startsWith('service-')) return 'AWS services';
  return /^(?:backend-|vpc-|target-|network-|integration-(?:timeout|route))/.test(cause) ? 'Backends and networks' : 'The gateway';
}

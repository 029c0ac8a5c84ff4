// One scenario without a browser and without real waiting: prints what happens, one JSON object a line, and says whether the end is the right one.
import { performance } from 'node:perf_hooks';
import type { ChangeRecord } from '../model/change.ts';
import type { Incident } from '../model/incident.ts';
import { rows } from '../store/rows.ts';
import type { Observed } from './observer.ts';
import type { Usage } from './meter.ts';
import { offers } from './offers.ts';
import { openRun, people, type Run } from './run.ts';
import { problemsOf } from './scenarios/judge.ts';
import type { Person, Scenario } from './scenarios/scenario.ts';
import { summarise, type Summary } from './summary.ts';

export interface HeadlessOptions {
  readonly person: Person;
  readonly logs: boolean;
  readonly seed: number;
}
export interface Line extends Readonly<Record<string, unknown>> {
  /** Simulated ms since the first failed request (since the break, where nothing ever failed). */
  readonly atMs: number;
  readonly kind: string;
}

/** How often the person looks at the channel, and how long a click takes to think about. */
const lookMs = 10_000;
const thinkMs = 20_000;
/** After this long without news, and with nothing open, a story is over. */
const quietMs = 12 * 60_000;

export async function runScenario(
  scenario: Scenario,
  options: HeadlessOptions,
  print: (line: Line | Summary) => void,
): Promise<{ summary: Summary; problems: readonly string[]; wallMs: number; usage: Usage }> {
  const startedAt = performance.now();
  const seen: Observed[] = [];
  const { stages, owner, deliveredTimes } = scenario;
  const run = await openRun({
    seed: options.seed,
    logs: options.logs,
    ...(stages ? { stages } : {}),
    ...(owner ? { owner } : {}),
    ...(scenario.prepare ? { prepare: scenario.prepare } : {}),
    ...(deliveredTimes ? { deliveredTimes: options.logs ? deliveredTimes.logs : deliveredTimes.alarms } : {}),
    onEvent: (event) => seen.push(event),
  });
  const brokeAt = run.clock.now();
  if (scenario.slackDown) run.slack.refusing = 'down';
  run.account.wire.clear();
  run.installed.meter.clear();
  scenario.play(run.shop);
  const acts = robot(run, options.person, seen, scenario);
  await run.clock.runUntil(brokeAt + scenario.forMs, () => over(run, seen, brokeAt, acts));
  const zeroAt = run.account.firstServerErrorAt(brokeAt) ?? brokeAt;
  for (const { at, kind, says, fields } of seen) if (at >= brokeAt) print({ atMs: at - zeroAt, kind, ...fields, says });
  const { incidents, changes } = await everything(run);
  const summary = summarise({ scenario, run, seen: seen.filter((e) => e.at >= brokeAt), incidents, changes, zeroAt });
  print(summary);
  return {
    summary,
    problems: problemsOf(scenario, options, summary, run),
    wallMs: performance.now() - startedAt,
    usage: run.installed.meter.usage(),
  };
}

async function everything(run: Run): Promise<{ incidents: readonly Incident[]; changes: readonly ChangeRecord[] }> {
  const values = async <T>(
    kind: { list(store: Run['installed']['store'], name: string): Promise<readonly { value: T }[]> },
    names: readonly string[],
  ): Promise<readonly T[]> => (await Promise.all(names.map((name) => kind.list(run.installed.store, name)))).flat().map((row) => row.value);
  const incidents = await values<Incident>(rows.incident, ['closed-incidents', 'open-incidents']);
  const changes = await values<ChangeRecord>(rows.change, ['changes', 'open-changes']);
  return { incidents: incidents.toSorted((a, b) => a.openedAt - b.openedAt), changes };
}

interface Robot {
  /** Nothing is left that this person would do. */
  idle(): boolean;
  /** When the person last pressed something. */
  actedAt(): number;
}

/** The person in Slack: looks now and then, thinks, clicks what their part says. */
function robot(run: Run, person: Person, seen: readonly Observed[], scenario: Scenario): Robot {
  const { undoAfterMs = 0 } = scenario;
  const [robin, second] = people.filter((p) => p.approves);
  const clicked = new Set<string>();
  let busy = 0;
  let actedAt = 0;
  const done = (act: string): boolean => [...clicked].some((c) => c.endsWith(` ${act}`));
  const provenSince = (ms: number): boolean => seen.some((e) => e.kind === 'verified' && run.clock.now() - e.at >= ms);
  const press = (messageTs: string, act: string, who = robin): void => {
    const once = `${messageTs} ${who?.id} ${act}`;
    if (!who || clicked.has(once)) return;
    clicked.add(once);
    busy++;
    run.clock.after(thinkMs, () =>
      run.clock.start(async () => {
        busy--;
        actedAt = run.clock.now();
        await run.click(who.id, messageTs, act);
        if (act === 'undo') scenario.afterUndo?.(run.shop);
      }),
    );
  };
  const look = (): void => {
    for (const { ts, acts } of offers(run.slack.messages)) {
      if (person === 'dismiss' && acts.includes('dismiss')) press(ts, 'dismiss');
      if ((person === 'approve' || (person === 'undo' && !done('undo'))) && acts.includes('approve')) {
        press(ts, 'approve');
        // still asked a good while later: it takes two
        if (actedAt > 0 && run.clock.now() - actedAt > 2 * thinkMs) press(ts, 'approve', second);
      }
      if (person === 'undo' && acts.includes('undo') && provenSince(undoAfterMs)) press(ts, 'undo');
    }
    run.clock.after(lookMs, look);
  };
  if (person !== 'silent') look();
  const waits = (): boolean => person === 'undo' && provenSince(0) && !done('undo');
  return { idle: () => busy === 0 && !waits(), actedAt: () => actedAt };
}

function over(run: Run, seen: readonly Observed[], brokeAt: number, acts: Robot): boolean {
  const lastAt = Math.max(brokeAt, seen.at(-1)?.at ?? 0, acts.actedAt());
  if (run.clock.now() - lastAt < quietMs || !acts.idle()) return false;
  return run.shop.account.clock.now() > brokeAt && !run.installed.busy();
}

// Draws a world from its seed: mostly short stories, each with some of what can go wrong, so that thousands can be played.
import type { CallName } from '../../lib/aws/calls.ts';
import type { DutyId } from '../../lib/duties.ts';
import { fixes } from '../../lib/fixes/index.ts';
import { settings } from '../../lib/settings/index.ts';
import { breaking, treated, untreated, type Breaking } from './breaking.ts';
import { cornerStory, long, type Story } from './corners.ts';
import { type Dice, diceOf } from './dice.ts';
import type { Event, Plan, Who } from './events.ts';
import { mostStages, pairAt } from './shop.ts';

const second = 1000;
const minute = 60 * second;

export function draw(seed: number): Plan {
  const dice = diceOf(seed);
  const story = dice.is(cornered) ? cornerStory(dice) : usual(dice);
  const { stages, events, past, firstFix } = story;
  const rests = dice.is(0.35);
  const overMs = Math.max(...events.map((e) => (e.is === 'break' ? e.untilMs : 0)));
  return {
    seed,
    logs: story.logs ?? dice.is(0.3),
    deliveredTimes: dice.is(0.12) ? 2 : 1,
    stages,
    rests,
    ...((stages > 1 && dice.is(0.25)) || story.unlisted ? { unlisted: true as const } : {}),
    owner: { ...ownerOf(dice), ...story.owner },
    ...(past ? { past } : {}),
    ...(firstFix ? { firstFix } : {}),
    events: [...events, ...people(dice, overMs, { rests, keen: story.keen ?? false }), ...troubles(dice, stages, overMs)].toSorted(
      (a, b) => a.atMs - b.atMs,
    ),
  };
}

/** So many worlds are drawn for a corner. */
const cornered = 0.2;

function usual(dice: Dice): Story {
  const stages = dice.is(0.85) ? 1 : dice.is(0.7) ? 2 : dice.one([3, mostStages]);
  return { stages, events: breakages(dice, stages) };
}

const saturdays = { days: ['sat' as const], from: '00:00', to: '23:59', timezone: 'UTC' };

function ownerOf(dice: Dice): Plan['owner'] {
  return {
    ...(dice.is(0.06) ? { mode: dice.one(['ask', 'ask', 'observe'] as const) } : {}),
    // the stories are told on a Friday
    ...(dice.is(0.05) ? { unaskedHours: saturdays } : {}),
    ...(dice.is(0.1) ? { undoWindowMs: 10 * minute } : {}),
    ...(dice.is(0.15) ? { questionMs: 4 * minute } : {}),
    ...(dice.is(0.06) ? { changesPerHour: 1 } : {}),
    ...(dice.is(0.05) ? { sharedByRoutes: 1 } : {}),
    ...(dice.is(0.1) ? { outage: { stages: 1, withinMs: 5 * minute } } : {}),
  };
}

/** Those that happen often, for what is done unasked and what a person forbade is where most can go wrong. */
const often = [
  'permission-removed-by-deploy',
  'permission-removed-by-deploy',
  'permission-removed-by-deploy',
  'permission-removed-on-purpose',
  'removed-on-purpose-trail-late',
];

function drawn(dice: Dice, stage: number): Breaking {
  const fit = (list: readonly Breaking[]): readonly Breaking[] => list.filter((b) => b.on(stage));
  if (stage === pairAt) return breaking('both-permissions-removed-by-deploy');
  if (dice.is(0.72)) return breaking(dice.one(often));
  if (dice.is(0.12)) return dice.one(fit(untreated));
  const one = dice.one(fit(treated));
  return long.has(one.id) && dice.is(0.7) ? breaking('permission-removed-by-deploy') : one;
}

/** One to four, one after the other on a stage, at the same time on several. */
function breakages(dice: Dice, stages: number): readonly Event[] {
  const events: Event[] = [];
  const freeAt = Array.from({ length: stages }, () => 0);
  const had = new Map<number, Set<string>>();
  const together = dice.is(0.3);
  const count = stages === 1 ? dice.one([1, 1, 1, 1, 1, 2]) : dice.one([1, 1, 2, 3]);
  for (let n = 0; n < count; n++) {
    const stage = together ? n % stages : Math.floor(dice.next() * stages);
    const thing = drawn(dice, stage);
    const before = had.get(stage) ?? new Set<string>();
    // what an API was built with beforehand leaves no room for another fault on it
    const alone = thing.prepare !== undefined || [...before].some((id) => breaking(id).prepare !== undefined);
    if ((alone && before.size > 0) || (!thing.again && before.has(thing.id))) continue;
    const atMs = Math.max(freeAt[stage] ?? 0, together ? dice.between(0, 20 * second) : dice.between(0, 2 * minute));
    const lastsMs = long.has(thing.id)
      ? dice.between(30, 60) * minute
      : dice.is(0.2)
        ? dice.between(30, 60) * second
        : dice.between(1.5, 4.5) * minute;
    events.push({ atMs, is: 'break', what: thing.id, stage, untilMs: atMs + lastsMs });
    freeAt[stage] = atMs + lastsMs + dice.between(40 * second, 4 * minute);
    had.set(stage, before.add(thing.id));
  }
  return events;
}

/** They look every minute or so, most of them. Undo is there for a day, a question for minutes: pressed alike, nothing would ever be proven. */
function people(dice: Dice, overMs: number, { rests, keen }: { readonly rests: boolean; readonly keen: boolean }): readonly Event[] {
  const events: Event[] = [];
  const eager = keen ? 0.9 : dice.is(0.75) ? dice.between(0.2, 0.8) : 0.05;
  const who = (): Who => (dice.is(0.1) ? 'kim' : dice.is(0.3) ? 'lee' : 'robin');
  for (let atMs = dice.between(20 * second, 2 * minute); atMs < overMs + 3 * minute; atMs += dice.between(20 * second, 80 * second)) {
    if (!dice.is(eager)) continue;
    const act = dice.is(keen ? 0.93 : 0.72) ? 'approve' : dice.one(['dismiss', 'undo', 'keep', 'settle', 'any'] as const);
    if ((act === 'undo' || act === 'any') && dice.is(0.6)) continue;
    events.push({
      atMs,
      is: 'press',
      who: who(),
      act,
      pick: dice.next(),
      ...(dice.is(0.12) ? { old: true as const } : {}),
      ...(dice.is(0.2) ? { twiceMs: dice.between(0, 3000) } : {}),
      ...(dice.is(0.12) ? { with: who() } : {}),
      ...(dice.is(0.08) ? { forged: dice.one(['team', 'hash', 'message'] as const) } : {}),
    });
  }
  // after the incident closed, or when all is long over
  for (const laterMs of rests ? [9 * minute, 16 * minute] : [])
    if (dice.is(0.25))
      events.push({ atMs: overMs + laterMs, is: 'press', who: who(), act: dice.one(['undo', 'undo', 'any'] as const), pick: dice.next() });
  return events;
}

const writers: readonly DutyId[] = [
  'carry-out',
  'carry-out',
  'carry-out',
  'decide',
  'prove',
  'tell',
  'answer',
  'sweep',
  'investigate',
  'close',
];
/** What fixes read and write, and what everything rests on. */
const calls: readonly CallName[] = [
  ...new Set([
    ...settings.filter((s) => fixes.some((f) => f.settings.includes(s.id))).flatMap((s) => [...s.calls.read, ...s.calls.write]),
    'cloudwatch:GetMetricData' as const,
    'ssm:GetParameter' as const,
  ]),
];

function troubles(dice: Dice, stages: number, overMs: number): readonly Event[] {
  const at = (): number => dice.between(0, overMs + 2 * minute);
  const forMs = (most: number): number => dice.between(20 * second, most);
  const events: Event[] = [];
  const some = (probability: number, make: () => Event): void => {
    if (dice.is(probability)) events.push(make());
  };
  some(0.25, () => ({ atMs: 0, is: 'fault', kind: 'throttled', probability: dice.between(0, 0.2), forMs: overMs + 3 * minute }));
  some(0.15, () => ({
    atMs: at(),
    is: 'fault',
    kind: dice.one(['down', 'denied', 'latency', 'throttled'] as const),
    call: dice.one(calls),
    probability: 0.6,
    forMs: forMs(2 * minute),
  }));
  for (let n = dice.few(3); n > 0; n--) events.push(crash(dice, at()));
  some(0.1, () => ({ atMs: at(), is: 'pause', duty: 'carry-out', ms: dice.between(5 * second, 65 * second) }));
  some(0.06, () => ({
    atMs: at(),
    is: 'clock',
    duty: dice.one(writers),
    ms: dice.between(-15 * second, 15 * second),
    forMs: forMs(6 * minute),
  }));
  some(0.12, () => ({ atMs: 0, is: 'lag', ms: dice.between(500, 6000), forMs: overMs }));
  some(0.1, () => ({ atMs: at(), is: 'slack', kind: dice.one(['down', 'throttled'] as const), forMs: forMs(6 * minute) }));
  some(0.04, () => ({ atMs: at(), is: 'topic', forMs: forMs(6 * minute) }));
  some(0.1, () => ({ atMs: 0, is: 'trail', delayMs: dice.between(8, 30) * minute, forMs: overMs }));
  some(0.1, () => ({ atMs: at(), is: 'switch', value: dice.one(['on', 'on', 'garbage', 'gone'] as const), forMs: forMs(4 * minute) }));
  some(0.08, () => ({ atMs: at(), is: 'calendar', forMs: forMs(6 * minute) }));
  some(0.05, () => ({ atMs: at(), is: 'hands-off', stage: Math.floor(dice.next() * stages), forMs: forMs(6 * minute) }));
  some(0.03, () => ({ atMs: 0, is: 'closed', stage: Math.floor(dice.next() * stages) }));
  some(0.1, () => ({ atMs: at(), is: 'deploy', stage: Math.floor(dice.next() * stages), forMs: forMs(2 * minute) }));
  some(0.12, () => ({ atMs: at(), is: 'hand', how: dice.one(['other', 'back'] as const), pick: dice.next() }));
  some(0.1, () => ({ atMs: at() / 2, is: 'meanwhile', how: dice.one(['other', 'goal'] as const), afterMs: dice.between(0, 900) }));
  some(0.07, () => ({ atMs: 0, is: 'again', afterMs: dice.between(20 * second, 90 * second) }));
  some(0.06, () => ({ atMs: at(), is: 'quiet', stage: Math.floor(dice.next() * stages), forMs: forMs(8 * minute) }));
  some(0.04, () => ({ atMs: at(), is: 'abort', pick: dice.next() }));
  return events;
}

const edges = ['aws', 'store', 'store', 'slack', 'workflow'] as const;

/** Mostly at the writes and around them; four times in a row ends an execution, and the sweeper settles what it left. */
const crash = (dice: Dice, atMs: number): Event => ({
  atMs,
  is: 'crash',
  when: dice.one(['before', 'after'] as const),
  duty: dice.one(writers),
  ...(dice.is(0.35) ? { writes: true as const } : dice.is(0.6) ? { edge: dice.one(edges) } : {}),
  nth: dice.few(14),
  times: dice.is(0.25) ? 4 : 1,
});

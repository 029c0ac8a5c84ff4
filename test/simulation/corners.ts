// Stories drawn on purpose: a corner in which one brake is all that holds, and each fix in its turn, long enough to be asked for and made.
import type { FixId } from '../../lib/model/change.ts';
import { breaking } from './breaking.ts';
import type { Dice } from './dice.ts';
import type { Event, Past, Plan } from './events.ts';
import { leasedUsdPerHour } from './past.ts';
import { leftAt, mostStages, pairAt } from './shop.ts';

const second = 1000;
const minute = 60 * second;

/** What a story is about; whatever else happens in it is drawn as in any other. */
export interface Story extends Pick<Plan, 'stages' | 'past' | 'firstFix' | 'unlisted'> {
  readonly owner?: Plan['owner'];
  readonly logs?: boolean;
  readonly events: readonly Event[];
  /** Its people look often, and nearly always say yes. */
  readonly keen?: true;
}

const breakAt = (what: string, stage: number, atMs: number, lastsMs: number): Event => ({
  atMs,
  is: 'break',
  what,
  stage,
  untilMs: atMs + lastsMs,
});
const byDeploy = 'permission-removed-by-deploy';
/** One stage that is mended unasked, but for what came before. */
const after = (dice: Dice, past: readonly Past[], more: Partial<Story> = {}): Story => ({
  stages: Math.max(1, ...past.map((p) => p.stage + 1)),
  past,
  events: [breakAt(byDeploy, 0, dice.between(0, 20 * second), dice.between(4, 6) * minute)],
  ...more,
});

/** A stage without logs has its errors logged, and so keeps an incident of its own when the next one fails and it is an outage for this owner. */
function outage(dice: Dice): Story {
  const [first, next] = dice.is(0.5) ? [0, 2] : [2, 0];
  return {
    stages: 3,
    logs: false,
    owner: { outage: { stages: 1, withinMs: dice.between(8, 20) * minute } },
    events: [
      breakAt(dice.one(['malformed-response', 'authorizer-answer-kept']), first, 0, dice.between(10, 14) * minute),
      breakAt(byDeploy, next, dice.between(45, 110) * second, dice.between(8, 12) * minute),
    ],
    keen: true,
  };
}

/** The owner wants to be asked, or only to see, and it fails for as long as anybody may try. */
const reluctant = (dice: Dice): Story => ({
  stages: 1,
  owner: { mode: dice.one(['ask', 'ask', 'observe'] as const) },
  events: [breakAt(byDeploy, 0, 0, dice.between(8, 11) * minute)],
});

/** What breaks is on nobody's list. */
const strange = (dice: Dice): Story => ({
  stages: 3,
  unlisted: true,
  events: [breakAt(byDeploy, 2, 0, dice.between(5, 8) * minute)],
});

/** One too many in the hour: one was made before, or two stages break. */
const busyHour = (dice: Dice): Story =>
  after(dice, [{ is: 'made', stage: dice.one([0, 2]), agoMs: dice.between(25, 40) * minute }], { owner: { changesPerHour: 1 } });

/** Three of the stage itself, or six of others. */
function failures(dice: Dice): Story {
  const on = dice.is(0.6) ? [0, 0, 0] : [1, 1, 1, 2, 2, 2];
  return after(
    dice,
    on.map((stage) => ({ is: 'failed' as const, stage, agoMs: dice.between(10, 40) * minute })),
  );
}

const unreadable = (dice: Dice): Story =>
  after(dice, [{ is: dice.one(['unknown-setting', 'later-shape'] as const), stage: 0, agoMs: dice.between(1, 30 * 60) * minute }]);

/** A lease takes all but a cent of what the owner pays an hour. */
const dear = (dice: Dice): Story => ({
  stages: 1,
  past: [{ is: 'leased', stage: 0, agoMs: dice.between(10, 60) * minute }],
  owner: { caps: { usdPerHour: leasedUsdPerHour + 0.001, usdPerDay: 10, warmEnvironments: 50 } },
  firstFix: 'raise-table-capacity',
  events: [breakAt('table-throttled', 0, 0, dice.between(8, 11) * minute)],
  keen: true,
});

/** A deploy breaks one route of two and goes on for minutes; meanwhile nobody calls it any more, and the other is well. */
function givenUp(dice: Dice): Story {
  const quietAt = dice.between(65, 115) * second;
  return {
    stages: mostStages,
    // an alarm comes so late that its own time passes for a failure
    logs: true,
    events: [
      breakAt('left-permission-removed-by-deploy', pairAt, 0, dice.between(9, 11) * minute),
      { atMs: quietAt, is: 'quiet', stage: leftAt, forMs: 20 * minute },
    ],
  };
}

/** Bursts of eight minutes each and a lease of hours: few worlds have the time. */
export const long: ReadonlySet<string> = new Set(['cold-start-burst']);

/**
 * What brings each fix about, where an owner lists it first. Permissions and error logs are mended and turned on in any world; the mapping of a
 * domain in none, for what is lost with it brings no 5xx.
 */
const bringing: Readonly<Partial<Record<FixId, readonly string[]>>> = {
  'deploy-edits': ['mended-not-deployed'],
  'flush-authorizer-cache': ['authorizer-answer-kept'],
  'pin-runtime-version': ['runtime-update-breaks'],
  'put-alias-back': ['crashing-release', 'malformed-response', 'memory-full', 'module-left-out', 'slow-function', 'slow-integration'],
  'put-back-deployment': ['answer-status-undeclared', 'mock-without-status', 'path-variable-unmapped', 'template-unclosed'],
  'raise-table-capacity': ['table-throttled'],
  're-add-security-group-rule': ['balancer-rule-revoked', 'target-rule-revoked'],
  'remove-canary': ['canary-broken'],
  'restore-role-statement': ['service-role-loses-permission'],
  'restore-stage-variable': ['stage-variable-lost-by-deploy', 'stage-variable-removed'],
  'set-authorizer-ttl': ['authorizer-throttled'],
  'set-function-memory': ['data-outgrew-memory'],
  'set-function-timeout': ['dependency-slower'],
  'set-integration-timeout': ['integration-timeout-cut'],
  'set-reserved-concurrency': ['slower-than-reserved', 'throttled-by-reserved'],
  'set-stage-throttling': ['stage-limit-reached', 'stage-limit-zero'],
  'shed-load': ['slower-than-reserved'],
  'shift-canary-to-zero': ['canary-broken'],
  'stop-codedeploy-deployment': ['shifted-release'],
  'warm-concurrency': ['cold-start-burst'],
};

/** A fix in its turn: broken for as long as it takes to be found, asked about, approved by two and made. */
function fixInTurn(dice: Dice): Story {
  const firstFix = dice.one(Object.keys(bringing));
  const one = breaking(dice.one(bringing[firstFix] ?? []));
  const stage = [0, 1].find((n) => one.on(n)) ?? 0;
  const lastsMs = (long.has(one.id) ? dice.between(30, 45) : dice.between(9, 14)) * minute;
  // the shifting of a release is over in minutes: only logs tell of it in time
  const logs = one.id === 'shifted-release' ? { logs: true } : {};
  return { stages: stage + 1, events: [breakAt(one.id, stage, dice.between(0, minute), lastsMs)], firstFix, ...logs, keen: true };
}

const corners: readonly ((dice: Dice) => Story)[] = [
  outage,
  reluctant,
  busyHour,
  failures,
  unreadable,
  dear,
  givenUp,
  ...Array.from({ length: 6 }, () => fixInTurn),
  strange,
];

export const cornerStory = (dice: Dice): Story => dice.one(corners)(dice);

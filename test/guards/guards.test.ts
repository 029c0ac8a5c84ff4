// Each guard: when it speaks, how far it lowers, and that it is silent in a calm situation.
import { describe, expect, test } from 'vitest';
import { guards } from '../../lib/guards/index.ts';
import type { Situation } from '../../lib/model/change.ts';
import { missing, type Gathered } from '../../lib/model/evidence.ts';
import type { Hours } from '../../lib/model/hours.ts';

const now = 1_000_000_000;
const minute = 60_000;
const known = { from: now, to: now, trust: 'aws' as const };
const arn = (name: string) => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
const fn = (name: string, more: object = {}) => ({ ref: { accountId: '111122223333', region: 'us-east-1', name }, exists: true, ...more });
const stack = (inProgress: boolean) => ({
  stack: 'shop',
  status: inProgress ? 'UPDATE_IN_PROGRESS' : 'UPDATE_COMPLETE',
  inProgress,
  permissions: [],
});
const stacks = (of: Readonly<Record<string, ReturnType<typeof stack>>>, more: object = {}) => ({
  state: 'got' as const,
  value: { stacks: of, ...more },
  ...known,
});
const configs = (of: Readonly<Record<string, ReturnType<typeof fn>>>) => ({ state: 'got' as const, value: { functions: of }, ...known });
const deployments = (...functionNames: readonly string[]) => ({
  state: 'got' as const,
  value: {
    running: functionNames.map((functionName) => ({
      id: 'd-1',
      application: 'shop',
      group: 'g',
      status: 'InProgress',
      createdAt: now,
      functionName,
      alias: 'live',
      from: '1',
      to: '2',
    })),
  },
  ...known,
});
const calmEvidence: Gathered = {
  codeDeployments: deployments('other'),
  stackEvents: stacks({ 'orders:live': stack(false), 'other:live': stack(true) }),
  functionConfig: configs({ 'orders:live': fn('orders'), 'other:live': fn('other', { weighted: true }) }),
};
const stageArn = 'arn:aws:apigateway:us-east-1::/restapis/a1b2c3/stages/prod';
/** A Wednesday at 09:46 in London, 18:46 in Tokyo. */
const wednesday = Date.parse('2026-11-25T09:46:00Z');
const office: Hours = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00', timezone: 'Europe/London' };
const calm: Situation = {
  at: { accountId: '111122223333', region: 'us-east-1', apiType: 'REST', apiId: 'a1b2c3', stage: 'prod' },
  now,
  diagnosis: { cause: 'lambda-cold-start', certainty: 'confirmed', at: now, suspects: [], missing: [], failing: true },
  evidence: calmEvidence,
  plan: {
    fix: 'warm-concurrency',
    cause: 'lambda-cold-start',
    changes: [],
    hash: 'h',
    preview: [],
    snippets: [],
    usdPerHour: 0.5,
    leaseMs: 2 * 60 * minute,
  },
  fixUnasked: true,
  mode: 'act',
  firstFailureAt: now - 5 * minute,
  lastFailureAt: now - 1000,
  watched: true,
  killSwitch: 'off',
  freeze: 'open',
  unaskedLastHour: 0,
  changesPerHour: 6,
  routesShared: 2,
  sharedByRoutes: 50,
  writable: true,
  recent: [],
  cooldownMs: 60 * minute,
  stagesInTrouble: 1,
  outageStages: 10,
  failedLastHour: { ofTheStage: 0, anywhere: 0 },
  writesTo: [arn('orders')],
  keys: ['lambda/orders'],
  unaskedHours: undefined,
  unreadable: [],
  handsOff: [],
  tagsUnread: [],
  spending: { usdPerHour: 0, usdLastDay: 0 },
  caps: { usdPerHour: 1, usdPerDay: 10, warmEnvironments: 50 },
};
const recent = (more: Partial<Situation['recent'][number]>) => [
  { id: 'chg-1', hash: 'h', fix: 'warm-concurrency', step: 'verified', at: now - 10 * minute, by: 'gatemedic', keys: [], ...more } as const,
];

/** guard → situations it objects to, and how far it lowers. */
const speaks: Record<string, readonly [Partial<Situation>, 'wait' | 'ask' | 'advise'][]> = {
  'observe-mode': [[{ mode: 'observe' }, 'advise']],
  'ask-mode': [[{ mode: 'ask' }, 'ask']],
  'not-watched': [[{ watched: false }, 'advise']],
  'not-writable': [[{ writable: false }, 'advise']],
  'kill-switch': [
    [{ killSwitch: 'on' }, 'advise'],
    [{ killSwitch: 'unreadable' }, 'advise'],
  ],
  'change-freeze': [
    [{ freeze: 'closed' }, 'ask'],
    [{ freeze: 'unreadable' }, 'ask'],
  ],
  'one-way': [[{ plan: { ...calm.plan, oneWay: ['the cached answers are gone'] } }, 'ask']],
  'changes-per-hour': [[{ unaskedLastHour: 6 }, 'ask']],
  'shared-by-many': [[{ routesShared: 51 }, 'ask']],
  'unreadable-change': [
    [{ unreadable: ['change#chg-1: step Invalid type'] }, 'ask'],
    [{ unreadable: ['a: b', 'c: d'] }, 'ask'],
  ],
  cooldown: [
    [{ recent: recent({}) }, 'ask'],
    [{ recent: recent({ step: 'undone' }) }, 'advise'],
    [{ recent: recent({ step: 'undoing' }) }, 'wait'],
    [{ recent: recent({ step: 'stuck' }) }, 'advise'],
    [{ recent: recent({ step: 'undone', by: 'lease' }) }, 'ask'],
    // another fix on the same target, whichever stage it was for
    [{ recent: recent({ fix: 'other', step: 'undone', keys: ['lambda/orders'] }) }, 'ask'],
  ],
  'three-failed-in-an-hour': [
    [{ failedLastHour: { ofTheStage: 3, anywhere: 3 } }, 'ask'],
    [{ failedLastHour: { ofTheStage: 0, anywhere: 6 } }, 'ask'],
  ],
  'deploy-in-progress': [
    [{ evidence: { ...calmEvidence, stackEvents: stacks({ 'orders:live': stack(true) }) } }, 'wait'],
    [{ evidence: { ...calmEvidence, functionConfig: configs({ 'orders:live': fn('orders', { weighted: true }) }) } }, 'wait'],
    [{ evidence: { ...calmEvidence, codeDeployments: deployments('orders') } }, 'wait'],
    [{ evidence: { ...calmEvidence, codeDeployments: missing('denied', 'no') } }, 'ask'],
    // of a stage, every function behind it counts
    [{ writesTo: [stageArn] }, 'wait'],
    [{ writesTo: [arn('orders'), stageArn] }, 'wait'],
    [{ evidence: {} }, 'ask'],
    [{ evidence: { ...calmEvidence, stackEvents: missing('denied', 'no') } }, 'ask'],
    [{ evidence: { ...calmEvidence, stackEvents: stacks({}, { notHad: { 'orders:live': missing('throttled', 'no') } }) } }, 'ask'],
    [{ evidence: { ...calmEvidence, functionConfig: missing('overBudget', 'no') } }, 'ask'],
  ],
  'outside-hours': [
    [{ unaskedHours: office, now: wednesday - 47 * minute }, 'ask'],
    [{ unaskedHours: office, now: wednesday + 8 * 60 * minute }, 'ask'],
    [{ unaskedHours: { ...office, days: ['sat', 'sun'] }, now: wednesday }, 'ask'],
    [{ unaskedHours: { ...office, timezone: 'Asia/Tokyo' }, now: wednesday }, 'ask'],
  ],
  'hands-off': [
    [{ handsOff: ['orders'] }, 'advise'],
    [{ tagsUnread: ['orders'] }, 'ask'],
  ],
  outage: [[{ stagesInTrouble: 11 }, 'advise']],
  'person-undid': [[{ recent: recent({ step: 'undone', by: 'person', at: now - 23 * 60 * minute }) }, 'advise']],
  'not-failing-any-more': [[{ diagnosis: { ...calm.diagnosis, failing: false }, lastFailureAt: now - 2 * minute }, 'wait']],
  'fix-not-allowed-unasked': [[{ fixUnasked: false }, 'ask']],
  'suspected-only': [
    [{ diagnosis: { ...calm.diagnosis, certainty: 'suspected' } }, 'advise'],
    [{ diagnosis: { ...calm.diagnosis, cause: 'lambda-timeout' } }, 'advise'],
  ],
  'spending-cap': [
    [{ spending: { usdPerHour: 0.6, usdLastDay: 0 } }, 'advise'],
    [{ spending: { usdPerHour: 0, usdLastDay: 9.5 } }, 'advise'],
  ],
};
/** guard → near misses it lets pass. */
const silent: Record<string, readonly Partial<Situation>[]> = {
  cooldown: [
    { recent: recent({ at: now - 61 * minute }) },
    { recent: recent({ fix: 'other' }) },
    { recent: recent({ fix: 'other', keys: ['lambda/payments'] }) },
    { recent: recent({ fix: 'other', keys: ['lambda/orders'], step: 'dropped' }) },
    { recent: recent({ step: 'dropped' }) },
  ],
  'deploy-in-progress': [
    // of functions nothing writes to
    { evidence: { ...calmEvidence, stackEvents: stacks({ 'payments:live': stack(true) }) } },
    { evidence: { ...calmEvidence, functionConfig: configs({ 'payments:live': fn('payments', { weighted: true }) }) } },
    { evidence: { ...calmEvidence, codeDeployments: deployments('payments') } },
    // no stack owns it
    { evidence: { ...calmEvidence, stackEvents: missing('empty', 'no stack owns a function') } },
  ],
  'outside-hours': [
    { unaskedHours: office, now: wednesday },
    // over midnight: from Tuesday, 22:00 to Wednesday, 10:00
    { unaskedHours: { ...office, days: ['tue'], from: '22:00', to: '10:00' }, now: wednesday },
  ],
  'three-failed-in-an-hour': [{ failedLastHour: { ofTheStage: 2, anywhere: 5 } }],
  'change-freeze': [{ freeze: 'none' }],
  'changes-per-hour': [{ unaskedLastHour: 5 }],
  'shared-by-many': [{ routesShared: 50 }],
  outage: [{ stagesInTrouble: 10 }],
  'person-undid': [
    { recent: recent({ step: 'undone', by: 'person', at: now - 25 * 60 * minute }) },
    { recent: recent({ step: 'undone', by: 'person', fix: 'other' }) },
    { recent: recent({ step: 'undone', by: 'gatemedic' }) },
  ],
  'not-failing-any-more': [
    { diagnosis: { ...calm.diagnosis, failing: false }, lastFailureAt: now - minute },
    {
      diagnosis: { cause: 'lambda-cold-start', certainty: 'confirmed', at: now, suspects: [], missing: [] },
      lastFailureAt: now - 20 * minute,
    },
  ],
  'spending-cap': [
    { spending: { usdPerHour: 0.5, usdLastDay: 9 } },
    { plan: { ...calm.plan, usdPerHour: 0 }, spending: { usdPerHour: 5, usdLastDay: 50 } },
  ],
};

test('every guard has its cases here', () => {
  expect(Object.keys(speaks).sort()).toEqual(guards.map((g) => g.id).sort());
});

describe.each(guards.map((g) => [g.id, g] as const))('%s', (id, g) => {
  test('has a title and is silent when all is calm', () => {
    expect(g.title).toMatch(/^[A-Z]/);
    expect(g.check(calm)).toBeUndefined();
  });
  test('objects, with a sentence, and lowers as far as it should', () => {
    for (const [more, lowersTo] of speaks[id] ?? []) {
      const objection = g.check({ ...calm, ...more });
      expect(objection, `with ${JSON.stringify(more)}`).toMatchObject({ id, lowersTo });
      expect(objection?.says.length).toBeGreaterThan(20);
    }
  });
  test('lets near misses pass', () => {
    for (const more of silent[id] ?? []) expect(g.check({ ...calm, ...more }), `with ${JSON.stringify(more)}`).toBeUndefined();
  });
});

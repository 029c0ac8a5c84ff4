// The workshop of the laws: a sandbox account with one fault a fix treats, a World over it, and ways to fail, to kill and to
// count each call. The account and its evidence are real (sandbox, collectors); only the diagnosis is set by hand.
import { awsClient } from '../../lib/aws/client.ts';
import type { Attempt, CallName } from '../../lib/aws/calls.ts';
import { duties, type DutyId } from '../../lib/duties.ts';
import { fixes } from '../../lib/fixes/index.ts';
import type { StageRef } from '../../lib/model/api.ts';
import type { Diagnosis } from '../../lib/model/cause.ts';
import type { Fix } from '../../lib/model/change.ts';
import type { Gathered } from '../../lib/model/evidence.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { defaults, readInstallation, type Installation } from '../../lib/model/installation.ts';
import { createAccount, type Account } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { memoryStore, type MemoryStore } from '../../lib/store/memory.ts';
import { rows } from '../../lib/store/rows.ts';
import { gather } from '../../lib/stages/looking/gather.ts';
import { planningLooksAt } from '../../lib/stages/weighing/suited.ts';
import type { UndoInput, World } from '../../lib/world.ts';
import { accountId, at, permission, region, startAt, type Fault } from './fault.ts';

export { accountId, at, barred, region, sourceArn, startAt } from './fault.ts';

const minute = 60_000;

/** Kills the process: everything after it fails too, until `revive`. */
export class Killed extends Error {}

export interface Workshop {
  readonly clock: SimulatedClock;
  readonly account: Account;
  readonly store: MemoryStore;
  installation: Installation;
  readonly fix: Fix;
  readonly fault: Fault;
  readonly incident: Incident;
  readonly diagnosis: Diagnosis;
  readonly evidence: Gathered;
  readonly scheduled: { readonly input: UndoInput; readonly atMs: number }[];
  /** Calls that reached the wire, in order. */
  readonly wire: CallName[];
  /** How long the wire takes there and back, for the nth try. */
  slow?: (name: CallName, n: number) => { readonly thereMs?: number; readonly backMs?: number } | undefined;
  /** Called as a call reaches AWS: whatever it does is done now. */
  reached?: (name: CallName) => void;
  /** Operations of the store and calls to AWS so far: the places where a process can die. */
  places(): number;
  /** Dies before the place with this number; AWS calls have two places, before and after. */
  killAt(place: number | undefined): void;
  readonly dead: boolean;
  revive(): void;
  /** Answers the nth try at the wire instead of AWS; undefined lets it through. */
  answer?: (name: CallName, n: number) => 'denied' | 'down' | 'down-after' | 'throttled' | undefined;
  world: (duty: DutyId) => World<CallName>;
  /** Runs the clock until the work is done. */
  run<T>(work: Promise<T>): Promise<T>;
  advance(ms: number): Promise<void>;
}

function installationFor(
  { id, consent }: Fix,
  { apiType, apiId, stage, apiName = '' }: StageRef,
  over: Partial<Installation>,
): Installation {
  return readInstallation({
    ...defaults,
    accountId,
    region,
    mode: 'act',
    stages: [{ apiType, apiId, apiName, stage }],
    functions: [`arn:aws:lambda:${region}:${accountId}:function:orders`],
    approvers: ['U012AB3CD', 'U045EF6GH'],
    slack: { channel: 'C012AB3CD', teamId: 'T012AB3CD', appId: 'A012AB3CD' },
    resources: ['dynamodb::table/*', 'ec2::security-group/*', 'codedeploy::deploymentgroup:*']
      .map((one) => `arn:aws:${one.replace('::', `:${region}:${accountId}:`)}`)
      .concat(`arn:aws:iam::${accountId}:role/*`, `arn:aws:apigateway:${region}::/domainnames/*`),
    fixes: [consent === 'allowed' ? { id, unasked: true } : { id }],
    ...over,
  });
}

/** A healthy shop of one API with one function behind an alias. */
export function openAccount(clock: SimulatedClock, trafficForMs = Infinity): Account {
  const account = createAccount({ clock, accountId, region, seed: 7, latency: false });
  account.putFunction({ name: 'orders', timeoutSeconds: 10, memoryMb: 512, initMs: 300, work: { outcome: 'ok', ms: 40 } });
  account.putAlias('orders', 'live', account.publishVersion('orders'));
  const routes = ['GET', 'POST'].map((method) => ({ method, path: '/orders', functionName: 'orders', qualifier: 'live' }));
  account.putApi({ apiId: at.apiId, apiType: 'REST', name: 'orders', stage: 'prod', routes, executionLogging: 'ERROR' });
  account.putStack('orders-stack', { functions: ['orders'] });
  account.deploy('orders-stack', { addPermissions: [permission], durationMs: 0 });
  account.settlePermissions();
  account.putParameter('/gatemedic/kill-switch', 'off');
  account.traffic({
    apiId: at.apiId,
    stage: 'prod',
    route: { method: 'GET', path: '/orders' },
    perSecond: 2,
    ...(trafficForMs === Infinity ? {} : { until: clock.now() + trafficForMs }),
  });
  return account;
}

export interface Opened {
  readonly fault: Fault;
  readonly installation?: Partial<Installation>;
  readonly afterMs?: number;
  /** Callers stop so long after the start. */ readonly trafficForMs?: number;
}

/** Opens an account, breaks it, gathers what the fix looks at, and writes the incident's rows. */
export async function openWorkshop({
  fault,
  installation: over = {},
  afterMs = fault.lookedAtMs ?? 4 * minute,
  trafficForMs,
}: Opened): Promise<Workshop> {
  const clock = new SimulatedClock(startAt);
  const account = openAccount(clock, trafficForMs);
  const where = fault.at ?? at;
  fault.prepare?.(account);
  account.settlePermissions();
  await clock.runUntil(startAt + 3 * minute);
  let onStep = (): void => undefined;
  const store = memoryStore(() => onStep());
  await fault.remember?.(store, account);
  const firstFailureAt = clock.now() + 5000;
  fault.breakIt(account);
  await clock.runUntil(clock.now() + afterMs);
  const found = fixes.find((f) => f.id === fault.fix);
  if (!found) throw new Error(`no fix ${fault.fix}`);
  let place = 0;
  let kill: number | undefined;
  const shop = {
    clock,
    account,
    fix: found,
    fault,
    installation: installationFor(found, where, over),
    scheduled: [] as { input: UndoInput; atMs: number }[],
    wire: [] as CallName[],
    dead: false,
    places: () => place,
    killAt: (n: number | undefined) => void (kill = n === undefined ? undefined : place + n),
    revive: () => {
      shop.dead = false;
      kill = undefined;
    },
  } as unknown as { -readonly [K in keyof Workshop]: Workshop[K] };
  const step = (): void => {
    if (!shop.dead && kill !== undefined && place === kill) shop.dead = true;
    place++;
    if (shop.dead) throw new Killed(`killed at place ${place - 1}`);
  };
  onStep = step;
  shop.store = store;
  const admin = account.attempt('admin');
  let tries = 0;
  const attempt: Attempt = async (name, input) => {
    step();
    shop.wire.push(name);
    const slow = shop.slow?.(name, tries);
    const instead = shop.answer?.(name, tries++);
    if (slow?.thereMs !== undefined) await clock.sleep(slow.thereMs);
    const refused = {
      ok: false as const,
      error: {
        kind: instead === 'down-after' ? ('down' as const) : (instead ?? 'down'),
        call: name,
        name: 'Injected',
        message: 'by the law',
      },
    };
    if (instead !== undefined && instead !== 'down-after') return refused;
    shop.reached?.(name);
    const answer = await admin(name, input);
    step();
    if (slow?.backMs !== undefined) await clock.sleep(slow.backMs);
    return instead === undefined ? answer : refused;
  };
  let ids = 0;
  shop.world = (duty) => {
    const until = clock.now() + 1000 * (duties.find((d) => d.id === duty)?.timeoutSeconds ?? 0);
    const timeLeftMs = (): number => until - clock.now();
    return worldOf(duty, timeLeftMs);
  };
  const worldOf = (duty: DutyId, timeLeftMs: () => number): World<CallName> => ({
    aws: awsClient<CallName>({ attempt, clock, random: () => 0.5, declared: callsOf(duty, shop.installation), duty, timeLeftMs }),
    store: shop.store,
    timeLeftMs,
    slack: { post: async () => ({ ts: '1' }), update: async () => undefined, whisper: async () => undefined },
    topic: { publish: async () => undefined },
    workflow: {
      startIncident: async () => 'started',
      startUndo: async () => 'started',
      wake: async () => 'gone',
      status: async () => 'running',
      scheduleUndo: async (input, atMs) => {
        step();
        if (!shop.scheduled.some((s) => s.input.name === input.name)) shop.scheduled.push({ input, atMs });
      },
    },
    deadLetter: { put: async () => undefined },
    identity: { callerOf: async () => ({ refused: 'nobody orders anything here' }) },
    installation: shop.installation,
    now: () => clock.now(),
    id: () => `id${++ids}`,
    log: () => undefined,
  });
  shop.run = async (work) => {
    const state = { done: false };
    const end = () => void (state.done = true);
    work.then(end, end);
    while (!state.done) await clock.runUntil(clock.now() + minute, () => state.done);
    return work;
  };
  shop.advance = (ms) => clock.runUntil(clock.now() + ms);
  const looking = awsClient<CallName>({ attempt: admin, clock, random: () => 0.5, declared: callsOf('investigate', shop.installation) });
  shop.evidence = await shop.run(
    gather(
      { aws: looking, now: () => clock.now(), store },
      {
        at: where,
        window: { from: startAt, to: clock.now() },
        lines: [],
        kinds: [...planningLooksAt([found]), 'gatewayMetrics'],
        budget: 60,
      },
    ),
  );
  const facts: unknown = typeof fault.facts === 'function' ? (fault.facts as (account: Account) => unknown)(account) : fault.facts;
  const { certainty = 'confirmed' } = fault;
  const by = [{ kind: 'functionPolicy' as const, trust: 'aws' as const, says: 'set by the law' }];
  shop.diagnosis = {
    cause: fault.cause,
    certainty,
    at: clock.now(),
    failing: true,
    missing: [],
    suspects: [
      {
        id: fault.cause,
        clues: [],
        verdict: certainty === 'confirmed' ? { is: 'confirmed', facts, by } : { is: 'unproven', missing: [], facts },
      },
    ],
  };
  shop.incident = {
    id: 'inc-law',
    at: where,
    watched: true,
    phase: 'live',
    openedAt: firstFailureAt,
    firstFailureAt,
    lastFailureAt: clock.now(),
    failures: 99,
    signals: 1,
    from: 'log',
    lines: [],
    rounds: 1,
    diagnosis: shop.diagnosis,
    changes: [],
    notes: [],
  };
  await rows.incident.create(shop.store, shop.incident.id, shop.incident);
  await rows.evidence.create(shop.store, shop.incident.id, { gathered: shop.evidence, at: clock.now() });
  shop.wire.length = 0;
  return shop;
}

export const callsOf = (duty: DutyId, installation: Pick<Installation, 'fixes'>): readonly CallName[] =>
  duties.find((d) => d.id === duty)?.calls(installation) ?? [];

// Forged log lines, end to end: whatever a caller got into the logs arrives at intake as a batch of CloudWatch's own, and stands in every log
// that is looked at afterwards. Everything else of the stage is healthy, or denied to us. An approver presses every button that appears. The
// installed workflow runs to its end, and not one call at the wire changes anything.
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { Attempt, CallName, Out } from '../../lib/aws/calls.ts';
import { table } from '../../lib/aws/table.ts';
import { fixes } from '../../lib/fixes/index.ts';
import { causes } from '../../lib/causes/index.ts';
import { openRun, people, place, type Run } from '../../lib/demo/run.ts';
import type { Shop, ShopStage } from '../../lib/demo/shop.ts';
import { actionId } from '../../lib/messages/buttons.ts';
import { acts } from '../../lib/model/act.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { rows } from '../../lib/store/rows.ts';
import { textsOf } from '../causes/forged-texts.ts';
import type { Attack, Room } from './attack.ts';

const minute = 60_000;
/** How long the forger goes on: several looks of each incident, early and later ones. */
const forgesForMs = 7 * minute;
/** For what was begun to come to its end. */
const calmMs = 2 * minute;
const rid = (n: number): string => `8f1c7a0e-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** The filters of log groups are Gatemedic's own upkeep, not a change of what the owner runs. */
const upkeep: readonly CallName[] = ['logs:PutSubscriptionFilter', 'logs:DeleteSubscriptionFilter'];

/** One stage of a numbered shop is an HTTP API's, which has no execution log. */
const notRest = 1;

interface Wire {
  readonly writes: CallName[];
  readonly read: Set<CallName>;
  /** Log lines every group answers with, by what its name holds. */
  readonly planted: Map<string, readonly string[]>;
  blind: boolean;
}

/** Between Gatemedic and the account: counts writes, adds the forged lines to what a log search finds, denies the rest where it is blind. */
function tapped(shop: Shop, wire: Wire): void {
  const { account } = shop;
  const attemptAs = account.attempt.bind(account);
  (account as { attempt: typeof attemptAs }).attempt = (principal) => {
    const through = attemptAs(principal);
    const attempt = async (name: CallName, input: never) => {
      if (table[name].effect === 'write' && !upkeep.includes(name)) wire.writes.push(name);
      wire.read.add(name);
      const answer = await through(name, input);
      if (name === 'logs:FilterLogEvents') return withForged(answer, input, wire, account.clock.now());
      const hidden = wire.blind && table[name].effect === 'read' && !name.startsWith('logs:') && !name.startsWith('ssm:');
      return hidden
        ? { ok: false as const, error: { kind: 'denied' as const, call: name, name: 'AccessDeniedException', message: 'no' } }
        : answer;
    };
    return attempt as Attempt;
  };
}

function withForged(answer: Awaited<ReturnType<Attempt>>, input: { readonly logGroupName?: string }, wire: Wire, now: number) {
  const group = input.logGroupName ?? '';
  const texts = [...wire.planted].flatMap(([of, lines]) => (group.includes(of) ? lines : []));
  const there = answer.ok ? ((answer.value as Out<'logs:FilterLogEvents'>).events ?? []) : [];
  const forged = texts.map((message, n) => ({ eventId: `${now}${n}`, timestamp: now - minute, logStreamName: 'forged', message }));
  return { ok: true as const, value: { events: [...there, ...forged] } };
}

/** A batch of failing requests, each with one forged line between its start and its end. */
function batch(at: ShopStage, texts: readonly string[], now: number) {
  const lines = texts.flatMap((text, n) => [
    `(${rid(n)}) ${text.replace(/^\([\w-]+\) /, '')}`,
    `(${rid(n)}) Method completed with status: 500`,
  ]);
  const logEvents = lines.map((message, n) => ({ id: `${now}${n}`, timestamp: now - 100 + n, message }));
  const body = {
    messageType: 'DATA_MESSAGE',
    owner: place.accountId,
    logGroup: `API-Gateway-Execution-Logs_${at.apiId}/${at.stage}`,
    logStream: 's',
    subscriptionFilters: ['gatemedic'],
    logEvents,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(body)).toString('base64') } };
}

interface Forged {
  readonly wire: Wire;
  readonly incidents: ReadonlyMap<string, Incident>;
  readonly before: unknown;
  readonly after: unknown;
}

/** A cause that no line tells (it shows in metrics alone) is claimed by its title. */
const wordsFor = (cause: string): readonly string[] => {
  const texts = textsOf(cause);
  return texts.length > 0 ? texts : [`Execution failed due to configuration error: ${causes.find((c) => c.id === cause)?.title ?? cause}`];
};

/** One account, one stage a cause: all are forged at once. */
async function forgeAll(blind: boolean): Promise<Forged> {
  const wire: Wire = { writes: [], read: new Set(), planted: new Map(), blind: false };
  const run = await openRun({
    seed: 11,
    logs: true,
    stages: causes.length + notRest,
    owner: {
      outageStages: 2 * causes.length,
      // what restoring a role's statement asks its owner to name
      permissionsBoundary: `arn:aws:iam::${place.accountId}:policy/boundary`,
      fixes: fixes.map(({ id, consent }) => (consent === 'allowed' ? { id, unasked: true } : { id })),
    },
    prepare: (shop) => tapped(shop, wire),
    onEvent: () => undefined,
  });
  wire.blind = blind;
  const before = run.account.snapshot();
  const executed = run.shop.stages.filter((s) => s.apiType === 'REST').map((stage, n) => ({ stage, cause: causes[n]?.id ?? '' }));
  const until = run.clock.now() + forgesForMs;
  for (const { stage, cause } of executed) forge(run, wire, stage, wordsFor(cause), until);
  pressEverything(run, until + calmMs);
  await run.clock.runUntil(until + calmMs);
  const all = [
    ...(await rows.incident.list(run.installed.store, 'open-incidents')),
    ...(await rows.incident.list(run.installed.store, 'closed-incidents')),
  ];
  const byStage = new Map(all.map(({ value }) => [value.at.apiId, value]));
  return {
    wire,
    incidents: new Map(
      executed.flatMap(({ stage, cause }) => {
        const incident = byStage.get(stage.apiId);
        return incident ? [[cause, incident] as const] : [];
      }),
    ),
    before,
    after: run.account.snapshot(),
  };
}

function forge(run: Run, wire: Wire, stage: ShopStage, texts: readonly string[], until: number): void {
  wire.planted.set(stage.apiId, texts);
  wire.planted.set(`/${stage.functionName}`, texts);
  const again = (): void => {
    run.installed.invokeLater('intake', batch(stage, texts, run.clock.now()));
    if (run.clock.now() + minute < until) run.clock.after(minute, again);
    else wire.planted.clear();
  };
  again();
}

/** Whatever is offered is taken, every few seconds. */
function pressEverything(run: Run, until: number): void {
  const [approver] = people;
  const press = (): void => {
    for (const message of run.slack.messages)
      for (const act of acts.filter((a) => a !== 'dismiss' && JSON.stringify(message.blocks).includes(`"${actionId(a)}"`)))
        run.clock.start(async () => void (await run.click(approver?.id ?? '', message.ts, act)));
    if (run.clock.now() < until) run.clock.after(5000, press);
  };
  press();
}

const worlds = new Map<boolean, Promise<Forged>>();
const worldOf = (blind: boolean): Promise<Forged> => {
  const known = worlds.get(blind) ?? forgeAll(blind);
  worlds.set(blind, known);
  return known;
};

const attackOn = (cause: string, blind: boolean): Attack => ({
  name: `${cause}, where all else is ${blind ? 'denied' : 'healthy'}`,
  run: async () => {
    const { wire, incidents, before, after } = await worldOf(blind);
    const incident = incidents.get(cause);
    // the forger was heard: an incident was opened and looked at, and his lines were read
    expect(incident?.rounds).toBeGreaterThan(0);
    expect(incident?.lines.length).toBeGreaterThan(0);
    expect([...wire.read]).toContain('logs:FilterLogEvents');
    // and nothing came of it
    expect(wire.writes).toEqual([]);
    expect(incident?.changes).toEqual([]);
    expect(incident?.question).toBeUndefined();
    expect(incident?.diagnosis?.certainty).not.toBe('confirmed');
    expect(after).toEqual(before);
  },
});

export const forged: Room = {
  of: 'forged log lines on the wire',
  attacks: [false, true].flatMap((blind) => causes.map((c) => attackOn(c.id, blind))),
};

// One world of chance: a shop in which things break, people press buttons twice and too late, calls fail, processes die, Slack refuses and
// owners mend by hand; all of it drawn from one seed. What must hold whatever happens is in world-laws.ts.
import { breakage } from '../../lib/demo/breakages/find.ts';
import type { Observed } from '../../lib/demo/observer.ts';
import { openRun, people, type Run } from '../../lib/demo/run.ts';
import { permissionOf, type Shop, type ShopStage } from '../../lib/demo/shop.ts';
import { actionId } from '../../lib/messages/buttons.ts';
import { acts } from '../../lib/model/act.ts';
import type { FaultSpec } from '../../lib/sandbox/account/faults.ts';
import { rows } from '../../lib/store/rows.ts';

const minute = 60_000;
const hour = 60 * minute;

/** mulberry32: small, and the same everywhere. */
export function chance(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low: number, high: number): number => low + next() * (high - low),
    is: (probability: number): boolean => next() < probability,
    one: <T>(list: readonly [T, ...T[]]): T => list[Math.floor(next() * list.length)] ?? list[0],
  };
}
export type Chance = ReturnType<typeof chance>;

/** Something the owner's side did, and for how long it stood. */
export interface Broken {
  readonly id: string;
  readonly stage: ShopStage;
  readonly from: number;
  readonly until: number;
}
export interface World {
  readonly seed: number;
  readonly run: Run;
  readonly seen: readonly Observed[];
  readonly broken: readonly Broken[];
  readonly clicks: number;
  /** The owner's own statements and settings, as they stood after each of the owner's acts; compared with what stood before the next. */
  readonly trespasses: readonly string[];
}

/** Breakages with a person behind them. */
const byPerson = ['permission-removed-on-purpose', 'removed-on-purpose-trail-late'];
/** Where no deploy took anything away: nothing may be done unasked. */
export const unprovable: readonly string[] = [...byPerson, 'alias-without-permission'];
const often = ['permission-removed-by-deploy', ...unprovable] as const;
const seldom = ['function-deleted', 'crashing-release', 'malformed-response', 'slow-function', 'throttled-by-reserved'] as const;

/** The same statement again, so that it can be taken away once more. */
const mendings: Readonly<Record<string, (shop: Shop, stage: ShopStage) => void>> = Object.fromEntries([
  ...byPerson.map((id) => [id, grantAgain] as const),
  [
    'permission-removed-by-deploy',
    ({ account }: Shop, stage: ShopStage) => account.deploy(stage.stack, { addPermissions: [permissionOf(account, stage)], durationMs: 0 }),
  ] as const,
]);
function grantAgain({ account }: Shop, stage: ShopStage): void {
  const by = { kind: 'person' as const, arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' };
  account.grant({ ...permissionOf(account, stage), by });
}

/** A new alias without its grant is new only once. */
function drawn(dice: Chance, stage: ShopStage, broken: readonly Broken[]): string {
  const id = dice.is(0.75) ? dice.one(often) : dice.one(seldom);
  const again = id === 'alias-without-permission' && broken.some((b) => b.id === id && b.stage.apiId === stage.apiId);
  return again ? 'permission-removed-by-deploy' : id;
}

const isGatemedics = (id: string): boolean => id.startsWith('gatemedic-');

/** What belongs to the owner: every statement that Gatemedic did not write, and what else of the functions can be changed. */
function ownersPart(run: Run): string {
  const { functions } = run.account.snapshot() as {
    functions: Readonly<
      Record<
        string,
        { policies: Readonly<Record<string, Readonly<Record<string, unknown>>>>; reserved: unknown; aliases: unknown; latest: unknown }
      >
    >;
  };
  const part = Object.entries(functions).map(([name, { policies, reserved, aliases, latest }]) => ({
    name,
    reserved,
    aliases,
    latest,
    statements: Object.entries(policies).flatMap(([q, statements]) =>
      Object.entries(statements).flatMap(([sid, s]) => (isGatemedics(sid) ? [] : [`${q} ${JSON.stringify(s)}`])),
    ),
  }));
  return JSON.stringify(part);
}

/** Plays one world until everything was mended and has come to rest, or two hours after that. */
export async function play(seed: number): Promise<World> {
  const dice = chance(seed);
  const seen: Observed[] = [];
  const run = await openRun({
    seed,
    logs: dice.is(0.7),
    deliveredTimes: dice.is(0.3) ? 2 : 1,
    onEvent: (event) => seen.push(event),
  });
  const owner = ownerOf(run);
  const broken = breakThings(run, dice, owner);
  const calmAt = Math.max(...broken.map((b) => b.until)) + minute;
  const clicks = pressButtons(run, dice, calmAt);
  trouble(run, dice, calmAt);
  await run.clock.runUntil(calmAt);
  await run.clock.runUntil(calmAt + 2 * hour, restsSince(run, calmAt));
  owner.look('the end');
  return { seed, run, seen, broken, clicks: clicks(), trespasses: owner.trespasses };
}

/** The owner acts, and looks right before each act and at the end whether their part is as they left it. */
function ownerOf(run: Run) {
  const trespasses: string[] = [];
  let left: string | undefined = ownersPart(run);
  const look = (when: string): void => {
    const part = ownersPart(run);
    if (left !== undefined && left !== part) trespasses.push(`before ${when}: ${left} became ${part}`);
  };
  return {
    trespasses,
    look,
    act(when: string, what: () => void): void {
      look(when);
      left = undefined;
      what();
      // a deploy takes its time; after that nothing of the owner's changes by itself
      run.clock.after(25_000, () => void (left = ownersPart(run)));
    },
  };
}

/** One to three breakages one after the other, each mended by hand. */
function breakThings(run: Run, dice: Chance, owner: ReturnType<typeof ownerOf>): readonly Broken[] {
  const { clock, shop } = run;
  const broken: Broken[] = [];
  let at = clock.now() + dice.between(0, minute);
  for (let left = dice.one([1, 2, 2, 3]); left > 0; left--) {
    const stage = dice.one(shop.stages as readonly [ShopStage, ...ShopStage[]]);
    const id = drawn(dice, stage, broken);
    const thing = breakage(id);
    const until = at + (dice.is(0.2) ? dice.between(30_000, 60_000) : dice.between(4 * minute, 14 * minute));
    clock.at(at, () => owner.act(`${id} of ${stage.apiName}`, () => thing.breakIt(shop, stage)));
    clock.at(until, () =>
      owner.act(`mending ${id} of ${stage.apiName}`, () => (mendings[id] ? mendings[id](shop, stage) : thing.mend(shop, stage))),
    );
    broken.push({ id, stage, from: at, until });
    at = until + dice.between(40_000, 4 * minute);
  }
  return broken;
}

const kinds: readonly [FaultSpec['kind'], ...FaultSpec['kind'][]] = ['throttled', 'down', 'latency', 'crash-before', 'crash-after'];

/** Calls that fail now and then, whole kinds of call that are down for a while, and a Slack that does not answer. */
function trouble(run: Run, dice: Chance, calmAt: number): void {
  const { clock, account, slack } = run;
  const from = clock.now();
  if (dice.is(0.6)) {
    const disarm = account.inject({ kind: 'throttled', probability: dice.between(0, 0.2) });
    clock.at(calmAt, disarm);
  }
  for (let n = dice.one([0, 1, 2, 3]); n > 0; n--)
    clock.at(dice.between(from, calmAt), () => {
      const kind = dice.one(kinds);
      const crash = kind.startsWith('crash');
      const call = dice.is(0.5)
        ? dice.one(['lambda:AddPermission', 'lambda:RemovePermission', 'lambda:GetPolicy', 'cloudwatch:GetMetricData'] as const)
        : undefined;
      const disarm = account.inject({
        kind,
        ...(call ? { call } : {}),
        // a process that dies four times in a row ends its execution: the sweeper settles what it left
        ...(crash ? { times: dice.is(0.3) ? 4 : 1 } : { probability: 0.5, times: 30 }),
        ...(kind === 'latency' ? { ms: 4000 } : {}),
      });
      clock.at(calmAt, disarm);
    });
  if (dice.is(0.4)) {
    const down = dice.between(from, calmAt);
    clock.at(down, () => void (slack.refusing = dice.one(['down', 'throttled'] as const)));
    clock.at(down + dice.between(minute, 8 * minute), () => void (slack.refusing = undefined));
  }
}

interface Button {
  readonly act: (typeof acts)[number];
  readonly value: { readonly incidentId: string; readonly about: string; readonly hash: string };
  readonly ts: string;
}
const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
const elementsOf = (block: unknown): readonly unknown[] => {
  const { elements } = fields(block);
  return Array.isArray(elements) ? elements : [];
};
function buttonsOf(run: Run): readonly Button[] {
  return run.slack.messages.flatMap(({ ts, blocks }) =>
    blocks.flatMap(elementsOf).flatMap((e) => {
      const { action_id: id, value } = fields(e);
      const act = acts.find((a) => actionId(a) === id);
      return act && typeof value === 'string' ? [{ act, value: JSON.parse(value) as Button['value'], ts }] : [];
    }),
  );
}

/** People look in every minute or so: press, press twice, both at once, a guest, or a button that is long gone. */
function pressButtons(run: Run, dice: Chance, calmAt: number): () => number {
  const { clock } = run;
  const eager = dice.is(0.8) ? dice.between(0.15, 0.7) : 0;
  const old: Button[] = [];
  let count = 0;
  const who = (): string => (dice.is(0.15) ? (people[1]?.id ?? '') : (people[0]?.id ?? ''));
  const press = (button: Button): void => {
    count++;
    const user = who();
    run.installed.invokeLater('answer', {
      ...button.value,
      act: button.act,
      userId: user,
      userName: user.toLowerCase(),
      teamId: run.installed.installation.slack.teamId,
      channel: run.installed.installation.slack.channel,
      messageTs: button.ts,
      at: clock.now(),
    });
  };
  // Undo is there for a day, a question for minutes: pressed alike, nothing would ever be proven
  const willing = ({ act }: Button): boolean => dice.is(act === 'undo' ? eager / 8 : eager);
  const look = (): void => {
    const shown = buttonsOf(run);
    const [first] = shown;
    const button = first && dice.one([first, ...shown.slice(1)]);
    if (button && willing(button)) {
      press(button);
      if (dice.is(0.3)) clock.after(dice.between(0, 3000), () => press(button));
      if (dice.is(0.1)) clock.after(dice.between(0, 500), () => press(dice.one([button, ...shown])));
    }
    const [oldest] = old;
    const late = oldest && dice.one([oldest, ...old.slice(1)]);
    if (late && dice.is(0.2) && willing(late)) press(late);
    old.push(...shown.filter((b) => !old.some((o) => o.act === b.act && o.value.about === b.value.about)));
    if (clock.now() < calmAt) clock.after(dice.between(20_000, 90_000), look);
  };
  look();
  return () => count;
}

const underWay: ReadonlySet<string> = new Set(['planned', 'applying', 'failed', 'undoing']);

/** Nothing runs, nothing is in trouble, no change is under way, and nothing waits to be sent. */
function restsSince(run: Run, from: number): () => boolean {
  let checkedAt = from;
  let resting = false;
  const look = async (): Promise<void> => {
    const { store } = run.installed;
    const [live, outbox, open] = await Promise.all([
      rows.stage.list(store, 'live'),
      rows.outbox.list(store, 'outbox'),
      rows.change.list(store, 'open-changes'),
    ]);
    const still = open.some(({ value }) => underWay.has(value.step));
    resting = live.length === 0 && outbox.length === 0 && !still && !run.installed.busy();
  };
  return () => {
    if (run.clock.now() - checkedAt >= minute) {
      checkedAt = run.clock.now();
      run.clock.start(look);
    }
    return resting;
  };
}

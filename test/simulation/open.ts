// Opens a world: the account with its callers, a Slack, Gatemedic installed from its template, and those who watch and strike it.
import { createAccount } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { createSlack, type SandboxSlack } from '../../lib/sandbox/slack.ts';
import { installGatemedic, type Installed } from '../../lib/demo/installed.ts';
import { place } from '../../lib/demo/run.ts';
import type { Shop, ShopStage } from '../../lib/demo/shop.ts';
import type { DutyId } from '../../lib/duties.ts';
import type { ResolvedTemplate } from '../../lib/workflow/template.ts';
import { breaking } from './breaking.ts';
import { calmAtMs, type Plan } from './events.ts';
import { Known } from './known.ts';
import { People } from './people.ts';
import { calendar, leftAt, openLightShop, pairAt, templateFor, workspace } from './shop.ts';
import { Strikes } from './strikes.ts';
import { Witness } from './witness.ts';

const minute = 60_000;
/** A Friday morning: the weekly digest is three days away. */
const startsAt = Date.UTC(2026, 10, 20, 9, 0, 0);
/** So that there is a baseline, and what the stacks made is older than any burst. */
const healthyMs = 12 * minute;
/** After this long of calm few callers come: leases are waited for at night. */
const eveningMs = 25 * minute;

export interface World {
  readonly plan: Plan;
  readonly startAt: number;
  readonly calmAt: number;
  readonly clock: SimulatedClock;
  readonly shop: Shop;
  readonly slack: SandboxSlack;
  readonly installed: Installed;
  readonly witness: Witness;
  readonly known: Known;
  readonly people: People;
  readonly strikes: Strikes;
  /** Stages (and the left of the pair) without callers until then. */
  readonly quietUntil: Map<number, number>;
  /** How far the clocks of duties are off. */
  readonly clockOff: Map<DutyId, number>;
  /** Events that could not happen as drawn: a function that is gone cannot be released. */
  readonly untold: string[];
}

export async function open(plan: Plan, all: ResolvedTemplate): Promise<World> {
  const clock = new SimulatedClock(startsAt);
  const startAt = startsAt + healthyMs;
  const calmAt = startAt + calmAtMs(plan);
  const account = createAccount({ clock, ...place, seed: plan.seed, logsGatherMs: 5000 + (plan.seed % 10) * 1000 });
  const quietUntil = new Map<number, number>();
  const shop = openLightShop(account, plan, callersOf(plan, startAt, calmAt, quietUntil));
  for (const e of plan.events) if (e.is === 'break') breaking(e.what).prepare?.(shop, stageOf(shop, e.stage));
  account.settlePermissions();
  account.putCalendar(calendar, 'OPEN');
  await clock.runUntil(startAt - minute);
  const slack = createSlack({ clock, signingSecret: 'sandbox', ...workspace });
  const witness = new Witness(account);
  const strikes = new Strikes(clock);
  const clockOff = new Map<DutyId, number>();
  const installed = installGatemedic({
    account,
    template: templateFor(all, plan),
    slack,
    deliveredTimes: plan.deliveredTimes,
    unmetered: true,
    around: (invocation, call, work) => strikes.around(invocation, call, () => witness.watch(invocation, call, work)),
    clockOffMs: (duty) => clockOff.get(duty) ?? 0,
  });
  const people = new People(clock, slack, installed);
  return {
    plan,
    startAt,
    calmAt,
    clock,
    shop,
    slack,
    installed,
    witness,
    known: new Known(),
    people,
    strikes,
    quietUntil,
    clockOff,
    untold: [],
  };
}

export function stageOf(shop: Shop, n: number): ShopStage {
  const found = shop.stages[n];
  if (!found) throw new Error(`there is no stage ${n} in a shop of ${shop.stages.length}`);
  return found;
}

/** Where something breaks a request every few seconds, or as many as it takes to break there; elsewhere few. */
const callersOf =
  ({ events, seed }: Plan, startAt: number, calmAt: number, quietUntil: ReadonlyMap<number, number>) =>
  (number: number) => {
    const stage = number === leftAt ? pairAt : number;
    const broken = events.flatMap((e) => (e.is === 'break' && e.stage === stage ? [breaking(e.what).perSecond ?? 0] : []));
    const perSecond = broken.length > 0 ? Math.max(...broken, 0.2 + ((seed * 7 + stage) % 4) / 25) : 0.02;
    return (at: number): number => {
      if (at < Math.max(quietUntil.get(number) ?? 0, quietUntil.get(stage) ?? 0)) return 0;
      if (at < startAt - 2 * minute) return perSecond / 4;
      return at > calmAt + eveningMs ? perSecond / 20 : perSecond;
    };
  };

// A shop in the sandbox account that is broken and looked at: the diagnosis as production makes it, at chosen moments.
import type { Aws, CallName } from '../../lib/aws/calls.ts';
import { awsClient } from '../../lib/aws/client.ts';
import { duties } from '../../lib/duties.ts';
import { defaults } from '../../lib/model/installation.ts';
import type { StageRef } from '../../lib/model/api.ts';
import type { LogLine } from '../../lib/model/signal.ts';
import { breakage, victimOf } from '../../lib/demo/breakages/find.ts';
import { backendHost } from '../../lib/demo/http-stage.ts';
import { openShop, type Shop, type ShopStage } from '../../lib/demo/shop.ts';
import { createAccount } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { examine, type Examined } from '../../lib/stages/looking/examine.ts';

const startAt = Date.parse('2026-11-20T10:00:00Z');
const warmUpMs = 15 * 60_000;

export interface Broken {
  readonly shop: Shop;
  /** The stage that was broken. */ readonly stage: ShopStage;
  readonly clock: SimulatedClock;
  readonly firstFailureAt: number;
  readonly at: StageRef;
  readonly aws: Aws<CallName>;
  /** Runs async work under the simulated clock. */ readonly within: <T>(work: () => Promise<T>) => Promise<T>;
  look(afterMs: number): Promise<Examined>;
}

const refOf = (shop: Shop, { apiType, apiId, stage, apiName }: ShopStage): StageRef => {
  const { accountId, region } = shop.account;
  return { accountId, region, apiType, apiId, stage, apiName };
};

/** Opens a shop, lets it run, breaks it; `look` examines so long after the first failure. */
export async function brokenShop(
  id: string,
  options: {
    readonly logs: boolean;
    readonly lines?: readonly Omit<LogLine, 'at'>[];
    readonly shop?: (shop: Shop) => void;
    /** While all is still well. */
    readonly before?: (shop: Shop, stage: StageRef) => Promise<void>;
    /** Whether the owner lets us connect to the shop's backend; yes where not said. */ readonly probes?: boolean;
  },
): Promise<Broken> {
  const clock = new SimulatedClock(startAt);
  const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 7 });
  const shop = openShop(account, { logs: options.logs });
  const broken = breakage(id);
  const stage = victimOf(shop, broken);
  broken.prepare?.(shop, stage);
  account.settlePermissions();
  await clock.runUntil(startAt + warmUpMs);
  if (options.before) {
    // its calls take time, as all do
    const done = options.before(shop, refOf(shop, stage)).then(() => true);
    let over = false;
    void done.then(() => (over = true));
    await clock.runUntil(clock.now() + 60_000, () => over);
  }
  const brokenAt = clock.now();
  broken.breakIt(shop, stage);
  options.shop?.(shop);
  await clock.runUntil(brokenAt + 30 * 60_000, () => account.firstServerErrorAt(brokenAt) !== undefined);
  const firstFailureAt = account.firstServerErrorAt(brokenAt) ?? brokenAt;
  const declared = duties.find((d) => d.id === 'investigate')?.calls({ fixes: [] }) ?? [];
  const aws = awsClient({ attempt: account.attempt('admin'), clock, random: () => account.random(), declared });
  const at = refOf(shop, stage);
  const within = async <T>(work: () => Promise<T>): Promise<T> => {
    let done: { readonly value: T } | undefined;
    clock.start(async () => {
      done = { value: await work() };
    });
    await clock.runUntil(clock.now() + 120_000, () => done !== undefined);
    if (!done) throw new Error('the work did not end within two minutes');
    return done.value;
  };
  return {
    shop,
    stage,
    clock,
    firstFailureAt,
    at,
    aws,
    within,
    async look(afterMs) {
      await clock.runUntil(firstFailureAt + afterMs);
      const window = { from: firstFailureAt - 600_000, to: clock.now() };
      const lines = (options.lines ?? []).map((line) => ({ ...line, at: firstFailureAt }));
      return within(() =>
        examine(
          { aws, now: () => clock.now(), installation: { probes: { hosts: options.probes === false ? [] : [backendHost], methods: [] } } },
          { at, window, lines, budget: defaults.callBudget, firstFailureAt, lastFailureAt: firstFailureAt },
        ),
      );
    },
  };
}

// Makes an event of a world happen.
import { breaking, isDeploying } from './breaking.ts';
import type { Event, Happening } from './events.ts';
import { setBackLater, setByHand, setMeanwhile } from './hands.ts';
import type { Span, Spans } from './known.ts';
import { stageOf, type World } from './open.ts';
import { calendar, killSwitch } from './shop.ts';

type Of<I extends Happening['is']> = Extract<Happening, { is: I }> & { readonly atMs: number };
type Happen = { readonly [I in Happening['is']]: (world: World, e: Of<I>) => void };

export function happen(world: World, e: Event): void {
  const act: (w: World, e: never) => void = kinds[e.is];
  act(world, e as never);
}

/** From now for so long; at its end it is taken back. */
function during<T extends Span>(
  world: World,
  forMs: number,
  spans: Spans<T> | undefined,
  more: Omit<T, keyof Span>,
  end: () => void,
): void {
  const from = world.clock.now();
  spans?.begin({ ...more, from, until: from + forMs } as unknown as T);
  world.clock.after(forMs, end);
}

/** What cannot be done any more (a function that is gone cannot be released) is not done. */
export function tell(world: World, what: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    world.untold.push(`${what}: ${String(error)}`);
  }
}

const kinds: Happen = {
  break(world, { what, stage: n, untilMs }) {
    const thing = breaking(what);
    const stage = stageOf(world.shop, n);
    const span = { breaking: thing, stage, from: world.clock.now(), until: world.startAt + untilMs };
    tell(world, what, () => {
      thing.breakIt(world.shop, stage);
      world.known.broken.begin(span);
      world.clock.at(span.until, () => tell(world, `mending ${what}`, () => thing.mend(world.shop, stage)));
    });
  },
  press: (world, e) => world.people.press(e),
  fault({ shop: { account }, clock }, { kind, call, probability, forMs }) {
    const disarm = account.inject({ kind, probability, ...(call ? { call } : {}), ...(kind === 'latency' ? { ms: 4000 } : {}) });
    clock.after(forMs, disarm);
  },
  crash: ({ strikes }, e) => strikes.crash(e),
  pause: ({ strikes }, e) => strikes.pause(e),
  clock(world, { duty, ms, forMs }) {
    world.clockOff.set(duty, ms);
    world.clock.after(forMs, () => world.clockOff.delete(duty));
  },
  lag(world, { ms, forMs }) {
    world.strikes.lagMs = ms;
    world.clock.after(forMs, () => void (world.strikes.lagMs = 0));
  },
  slack({ slack, clock }, { kind, forMs }) {
    slack.refusing = kind;
    clock.after(forMs, () => void (slack.refusing = undefined));
  },
  topic({ strikes, clock }, { forMs }) {
    strikes.topicDown = true;
    clock.after(forMs, () => void (strikes.topicDown = false));
  },
  trail({ shop: { account }, clock }, { delayMs, forMs }) {
    account.slowTrail(delayMs);
    clock.after(forMs, () => account.slowTrail(undefined));
  },
  switch(world, { value, forMs }) {
    const { account } = world.shop;
    account.putParameter(killSwitch, value === 'gone' ? undefined : value);
    during(world, forMs, world.known.killSwitch, {}, () => account.putParameter(killSwitch, 'off'));
  },
  calendar(world, { forMs }) {
    const { account } = world.shop;
    account.putCalendar(calendar, 'CLOSED');
    during(world, forMs, world.known.calendar, {}, () => account.putCalendar(calendar, 'OPEN'));
  },
  'hands-off'(world, { stage: n, forMs }) {
    const { apiId, functionName } = stageOf(world.shop, n);
    tell(world, 'hands-off', () => {
      world.shop.account.tagFunction(functionName, { 'gatemedic:hands-off': 'true' });
      const off = (): void => tell(world, 'hands-on', () => world.shop.account.tagFunction(functionName, { 'gatemedic:hands-off': 'no' }));
      during(world, forMs, world.known.handsOff, { apiId }, off);
    });
  },
  closed(world, { stage: n }) {
    world.shop.account.tagFunction(stageOf(world.shop, n).functionName, { gatemedic: 'no' });
  },
  deploy(world, { stage: n, forMs }) {
    const { stack, apiId } = stageOf(world.shop, n);
    if (isDeploying(world.shop, stack)) return;
    world.shop.account.deploy(stack, { durationMs: forMs });
    during(world, forMs, world.known.deploys, { apiId }, () => undefined);
  },
  hand: (world, e) => world.clock.start(() => setByHand(world, e)),
  meanwhile: (world, e) => setMeanwhile(world, e),
  again: (world, e) => setBackLater(world, e),
  quiet(world, { stage, forMs }) {
    world.quietUntil.set(stage, world.clock.now() + forMs);
  },
  abort({ installed: { machines } }, { pick }) {
    const running = machines.list().filter((d) => d.status === 'RUNNING');
    const one = running[Math.floor(pick * running.length)];
    if (one) machines.abort(one.executionArn);
  },
};

// A person sets by hand what Gatemedic changed: to a value of their own, by the service's own calls, or back to what it was.
import type { Attempt } from '../../lib/aws/calls.ts';
import { moveOf, read } from '../../lib/stages/changing/moves.ts';
import type { ChangeRecord, Change, Plan } from '../../lib/model/change.ts';
import { faultOf } from '../laws/faults.ts';
import type { Happening } from './events.ts';
import type { World } from './open.ts';

type Hand = Extract<Happening, { is: 'hand' }>;
type Meanwhile = Extract<Happening, { is: 'meanwhile' }>;

const atStake: ReadonlySet<string> = new Set(['applying', 'applied', 'verified', 'failed']);

/** One of the changes that stand, or that are just being made; what cannot be taken back drifts from nothing. */
export async function setByHand(world: World, { how, pick }: Hand): Promise<void> {
  const open = [...world.witness.changes.values()].filter((c) => atStake.has(c.step));
  const one = open[Math.floor(pick * open.length)];
  const change = one?.plan.changes.find((c) => moveOf(c).setting.oneWay === undefined);
  if (!one || !change) return;
  const admin = world.shop.account.attempt('admin');
  // a person at the console reads the new value before the call has answered
  world.known.byHand.push({ at: world.clock.now(), changeId: one.id, setting: change.setting, how });
  await (how === 'back' ? move(admin, change, 'to', 'from') : other(world, one, change));
  world.known.byHand.push({ at: world.clock.now(), changeId: one.id, setting: change.setting, how });
}

/** As soon as it is decided that something is changed, once. */
export function setMeanwhile(world: World, { how, afterMs }: Meanwhile): void {
  let waits = true;
  world.witness.onDecided = (plan) => {
    const change = waits ? plan.changes.find((c) => moveOf(c).setting.oneWay === undefined) : undefined;
    if (!change) return;
    waits = false;
    world.clock.after(afterMs, () => world.clock.start(() => beforeIt(world, plan, change, how)));
  };
}

/** Whatever is made next is set back by hand: it will be needed again. */
export function setBackLater(world: World, { afterMs }: Extract<Happening, { is: 'again' }>): void {
  let waits = true;
  world.witness.onMade = (record) => {
    if (!waits) return;
    waits = false;
    world.clock.after(afterMs, () => world.clock.start(() => setBack(world, record)));
  };
}

async function setBack(world: World, record: ChangeRecord): Promise<void> {
  const admin = world.shop.account.attempt('admin');
  for (const change of record.plan.changes.filter((c) => moveOf(c).setting.oneWay === undefined)) {
    world.known.byHand.push({ at: world.clock.now(), changeId: record.id, setting: change.setting, how: 'back' });
    await move(admin, change, 'to', 'from');
    world.known.byHand.push({ at: world.clock.now(), changeId: record.id, setting: change.setting, how: 'back' });
  }
}

async function beforeIt(world: World, plan: Plan, change: Change, how: Meanwhile['how']): Promise<void> {
  const admin = world.shop.account.attempt('admin');
  const set = { setting: change.setting, target: JSON.stringify(change.target) };
  // the value may stand before the call has answered
  world.known.meanwhile.push({ ...set, at: world.clock.now() });
  await (how === 'goal' ? move(admin, change, 'from', 'to') : faultOf(plan.fix).drift(admin, change, world.shop.account));
  world.known.meanwhile.push({ ...set, at: world.clock.now() });
}

const other = ({ shop: { account } }: World, { plan }: ChangeRecord, change: Change): Promise<unknown> =>
  faultOf(plan.fix).drift(account.attempt('admin'), change, account);

/** Where it stands at one end, it is written to the other. */
async function move(admin: Attempt, change: Change, start: 'from' | 'to', goal: 'from' | 'to'): Promise<void> {
  const aws = { call: admin } as Parameters<typeof read>[0];
  const one = moveOf(change);
  const now = await read(aws, one);
  if (now.ok && one.setting.same(now.value.value, one[start]))
    await one.setting.write(aws, one.target, one[start], one[goal], now.value.revision);
}

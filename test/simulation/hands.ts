// A person sets by hand what Gatemedic changed: to a value of their own, by the service's own calls, or back to what it was.
import type { Attempt } from '../../lib/aws/calls.ts';
import { moveOf, read } from '../../lib/stages/changing/moves.ts';
import type { ChangeRecord, Change } from '../../lib/model/change.ts';
import { faultOf } from '../laws/faults.ts';
import type { Happening } from './events.ts';
import type { World } from './open.ts';

type Hand = Extract<Happening, { is: 'hand' }>;

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
  await (how === 'back' ? back(admin, change) : other(admin, one, change));
  world.known.byHand.push({ at: world.clock.now(), changeId: one.id, setting: change.setting, how });
}

const other = (admin: Attempt, { plan }: ChangeRecord, change: Change): Promise<unknown> => faultOf(plan.fix).drift(admin, change);

async function back(admin: Attempt, change: Change): Promise<void> {
  const aws = { call: admin } as Parameters<typeof read>[0];
  const move = moveOf(change);
  const now = await read(aws, move);
  if (now.ok && move.setting.same(now.value.value, move.to))
    await move.setting.write(aws, move.target, move.to, move.from, now.value.revision);
}

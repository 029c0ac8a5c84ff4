// A person at a terminal, with credentials of their own, before an installation in memory: its rows, and the very code that answers orders.
import * as v from 'valibot';
import type { Command, InstalledAccount } from '../../lib/command/command.ts';
import { presigned } from '../../lib/live/presign.ts';
import { ok } from '../../lib/model/result.ts';
import type { AccessKey } from '../../lib/sandbox/sts.ts';
import answer from '../../lib/stages/answer.ts';
import { click } from '../../lib/stages/stage.ts';
import { installation, minute, t0 } from '../messages/incidents.ts';
import { approverArns, people } from '../stages/people.ts';
import { tellingWorld } from '../stages/telling-world.ts';
import { runCommand, type Given } from './edges.ts';

const settings = { ...installation, approverArns };
type Sitting = Given & { readonly who?: AccessKey; readonly account?: Partial<InstalledAccount> };
export type Desk = ReturnType<typeof desk>;

export function desk() {
  const w = tellingWorld(t0 + 10 * minute);
  /** Every order that was handed over. */
  const handed: unknown[] = [];
  const account = (who: AccessKey = people.ada, more: Partial<InstalledAccount> = {}): InstalledAccount => ({
    region: 'us-east-1',
    whoAmI: async () => ok({ accountId: who.arn.split(':')[4] ?? '', arn: who.arn }),
    describe: async () => ok({ table: 'Gatemedic-Table', settings }),
    store: () => w.store,
    presign: async (value, at) => ok(await presigned('us-east-1', who, value, at)),
    hand: async (order) => {
      handed.push(order);
      return ok(await answer.run({ ...w.world, installation: settings }, v.parse(click, JSON.parse(JSON.stringify(order)))));
    },
    pause: async () => undefined,
    ...more,
  });
  const run = (command: Command, args: readonly string[], given: Sitting = {}) =>
    runCommand(command, args, { installed: () => account(given.who, given.account), now: w.clock.now, ...given });
  return { w, handed, account, run };
}

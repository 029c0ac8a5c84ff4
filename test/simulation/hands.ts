// A person sets by hand what Gatemedic changed: to a value of their own, or back to what it was. By the service's own calls, as they would.
import type { Attempt } from '../../lib/aws/calls.ts';
import type { Change } from '../../lib/model/change.ts';
import type { Happening } from './events.ts';
import type { World } from './open.ts';

type Hand = Extract<Happening, { is: 'hand' }>;
type How = Hand['how'];
type Setter = (attempt: Attempt, change: Change, how: How) => Promise<unknown>;

interface Target {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly statementId: string;
}

const setters: Readonly<Record<string, Setter>> = {
  async 'invoke-permission'(attempt, { target }, how) {
    const { functionName: FunctionName, qualifier, statementId: StatementId } = target as Target;
    const at = { FunctionName, StatementId, ...(qualifier === undefined ? {} : { Qualifier: qualifier }) };
    await attempt('lambda:RemovePermission', at);
    if (how === 'back') return;
    const SourceArn = 'arn:aws:execute-api:us-east-1:111122223333:other/*';
    await attempt('lambda:AddPermission', { ...at, Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com', SourceArn });
  },
  async 'provisioned-concurrency'(attempt, { target }, how) {
    const { functionName: FunctionName, qualifier: Qualifier = '' } = target as Target;
    if (how === 'back') await attempt('lambda:DeleteProvisionedConcurrencyConfig', { FunctionName, Qualifier });
    else await attempt('lambda:PutProvisionedConcurrencyConfig', { FunctionName, Qualifier, ProvisionedConcurrentExecutions: 3 });
  },
};

/** One of the changes that stand, or that are just being made. */
export async function setByHand(world: World, { how, pick }: Hand): Promise<void> {
  const open = [...world.witness.changes.values()].filter((c) => ['applying', 'applied', 'verified', 'failed'].includes(c.step));
  const one = open[Math.floor(pick * open.length)];
  const change = one?.plan.changes[0];
  const set = change && setters[change.setting];
  if (!one || !set) return;
  await set(world.shop.account.attempt('admin'), change, how);
  world.known.byHand.push({ at: world.clock.now(), changeId: one.id, setting: change.setting, how });
}

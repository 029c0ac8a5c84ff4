// Keeps what a stage serves, as the subscriber does while all is well.
import type { Aws, CallName } from '../../lib/aws/calls.ts';
import { stageKey, type StageRef } from '../../lib/model/api.ts';
import { keptOf } from '../../lib/model/kept.ts';
import type { Account } from '../../lib/sandbox/account/index.ts';
import { gather } from '../../lib/stages/looking/gather.ts';
import { rows } from '../../lib/store/rows.ts';
import type { Store } from '../../lib/store/store.ts';

export async function keepNow(store: Store, account: Account, at: StageRef): Promise<void> {
  const now = account.clock.now();
  const aws = { call: account.attempt('admin') } as unknown as Aws<CallName>;
  const { deployedApi } = await gather(
    { aws, now: () => now },
    { at, window: { from: now, to: now }, lines: [], kinds: ['deployedApi'], budget: 4 },
  );
  const kept = deployedApi?.state === 'got' ? keptOf(deployedApi.value, now) : undefined;
  if (!kept) throw new Error('nothing could be kept');
  await rows.definition.create(store, `${stageKey(at)}/${kept.deploymentId}`, { ...kept, stage: stageKey(at) });
}

// What was kept of a stage's deployments, out of Gatemedic's own store.
import { stageKey, type StageRef } from '../../model/api.ts';
import type { KeptDefinition } from '../../model/kept.ts';
import { rows } from '../../store/rows.ts';
import type { World } from '../../world.ts';

export const definitionsOf = async ({ store }: Pick<World, 'store'>, at: StageRef): Promise<readonly KeptDefinition[]> =>
  (await rows.definition.list(store, `definitions ${stageKey(at)}`)).map((row) => row.value);

// The laws of the worlds, as they are watched: when a change begins, at every write, and once all rests.
import type { World } from '../open.ts';
import { beginning } from './beginning.ts';
import type { Breach } from './breach.ts';
import { ending } from './ending.ts';
import { telling } from './telling.ts';
import { writing } from './writing.ts';

export type { Breach } from './breach.ts';

export interface Laws {
  readonly broken: readonly Breach[];
  /** `rested`: nobody left before all was over, so that what must be over by then can be asked. */
  atTheEnd(rested: boolean): Promise<readonly Breach[]>;
}

export function watchLaws(world: World): Laws {
  const broken: Breach[] = [];
  world.witness.onBegun = (begun) => void broken.push(...beginning(world, begun));
  world.witness.onWrite = (write) => void broken.push(...writing(world, write));
  return { broken, atTheEnd: async (rested) => [...(await ending(world)), ...(rested ? await telling(world) : [])] };
}

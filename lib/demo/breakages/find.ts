// Finds a breakage by its id, and the stage of the shop it happens to.
import type { Shop, ShopStage } from '../shop.ts';
import type { Breakage } from './breakage.ts';
import { breakages } from './index.ts';

export function breakage(id: string): Breakage {
  const found = breakages.find((b) => b.id === id);
  if (!found) throw new Error(`no breakage ${id}; there are ${breakages.map((b) => b.id).join(', ')}`);
  return found;
}

/** The shop's own victim, or its first stage of the type the breakage needs. */
export function victimOf(shop: Shop, { on = 'REST' }: Pick<Breakage, 'on'>): ShopStage {
  const stage = shop.victim.apiType === on ? shop.victim : shop.stages.find((s) => s.apiType === on);
  if (!stage) throw new Error(`the shop has no ${on} stage; it has ${shop.stages.map((s) => s.apiType).join(', ')}`);
  return stage;
}

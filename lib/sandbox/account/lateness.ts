// How news leaves the account: a moment later, and now and then twice (EventBridge delivers at least once).
import type { Base } from './base.ts';

/** Delivers in 0.3 to 1.5 s; twice when a fault says so. */
export function createLateness(base: Base, doubles: () => boolean): (deliver: () => void) => void {
  const random = base.stream('delivery');
  return (deliver) => {
    base.clock.after(300 + Math.round(1200 * random()), deliver);
    if (doubles()) base.clock.after(2000 + Math.round(20_000 * random()), deliver);
  };
}

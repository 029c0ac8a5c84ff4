// The limit for the whole account: API Gateway's control plane gives everybody together ten calls a second (platform.md, evidence.md §1),
// so all of Gatemedic's processes share two, by a counter in the table.
import type { Clock } from '../model/clock.ts';
import type { Store } from '../store/store.ts';
import type { CallName } from './calls.ts';

/** Asked before every try of a call. False: no place became free in time, and the call answers `throttled`. */
export type Limiter = (name: CallName) => Promise<boolean>;

const perSecond = 2;
/** Longer than this nobody waits: the investigation has other evidence to look at. */
const giveUpMs = 10_000;
/** A counter is dead after its second; the day is for TTL's own pace. */
const keepMs = 24 * 3_600_000;

/** Admits at most two API Gateway calls a second across every process that shares the store; other services pass. */
export function gatewayLimiter(store: Pick<Store, 'countBelow'>, clock: Clock): Limiter {
  return async (name) => {
    if (!name.startsWith('apigateway')) return true;
    const startedAt = clock.now();
    for (;;) {
      const second = Math.floor(clock.now() / 1_000);
      if (await store.countBelow(`limit#apigateway#${second}`, perSecond, second * 1_000 + keepMs)) return true;
      const nextAt = (second + 1) * 1_000;
      if (nextAt - startedAt > giveUpMs) return false;
      await clock.sleep(Math.max(nextAt - clock.now(), 1));
    }
  };
}

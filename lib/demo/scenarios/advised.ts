// The plain story of a breakage that nobody mends unasked: it breaks, is named, is advised on (or asked about, where an installed fix
// treats it), and the owner mends it by hand.
import type { Certainty } from '../../model/cause.ts';
import type { Breakage } from '../breakages/breakage.ts';
import { victimOf } from '../breakages/find.ts';
import { breakThenMend, minute, type Expected, type Scenario } from './scenario.ts';

export function advisedOn(b: Breakage): Scenario {
  const { withoutLogs } = b;
  const ends = (cause: string, certainty: Certainty): Expected => ({
    cause: [cause],
    certainty: [certainty],
    outcome: [b.asks === undefined ? 'advised' : 'asked'],
    fix: b.asks ?? null,
    changes: 0,
  });
  return {
    id: b.id,
    title: b.title,
    forMs: 60 * minute,
    ...(b.prepare ? { prepare: (shop) => b.prepare?.(shop, victimOf(shop, b)) } : {}),
    play: (shop) => breakThenMend(shop, b.id, 20 * minute),
    ends: { silent: ends(b.cause, b.certainty ?? 'confirmed') },
    ...(withoutLogs ? { withoutLogs: ends(withoutLogs.cause, withoutLogs.certainty) } : {}),
  };
}

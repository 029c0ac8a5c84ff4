// The plain story of a breakage that nobody mends unasked: it breaks, is named, is advised on (or asked about, where an installed fix
// treats it), and the owner mends it by hand.
import { fixes } from '../../fixes/index.ts';
import type { Certainty } from '../../model/cause.ts';
import type { Breakage } from '../breakages/breakage.ts';
import { victimOf } from '../breakages/find.ts';
import { breakThenMend, minute, type Expected, type Scenario } from './scenario.ts';

export function advisedOn(b: Breakage): Scenario {
  const { prepare, withoutLogs } = b;
  const ends = (cause: string, certainty: Certainty): Expected => {
    const treated = certainty === 'confirmed' ? fixes.find((f) => f.treats.includes(cause)) : undefined;
    return { cause: [cause], certainty: [certainty], outcome: [treated ? 'asked' : 'advised'], fix: treated?.id ?? null, changes: 0 };
  };
  return {
    id: b.id,
    title: b.title,
    forMs: 60 * minute,
    ...(prepare ? { prepare: (shop) => prepare(shop, victimOf(shop, b)) } : {}),
    play: (shop) => breakThenMend(shop, b.id, 20 * minute),
    ends: { silent: ends(b.cause, b.certainty ?? 'confirmed') },
    ...(withoutLogs ? { withoutLogs: ends(withoutLogs.cause, withoutLogs.certainty) } : {}),
  };
}

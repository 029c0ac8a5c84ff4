// Faults on purpose, for laws and simulation: a call that is throttled, refused, slow, or during which the process dies; news delivered twice.
import type { CallName } from '../../aws/calls.ts';
import type { Random } from './base.ts';

export type FaultKind = 'throttled' | 'down' | 'denied' | 'crash-before' | 'crash-after' | 'latency' | 'duplicate';

/** Without `call`, whatever is called; without `times`, until disarmed. `duplicate` concerns deliveries (alarm events, log batches), not calls. */
export interface FaultSpec {
  readonly call?: CallName;
  readonly kind: FaultKind;
  readonly times?: number;
  /** 0 to 1; 1 where not said. */
  readonly probability?: number;
  /** How long `latency` adds; ten seconds where not said. */
  readonly ms?: number;
}

export interface Faults {
  /** Arms a fault; the answer disarms it. */
  inject(spec: FaultSpec): () => void;
  /** The fault that strikes this call now, if any; counts it. */
  strikes(call: CallName): FaultSpec | undefined;
  /** Whether this delivery happens twice. */
  doubles(): boolean;
}

export function createFaults(random: Random): Faults {
  const armed: { spec: FaultSpec; left: number }[] = [];
  const take = (wanted: (spec: FaultSpec) => boolean): FaultSpec | undefined => {
    const found = armed.find((f) => f.left > 0 && wanted(f.spec) && random() < (f.spec.probability ?? 1));
    if (found) found.left--;
    return found?.spec;
  };
  return {
    inject(spec) {
      const entry = { spec, left: spec.times ?? Infinity };
      armed.push(entry);
      return () => void armed.splice(armed.indexOf(entry) >>> 0, 1);
    },
    strikes: (call) => (armed.length === 0 ? undefined : take((s) => s.kind !== 'duplicate' && (s.call === undefined || s.call === call))),
    doubles: () => armed.length > 0 && take((s) => s.kind === 'duplicate') !== undefined,
  };
}

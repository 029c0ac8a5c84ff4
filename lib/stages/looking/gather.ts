// Gathers evidence: each kind at most once, what others build on first, the rest at the same time, inside a budget of calls.
// What could not be had becomes `missing`, with why; nothing here throws for what AWS refuses.
import type { Aws, CallName } from '../../aws/calls.ts';
import type { Collector, Probes } from '../../collectors/collector.ts';
import { collectors as catalogue } from '../../collectors/index.ts';
import type { StageRef } from '../../model/api.ts';
import {
  missing,
  type Evidence,
  type EvidenceKind,
  type EvidenceSet,
  type Gathered,
  type MissingReason,
  type Window,
} from '../../model/evidence.ts';
import { err } from '../../model/result.ts';
import type { LogLine } from '../../model/signal.ts';
import type { Store } from '../../store/store.ts';
import { WorldError } from '../../world.ts';
import { definitionsOf } from './kept.ts';

export interface GatherInput {
  readonly at: StageRef;
  /** From a little before the first failure until now. */
  readonly window: Window;
  readonly lines: readonly LogLine[];
  /** What is wanted; what it needs is gathered too. */
  readonly kinds: readonly EvidenceKind[];
  /** Gathered already: not asked again. */
  readonly have?: Gathered;
  /** Of an earlier look at the same stage. */
  readonly before?: Gathered | undefined;
  /** Calls to AWS that may still be made. */
  readonly budget: number;
  readonly collectors?: readonly Collector[];
}
/** The part of the World that gathering uses. */
export interface Looking {
  readonly aws: Aws<CallName>;
  now(): number;
  /** What the owner allows to be tried out. */
  readonly installation?: { readonly probes?: Probes | undefined };
  /** Where definitions of the stage were kept; absent where there is no store (the command line). */
  readonly store?: Store;
}
export interface Spent {
  readonly gathered: Gathered;
  /** Calls made. */ readonly calls: number;
}

/** Gathers the wanted kinds and what they need; answers all evidence, old and new. */
export async function gather(world: Looking, input: GatherInput): Promise<Gathered> {
  return (await gatherCounted(world, input)).gathered;
}

/** The same, and how many calls it took. */
export async function gatherCounted(world: Looking, input: GatherInput): Promise<Spent> {
  const known = byKind(input.collectors ?? catalogue);
  let gathered: Gathered = { ...input.have };
  let left = withNeeds(input.kinds, known).filter((kind) => !(kind in gathered));
  let calls = 0;
  while (left.length > 0) {
    const wave = admit(left, gathered, known, input.budget - calls);
    const answers = await Promise.all(wave.map((kind) => look(world, input, gathered, kind, known.get(kind), input.budget - calls)));
    gathered = { ...gathered, ...Object.fromEntries(answers.map((a) => [a.kind, a.evidence])) };
    calls += answers.reduce((sum, a) => sum + a.calls, 0);
    left = left.filter((kind) => !wave.includes(kind));
  }
  return { gathered, calls };
}

export type Collectors = ReadonlyMap<string, Collector>;
export const byKind = (collectors: readonly Collector[]): Collectors => new Map(collectors.map((c) => [c.kind, c]));

/** The wanted kinds with what they need, needs first, each once. */
export function withNeeds(kinds: readonly EvidenceKind[], known: Collectors): readonly EvidenceKind[] {
  const order: EvidenceKind[] = [];
  const visit = (kind: EvidenceKind): void => {
    if (order.includes(kind)) return;
    for (const need of known.get(kind)?.needs ?? []) visit(need);
    order.push(kind);
  };
  for (const kind of kinds) visit(kind);
  return order;
}

/**
 * The kinds that can be looked at now: what they need is there, and their highest price fits beside the others'. What is left
 * over waits for the next wave, when unspent calls are back. The first one goes even if its highest price does not fit: it
 * is stopped when the budget is used up.
 */
function admit(left: readonly EvidenceKind[], gathered: Gathered, known: Collectors, budget: number): readonly EvidenceKind[] {
  const ready = left.filter((kind) => (known.get(kind)?.needs ?? []).every((need) => need in gathered));
  const wave: EvidenceKind[] = [];
  let reserved = 0;
  for (const kind of ready) {
    const price = known.get(kind)?.maxCalls ?? 0;
    if (wave.length > 0 && reserved + price > budget) continue;
    wave.push(kind);
    reserved += price;
  }
  return wave;
}

interface Answered {
  readonly kind: EvidenceKind;
  readonly evidence: Evidence<unknown>;
  readonly calls: number;
}

async function look(
  world: Looking,
  input: GatherInput,
  gathered: Gathered,
  kind: EvidenceKind,
  collector: Collector | undefined,
  budget: number,
): Promise<Answered> {
  if (!collector) return { kind, evidence: missing('notEnabled', `no collector reads ${kind}`), calls: 0 };
  const probes = world.installation?.probes;
  if (!allowed(collector, probes)) return { kind, evidence: missing('notEnabled', notAllowed(collector)), calls: 0 };
  const purse = counted(world.aws, Math.min(budget, collector.maxCalls));
  const kept = kind === 'keptDefinitions' && world.store ? await definitionsOf({ store: world.store }, input.at) : undefined;
  const have = Object.fromEntries(collector.needs.map((need) => [need, gathered[need]])) as EvidenceSet<EvidenceKind>;
  try {
    const evidence = await collector.read(purse.aws, {
      at: input.at,
      window: input.window,
      have,
      lines: input.lines,
      now: world.now(),
      ...(probes ? { probes } : {}),
      ...(input.before ? { before: input.before } : {}),
      ...(kept ? { kept } : {}),
    });
    return { kind, evidence, calls: purse.calls() };
  } catch (error) {
    if (!(error instanceof WorldError)) throw error; // a bug: crash and alarm
    return { kind, evidence: missing(reasons[error.kind], error.message), calls: purse.calls() };
  }
}

/** Whether the owner lets it be read: what acts on the API is only tried where he listed something. */
export const allowed = ({ optIn }: Pick<Collector, 'optIn'>, probes: Probes | undefined): boolean =>
  optIn === undefined || (probes?.[optIn] ?? []).length > 0;
const notAllowed = ({ title, optIn }: Collector): string => `${title} is only tried where the owner lists what may be (probes.${optIn})`;

const reasons: Record<WorldError['kind'], MissingReason> = {
  throttled: 'throttled',
  denied: 'denied',
  gone: 'gone',
  conflict: 'down',
  down: 'down',
};

/** An `Aws` that makes at most `most` calls and answers `overBudget` after that. */
function counted(aws: Aws<CallName>, most: number): { readonly aws: Aws<CallName>; calls(): number } {
  let made = 0;
  const call: Aws<CallName>['call'] = async (name, input) => {
    if (made >= most) return err({ kind: 'overBudget', call: name, name: 'OverBudget', message: `the budget of ${most} calls is used up` });
    made++;
    return aws.call(name, input);
  };
  return { aws: { call }, calls: () => made };
}

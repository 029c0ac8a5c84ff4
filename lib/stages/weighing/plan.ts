// From a confirmed cause to a plan: the first installed fix that treats it and has something to change, with the hash that an
// approval binds to, the preview a person reads, and the price. Only reads; writes nothing.
import * as v from 'valibot';
import type { Aws, CallName } from '../../aws/calls.ts';
import { fixes as catalogue } from '../../fixes/index.ts';
import { hashOf } from '../../journal/hash.ts';
import type { StageRef } from '../../model/api.ts';
import type { Diagnosis } from '../../model/cause.ts';
import type { Change, Fix, Plan, ReadSetting } from '../../model/change.ts';
import type { Gathered } from '../../model/evidence.ts';
import type { Installation } from '../../model/installation.ts';
import { err, ok } from '../../model/result.ts';
import { inTheirWords, ownerOf } from './owner.ts';
import { managedBy, moveOf, says, settingOf, shown } from '../changing/moves.ts';
import { evidenceFor, factsOf, suited } from './suited.ts';

export interface Planning {
  /** The incident's id. */
  readonly id: string;
  readonly aws: Aws<CallName>;
  readonly at: StageRef;
  readonly diagnosis: Diagnosis;
  readonly evidence: Gathered;
  readonly installation: Pick<Installation, 'fixes' | 'caps'>;
  readonly now: number;
  readonly fixes?: readonly Fix[];
}
export type Planned =
  | { readonly is: 'planned'; readonly plan: Plan; readonly fix: Fix }
  | { readonly is: 'refused'; readonly because: readonly string[] }
  | { readonly is: 'none'; readonly because: readonly string[] };

export async function makePlan(input: Planning): Promise<Planned> {
  const treating = suited(input, input.fixes ?? catalogue);
  const installed = input.installation.fixes.flatMap(({ id }) => treating.filter((f) => f.id === id));
  if (installed.length === 0)
    return {
      is: 'none',
      because: treating.map((f) => `${f.id} would ${f.gains ? 'show more of' : 'treat'} this; it is not listed in fixes`),
    };
  const refusals: string[] = [];
  for (const fix of installed) {
    const changes = await fix.plan({
      id: input.id,
      at: input.at,
      diagnosis: input.diagnosis,
      facts: factsOf(input.diagnosis),
      evidence: evidenceFor(fix.looksAt, input.evidence),
      caps: input.installation.caps,
      now: input.now,
      read: reader(input.aws, fix),
    });
    const steered = changes.ok ? await steeredBy(input.aws, changes.value) : undefined;
    if (changes.ok && changes.value.length > 0 && steered === undefined)
      return { is: 'planned', plan: planOf(fix, changes.value, input), fix };
    refusals.push(`${fix.id}: ${changes.ok ? (steered ?? 'there is nothing to change') : changes.error.reason}`);
  }
  return { is: 'refused', because: refusals };
}

/** Who else decides about one of the values. */
async function steeredBy(aws: Aws<CallName>, changes: readonly Change[]): Promise<string | undefined> {
  for (const change of changes) {
    const steered = await managedBy(aws, moveOf(change));
    if (steered !== undefined) return steered;
  }
  return undefined;
}

/** A fix reads the settings it declares, and no others. */
const reader =
  (aws: Aws<CallName>, fix: Fix): ReadSetting =>
  async (id, target) => {
    if (!fix.settings.includes(id)) throw new Error(`fix ${fix.id} reads setting ${id}; declare it in settings`);
    const setting = settingOf(id);
    const now = await setting.read(aws, v.parse(setting.target, target));
    if (!now.ok) return err({ reason: `the current value could not be read: ${says(now.error)}` });
    const { value, gone } = now.value;
    return gone === undefined ? ok({ value }) : err({ reason: `${gone} is gone` });
  };

function planOf(fix: Fix, changes: readonly Change[], { diagnosis, at, evidence }: Planning): Plan {
  const moves = changes.map(moveOf);
  const owner = ownerOf(
    moves.map((m) => m.setting.writesTo(m.target)),
    evidence,
  );
  const snippets = moves.flatMap((m) => m.setting.snippets(m.target, m.to, at));
  const oneWay = moves.flatMap((m) => m.setting.oneWay ?? []);
  const usdPerHour = moves.reduce((sum, m) => sum + (m.setting.usdPerHour?.(m.target, m.to) ?? 0), 0);
  return {
    fix: fix.id,
    cause: diagnosis.cause,
    changes,
    hash: hashOf(fix.id, changes),
    preview: moves.map((m) => shown(m)),
    ...(usdPerHour === 0 ? {} : { usdPerHour }),
    ...(fix.leaseMs === undefined ? {} : { leaseMs: fix.leaseMs }),
    ...(oneWay.length === 0 ? {} : { oneWay }),
    ...(fix.gains ? { gains: true } : {}),
    ...(fix.relieves === undefined ? {} : { relieves: fix.relieves }),
    snippets: inTheirWords(snippets, owner),
    ...(owner ? { owner } : {}),
  };
}

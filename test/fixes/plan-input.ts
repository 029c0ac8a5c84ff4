// What a fix's plan is handed, with only what a test is about written down.
import type { PlanInput } from '../../lib/model/change.ts';
import type { EvidenceKind } from '../../lib/model/evidence.ts';
import { ok } from '../../lib/model/result.ts';
import { now, rest } from '../collectors/fake-aws.ts';

export const planInput = <K extends EvidenceKind>(over: object): PlanInput<K> =>
  ({
    id: 'inc-1',
    at: rest,
    diagnosis: { cause: 'unknown', certainty: 'confirmed', at: now, failing: true, missing: [], suspects: [] },
    facts: undefined,
    evidence: {},
    caps: { usdPerHour: 1, usdPerDay: 1, warmEnvironments: 1 },
    now,
    read: async () => ok({ value: 'absent' }),
    ...over,
  }) as unknown as PlanInput<K>;

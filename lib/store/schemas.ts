// Schemas of what is stored: a row written by an older version, or by hand, is refused with the field's name instead of crashing half-way.
import * as v from 'valibot';
import { apiTypes, type StageRef } from '../model/api.ts';
import { actors, outcomes, steps, type ChangeRecord } from '../model/change.ts';
import type { Gathered } from '../model/evidence.ts';
import type { KeptDefinition } from '../model/kept.ts';
import type { Incident, StageRow } from '../model/incident.ts';

const at = v.looseObject({
  accountId: v.string(),
  region: v.string(),
  apiType: v.picklist(apiTypes),
  apiId: v.string(),
  stage: v.string(),
  apiName: v.optional(v.string()),
});

/** Checks the fields that decisions rest on; the rest is carried as it was written by us. */
const carried = <T>(schema: v.GenericSchema): v.GenericSchema<unknown, T> => schema as v.GenericSchema<unknown, T>;

/** `stage`: the key of the stage that served it. */
export interface Definition extends KeptDefinition {
  readonly stage: string;
}
export interface Lock {
  readonly owner: string;
  readonly expiresAt: number;
}
/** `also`: further stages that write access logs to the same group; then each line must name its own. */
export interface Source {
  readonly logGroup: string;
  readonly at: StageRef;
  readonly kind: 'execution' | 'access';
  readonly format?: string;
  readonly also?: readonly { readonly at: StageRef; readonly format?: string }[];
}
/** What a person was told, so that they are not told it again every five minutes. */
export interface Told {
  readonly key: string;
  readonly at: number;
  readonly says: string;
}
export interface OutboxEntry {
  readonly id: string;
  readonly firstAt: number;
  readonly tries: number;
  readonly incidentId?: string;
  /** `card` is drawn anew from its incident's row; `message` and `digest` are sent as they were written. */
  readonly what: 'card' | 'message' | 'digest' | 'topic';
  readonly payload: unknown;
}

const change = v.looseObject({ setting: v.string(), target: v.unknown(), from: v.unknown(), to: v.unknown() });
const plan = v.looseObject({
  fix: v.string(),
  cause: v.string(),
  changes: v.array(change),
  hash: v.string(),
  preview: v.array(v.string()),
  snippets: v.array(v.unknown()),
});
const question = v.looseObject({
  id: v.string(),
  plan,
  askedAt: v.number(),
  expiresAt: v.number(),
  state: v.picklist(['pending', 'approved', 'dismissed', 'expired', 'withdrawn']),
  needs: v.optional(v.number()),
  approvals: v.optional(v.array(v.looseObject({ by: v.looseObject({ kind: v.literal('person'), id: v.string() }), at: v.number() }))),
});

export const stageRowSchema = carried<StageRow>(v.looseObject({ key: v.string(), closedAts: v.array(v.number()) }));
export const incidentSchema = carried<Incident>(
  v.looseObject({
    id: v.string(),
    at,
    phase: v.picklist(['live', 'closed']),
    watched: v.boolean(),
    openedAt: v.number(),
    firstFailureAt: v.number(),
    lastFailureAt: v.number(),
    changes: v.array(v.string()),
    notes: v.array(v.unknown()),
    question: v.optional(question),
    outcome: v.optional(v.picklist(outcomes)),
  }),
);
export const evidenceSchema = carried<{ gathered: Gathered; at: number }>(
  v.looseObject({ gathered: v.record(v.string(), v.unknown()), at: v.number() }),
);
export const changeSchema = carried<ChangeRecord>(
  v.looseObject({
    id: v.string(),
    incidentId: v.string(),
    at,
    plan,
    step: v.picklist(steps),
    entries: v.array(
      v.looseObject({ n: v.number(), step: v.picklist(steps), at: v.number(), by: v.looseObject({ kind: v.picklist(actors) }) }),
    ),
    /** A row of a later shape must say so, and is then left alone by this version. */
    version: v.optional(v.literal(1)),
  }),
);
export const definitionSchema = carried<Definition>(
  v.looseObject({
    stage: v.string(),
    deploymentId: v.string(),
    keptAt: v.number(),
    routes: v.array(v.looseObject({ name: v.string(), print: v.string() })),
  }),
);
export const lockSchema = v.object({ owner: v.string(), expiresAt: v.number() });
export const sourceSchema = carried<Source>(v.looseObject({ logGroup: v.string(), at, kind: v.picklist(['execution', 'access']) }));
export const toldSchema = v.object({ key: v.string(), at: v.number(), says: v.string() });
export const outboxSchema = carried<OutboxEntry>(
  v.looseObject({ id: v.string(), firstAt: v.number(), tries: v.number(), what: v.picklist(['card', 'message', 'digest', 'topic']) }),
);

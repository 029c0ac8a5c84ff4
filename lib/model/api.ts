// Names for the places a burst can happen in: an API, a stage of it, a function behind it.

export const apiTypes = ['REST', 'HTTP', 'WEBSOCKET'] as const;
export type ApiType = (typeof apiTypes)[number];

/** One stage of one API, fully resolved. */
export interface StageRef {
  readonly accountId: string;
  readonly region: string;
  readonly apiType: ApiType;
  readonly apiId: string;
  readonly stage: string;
  /** REST metrics are keyed by name, not id (platform.md §12); absent where nobody told us. */
  readonly apiName?: string;
}

/** The key under which a stage is stored and locked: unique within an account and Region. */
export const stageKey = (at: Pick<StageRef, 'apiId' | 'stage'>): string => `${at.apiId}/${at.stage}`;

/** The pseudo stage under which an outage of many stages is one incident. */
export const everyStage = '*/*';

/** A Lambda function as an integration names it. `qualifier` is an alias or a version; absent is the unqualified function. */
export interface FunctionRef {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly qualifier?: string;
}

export const functionArn = (f: FunctionRef): string =>
  `arn:aws:lambda:${f.region}:${f.accountId}:function:${f.name}${f.qualifier ? `:${f.qualifier}` : ''}`;

/** The key of a function in evidence: `name` or `name:qualifier`. */
export const functionKey = (f: Pick<FunctionRef, 'name' | 'qualifier'>): string => (f.qualifier ? `${f.name}:${f.qualifier}` : f.name);

/** Reads a Lambda function ARN; undefined when it is none. */
export function parseFunctionArn(arn: string): FunctionRef | undefined {
  const m = /^arn:aws[\w-]{0,10}:lambda:([a-z0-9-]{1,30}):(\d{12}):function:([A-Za-z0-9_-]{1,64})(?::([$A-Za-z0-9_-]{1,128}))?$/.exec(arn);
  if (!m?.[1] || !m[2] || !m[3]) return undefined;
  return { region: m[1], accountId: m[2], name: m[3], ...(m[4] ? { qualifier: m[4] } : {}) };
}

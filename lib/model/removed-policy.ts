// Which policy of a role was taken away, and what it said: from CloudTrail's records alone, which no caller of the API can write. Pure; both
// the collector that asks IAM whether it would help and the fix that puts it back read it here.
import { asObject, asTexts, parseJson, type JsonObject } from './json.ts';
import type { SimulatedAction } from './kinds/direct.ts';
import type { PolicyWrite, RoleHistory } from './kinds/removal.ts';
import { glob } from './policy.ts';

export interface RemovedPolicy {
  readonly policy: string;
  /** What stood there: the last document before the removal, exactly as it was recorded. */
  readonly document: string;
  /** What stands there by the trail: nothing, or a document that lacks statements of the other. */
  readonly left: string | 'absent';
  readonly at: number;
  readonly by: string;
  /** Of a managed policy: the version whose document this is. */
  readonly version?: string;
}

/** Newest first. Only the last write of a policy counts: what was taken away and written anew since is somebody's decision. */
export function removedPolicies({ writes }: Pick<RoleHistory, 'writes'>): readonly RemovedPolicy[] {
  const names = [...new Set(writes.map((w) => w.policy))];
  return names.flatMap((policy) =>
    removedOf(
      policy,
      writes.filter((w) => w.policy === policy).toSorted((a, b) => b.at - a.at),
    ),
  );
}

function removedOf(policy: string, [last, before]: readonly PolicyWrite[]): readonly RemovedPolicy[] {
  // whatever was detached had been attached; what it says is read, for no record holds it
  if (last?.what === 'detached' && last.document !== undefined && last.version !== undefined)
    return [{ policy, document: last.document, left: 'absent', at: last.at, by: last.by, version: last.version }];
  if (!last || before?.what !== 'put' || before.document === undefined) return [];
  const { document } = before;
  const of = (left: RemovedPolicy['left']): RemovedPolicy => ({ policy, document, left, at: last.at, by: last.by });
  if (last.what === 'deleted') return [of('absent')];
  return last.document !== undefined && isPartOf(last.document, document) ? [of(last.document)] : [];
}

/** Every statement of the one stands in the other just so, and the other has more: nothing but statements was taken away. */
function isPartOf(part: string, whole: string): boolean {
  const [some, all] = [statementsOf(part), statementsOf(whole)];
  if (!some || !all || some.length >= all.length) return false;
  const rest = all.map(canonical);
  return some.map(canonical).every((one) => {
    const n = rest.indexOf(one);
    if (n >= 0) rest.splice(n, 1);
    return n >= 0;
  });
}

/** The statements of a policy document as they are written; undefined for what is none. */
function statementsOf(document: string): readonly JsonObject[] | undefined {
  const parsed = parseJson(document);
  const statement = parsed.ok ? asObject(parsed.value)?.['Statement'] : undefined;
  const all = (Array.isArray(statement) ? statement : [statement]).map(asObject);
  return all.length > 0 && all.every((s) => s !== undefined) ? all : undefined;
}

/** Equal for equal JSON, whatever the order of its keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) => {
    const object = asObject(one);
    return object ? Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1))) : one;
  });
/** Whether two documents say the same. */
export function sameDocument(a: string, b: string): boolean {
  const [one, other] = [parseJson(a), parseJson(b)];
  return one.ok && other.ok ? canonical(one.value) === canonical(other.value) : a === b;
}

/** The statements that were taken away: all of them, or those that what is left lacks. */
function goneFrom({ document, left }: Pick<RemovedPolicy, 'document' | 'left'>): readonly JsonObject[] {
  const kept = (left === 'absent' ? [] : (statementsOf(left) ?? [])).map(canonical);
  return (statementsOf(document) ?? []).filter((s) => {
    const n = kept.indexOf(canonical(s));
    if (n >= 0) kept.splice(n, 1);
    return n < 0;
  });
}

/** What a role lacks, and nothing else than a statement keeps it from. */
export const lacksOnly = (asked: SimulatedAction): boolean => asked.decision === 'implicitDeny' && asked.by === undefined;

/** One thing a role may do. */
export interface Need {
  readonly action: string;
  readonly resource: string;
}

/**
 * What IAM can be asked about what was taken away: of each statement one action on one resource. The simulation takes no pattern for an action
 * (IAM API, SimulatePrincipalPolicy), so that of `dynamodb:*` the usual call is asked; a resource is asked as it is written.
 */
export function needsIn(removed: Pick<RemovedPolicy, 'document' | 'left'>): readonly Need[] {
  return goneFrom(removed).flatMap((s) => {
    const action = s['Effect'] === 'Allow' ? asTexts(s['Action'] ?? []).flatMap((pattern) => concrete(pattern) ?? [])[0] : undefined;
    // one that is written out says more than a pattern: what else allows a part of a pattern does not allow the whole of it
    const resources = asTexts(s['Resource'] ?? []).filter((one) => !one.includes('${'));
    const resource = resources.find((one) => !isPattern(one)) ?? resources[0];
    return action === undefined || resource === undefined ? [] : [{ action, resource }];
  });
}

/** Whether what was taken away held this action. */
export const tookAway = (removed: Pick<RemovedPolicy, 'document' | 'left'>, action: string): boolean =>
  goneFrom(removed).some(
    (s) => s['Effect'] === 'Allow' && asTexts(s['Action'] ?? []).some((pattern) => glob(pattern.toLowerCase(), action.toLowerCase())),
  );

export const isPattern = (text: string): boolean => /[*?]/.test(text);
/** An action that a pattern means: itself, or of these the first that fits. */
const concrete = (pattern: string): string | undefined =>
  isPattern(pattern) ? usual.find((action) => glob(pattern.toLowerCase(), action.toLowerCase())) : pattern;
/** What code behind an API does most, by service. */
const usual = [
  ...['GetItem', 'PutItem', 'Query', 'UpdateItem', 'DeleteItem', 'Scan', 'BatchGetItem', 'BatchWriteItem'].map((a) => `dynamodb:${a}`),
  ...['GetObject', 'PutObject', 'ListBucket', 'DeleteObject'].map((a) => `s3:${a}`),
  ...['SendMessage', 'ReceiveMessage', 'DeleteMessage'].map((a) => `sqs:${a}`),
  'sns:Publish',
  'states:StartExecution',
  'lambda:InvokeFunction',
  'events:PutEvents',
  'kinesis:PutRecord',
  'secretsmanager:GetSecretValue',
  'ssm:GetParameter',
  'ssm:GetParametersByPath',
  ...['Decrypt', 'Encrypt', 'GenerateDataKey'].map((a) => `kms:${a}`),
  'ses:SendEmail',
  'bedrock:InvokeModel',
  'rds-db:connect',
  'execute-api:Invoke',
];

/** What lets whoever has it give itself anything: never put back by a machine. */
const overPermissions = ['iam:PutRolePolicy', 'iam:PassRole', 'sts:AssumeRole', 'organizations:LeaveOrganization'];

/** Whatever IAM does but read. */
const iamWrites = /^iam:(?!get|list|simulate|generate)/i;

/** Why a document is not one to put back, whoever approves; undefined when nothing speaks against it. */
export function tooWide(document: string): string | undefined {
  const statements = statementsOf(document);
  if (!statements) return 'it is no policy document that can be read';
  for (const s of statements.filter((one) => one['Effect'] !== 'Deny')) {
    if (s['NotAction'] !== undefined || s['NotResource'] !== undefined) return 'it allows everything but what it names';
    const wide = overPermissions.find((action) =>
      asTexts(s['Action']).some((pattern) => glob(pattern.toLowerCase(), action.toLowerCase())),
    );
    if (wide !== undefined) return `it lets the role do ${wide}, and so give itself more`;
    const writes = asTexts(s['Action']).find((pattern) => iamWrites.test(pattern));
    if (writes !== undefined) return `it lets the role do ${writes}, and so change what roles may do`;
  }
  return undefined;
}

/** A document's statements in a few words each. */
export const spokenStatements = (document: string): readonly string[] =>
  (statementsOf(document) ?? []).map((s) => {
    const actions = asTexts(s['Action'] ?? []).join(', ') || 'something';
    const resources = asTexts(s['Resource'] ?? []).join(', ') || 'something';
    return `${s['Effect'] === 'Deny' ? 'deny' : 'allow'} ${actions} on ${resources}${s['Condition'] === undefined ? '' : ' under a condition'}`;
  });

// Which inline policy of a role was taken away, and what it said: from CloudTrail's records alone, which no caller of the API can write. Pure; both
// the collector that asks IAM whether it would help and the fix that puts it back read it here.
import { asObject, asTexts, parseJson, type JsonObject } from './json.ts';
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

/** What lets whoever has it give itself anything: never put back by a machine. */
const overPermissions = ['iam:PutRolePolicy', 'iam:PassRole', 'sts:AssumeRole', 'organizations:LeaveOrganization'];

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

// Inline policies of roles as IAM keeps them: a document by name, written whole, in force some seconds later, and never wider than the role's
// permissions boundary. Each write leaves the CloudTrail record the real one does, with the document as it was sent.
import { asObject, parseJson } from '../../model/json.ts';
import { ok, type Result } from '../../model/result.ts';
import { evaluate, type Access, type IamStatement } from '../iam.ts';
import { type Base, spread } from './base.ts';
import { fail, type Failure } from './failure.ts';
import type { Role } from './roles-and-queues.ts';
import type { Caller, Trail } from './trail.ts';

export interface Boundary {
  readonly arn: string;
  readonly statements: readonly IamStatement[];
}

/** IAM counts the characters of all inline policies of a role together (fixes.md §14). */
const sizeLimit = 10_240;

export const documentOf = (statements: readonly IamStatement[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** What stands in a document; undefined for one IAM would not take. */
export function statementsIn(document: string): readonly IamStatement[] | undefined {
  const parsed = parseJson(document);
  const statement = parsed.ok ? asObject(parsed.value)?.['Statement'] : undefined;
  const all: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  const sound = all.length > 0 && all.every((s) => ['Allow', 'Deny'].includes(String(asObject(s)?.['Effect'])));
  return sound ? (all as readonly IamStatement[]) : undefined;
}

const written = (role: Role): readonly IamStatement[] =>
  [...role.policies.values(), ...[...role.attached.values()].map(({ versions }) => versions.at(-1) ?? '')].flatMap(
    (document) => statementsIn(document) ?? [],
  );

/** What the role's own policies, within its boundary, say to one action. */
export function roleAccess(role: Role, action: string, resource: string, more: readonly IamStatement[] = []): Access {
  const asked = { action, resource, context: {} };
  const own = evaluate({ name: role.name, statements: [...role.inForce, ...more] }, asked);
  if (own !== 'allowed' || !role.boundary) return own;
  return evaluate({ name: role.name, statements: role.boundary.statements }, asked);
}
/** Its boundary alone keeps it from what its policies allow. */
export const boundaryBars = (role: Role, action: string, resource: string): boolean =>
  role.boundary !== undefined &&
  evaluate({ name: role.name, statements: role.boundary.statements }, { action, resource, context: {} }) !== 'allowed';

/** Puts what is written in force: at once for how an account is before the story, else after 2 to 8 seconds (fixes.md §14: usually seconds). */
export function takeEffect(base: Base, role: Role, atOnce: boolean): void {
  const write = ++role.written;
  const inForce = (): void => {
    if (role.written === write) role.inForce = written(role);
  };
  if (atOnce) inForce();
  else base.clock.after(Math.round(spread(2000, 8000, base.seed, 'role policy', base.next())), inForce, { quiet: true });
}

/** What CloudTrail keeps of a write to a role's policy. */
export function noteRole(
  trail: Trail,
  eventName: string,
  by: Caller,
  role: string,
  policyName: string | undefined,
  document?: string,
): void {
  trail.record({
    eventName,
    eventSource: 'iam.amazonaws.com',
    by,
    requestParameters: {
      roleName: role,
      ...(policyName === undefined ? {} : { policyName }),
      ...(document === undefined ? {} : { policyDocument: document }),
    },
    resources: [
      ...(policyName === undefined ? [] : [{ type: 'AWS::IAM::Policy', name: policyName }]),
      { type: 'AWS::IAM::Role', name: role },
    ],
  });
}

export const noRole = (name: string | undefined) =>
  fail('gone', 'NoSuchEntityException', `The role with name ${name ?? ''} cannot be found.`);
export const noPolicy = (name: string | undefined) =>
  fail('gone', 'NoSuchEntityException', `The role policy with name ${name ?? ''} cannot be found.`);

/** Why IAM would not take this document beside what the role has. */
function refusal(role: Role, policyName: string, document: string) {
  if (!statementsIn(document)) return fail('refused', 'MalformedPolicyDocumentException', 'Syntax errors in policy.');
  const others = [...role.policies].filter(([name]) => name !== policyName);
  const size = [document, ...others.map(([, text]) => text)].reduce((sum, text) => sum + text.replace(/\s/g, '').length, 0);
  return size > sizeLimit
    ? fail('refused', 'LimitExceededException', `Maximum policy size of ${sizeLimit} bytes exceeded for role ${role.name}`)
    : undefined;
}

export function putPolicy(base: Base, role: Role, policyName: string, document: string): Result<void, Failure> {
  const no = refusal(role, policyName, document);
  if (no) return no;
  role.policies.set(policyName, document);
  takeEffect(base, role, false);
  return ok(undefined);
}
export function deletePolicy(base: Base, role: Role, policyName: string): Result<void, Failure> {
  if (!role.policies.delete(policyName)) return noPolicy(policyName);
  takeEffect(base, role, false);
  return ok(undefined);
}

// Puts a policy back that was taken from a role the gateway calls with, or a function runs with: an inline one exactly as CloudTrail recorded it, a
// managed one as it was weighed and shown. Never a wider one, never over what somebody wrote since, and only where IAM itself says that it would
// help. Two people approve, who read who took it away.
import * as v from 'valibot';
import { utcMinute } from '../model/advice.ts';
import { absent, fix, type Change, type PlanInput } from '../model/change.ts';
import type { RoleFact } from '../model/kinds/direct.ts';
import type { RoleHistory } from '../model/kinds/removal.ts';
import {
  lacksOnly,
  removedPolicies,
  sameDocument,
  spokenStatements,
  tooWide,
  type Need,
  type RemovedPolicy,
} from '../model/removed-policy.ts';
import { err, ok, type Result } from '../model/result.ts';
import { roleName } from '../model/role-use.ts';
import roleAttachment, { type RoleAttachmentTarget } from '../settings/role-attachment.ts';
import rolePolicy, { type RolePolicyTarget } from '../settings/role-policy.ts';
import { servedBy } from '../settings/signs/stage-serves.ts';

type Kind = 'roles' | 'roleTrail' | 'executionRoles';
type Plan = PlanInput<Kind>;

const denied = v.object({
  role: v.optional(v.string()),
  why: v.optional(v.string()),
  needs: v.optional(v.object({ action: v.string(), resource: v.string() })),
});
/** Calls of services, or roles that functions are called with: each says what keeps it out. */
const factsSchema = v.object({ calls: v.optional(v.array(denied)), roles: v.optional(v.array(denied)) });

/** What was taken from the roles of functions: by AWS's own records, for a log line alone never comes to this. */
const takenSchema = v.object({
  what: v.literal('denied'),
  taken: v.array(v.object({ role: v.string(), policy: v.string(), action: v.string(), resource: v.string() })),
});

export default fix<Kind, never>({
  id: 'restore-role-statement',
  title: 'Put the role’s removed permission back',
  about: {
    changes:
      'Writes an inline policy of a role that the gateway calls with, or a function runs with, exactly as CloudTrail recorded it before it was deleted, or before statements were taken out of it; or attaches the managed policy again that was detached from it, at the version that was weighed and shown. It steps aside where the policy was edited in any other way since, where the record is not within CloudTrail’s 90 days, where IAM’s simulation says that it would not help, where the policy lets a role change permissions or pass roles or allows everything but something, and where the role carries no permissions boundary. Trust policies are advice. The question says who took the policy away, and when.',
    costs: 'nothing',
  },
  treats: ['service-access-denied', 'lambda-permission-missing', 'lambda-dependency-failure'],
  settings: [rolePolicy.id, roleAttachment.id],
  risk: 'if somebody took the permission away on purpose, this gives it back to the role',
  consent: 'two-person',
  judgeMs: 15 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['roles', 'roleTrail', 'executionRoles'],
  async plan(input) {
    const barred = input.diagnosis.cause === 'lambda-dependency-failure' ? ofFunctions(input) : ofTheGateway(input);
    if (!barred.ok) return err({ reason: barred.error });
    const changes: Change[] = [];
    for (const one of barred.value) {
      const change = await changeOf(input, one);
      if (!change.ok) return err({ reason: change.error });
      changes.push(change.value);
    }
    return ok(changes);
  },
});

/** A role that is kept out, what it is needed for, and what is known of it. */
interface Barred {
  readonly role: string;
  readonly needs: readonly Need[];
  readonly fact: RoleFact | undefined;
  /** Absent where CloudTrail could not be asked. */
  readonly history: RoleHistory | undefined;
}

function ofTheGateway({ facts: told, evidence: { roles, roleTrail } }: Plan): Result<readonly Barred[], string> {
  const facts = v.safeParse(factsSchema, told);
  if (!facts.success) return err('the diagnosis does not say which role is not let through');
  const all = [...(facts.output.calls ?? []), ...(facts.output.roles ?? [])];
  const other = all.find((d) => d.why !== 'no-statement' || d.role === undefined || d.needs === undefined);
  if (all.length === 0 || other)
    return err(`not a permission that the role lacks keeps the gateway out${other?.why ? ` (${other.why})` : ''}`);
  if (roles.state !== 'got') return err(`the roles could not be read: ${roles.detail}`);
  if (roleTrail.state !== 'got') return err(`who changed the roles could not be read: ${roleTrail.detail}`);
  const barred: Barred[] = [];
  for (const role of new Set(all.flatMap((d) => d.role ?? []))) {
    const needs = all.flatMap((d) => (d.role === role && d.needs ? [d.needs] : []));
    const history = roleTrail.value.roles[role];
    barred.push({ role, needs, fact: roles.value.roles[role], history });
  }
  return ok(barred);
}

/** Of what the diagnosis names only what stands in the evidence counts: the removal itself, and IAM's no without it. */
function ofFunctions({ facts: told, evidence: { executionRoles } }: Plan): Result<readonly Barred[], string> {
  const facts = v.safeParse(takenSchema, told);
  if (!facts.success || facts.output.taken.length === 0)
    return err(
      'CloudTrail shows nothing (yet) that was taken from a function’s role just before it began to fail, and that IAM denies now',
    );
  if (executionRoles.state !== 'got') return err(`what was taken from the functions’ roles could not be read: ${executionRoles.detail}`);
  const { taken } = facts.output;
  const barred: Barred[] = [];
  for (const role of new Set(taken.map((t) => t.role))) {
    const known = executionRoles.value.roles[role];
    const isDenied = ({ action, resource }: Need): boolean =>
      (known?.fact?.may ?? []).some((m) => m.action === action && m.resource === resource && lacksOnly(m));
    const needs = taken.filter((t) => t.role === role && isDenied(t)).map(({ action, resource }) => ({ action, resource }));
    if (needs.length === 0) return err(`IAM does not say that a permission is what the role ${roleName(role)} lacks`);
    barred.push({ role, needs, fact: known?.fact, history: known });
  }
  return ok(barred);
}

async function changeOf(input: Plan, { role, needs, fact, history }: Barred): Promise<Result<Change, string>> {
  const against = roleSpeaksAgainst(input, role, fact);
  if (against !== undefined) return err(against);
  if (!history) return err(`CloudTrail could not be asked about the role ${roleName(role)}`);
  const removed = helpful(history, needs);
  if (!removed && history.unread)
    return err(`what was detached from the role ${roleName(role)} could not be read: ${history.unread.detail}`);
  if (!removed)
    return err(
      `CloudTrail shows no removal (yet) from the policies of ${roleName(role)} that IAM says would let it do ${needs[0]?.action ?? ''} again`,
    );
  const wide = tooWide(removed.document);
  if (wide !== undefined) return err(`the policy ${removed.policy} of ${roleName(role)} is not one to put back: ${wide}`);
  return removed.version === undefined
    ? policyBack(input, role, removed)
    : attachmentBack(input, role, { ...removed, version: removed.version });
}

const targetOf = (input: Plan, role: string, did: string, { by, at }: RemovedPolicy) => ({
  accountId: input.at.accountId,
  region: input.at.region,
  roleArn: role,
  removed: `${did} by ${by} at ${utcMinute(at)}`,
  stage: servedBy(input.at),
});

async function policyBack(input: Plan, role: string, removed: RemovedPolicy): Promise<Result<Change, string>> {
  const target: RolePolicyTarget = { ...targetOf(input, role, 'removed', removed), policyName: removed.policy };
  const now = await input.read(rolePolicy.id, target);
  if (!now.ok) return err(now.error.reason);
  if (!stands(now.value.value, removed.left))
    return err(
      `the policy ${removed.policy} of ${roleName(role)} was edited since it was taken away: what stands there is somebody’s decision`,
    );
  return ok({
    setting: rolePolicy.id,
    target,
    from: removed.left === absent ? absent : { document: removed.left },
    to: { document: removed.document },
  });
}

async function attachmentBack(
  input: Plan,
  role: string,
  removed: RemovedPolicy & { readonly version: string },
): Promise<Result<Change, string>> {
  const target: RoleAttachmentTarget = {
    ...targetOf(input, role, 'detached', removed),
    policyArn: removed.policy,
    allows: allowsOf(removed.document),
  };
  const now = await input.read(roleAttachment.id, target);
  if (!now.ok) return err(now.error.reason);
  return now.value.value === absent
    ? ok({ setting: roleAttachment.id, target, from: absent, to: { version: removed.version } })
    : err(`the policy ${removed.policy} is attached to ${roleName(role)} again`);
}

/** What a policy says, as far as a line holds it: whoever approves more than that reads the policy. */
function allowsOf(document: string): string {
  const text = spokenStatements(document).join('; ');
  return text.length > 400 ? `${text.slice(0, 400)} …` : text;
}

function roleSpeaksAgainst({ at }: Plan, role: string, fact: RoleFact | undefined): string | undefined {
  if (role.split(':')[4] !== at.accountId) return `the role ${role} belongs to another account`;
  if (role.includes(':role/aws-service-role/')) return `the role ${roleName(role)} is AWS’s own, and takes no inline policy`;
  if (!fact?.exists) return `the role ${roleName(role)} is gone, or could not be read`;
  return fact.boundary === undefined
    ? `the role ${roleName(role)} carries no permissions boundary: only roles that one holds are written to`
    : undefined;
}

/** The newest removal that IAM says lets the role do what it is needed for. */
function helpful(history: RoleHistory, needs: readonly Need[]): RemovedPolicy | undefined {
  const helps = ({ policy }: RemovedPolicy): boolean =>
    needs.some((need) =>
      history.tried.some(
        (t) => t.policy === policy && t.action === need.action && t.resource === need.resource && t.decision === 'allowed',
      ),
    );
  return removedPolicies(history)
    .filter(helps)
    .toSorted((a, b) => b.at - a.at)[0];
}

function stands(now: unknown, left: RemovedPolicy['left']): boolean {
  if (now === absent || left === absent) return now === left;
  const parsed = v.safeParse(rolePolicy.value, now);
  return parsed.success && sameDocument(parsed.output.document, left);
}

// A function's resource policies: one per qualifier, changed at once, in force some seconds later, evaluated at each request.
import { type Condition, conditionHolds, glob } from '../iam.ts';
import { type Base, spread } from './base.ts';

/** A statement as GetPolicy prints it. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: string | { readonly Service?: string; readonly AWS?: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Condition;
}

export interface ResourcePolicy {
  statements: readonly PolicyStatement[];
  effective: readonly PolicyStatement[];
  revision: string;
  /** Number of the last write, and of the write in force: an older one never overtakes. */
  written: number;
  inForce: number;
  /** Verdicts on what is in force, by function and source: hours of traffic ask the same again. */
  known?: { readonly effective: readonly PolicyStatement[]; readonly verdicts: Map<string, boolean> };
}

/** By qualifier; `''` is the unqualified function. */
export type Policies = Map<string, ResourcePolicy>;

/** The longest policy Lambda stores (AWS "Lambda quotas": 20 KB). */
export const policyLimitBytes = 20_480;

export const policyText = (statements: readonly PolicyStatement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements });

/** Replaces a policy's statements; requests see it after 1 to 5 s (eventual consistency; tests against AWS retry for up to 20 s). */
export function rewrite(base: Base, policies: Policies, qualifier: string, statements: readonly PolicyStatement[]): ResourcePolicy {
  const policy = policies.get(qualifier) ?? { statements: [], effective: [], revision: '', written: 0, inForce: 0 };
  policy.statements = statements;
  policy.revision = base.id();
  policies.set(qualifier, policy);
  const write = ++policy.written;
  base.clock.after(
    Math.round(spread(1000, 5000, base.seed, policy.revision)),
    () => {
      if (write <= policy.inForce) return;
      policy.inForce = write;
      policy.effective = statements;
    },
    { quiet: true },
  );
  return policy;
}

/** Puts statements in force at once: how an account is before the story begins. */
export function settle(policies: Policies): void {
  for (const policy of policies.values()) [policy.effective, policy.inForce] = [policy.statements, policy.written];
}

const gatewayService = 'apigateway.amazonaws.com';

function named(principal: PolicyStatement['Principal']): boolean {
  if (typeof principal === 'string') return principal === '*' || principal === gatewayService;
  return principal.Service === gatewayService || principal.AWS === '*';
}

const invoke = 'lambda:InvokeFunction';

function applies(s: PolicyStatement, functionArn: string, sourceArn: string, sourceAccount: string): boolean {
  const context = { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': sourceAccount };
  return (
    named(s.Principal) &&
    glob(s.Action.toLowerCase(), invoke.toLowerCase()) &&
    glob(s.Resource, functionArn) &&
    conditionHolds(s.Condition, context)
  );
}

/** Whether API Gateway may invoke exactly this ARN for this source now. */
export function admits(policy: ResourcePolicy | undefined, functionArn: string, sourceArn: string, sourceAccount: string): boolean {
  if (!policy) return false;
  if (policy.known?.effective !== policy.effective) policy.known = { effective: policy.effective, verdicts: new Map() };
  const key = `${functionArn} ${sourceArn}`;
  const verdict = policy.known.verdicts.get(key) ?? judged(policy.effective, functionArn, sourceArn, sourceAccount);
  policy.known.verdicts.set(key, verdict);
  return verdict;
}

function judged(effective: readonly PolicyStatement[], functionArn: string, sourceArn: string, sourceAccount: string): boolean {
  const found = effective.filter((s) => applies(s, functionArn, sourceArn, sourceAccount));
  return found.length > 0 && !found.some((s) => s.Effect === 'Deny');
}

export interface GrantInput {
  readonly statementId: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** AddPermission's parameters as the statement Lambda makes of them. */
export function statementOf(input: GrantInput, functionArn: string): PolicyStatement {
  const condition = {
    ...(input.sourceAccount === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': input.sourceAccount } }),
    ...(input.sourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': input.sourceArn } }),
  };
  const principal = input.principal === '*' ? '*' : input.principal.includes('.') ? { Service: input.principal } : { AWS: input.principal };
  return {
    Sid: input.statementId,
    Effect: 'Allow',
    Principal: principal,
    Action: input.action,
    Resource: functionArn,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

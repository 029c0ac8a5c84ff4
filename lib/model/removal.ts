// Who took a grant away, and what it granted: the positive proof that a deploy did it, or the person who did. Pure, over what
// CloudFormation says at once and CloudTrail says late; neither can be forged by a caller of the API.
import { functionKey, parseFunctionArn, type FunctionRef } from './api.ts';
import type { Evidence } from './evidence.ts';
import type { ChangeTrail, StackEvents, TrailEvent } from './kinds/change.ts';
import type { GatewayMetrics, Series } from './kinds/api.ts';
import { arnLike, gatewayPrincipal, glob, invokeAction } from './policy.ts';

export interface Grant {
  readonly action: string;
  readonly principal: string;
  readonly sourceArn: string;
  readonly sourceAccount?: string;
}
/** One removal of a statement. `grant` where what it granted is known. */
export interface Removal {
  readonly at: number;
  readonly statementId: string;
  readonly by: { readonly kind: 'deploy'; readonly how: string } | { readonly kind: 'person'; readonly who: string };
  readonly grant?: Grant;
}
export interface RemovalInput {
  readonly ref: FunctionRef;
  readonly stackEvents: Evidence<StackEvents>;
  readonly changeTrail: Evidence<ChangeTrail>;
  /** ARN patterns of principals whose removals count as a deploy. */
  readonly deployPrincipals: readonly string[];
}

const cloudFormation = 'cloudformation.amazonaws.com';

/** Every removal known for this function and qualifier, newest first. */
export function removalsOf(input: RemovalInput): readonly Removal[] {
  return [...byStack(input), ...byTrail(input)].sort((a, b) => b.at - a.at);
}

/**
 * Statements that were made and that nobody is known to have removed since. Where the policy lacks one of these all the same, a hand
 * we do not know of (yet) took it away.
 */
export function grantsNotRemoved(input: RemovalInput): readonly Grant[] {
  const removed = removalsOf(input);
  return [...madeByStack(input), ...madeByTrail(input)].flatMap(({ at, statementId, grant }) =>
    grant && !removed.some((r) => r.statementId === statementId && r.at >= at) ? [grant] : [],
  );
}

interface Made {
  readonly at: number;
  readonly statementId: string;
  readonly grant?: Grant;
}
function madeByStack({ ref, stackEvents }: RemovalInput): readonly Made[] {
  if (stackEvents.state !== 'got') return [];
  const made = (stackEvents.value.stacks[functionKey(ref)]?.permissions ?? []).filter((p) => p.what === 'created');
  return made.filter((p) => names(p.functionName, ref)).map((p) => ({ at: p.at, statementId: p.statementId, ...grantOf(p) }));
}
function madeByTrail({ ref, changeTrail }: RemovalInput): readonly Made[] {
  if (changeTrail.state !== 'got') return [];
  const events = changeTrail.value.events.filter((e) => e.functionKey === functionKey(ref) || e.functionKey === ref.name);
  return events
    .filter((e) => e.name.startsWith('AddPermission') && e.grant?.qualifier === ref.qualifier)
    .map((e) => ({ at: e.at, statementId: e.statementId ?? '', ...grantOf(e.grant) }));
}

/** A removal is in force everywhere within a minute (fixes.md §1). */
const inForceMs = 60_000;

/**
 * Whether requests of the stage still succeeded once a removal was in force, in whole minutes before the first failure: then something
 * else made the gap. Undefined where that cannot be seen.
 */
export function wentOnAfter(metrics: Evidence<GatewayMetrics>, removedAt: number, firstFailureAt: number): boolean | undefined {
  if (metrics.state !== 'got') return undefined;
  const { count, serverErrors, clientErrors, periodMs } = metrics.value;
  const inMinute = (series: Series, at: number): number => series.values[series.at.indexOf(at)] ?? 0;
  return count.at.some(
    (at, i) =>
      at >= removedAt + inForceMs &&
      at + periodMs <= firstFailureAt &&
      (count.values[i] ?? 0) > inMinute(serverErrors, at) + inMinute(clientErrors, at),
  );
}

/** Whether a stack of the function is being updated right now; its name. */
export function deployRunning(ref: FunctionRef, stackEvents: Evidence<StackEvents>): string | undefined {
  if (stackEvents.state !== 'got') return undefined;
  const stack = stackEvents.value.stacks[functionKey(ref)];
  return stack?.inProgress ? stack.stack : undefined;
}

function byStack({ ref, stackEvents }: RemovalInput): readonly Removal[] {
  if (stackEvents.state !== 'got') return [];
  const stack = stackEvents.value.stacks[functionKey(ref)];
  const deleted = (stack?.permissions ?? []).filter((p) => p.what === 'deleted' && names(p.functionName, ref));
  return deleted.map((p) => ({
    at: p.at,
    statementId: p.statementId,
    by: { kind: 'deploy', how: `CloudFormation stack ${stack?.stack ?? ''}` },
    ...grantOf(p),
  }));
}

function byTrail({ ref, changeTrail, deployPrincipals }: RemovalInput): readonly Removal[] {
  if (changeTrail.state !== 'got') return [];
  const events = changeTrail.value.events.filter((e) => e.functionKey === functionKey(ref) || e.functionKey === ref.name);
  return events
    .filter((e) => e.name.startsWith('RemovePermission'))
    .map((e) => ({
      at: e.at,
      statementId: e.statementId ?? '',
      by: actorOf(e, deployPrincipals),
      ...grantOf(lastGrant(events, e, ref)),
    }));
}

/** What AddPermission granted under the same id before it was removed, on the same qualifier. */
function lastGrant(events: readonly TrailEvent[], removal: TrailEvent, ref: FunctionRef): TrailEvent['grant'] {
  const before = events.filter(
    (e) => e.grant !== undefined && e.statementId === removal.statementId && e.at <= removal.at && e.grant.qualifier === ref.qualifier,
  );
  return before.toSorted((a, b) => b.at - a.at)[0]?.grant;
}

function actorOf(e: TrailEvent, deployPrincipals: readonly string[]): Removal['by'] {
  // CloudFormation calls with the rights of whoever started the deploy: the record names that person too, yet it was the deploy
  if (e.invokedBy === cloudFormation) return { kind: 'deploy', how: 'CloudFormation' };
  if (deployPrincipals.some((pattern) => glob(pattern, e.principalArn))) return { kind: 'deploy', how: e.principalArn };
  return { kind: 'person', who: e.userName ?? e.principalArn };
}

function grantOf(p: { action?: string; principal?: string; sourceArn?: string; sourceAccount?: string } | undefined): { grant?: Grant } {
  if (p?.sourceArn === undefined || p.principal !== gatewayPrincipal || p.action?.toLowerCase() !== invokeAction.toLowerCase()) return {};
  return {
    grant: {
      action: invokeAction,
      principal: p.principal,
      sourceArn: p.sourceArn,
      ...(p.sourceAccount === undefined ? {} : { sourceAccount: p.sourceAccount }),
    },
  };
}

/** Whether a FunctionName (name, name:qualifier, partial or full ARN) is this function with this qualifier. */
function names(functionName: string | undefined, ref: FunctionRef): boolean {
  if (functionName === undefined) return false;
  const parsed = parseFunctionArn(functionName);
  if (parsed) return parsed.name === ref.name && parsed.qualifier === ref.qualifier && parsed.accountId === ref.accountId;
  return functionName.replace(/^\d{12}:function:/, '') === functionKey(ref);
}

/** Stands for any run of characters in the text a pattern is compared with: a `?`, which is one character, does not cover it. */
const anyRun = '\u0001\u0001';

/** Whether `grant` lets through everything that a statement for `sourceArn` would: it is equal or broader. */
export const covers = (grant: Grant, sourceArn: string): boolean =>
  grant.sourceArn === sourceArn || arnLike(grant.sourceArn, sourceArn.replaceAll('*', anyRun));

// A duty's role: the union of what its declared calls and its edges need, and nothing else. No permission is written here by hand but
// those every function has: its own log group, and its dead-letter queue where it is invoked asynchronously.
import * as iam from 'aws-cdk-lib/aws-iam';
import { edgeGrants, edgeWide, type OwnArns } from '../aws/own.ts';
import { table } from '../aws/table.ts';
import type { CallName, Grant, GrantScope } from '../aws/calls.ts';
import { handed, type Duty } from '../duties.ts';
import type { Hand } from '../model/change.ts';
import type { Installation } from '../model/installation.ts';

/** One statement before it is CDK's: what tests compare. */
export interface Needed extends Grant {
  readonly actions: readonly string[];
  /** Why it is as wide as it is: what a person reads beside a wildcard. */
  readonly because: string;
}

const ownNames = "These names are made at run time, under one that is Gatemedic's own.";

/** What a duty's role must allow in this installation. */
export function needs(duty: Duty, installation: Installation, scope: GrantScope, own: OwnArns): readonly Needed[] {
  const others = handed(installation);
  const calls = duty.calls(installation).flatMap((name) => (others.has(name) ? [] : needed(name, scope)));
  const edges = duty.edges.flatMap((edge) =>
    edgeGrants(edge, own).map((grant) => ({ ...grant, because: `${edge}: ${edgeWide[edge] ?? ownNames}` })),
  );
  return [...calls, ...edges];
}

const needed = (name: CallName, scope: GrantScope): readonly Needed[] => {
  const { iam: actions, why, wide } = table[name];
  return table[name].grants(scope).map((grant) => ({ ...grant, actions, because: `${name}: ${wide ?? why}` }));
};

/** The hands of this installation, each with what its role must allow: exactly the writes that are made with it. */
export function handNeeds(installation: Installation, scope: GrantScope): ReadonlyMap<Hand, readonly Needed[]> {
  const calls = [...handed(installation)];
  const taken = [...new Set(calls.map(([, hand]) => hand))].sort();
  return new Map(taken.map((hand) => [hand, calls.filter(([, h]) => h === hand).flatMap(([name]) => needed(name, scope))]));
}

export function statement(need: Needed): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [...need.actions],
    resources: [...need.resources],
    ...(need.conditions ? { conditions: need.conditions } : {}),
  });
}

/** What least privilege is narrowed by, of an installation. */
export const scopeOf = (i: Installation): GrantScope => ({
  accountId: i.accountId,
  region: i.region,
  stages: i.stages,
  readUnlisted: i.readUnlisted,
  functions: i.functions,
  resources: i.resources,
  permissionsBoundary: i.permissionsBoundary,
  killSwitchParameter: i.killSwitchParameter,
  changeCalendars: i.changeCalendars,
  logGroups: i.logGroups,
  probes: i.probes,
});

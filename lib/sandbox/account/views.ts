// The account as others look at it: what a page shows of the functions, and the whole changeable configuration as JSON.
import type { Parts } from './answers/parts.ts';
import type { ServedStage } from './apis.ts';
import type { Deployment } from './deployments.ts';
import { busy } from './environments.ts';
import type { LambdaFunction, Release } from './functions.ts';

export interface FunctionView {
  readonly name: string;
  readonly version: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly aliases: readonly { readonly name: string; readonly version: string }[];
  readonly reserved: number | null;
  readonly provisioned: readonly { readonly qualifier: string; readonly requested: number; readonly status: string }[];
  /** Environments there are, and those at work. */
  readonly environments: number;
  readonly busy: number;
  /** The page's columns: what the code does, which qualifiers API Gateway may call, how many environments are warm. */
  readonly code: string;
  readonly mayInvoke: string;
  readonly warm: string;
  readonly permissions: readonly { readonly qualifier: string | null; readonly statementId: string; readonly sourceArn: string | null }[];
}

function sourceArn(condition: unknown): string | null {
  const found = /"AWS:SourceArn":"([^"]{1,512})"/i.exec(JSON.stringify(condition ?? {}));
  return found?.[1] ?? null;
}

function codeText({ work, version, timeoutSeconds }: Release): string {
  const ms = typeof work.ms === 'number' ? `${work.ms} ms` : 'some ms';
  return `${version}: ${typeof work.outcome === 'string' ? work.outcome : 'now and then'}, ${ms} of ${timeoutSeconds} s`;
}

/** The release that traffic meets: that of the first alias, else $LATEST. */
function served(fn: LambdaFunction): Release {
  const [alias] = fn.aliases.values();
  return (alias && fn.versions.get(alias.version)) ?? fn.latest;
}

const environmentCount = (fn: LambdaFunction, now: number): number =>
  [...fn.environments.values()].reduce(
    (n, list) => n + list.filter((e) => e.provisionedFor !== undefined || now - e.busyUntil <= fn.idleMs).length,
    0,
  );

function warmText(fn: LambdaFunction, now: number): string {
  const held = [...fn.provisioned.values()].map((p) => `${p.requested} provisioned on ${p.qualifier} (${p.status})`);
  return [`${environmentCount(fn, now)} environments`, ...held].join(', ');
}

const mayInvoke = (fn: LambdaFunction): string =>
  [...fn.policies]
    .filter(([, p]) => p.statements.length > 0)
    .map(([qualifier]) => qualifier || 'unqualified')
    .join(', ') || 'nobody';

export function functionView(fn: LambdaFunction, now: number): FunctionView {
  return {
    name: fn.name,
    version: fn.latest.version,
    timeoutSeconds: fn.latest.timeoutSeconds,
    memoryMb: fn.latest.memoryMb,
    reserved: fn.reserved ?? null,
    aliases: [...fn.aliases.values()].map(({ name, version }) => ({ name, version })),
    provisioned: [...fn.provisioned.values()].map(({ qualifier, requested, status }) => ({ qualifier, requested, status })),
    environments: environmentCount(fn, now),
    busy: busy(fn, now),
    code: codeText(served(fn)),
    mayInvoke: mayInvoke(fn),
    warm: warmText(fn, now),
    permissions: [...fn.policies].flatMap(([qualifier, policy]) =>
      policy.statements.map((s) => ({ qualifier: qualifier || null, statementId: s.Sid, sourceArn: sourceArn(s.Condition) })),
    ),
  };
}

const sorted = <T>(entries: Iterable<readonly [string, T]>): Record<string, T> =>
  Object.fromEntries([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)));

function functionState(fn: LambdaFunction): unknown {
  const policies = [...fn.policies]
    .filter(([, p]) => p.statements.length > 0)
    .map(([q, p]) => [q, sorted(p.statements.map((s) => [s.Sid, s] as const))] as const);
  const { timeoutSeconds, memoryMb, codeSha256 } = fn.latest;
  return {
    latest: { timeoutSeconds, memoryMb, codeSha256 },
    versions: [...fn.versions.keys()],
    runtimes: sorted([...fn.runtimeManagement].map(([version, m]) => [version, m] as const)),
    reserved: fn.reserved ?? null,
    tags: sorted(Object.entries(fn.tags)),
    aliases: sorted([...fn.aliases.values()].map((a) => [a.name, { version: a.version, weights: a.weights }] as const)),
    policies: sorted(policies),
    provisioned: sorted([...fn.provisioned.values()].map((p) => [p.qualifier, p.requested] as const)),
  };
}

/** Deployments by what they hold: their ids follow from how many there were. */
const deploymentState = (d: Deployment): unknown => ({ description: d.description ?? null, routes: d.routes, authorizers: d.authorizers });

function stageState(a: ServedStage): unknown {
  const serves = a.deployments.find((d) => d.id === a.deploymentId);
  return {
    // where each edit is deployed at once, AWS makes a deployment a time and names it: only what is served counts
    ...(a.autoDeploy ? {} : { deploymentId: a.deploymentId, deployments: a.deployments.map(deploymentState) }),
    serves: serves ? deploymentState(serves) : null,
    autoDeploy: a.autoDeploy,
    canary: a.canary ?? null,
    draft: a.draft,
    draftAuthorizers: a.draftAuthorizers,
    executionLogging: a.executionLogging ?? null,
    dataTrace: a.dataTrace,
    throttle: a.around.throttle ?? null,
    routeThrottles: a.around.routeThrottles,
    accessLog: a.accessLog ?? null,
    variables: a.variables,
    tags: a.tags,
  };
}
/** Roles, tables and security groups: a table that is being updated counts as what it becomes. */
const listedState = ({ services, network }: Parts) => ({
  roles: sorted(
    [...services.roles].map(
      ([name, r]) =>
        [
          name,
          { trust: r.trust, policies: sorted(r.policies), attached: [...r.attached.keys()].toSorted(), boundary: r.boundary?.arn ?? null },
        ] as const,
    ),
  ),
  tables: sorted([...services.tables].map(([name, t]) => [name, t.becoming ?? t.capacity ?? 'on demand'] as const)),
  queues: sorted([...services.queues].map(([name, q]) => [name, q.policy] as const)),
  securityGroups: sorted([...network.groups].map(([id, { ingress, egress }]) => [id, { ingress, egress }] as const)),
});

/** Everything somebody could change, without revision ids and times: equal before a change and after its undo. */
export function snapshotOf(parts: Parts): unknown {
  const { around, functions, apis, logs, parameters, stacks, codeDeploy } = parts;
  const state = {
    functions: sorted([...functions.all].map(([name, fn]) => [name, functionState(fn)] as const)),
    stages: sorted([...apis.all].map(([key, a]) => [key, stageState(a)] as const)),
    deployments: sorted([...codeDeploy.all].map(([id, d]) => [id, d.status] as const)),
    stacks: sorted([...stacks.all].map(([name, s]) => [name, s.status] as const)),
    subscriptionFilters: sorted(
      logs
        .groups()
        // a group that API Gateway made for its lines is no setting: it stays, like the lines
        .filter((g) => logs.filters(g).length > 0)
        .map((g) => [g, logs.filters(g).map(({ name, pattern, destinationArn }) => ({ name, pattern, destinationArn }))] as const),
    ),
    parameters: sorted(parameters),
    domains: sorted([...around.domains.values()].map((d) => [d.name, d.mappings.toSorted((a, b) => (a.path < b.path ? -1 : 1))] as const)),
    ...listedState(parts),
  };
  return JSON.parse(JSON.stringify(state));
}

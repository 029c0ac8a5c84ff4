// The account's Lambda functions: releases, versions, aliases, tags, reserved concurrency, and what a name with a qualifier means.
import { type Base, hexOf, type Random } from './base.ts';
import type { Environment } from './environments.ts';
import type { Series } from './metrics.ts';
import type { Policies } from './policy.ts';

export type WorkOutcome = 'ok' | 'throw' | 'malformed';
/** How a run that ends in an error ends before its code could throw: it cannot start, its memory is full, its answer is too large. */
export type Death = 'start' | 'memory' | 'size';

/** How something that code calls fails it: a refusal ends the run, a hang lasts until the function is stopped. */
export type DownstreamFault = 'refuses' | 'hangs';

/** What the code does with one event. */
export interface Work {
  readonly ms: number | ((random: Random) => number);
  readonly outcome: WorkOutcome | ((random: Random) => WorkOutcome);
  /** The message of what it throws. */
  readonly errorText?: string;
  readonly errorType?: string;
  readonly dies?: Death;
  /** The payload format the code reads; undefined: it reads any. */
  readonly reads?: '1.0' | '2.0';
  /** The host its code calls, as a trace names it. */
  readonly downstream?: string;
  /** What its code does with its execution role: a run that may not ends in the service's refusal. */
  readonly uses?: { readonly action: string; readonly resource: string };
  /** Megabytes one run needs: a function with less is killed. */
  readonly needsMb?: number;
  /** The newest runtime version the code runs on; where it matters. */
  readonly runsUpTo?: number;
  /** Writes the caller's path into its log: how callers get text into function logs. */
  readonly logsPath?: boolean;
}

export interface Release {
  readonly version: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Length of the init phase of a new environment. */
  readonly initMs: number;
  readonly work: Work;
  readonly runtime: string;
  readonly codeSha256: string;
  readonly modifiedAt: number;
  readonly revision: string;
  /** What whoever published it wrote beside it. */
  readonly description?: string;
  /** The number of the runtime version that was newest when this was made: what it stays on where it follows no updates. */
  readonly madeOn: number;
}
/** When a version's runtime is updated (SDK: UpdateRuntimeOn). */
export interface RuntimeManagement {
  readonly on: 'Auto' | 'FunctionUpdate' | 'Manual';
  /** Where it is pinned by hand. */
  readonly number?: number;
}
export interface Alias {
  readonly name: string;
  readonly version: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly revision: string;
}

export interface Provisioned {
  readonly qualifier: string;
  readonly requested: number;
  readonly version: string;
  readonly modifiedAt: number;
  status: 'IN_PROGRESS' | 'READY' | 'FAILED';
  reason?: string;
  allocated: number;
  /** Set when a newer configuration took its place. */
  dropped: boolean;
}

export interface LambdaFunction {
  readonly name: string;
  latest: Release;
  /** What $LATEST serves until an update of its configuration is done. */
  updating?: { readonly serves: Release };
  /** By version; absent: Auto. */
  readonly runtimeManagement: Map<string, RuntimeManagement>;
  readonly versions: Map<string, Release>;
  readonly aliases: Map<string, Alias>;
  tags: Record<string, string>;
  reserved: number | undefined;
  readonly policies: Policies;
  readonly provisioned: Map<string, Provisioned>;
  /** By version. */
  readonly environments: Map<string, Environment[]>;
  readonly logGroup: string;
  /** Idle environments are reaped after this long; AWS gives no figure, minutes are seen. */
  idleMs: number;
  readonly environment: Readonly<Record<string, string>>;
  /** The name of its execution role. Where nobody made that role, its code may do anything. */
  readonly role: string;
  /** Why it cannot be invoked; absent while it is active. */
  state?: { readonly state: string; readonly code: string; readonly reason: string };
  /** The key its variables are sealed with, where it is not Lambda's own. */
  kmsKeyArn?: string;
  /** Its subnets have no address left for it. */
  withoutAddress?: true;
  /** It sends traces to X-Ray. */
  traced: boolean;
  /** By resource (`name`, `name:alias`) and, behind an alias, the version that ran. */
  readonly series: Map<string, Series>;
  /** Allocating provisioned concurrency ends in FAILED with this reason. */
  readonly provisioningFails?: string;
}

export interface FunctionSpec {
  readonly name: string;
  readonly timeoutSeconds?: number;
  readonly memoryMb?: number;
  readonly reserved?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly initMs?: number;
  readonly work?: Partial<Work>;
  readonly runtime?: string;
  readonly logGroup?: string;
  readonly idleMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly provisioningFails?: string;
  readonly kmsKeyArn?: string;
}

export interface Functions {
  readonly all: Map<string, LambdaFunction>;
  readonly deleted: Map<string, LambdaFunction>;
  /** Subnets without a free address. */
  readonly fullSubnets: Set<string>;
  /** KMS keys by ARN, with their state. */
  readonly keys: Map<string, string>;
  /** Hosts that code calls and that fail it; absent: well. */
  readonly downstream: Map<string, DownstreamFault>;
  /** What X-Ray got of failed runs, the newest last. */
  readonly traces: FunctionTrace[];
  put(spec: FunctionSpec): LambdaFunction;
  /** The newest runtime version of each runtime, by number; AWS updates it in its own time. */
  readonly runtimes: Map<string, number>;
  publish(fn: LambdaFunction, description?: string): Release;
  release(fn: LambdaFunction, change: ReleaseChange): void;
  alias(fn: LambdaFunction, name: string, version: string, weights?: Readonly<Record<string, number>>): Alias;
}
/** A trace as X-Ray stores it. */
export interface FunctionTrace {
  readonly id: string;
  readonly functionName: string;
  readonly at: number;
  /** X-Ray shows it some seconds after the run. */
  readonly visibleAt: number;
  readonly durationMs: number;
  readonly document: string;
}
export type ReleaseChange = Partial<Work> & { readonly timeoutSeconds?: number; readonly memoryMb?: number; readonly initMs?: number };

const defaultWork: Work = { ms: 40, outcome: 'ok' };

export function createFunctions(base: Base): Functions {
  const all = new Map<string, LambdaFunction>();
  const runtimes = new Map<string, number>();
  const touched = (runtime: string) => ({ modifiedAt: base.clock.now(), revision: base.id(), madeOn: newest(runtimes, runtime) });
  const newCode = (name: string): string => `${hexOf(43, base.seed, 'code', name, base.next())}=`;
  const first = (spec: FunctionSpec): Release => ({
    version: '$LATEST',
    timeoutSeconds: spec.timeoutSeconds ?? 3,
    memoryMb: spec.memoryMb ?? 128,
    initMs: spec.initMs ?? 200,
    work: { ...defaultWork, ...spec.work },
    runtime: spec.runtime ?? 'nodejs24.x',
    codeSha256: newCode(spec.name),
    ...touched(spec.runtime ?? 'nodejs24.x'),
  });
  return {
    all,
    deleted: new Map(),
    fullSubnets: new Set(),
    keys: new Map(),
    downstream: new Map(),
    traces: [],
    runtimes,
    put(spec) {
      const fn: LambdaFunction = {
        name: spec.name,
        latest: first(spec),
        runtimeManagement: new Map(),
        versions: new Map(),
        aliases: new Map(),
        tags: { ...spec.tags },
        reserved: spec.reserved,
        policies: new Map(),
        provisioned: new Map(),
        environments: new Map(),
        series: new Map(),
        logGroup: spec.logGroup ?? `/aws/lambda/${spec.name}`,
        idleMs: spec.idleMs ?? 7 * 60_000,
        environment: spec.environment ?? {},
        role: `${spec.name}-role`,
        traced: false,
        ...(spec.kmsKeyArn === undefined ? {} : { kmsKeyArn: spec.kmsKeyArn }),
        ...(spec.provisioningFails === undefined ? {} : { provisioningFails: spec.provisioningFails }),
      };
      all.set(spec.name, fn);
      return fn;
    },
    publish(fn, description) {
      const numbers = [...fn.versions.keys()].map(Number);
      const named = description === undefined ? {} : { description };
      const version: Release = { ...fn.latest, ...named, version: String(Math.max(0, ...numbers) + 1), revision: base.id() };
      fn.versions.set(version.version, version);
      return version;
    },
    release(fn, change) {
      const { timeoutSeconds, memoryMb, initMs, ...work } = change;
      const numbers = {
        ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
        ...(memoryMb === undefined ? {} : { memoryMb }),
        ...(initMs === undefined ? {} : { initMs }),
      };
      const code = Object.keys(work).length === 0 ? {} : { codeSha256: newCode(fn.name) };
      fn.latest = { ...fn.latest, ...numbers, work: { ...fn.latest.work, ...work }, ...code, ...touched(fn.latest.runtime) };
      fn.environments.delete('$LATEST');
    },
    alias(fn, name, version, weights) {
      const alias: Alias = { name, version, weights: weights ?? {}, revision: base.id() };
      fn.aliases.set(name, alias);
      return alias;
    },
  };
}

/** Of a runtime nobody updated since; what its first INIT_START lines say. */
const firstRuntime = 18;
const newest = (runtimes: ReadonlyMap<string, number>, runtime: string): number => runtimes.get(runtime) ?? firstRuntime;

/** The number of the runtime version that a release runs on now. */
export function runtimeOf({ runtimes }: Pick<Functions, 'runtimes'>, fn: LambdaFunction, release: Release): number {
  const { on, number } = fn.runtimeManagement.get(release.version) ?? { on: 'Auto' };
  return on === 'Auto' ? newest(runtimes, release.runtime) : on === 'Manual' ? (number ?? release.madeOn) : release.madeOn;
}
export const runtimeArn = (base: Base, runtime: string, number: number): string =>
  `arn:aws:lambda:${base.here.region}::runtime:${hexOf(64, 'runtime', runtime, number)}`;

/** What $LATEST serves: the configuration of before, while an update is under way. */
const latestOf = (fn: LambdaFunction): Release => fn.updating?.serves ?? fn.latest;

/** The release a call through this qualifier runs; weights are drawn per call. Undefined: no such alias or version. */
export function resolve(fn: LambdaFunction, qualifier: string | undefined, random: Random): Release | undefined {
  if (qualifier === undefined || qualifier === '' || qualifier === '$LATEST') return latestOf(fn);
  const alias = fn.aliases.get(qualifier);
  if (!alias) return fn.versions.get(qualifier);
  return fn.versions.get(weighted(alias, random)) ?? (alias.version === '$LATEST' ? latestOf(fn) : undefined);
}

function weighted(alias: Alias, random: Random): string {
  const extra = Object.entries(alias.weights)[0];
  return extra && random() < extra[1] ? extra[0] : alias.version;
}

export interface NamedFunction {
  readonly name: string;
  readonly qualifier?: string;
}

/** Reads a FunctionName parameter: a name, a partial or full ARN, with or without a qualifier. */
export function readFunctionName(text: string | undefined, qualifier?: string): NamedFunction {
  const rest = (text ?? '')
    .replace(/^arn:aws[\w-]{0,10}:lambda:[a-z0-9-]{1,30}:\d{12}:function:/, '')
    .replace(/^\d{12}:function:|^function:/, '');
  const colon = rest.indexOf(':');
  const own = colon < 0 ? undefined : rest.slice(colon + 1);
  const used = qualifier ?? own;
  return { name: colon < 0 ? rest : rest.slice(0, colon), ...(used ? { qualifier: used } : {}) };
}

export const arnOf = (base: Base, name: string, qualifier?: string): string =>
  `arn:aws:lambda:${base.here.region}:${base.here.accountId}:function:${name}${qualifier ? `:${qualifier}` : ''}`;

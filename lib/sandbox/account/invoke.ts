// One invocation by API Gateway: who may, what runs, how long it takes, what Lambda counts and what the function logs.
import { type Base, hexOf, type Random } from './base.ts';
import { endingOf, refusalOf, type Ending } from './function-endings.ts';
import { trace } from './function-traces.ts';
import { acquire, busy, type Pool, type Slot } from './environments.ts';
import { functionLines, lambdaRequestId } from './function-lines.ts';
import { arnOf, type Functions, type LambdaFunction, type Release, resolve, runtimeOf, type WorkOutcome } from './functions.ts';
import type { Logs } from './logs.ts';
import { add, type Metrics, type Series } from './metrics.ts';
import { admits } from './policy.ts';
import type { Services } from './roles-and-queues.ts';
import { roleMay } from './service-calls.ts';

export type RunOutcome = WorkOutcome | 'timeout';
/** How Lambda answered the gateway; `ms` is until then. */
export type Invoked =
  | { readonly is: 'denied'; readonly ms: number }
  | { readonly is: 'notFound'; readonly ms: number; readonly n: number; readonly arn: string }
  | { readonly is: 'throttled'; readonly ms: number; readonly n: number }
  | { readonly is: 'unavailable'; readonly ms: number; readonly n: number }
  /** Lambda does not run it: its state, its key. */
  | { readonly is: 'refused'; readonly ms: number; readonly n: number; readonly status: number; readonly says: string }
  | {
      readonly is: 'ran';
      readonly ms: number;
      readonly n: number;
      readonly outcome: RunOutcome;
      readonly errorText: string;
      readonly version: string;
      readonly timeoutSeconds: number;
      readonly endAt: number;
    };

export interface InvokeRequest {
  readonly name: string;
  readonly qualifier?: string;
  readonly sourceArn: string;
  /** Called with a role that may: the function's own policy is not asked. */
  readonly byRole?: boolean;
  readonly at: number;
  readonly path: string;
  /** The payload format of the event. */
  readonly sends?: string;
}

/** One run, as the function's log tells it. */
export interface Run {
  readonly n: number;
  readonly fn: LambdaFunction;
  readonly release: Release;
  /** The number of the runtime version it ran on. */
  readonly runtime: number;
  readonly at: number;
  readonly initMs: number | undefined;
  readonly handlerMs: number;
  readonly endAt: number;
  readonly outcome: RunOutcome;
  readonly errorText: string;
  /** How it ended when it threw. */
  readonly ending?: Ending;
  readonly path: string;
}

export interface Invoker {
  invoke(request: InvokeRequest): Invoked;
  /** Lambda as a whole fails with 503. */ setUnavailable(on: boolean): void;
}

/** Lambda's own time around the handler; a few ms in real traces. */
const overheadMs = 6;
/** The init phase ends here; a longer init runs again inside the invoke, within the function's timeout (AWS "Lambda runtime environment"). */
const initLimitMs = 10_000;

const lambdaMetrics = [
  'Invocations',
  'Errors',
  'Throttles',
  'Duration',
  'ConcurrentExecutions',
  'ConcurrentExecutions of resource',
  'ProvisionedConcurrencyInvocations',
  'ProvisionedConcurrencySpilloverInvocations',
  'ProvisionedConcurrentExecutions',
  'ProvisionedConcurrencyUtilization',
] as const;
const index = Object.fromEntries(lambdaMetrics.map((name, i) => [name, i])) as Record<(typeof lambdaMetrics)[number], number>;

interface Timed {
  readonly initMs: number | undefined;
  readonly handlerMs: number;
  readonly totalMs: number;
  readonly outcome: RunOutcome;
}

/** Times a run: init, work, and the function's own timeout over whatever counts against it. */
function time(release: Release, cold: boolean, random: Random, hangs: boolean): Timed {
  const ownMs = typeof release.work.ms === 'number' ? release.work.ms * (0.9 + 0.2 * random()) : release.work.ms(random);
  const workMs = hangs ? Infinity : ownMs;
  const wanted = typeof release.work.outcome === 'function' ? release.work.outcome(random) : release.work.outcome;
  const initMs = cold ? Math.min(release.initMs, initLimitMs) : undefined;
  const again = cold && release.initMs > initLimitMs ? release.initMs : 0;
  const limitMs = release.timeoutSeconds * 1000;
  const late = again + workMs > limitMs;
  const handlerMs = late ? limitMs : again + workMs;
  return { initMs, handlerMs, totalMs: (initMs ?? 0) + handlerMs, outcome: late ? 'timeout' : wanted };
}

interface InvokerParts {
  readonly base: Base;
  readonly functions: Functions;
  readonly services: Services;
  readonly metrics: Metrics;
  readonly logs: Logs;
}

export function createInvoker({ base, functions, services, metrics, logs }: InvokerParts, pool: Pool): Invoker {
  const random = base.stream('invoke');
  let unavailable = false;

  /** Behind an alias the version that ran is told, too; a call that was turned away ran none. */
  const seriesOf = (fn: LambdaFunction, qualifier: string | undefined, version?: string): Series => {
    const resource = qualifier ? `${fn.name}:${qualifier}` : fn.name;
    const executed = version !== undefined && qualifier !== undefined && fn.aliases.has(qualifier) ? version : undefined;
    const key = executed === undefined ? resource : `${resource} ${executed}`;
    const dims = { FunctionName: fn.name, Resource: resource, ...(executed === undefined ? {} : { ExecutedVersion: executed }) };
    const found = fn.series.get(key) ?? metrics.series('AWS/Lambda', dims, lambdaMetrics);
    fn.series.set(key, found);
    return found;
  };
  const count = (fn: LambdaFunction, qualifier: string | undefined, run: Run, slot: Slot): void => {
    const series = seriesOf(fn, qualifier, run.release.version);
    const row = metrics.row(series, run.at);
    add(row, index.Invocations, 1);
    add(row, index.Errors, run.outcome === 'throw' || run.outcome === 'timeout' ? 1 : 0);
    add(row, index.Throttles, 0);
    add(row, index.Duration, run.handlerMs);
    const concurrent = busy(fn, run.at);
    add(row, index.ConcurrentExecutions, concurrent);
    add(row, index['ConcurrentExecutions of resource'], concurrent);
    const held = qualifier ? fn.provisioned.get(qualifier) : undefined;
    if (held?.status !== 'READY') return;
    const used = (fn.environments.get(held.version) ?? []).filter((e) => e.provisionedFor === qualifier && e.busyUntil > run.at).length;
    add(row, index.ProvisionedConcurrencyInvocations, slot.provisioned ? 1 : 0);
    add(row, index.ProvisionedConcurrencySpilloverInvocations, slot.spillover ? 1 : 0);
    add(row, index.ProvisionedConcurrentExecutions, used);
    add(row, index.ProvisionedConcurrencyUtilization, used / held.requested);
  };
  const throttle = (fn: LambdaFunction, qualifier: string | undefined, at: number): Invoked => {
    const row = metrics.row(seriesOf(fn, qualifier), at);
    add(row, index.Throttles, 1);
    return { is: 'throttled', ms: 8, n: base.next() };
  };
  const log = (run: Run): void => {
    const failed = run.outcome === 'throw' || run.outcome === 'timeout' || run.initMs !== undefined;
    logs.write(run.fn.logGroup, {
      n: run.n,
      from: run.at,
      to: run.endAt,
      failed,
      stream: streamOf(base, run),
      lines: () => functionLines(base, run),
    });
  };
  const runOn = (fn: LambdaFunction, release: Release, slot: Slot, request: InvokeRequest): Invoked => {
    const down = functions.downstream.get(release.work.downstream ?? '');
    const timed = time(release, slot.cold, random, down === 'hangs');
    const endAt = Math.round(request.at + timed.totalMs);
    slot.environment.busyUntil = endAt;
    const n = base.next();
    const runtime = runtimeOf(functions, fn, release);
    const ending = endingOf(release, {
      wanted: timed.outcome,
      sends: request.sends ?? '1.0',
      refused: down === 'refuses',
      denied: deniedTo(base, services, fn, release),
      runtime,
    });
    const outcome = ending ? 'throw' : timed.outcome;
    const errorText = ending?.message(lambdaRequestId(base, n)) ?? '';
    const run: Run = {
      n,
      fn,
      release,
      runtime,
      at: request.at,
      initMs: timed.initMs,
      handlerMs: timed.handlerMs,
      endAt,
      outcome,
      errorText,
      ...(ending ? { ending } : {}),
      path: request.path,
    };
    // The datapoint stands at the start but cannot be seen before the run ends.
    if (timed.totalMs > 60_000) base.clock.at(endAt, () => count(fn, request.qualifier, run, slot), { quiet: true });
    else count(fn, request.qualifier, run, slot);
    log(run);
    if (fn.traced && outcome !== 'ok') trace(base, functions.traces, run);
    return {
      is: 'ran',
      ms: timed.totalMs + overheadMs,
      n: run.n,
      outcome: run.outcome,
      errorText,
      version: release.version,
      timeoutSeconds: release.timeoutSeconds,
      endAt,
    };
  };
  return {
    setUnavailable(on) {
      unavailable = on;
    },
    invoke(request) {
      const arn = arnOf(base, request.name, request.qualifier);
      if (unavailable) return { is: 'unavailable', ms: 20, n: base.next() };
      const fn = functions.all.get(request.name) ?? functions.deleted.get(request.name);
      if (
        !fn ||
        (request.byRole !== true && !admits(fn.policies.get(request.qualifier ?? ''), arn, request.sourceArn, base.here.accountId))
      )
        return { is: 'denied', ms: 6 };
      const release = functions.all.has(request.name) ? resolve(fn, request.qualifier, random) : undefined;
      if (!release) return { is: 'notFound', ms: 9, n: base.next(), arn };
      const refusal = refusalOf(fn, functions.keys);
      if (refusal) return { is: 'refused', ms: 12, n: base.next(), ...refusal };
      const slot = acquire(fn, release, request.qualifier, pool, request.at);
      return 'throttledBy' in slot ? throttle(fn, request.qualifier, request.at) : runOn(fn, release, slot, request);
    },
  };
}

/** The SDK's words for a call that no policy of the execution role allows (IAM, "Access denied error messages"). */
function deniedTo(base: Base, { roles }: Services, fn: LambdaFunction, { work: { uses } }: Release): string | undefined {
  const role = uses && roles.get(fn.role);
  if (!role || roleMay(base, role, uses.action, uses.resource)) return undefined;
  const session = `arn:aws:sts::${base.here.accountId}:assumed-role/${role.name}/${fn.name}`;
  return `User: ${session} is not authorized to perform: ${uses.action} on resource: ${uses.resource} because no identity-based policy allows the ${uses.action} action`;
}

/** `YYYY/MM/DD/[version]hash`: one stream an environment in AWS, one a version and day here. */
function streamOf(base: Base, run: Run): string {
  const day = Math.floor(run.at / 86_400_000);
  const known = streams.get(run.release);
  if (known?.day === day) return known.stream;
  const stream = `${new Date(run.at).toISOString().slice(0, 10).replaceAll('-', '/')}/[${run.release.version}]${hexOf(32, base.seed, run.fn.name, run.release.version)}`;
  streams.set(run.release, { day, stream });
  return stream;
}
/** Asked for at each request of hours of traffic. */
const streams = new WeakMap<Release, { readonly day: number; readonly stream: string }>();

// What mapping-template-error, response-mapping-error and payload-encoding share: a fault in the deployed mappings is a fact; that this burst
// is its fault needs a sign, the gateway's own words or numbers. The gateway's words alone are a suspicion.
import { burstOf, expected, type Burst } from '../../model/burst.ts';
import { agreeing, confirmed, lacking, ref, ruledOut, unproven, type Healed, type Verdict } from '../../model/cause.ts';
import { functionsOf } from '../../model/deployed.ts';
import type { Evidence, EvidenceSet } from '../../model/evidence.ts';
import type { MappingFacts, MappingFault } from '../../model/facts/direct.ts';
import type { DeployedApi } from '../../model/kinds/api.ts';
import type { FunctionMetrics } from '../../model/kinds/function.ts';
import type { LogLines } from '../../model/kinds/log.ts';
import { inWords } from './mapping-checks.ts';
import { minuteMs, sum, sumIn } from '../../model/series.ts';
import { gatewaySince, successesNeeded } from './since.ts';

export const mappingLooksAt = ['deployedApi', 'gatewayMetrics', 'functionMetrics', 'executionLog', 'accessLog'] as const;
export type MappingSeen = EvidenceSet<(typeof mappingLooksAt)[number]>;

/** The first line of the gateway's logs that holds one of these texts. */
export function quoteOf(e: Pick<MappingSeen, 'executionLog' | 'accessLog'>, texts: readonly string[]): string | undefined {
  const lines = [e.executionLog, e.accessLog].flatMap((log: Evidence<LogLines>) => (log.state === 'got' ? log.value.lines : []));
  return lines.find((line) => texts.some((text) => line.text.includes(text)))?.text.slice(0, 300);
}

/** How the gateway logs a body that it took for bytes. */
export const binaryText = '[Binary Data]';
export const binarySeen = (e: Pick<MappingSeen, 'executionLog' | 'accessLog'>): boolean => quoteOf(e, [binaryText]) !== undefined;

export interface MappingSigns {
  /** What is wrong in the deployment. */
  readonly faults: readonly MappingFault[];
  /** What the gateway said of it. */
  readonly quote: string | undefined;
  /** A sentence when the deployment has nothing that this could befall. */
  readonly impossible: string | undefined;
  /** What fails before the integration is called leaves its functions uninvoked. */
  readonly before: boolean;
}

/** The verdict from what the deployment holds and what the gateway said. */
export function judgeMapping(e: MappingSeen, signs: (api: DeployedApi) => MappingSigns, unread: string | undefined): Verdict<MappingFacts> {
  if (e.deployedApi.state === 'missing') return suspicion(unread, e, 'the deployed mappings could not be read');
  const { faults, quote, impossible, before } = signs(e.deployedApi.value);
  if (impossible !== undefined) return ruledOut(ref('deployedApi', e.deployedApi, impossible));
  if (faults.length === 0)
    return suspicion(quote, e, 'nothing is wrong with the deployed mappings that shows without a request: some payloads fail');
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  if (burst?.unexplained === 0)
    return unproven(lacking('gatewayMetrics', e.gatewayMetrics, 'the functions’ own errors account for every failure of this burst'));
  const certain = faults.filter((f) => f.always);
  const blamed = quote !== undefined ? faults : burst && byNumbers(e, certain, burst, before) ? certain : undefined;
  if (!blamed) return related(faults, burst && stoodBefore(e, e.deployedApi.value, burst) ? [] : certain, e);
  const by = inWords(blamed)
    .slice(0, 3)
    .map((says) => ref('deployedApi', e.deployedApi, says));
  return confirmed(factsOf(blamed, quote), by, burst?.unexplained);
}

const factsOf = (routes: readonly MappingFault[], quote: string | undefined): MappingFacts => ({
  routes,
  ...(quote === undefined ? {} : { quote }),
});

function suspicion(quote: string | undefined, e: MappingSeen, why: string): Verdict<MappingFacts> {
  const missing = [lacking('deployedApi', e.deployedApi, why)];
  return quote === undefined ? unproven(...missing) : agreeing(factsOf([], quote), ...missing);
}

/** Something is wrong, and nothing says that it is what fails. What fails on some payloads only is no agreement with a burst. */
function related(faults: readonly MappingFault[], certain: readonly MappingFault[], e: MappingSeen): Verdict<MappingFacts> {
  const missing = [
    lacking(
      'executionLog',
      e.executionLog,
      `${inWords(certain.length > 0 ? certain : faults)[0] ?? 'a mapping is wrong'}; whether that is what fails is not seen`,
    ),
  ];
  return certain.length === 0 ? unproven(...missing) : agreeing(factsOf(certain, undefined), ...missing);
}

/** A deployment this old has had its callers. */
const settledMs = 60 * minuteMs;

/** The stage served well with this very deployment before: a fault that fails every request of its route is then nobody's burst, or only that of callers who are new. */
function stoodBefore(e: MappingSeen, api: DeployedApi, burst: Burst): boolean {
  const first = burst.minutes[0] ?? 0;
  if (e.gatewayMetrics.state === 'missing' || api.lastUpdatedAt === undefined || first - api.lastUpdatedAt < settledMs) return false;
  return sum(e.gatewayMetrics.value.count, -Infinity, first) > 0 && sum(e.gatewayMetrics.value.serverErrors, -Infinity, first) === 0;
}

const half = 0.5;
const nearlyAll = 0.9;

/** Whether the numbers leave no other place: every route fails by it and every request fails, or as many requests reached no function as fail. */
function byNumbers(e: MappingSeen, certain: readonly MappingFault[], burst: Burst, before: boolean): boolean {
  if (e.deployedApi.state === 'missing' || certain.length === 0) return false;
  const { routes } = e.deployedApi.value;
  const others = routes.filter((r) => !certain.some((f) => f.method === r.method && f.path === r.path));
  if (others.length === 0) return burst.failures >= nearlyAll * burst.requests;
  const reach = others.every((r) => r.integration?.function !== undefined && r.integration.credentials === undefined);
  return before && reach && uninvoked(e, burst) >= half * burst.unexplained;
}

/** Requests that reached no function, where all the other routes lead to one. */
function uninvoked(e: MappingSeen, burst: Burst): number {
  if (e.functionMetrics.state === 'missing' || e.gatewayMetrics.state === 'missing' || e.deployedApi.state === 'missing') return 0;
  const metrics = e.functionMetrics.value.functions;
  const known = functionsOf(e.deployedApi.value).every((f) => metrics[f.key] !== undefined && !fellShort(metrics[f.key], burst));
  const invoked = Object.values(metrics).reduce(
    (all, f) => all + sumIn(f.invocations, burst.minutes) + sumIn(f.throttles, burst.minutes),
    0,
  );
  return known ? Math.max(0, burst.requests - sumIn(e.gatewayMetrics.value.clientErrors, burst.minutes) - invoked) : 0;
}

/** A function that is called less than before is not reached either: another fault takes its requests. */
function fellShort(f: FunctionMetrics['functions'][string] | undefined, burst: Burst): boolean {
  return f !== undefined && expected(f.invocations, burst.minutes) - sumIn(f.invocations, burst.minutes) >= half * burst.unexplained;
}

/** Healed when the deployment has none of these faults any more and requests come through. */
export function mappingHealed(e: MappingSeen, sinceAt: number, still: (api: DeployedApi) => readonly MappingFault[]): Healed {
  if (e.deployedApi.state === 'missing') return { is: 'tooEarly', missing: [lacking('deployedApi', e.deployedApi)] };
  const faults = still(e.deployedApi.value).filter((f) => f.always);
  if (faults.length > 0)
    return {
      is: 'stillThere',
      by: inWords(faults)
        .slice(0, 3)
        .map((says) => ref('deployedApi', e.deployedApi, says)),
    };
  const since = gatewaySince(e.gatewayMetrics, sinceAt);
  return since && since.minutes >= 2 && since.requests - since.failures >= successesNeeded && since.failures === 0
    ? { is: 'healed', by: [ref('gatewayMetrics', e.gatewayMetrics, `${since.requests} requests since, and none failed`)] }
    : { is: 'tooEarly', missing: [lacking('gatewayMetrics', e.gatewayMetrics, 'too few requests, or failures, since')] };
}

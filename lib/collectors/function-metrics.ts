// The metrics of each function behind the stage, by the very alias or version the deployment names.
import type { Aws } from '../aws/calls.ts';
import type { FunctionRef } from '../model/api.ts';
import { functionsToLookAt, type DeployedFunction } from '../model/deployed.ts';
import { got, type Evidence, type Window } from '../model/evidence.ts';
import type { FunctionMetrics } from '../model/kinds/function.ts';
import type { Series } from '../model/kinds/api.ts';
import { collector } from './collector.ts';
import { metricPages, noDatapoints, readMetrics, type Wanted } from './reading/metrics.ts';
import { behindTheStage } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    functionMetrics: FunctionMetrics;
  }
}

const metrics = [
  { key: 'invocations', name: 'Invocations', stat: 'Sum' },
  { key: 'errors', name: 'Errors', stat: 'Sum' },
  { key: 'throttles', name: 'Throttles', stat: 'Sum' },
  { key: 'durationMaxMs', name: 'Duration', stat: 'Maximum' },
  { key: 'concurrentMax', name: 'ConcurrentExecutions', stat: 'Maximum' },
] as const;

/** Lambda keys the metrics of an alias or version by FunctionName and Resource `name:qualifier`. */
const dimensions = (f: FunctionRef): Readonly<Record<string, string>> =>
  f.qualifier ? { FunctionName: f.name, Resource: `${f.name}:${f.qualifier}` } : { FunctionName: f.name };

export default collector({
  kind: 'functionMetrics',
  title: 'Invocations, errors, throttles, duration and concurrency of the functions',
  trust: 'aws',
  calls: ['cloudwatch:GetMetricData'],
  needs: ['deployedApi'],
  round: 'cheap',
  maxCalls: metricPages,
  async read(aws, { have, lines, window }) {
    const behind = behindTheStage(have.deployedApi, (api) => functionsToLookAt(api, lines));
    if (!behind.ok) return behind.error;
    return readFunctionMetrics(aws, behind.value, window, 'the functions');
  },
});

/** The metrics of these functions, in one read. */
export async function readFunctionMetrics(
  aws: Aws<'cloudwatch:GetMetricData'>,
  functions: readonly Pick<DeployedFunction, 'key' | 'ref'>[],
  window: Window,
  whose: string,
): Promise<Evidence<FunctionMetrics>> {
  const wanted = functions.flatMap(({ ref }, n) =>
    metrics.map((m): Wanted => ({
      id: `f${n}_${m.key}`,
      namespace: 'AWS/Lambda',
      name: m.name,
      stat: m.stat,
      dimensions: dimensions(ref),
    })),
  );
  const read = await readMetrics(aws, wanted, window);
  if (!read.ok) return read.error;
  if ([...read.value.values()].every((s) => s.at.length === 0)) return noDatapoints(whose, window);
  const series = (n: number, key: string): Series => read.value.get(`f${n}_${key}`) ?? { at: [], values: [] };
  const each = functions.map(({ key }, n) => [key, Object.fromEntries(metrics.map((m) => [m.key, series(n, m.key)]))] as const);
  return got({ periodMs: 60_000, functions: Object.fromEntries(each) as FunctionMetrics['functions'] }, window, 'aws');
}

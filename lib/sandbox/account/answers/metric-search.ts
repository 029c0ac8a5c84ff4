// GetMetricData's SEARCH, as far as it is asked: one metric of every API, by the one dimension that names it; one of an alias, by the version that ran.
import { statistic } from '../metrics.ts';
import type { Parts } from './parts.ts';

const form = /^SEARCH\('\{AWS\/ApiGateway,(ApiName|ApiId)\} MetricName="([A-Za-z0-9]{1,40})"', 'Sum', 60\)$/;

const byVersion =
  /^SEARCH\('\{AWS\/Lambda,ExecutedVersion,FunctionName,Resource\} FunctionName="([\w-]{1,64})" Resource="([\w:-]{1,200})" MetricName="(\w{1,40})"', '(Sum|Maximum)', 60\)$/;

export interface Found {
  readonly label: string;
  readonly points: readonly (readonly [number, number])[];
}

/** The series a search finds; undefined for one that the sandbox cannot read. */
export function searched(parts: Parts, expression: string, from: number, to: number): readonly Found[] | undefined {
  return versionsSearched(parts, expression, from, to) ?? apisSearched(parts, expression, from, to);
}

function versionsSearched({ functions, metrics }: Parts, expression: string, from: number, to: number): readonly Found[] | undefined {
  const [, name, resource, metric, stat] = byVersion.exec(expression) ?? [];
  if (!name || !resource || !metric || !stat) return undefined;
  return [...(functions.all.get(name)?.versions.keys() ?? [])].flatMap((label) => {
    const dims = { FunctionName: name, Resource: resource, ExecutedVersion: label };
    const read = metrics.read({ namespace: 'AWS/Lambda', metric, dims, periodMs: 60_000, from, to });
    const points = [...read].map(([at, one]) => [at, statistic(one, stat) ?? Number.NaN] as const).sort(([a], [b]) => a - b);
    return points.length === 0 ? [] : [{ label, points }];
  });
}

function apisSearched({ apis, metrics }: Parts, expression: string, from: number, to: number): readonly Found[] | undefined {
  const [, dimension, metric] = form.exec(expression) ?? [];
  if (!dimension || !metric) return undefined;
  const rest = dimension === 'ApiName';
  const names = [...apis.all.values()].filter((a) => (a.apiType === 'REST') === rest).map((a) => (rest ? a.name : a.apiId));
  return [...new Set(names)].flatMap((label) => {
    const read = metrics.read({ namespace: 'AWS/ApiGateway', metric, dims: { [dimension]: label }, periodMs: 60_000, from, to });
    const points = [...read].map(([at, stat]) => [at, stat.sum] as const).sort(([a], [b]) => a - b);
    return points.length === 0 ? [] : [{ label, points }];
  });
}

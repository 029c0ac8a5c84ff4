// Addresses in the AWS console, so that a person can look for themselves with one click. They only point; nothing is read from them.
import type { FunctionRef, StageRef } from '../model/api.ts';
import type { Incident } from '../model/incident.ts';
import { link } from './text.ts';

/** The console's host in each partition. */
function home(region: string, service: string): string {
  if (region.startsWith('cn-')) return `https://${region}.console.amazonaws.cn/${service}/home?region=${region}`;
  if (region.startsWith('us-gov-')) return `https://console.amazonaws-us-gov.com/${service}/home?region=${region}`;
  return `https://${region}.console.aws.amazon.com/${service}/home?region=${region}`;
}

/** Half a character cannot be encoded, and throws. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

/** CloudWatch's own escape in fragments: percent-encoded twice, with `$` for `%`. */
const inFragment = (text: string): string => encoded(encoded(text)).replaceAll('%', '$');

const logGroupUrl = (region: string, group: string): string =>
  `${home(region, 'cloudwatch')}#logsV2:log-groups/log-group/${inFragment(group)}`;
const functionUrl = (f: FunctionRef): string =>
  `${home(f.region, 'lambda')}#/functions/${encoded(f.name)}${f.qualifier ? `/aliases/${encoded(f.qualifier)}` : ''}?tab=monitoring`;

/** JSURL, the form CloudWatch keeps a graph in: `'` before text, `*xx` for what is not a letter or a figure. */
const jsurl = (text: string): string =>
  `'${text.replace(/[^A-Za-z0-9_.-]/gu, (c) => (c === '$' ? '!' : (c.codePointAt(0) ?? 0) < 256 ? `*${(c.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}` : `**${c.charCodeAt(0).toString(16).padStart(4, '0')}`))}`;

/** The stage's requests and server errors around a burst. REST is keyed by name, HTTP by id (platform.md §12). */
function metricsUrl(at: StageRef, fromMs: number, toMs: number): string {
  const rest = at.apiType === 'REST';
  const dimensions = `~'${rest ? 'ApiName' : 'ApiId'}~${jsurl(rest ? (at.apiName ?? at.apiId) : at.apiId)}~'Stage~${jsurl(at.stage)}`;
  const metric = (name: string): string => `~(~'AWS*2fApiGateway~'${name}${dimensions})`;
  const span = `start~${jsurl(new Date(fromMs).toISOString())}~end~${jsurl(new Date(toMs).toISOString())}`;
  return `${home(at.region, 'cloudwatch')}#metricsV2?graph=~(metrics~(${metric(rest ? '5XXError' : '5xx')}${metric('Count')})~view~'timeSeries~stacked~false~region~${jsurl(at.region)}~stat~'Sum~period~60~${span})`;
}

/** A function found in a cause's facts, whose type only the cause knows: anything with an account, a Region and a name. */
function asFunction(value: unknown): FunctionRef | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { accountId, region, name, qualifier } = value as Partial<Record<keyof FunctionRef, unknown>>;
  if (typeof accountId !== 'string' || typeof region !== 'string' || typeof name !== 'string') return undefined;
  return { accountId, region, name, ...(typeof qualifier === 'string' ? { qualifier } : {}) };
}

/** The functions that facts speak of; looks three levels deep and no further. */
export function functionsIn(facts: unknown, depth = 3): readonly FunctionRef[] {
  const one = asFunction(facts);
  if (one) return [one];
  if (depth === 0 || typeof facts !== 'object' || facts === null) return [];
  return Object.values(facts)
    .slice(0, 20)
    .flatMap((inside: unknown) => functionsIn(inside, depth - 1));
}

const around = 30 * 60_000;

/** What to look at oneself: the stage's metrics, its execution log, the functions that fail. */
export function consoleLinks(incident: Incident, functions: readonly FunctionRef[]): readonly string[] {
  const { at } = incident;
  if (incident.outageOf) return [];
  const metrics = link(metricsUrl(at, incident.firstFailureAt - around, incident.lastFailureAt + around), 'metrics');
  const group = {
    REST: `API-Gateway-Execution-Logs_${at.apiId}/${at.stage}`,
    WEBSOCKET: `/aws/apigateway/${at.apiId}/${at.stage}`,
    HTTP: undefined,
  }[at.apiType];
  const log = group === undefined ? [] : [link(logGroupUrl(at.region, group), 'execution log')];
  const code = functions
    .slice(0, 2)
    .flatMap((f) => [link(functionUrl(f), f.name), link(logGroupUrl(f.region, `/aws/lambda/${f.name}`), 'its log')]);
  return [metrics, ...log, ...code];
}

// Which log groups the listed stages write to, as their deployed configuration says, and which lines of them we ask for.
import type { CallError } from '../../aws/calls.ts';
import { stageKey, type StageRef } from '../../model/api.ts';
import type { WatchedStage } from '../../model/installation.ts';
import { accessReader } from '../../model/access-format.ts';
import { failureBeginnings } from '../../signals/execution-lines.ts';
import { isOwnGroup } from '../../signals/own.ts';
import type { Source } from '../../store/schemas.ts';
import type { Gap, SubscribeWorld } from './filters.ts';
import { onEach } from './tell-at-most.ts';

export type WantedGroup = Source & { readonly filterPattern: string };
export interface Wanted {
  readonly groups: readonly WantedGroup[];
  readonly gaps: readonly Gap[];
  /** False when a stage could not be read: what it wants is not known. */
  readonly whole: boolean;
}

/** Statuses a gateway or an integration answers with; `500` and the like are whole words, so that it does not matter whether a term may match inside a word. */
const statuses = [500, 501, 502, 503, 504, 505, 507, 508, 511] as const;

/** Phrases are quoted; a bare word needs no quotes. */
const any = (terms: readonly string[]): string => terms.map((term) => (/^\w+$/.test(term) ? `?${term}` : `?"${term}"`)).join(' ');

/**
 * Plain terms, any of them (CloudWatch Logs filter pattern syntax, unstructured events): they need no format and every
 * implementation has them. They let a little too much through; the exact filter is in lib/signals.
 */
export const executionPattern = any([...failureBeginnings, ...statuses.map((s) => `status: ${s}`)]);
export const accessPattern = any(statuses.map(String));

/** All groups of all listed stages; groups that several stages share come once. */
export async function logGroupsOf(world: SubscribeWorld): Promise<Wanted> {
  const groups: WantedGroup[] = [];
  const gaps: Gap[] = [];
  let whole = true;
  const failed = await onEach(world.installation.stages, async (watched) => {
    const found = watched.apiType === 'REST' ? await readRest(world, watched) : await readV2(world, watched);
    if (!found) whole = false;
    else {
      groups.push(...found.groups);
      gaps.push(...found.gaps);
    }
  });
  return { groups: shared(groups), gaps, whole: whole && failed.length === 0 };
}

type Found = { readonly groups: readonly WantedGroup[]; readonly gaps: readonly Gap[] } | undefined;

const refOf = (world: SubscribeWorld, w: WatchedStage): StageRef => ({
  accountId: world.installation.accountId,
  region: world.installation.region,
  apiType: w.apiType,
  apiId: w.apiId,
  stage: w.stage,
  apiName: w.apiName,
});

/** Passing trouble is no gap: the next run looks again. */
function unread(world: SubscribeWorld, at: StageRef, error: CallError): Found {
  world.log('subscribe-unread', { stage: stageKey(at), call: error.call, kind: error.kind, message: error.message });
  if (error.kind === 'throttled' || error.kind === 'down' || error.kind === 'overBudget') return undefined;
  const why = error.kind === 'gone' ? 'is not there' : `cannot be read (${error.call}: ${error.name} ${error.message})`;
  return error.kind === 'gone' ? { groups: [], gaps: [gapOf(at, why)] } : undefined;
}

const gapOf = (at: StageRef, why: string): Gap => ({ about: stageKey(at), says: `Stage ${at.apiName ?? at.apiId}/${at.stage} ${why}.` });

async function readRest(world: SubscribeWorld, watched: WatchedStage): Promise<Found> {
  const at = refOf(world, watched);
  const answer = await world.aws.call('apigateway:GetStage', { restApiId: watched.apiId, stageName: watched.stage });
  if (!answer.ok) return unread(world, at, answer.error);
  const logs = Object.values(answer.value.methodSettings ?? {}).some((m) => m?.loggingLevel !== undefined && m.loggingLevel !== 'OFF');
  const execution: readonly WantedGroup[] = logs
    ? [{ logGroup: `API-Gateway-Execution-Logs_${watched.apiId}/${watched.stage}`, at, kind: 'execution', filterPattern: executionPattern }]
    : [];
  return withAccess(at, execution, answer.value.accessLogSettings?.destinationArn, answer.value.accessLogSettings?.format);
}

async function readV2(world: SubscribeWorld, watched: WatchedStage): Promise<Found> {
  const at = refOf(world, watched);
  const answer = await world.aws.call('apigatewayv2:GetStage', { ApiId: watched.apiId, StageName: watched.stage });
  if (!answer.ok) return unread(world, at, answer.error);
  const levels = [answer.value.DefaultRouteSettings, ...Object.values(answer.value.RouteSettings ?? {})].map((r) => r?.LoggingLevel);
  // only WebSocket APIs among these write an execution log (signals.md §5)
  const logs = watched.apiType === 'WEBSOCKET' && levels.some((level) => level !== undefined && level !== 'OFF');
  const execution: readonly WantedGroup[] = logs
    ? [{ logGroup: `/aws/apigateway/${watched.apiId}/${watched.stage}`, at, kind: 'execution', filterPattern: executionPattern }]
    : [];
  return withAccess(at, execution, answer.value.AccessLogSettings?.DestinationArn, answer.value.AccessLogSettings?.Format);
}

/** `arn:aws:logs:region:account:log-group:NAME`, with or without `:*`. */
const groupInArn = (arn: string): string | undefined =>
  /^arn:[\w-]{1,20}:logs:[\w-]{1,30}:\d{12}:log-group:([\w./#-]{1,512})(?::\*)?$/.exec(arn)?.[1];

function withAccess(at: StageRef, execution: readonly WantedGroup[], arn: string | undefined, format: string | undefined): Found {
  if (arn === undefined || arn === '')
    return execution.length > 0
      ? { groups: execution, gaps: [] }
      : { groups: [], gaps: [gapOf(at, 'writes no logs; its bursts are seen by alarms only, minutes later')] };
  const logGroup = groupInArn(arn);
  if (logGroup === undefined)
    return { groups: execution, gaps: [gapOf(at, `writes its access log to ${arn.slice(0, 200)}, which is no log group; it is not read`)] };
  if (isOwnGroup(logGroup))
    return {
      groups: execution,
      gaps: [gapOf(at, `writes its access log to ${logGroup}, which bears Gatemedic's own name; rename the group`)],
    };
  if (format !== undefined && !accessReader(format))
    return {
      groups: execution,
      gaps: [gapOf(at, 'has an access-log format without $context.status, so that no line says whether it failed')],
    };
  return {
    groups: [...execution, { logGroup, at, kind: 'access', ...(format === undefined ? {} : { format }), filterPattern: accessPattern }],
    gaps: [],
  };
}

/** One group, several stages: the first is its `at`, the others stand in `also`, in an order that does not change between runs. */
function shared(groups: readonly WantedGroup[]): readonly WantedGroup[] {
  const sorted = [...groups].sort((a, b) => stageKey(a.at).localeCompare(stageKey(b.at)));
  const byName = Map.groupBy(sorted, (g) => g.logGroup);
  return [...byName.values()].flatMap(([first, ...rest]) => {
    if (!first) return [];
    const also = rest.map(({ at, format }) => ({ at, ...(format === undefined ? {} : { format }) }));
    return [also.length > 0 ? { ...first, also } : first];
  });
}

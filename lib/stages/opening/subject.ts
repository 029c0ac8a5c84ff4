// From what a signal speaks of to the stage itself: listed stages first, then AWS by name; what stays ambiguous or unknown
// is told, never guessed.
import type { CallError } from '../../aws/calls.ts';
import type { StageRef } from '../../model/api.ts';
import type { Installation, WatchedStage } from '../../model/installation.ts';
import { err, ok, type Result } from '../../model/result.ts';
import type { Subject } from '../../model/signal.ts';
import { namesInRule, subjectsOf, type AlarmMetric } from '../../signals/alarm.ts';
import { WorldError, type World } from '../../world.ts';
import { remembered } from './remember.ts';

export type SubjectWorld = Pick<World<'apigateway:GetRestApis' | 'cloudwatch:DescribeAlarms'>, 'aws' | 'store' | 'installation' | 'now'>;

/** Which stages, or in a sentence why none can be told. */
export type Resolved = Result<readonly StageRef[], string>;

/** A new API is found within minutes; a storm of one alarm costs one call. */
const keepMs = { found: 10 * 60_000, unknown: 60_000 };

const refOf = (i: Installation, w: WatchedStage): StageRef => ({
  accountId: i.accountId,
  region: i.region,
  apiType: w.apiType,
  apiId: w.apiId,
  stage: w.stage,
  apiName: w.apiName,
});

/** The owner's entry for a stage, if it is listed. */
export const watchedStageOf = (i: Installation, at: { apiId: string; stage: string }): WatchedStage | undefined =>
  i.stages.find((w) => w.apiId === at.apiId && w.stage === at.stage);

/** What CloudWatch makes of an API's name: characters outside ASCII go, and with nothing left the id stands for it (signals.md §8). */
const metricName = (name: string, id: string): string => name.replace(/[^\x20-\x7e]/g, '') || id;

/** The stages a subject means. A call that AWS refused for now throws a `WorldError`: the event is delivered again. */
export async function resolve(world: SubjectWorld, subject: Subject): Promise<Resolved> {
  switch (subject.by) {
    case 'stage':
      return ok([stageRef(world.installation, subject)]);
    case 'apiId':
      return onlyListed(world.installation, (w) => w.apiId === subject.apiId, `API ${subject.apiId} (an alarm on ApiId alone)`);
    case 'apiName':
      return byName(world, subject);
    case 'alarms':
      return byAlarms(world, subject.names, 0);
  }
}

function stageRef(i: Installation, s: Extract<Subject, { by: 'stage' }>): StageRef {
  const watched = watchedStageOf(i, s);
  return watched ? refOf(i, watched) : { accountId: i.accountId, region: i.region, apiType: s.apiType, apiId: s.apiId, stage: s.stage };
}

function onlyListed(i: Installation, is: (w: WatchedStage) => boolean, what: string): Resolved {
  const listed = i.stages.filter(is);
  const only = listed[0];
  if (listed.length === 1 && only) return ok([refOf(i, only)]);
  return err(
    `${what} ${listed.length === 0 ? 'is on no listed stage' : `may mean any of its ${listed.length} listed stages`}; alarm on the stage as well`,
  );
}

async function byName(world: SubjectWorld, s: Extract<Subject, { by: 'apiName' }>): Promise<Resolved> {
  const listed = world.installation.stages.filter(
    (w) => w.apiType === 'REST' && metricName(w.apiName, w.apiId) === s.name && (s.stage === undefined || w.stage === s.stage),
  );
  if (listed.length > 0 || s.stage === undefined)
    return onlyListed(world.installation, (w) => listed.includes(w), `the REST API named ${s.name}`);
  const ids = await idsByName(world, s.name);
  if (!ids.ok) return ids;
  const [id] = ids.value;
  if (ids.value.length !== 1 || id === undefined)
    return err(
      `${ids.value.length === 0 ? 'no REST API is' : `${ids.value.length} REST APIs are`} named ${s.name}; list the stage with its API id`,
    );
  const { accountId, region } = world.installation;
  return ok([{ accountId, region, apiType: 'REST', apiId: id, stage: s.stage, apiName: s.name }]);
}

const idsByName = (world: SubjectWorld, name: string): Promise<Result<readonly string[], string>> =>
  remembered(
    world,
    `apis:${name}`,
    (found) => (!found.ok ? 0 : found.value.length > 0 ? keepMs.found : keepMs.unknown),
    () => askIds(world, name),
  );

/** 500 a page is the service's most; an account holds at most 600 regional and 120 edge APIs unless raised. */
const pages = { limit: 500, most: 6 };

async function askIds(world: SubjectWorld, name: string): Promise<Result<readonly string[], string>> {
  const ids: string[] = [];
  let position: string | undefined;
  for (let n = 0; n < pages.most; n++) {
    const answer = await world.aws.call('apigateway:GetRestApis', { limit: pages.limit, ...(position ? { position } : {}) });
    if (!answer.ok) return refusedBy(answer.error);
    ids.push(...(answer.value.items ?? []).flatMap((api) => (api.id && metricName(api.name ?? '', api.id) === name ? [api.id] : [])));
    position = answer.value.position;
    if (!position) return ok(ids);
  }
  return err(`the account has more than ${pages.limit * pages.most} REST APIs; list the stage of ${name} with its API id`);
}

/** Passing trouble is thrown, so that the event comes again; a refusal is told. */
function refusedBy(error: CallError): Result<never, string> {
  if (error.kind === 'throttled' || error.kind === 'down') throw new WorldError(error.kind, error.call, error.message);
  return err(`${error.call} was answered ${error.name}: ${error.message}`);
}

/** Composite alarms may hold composite alarms; AWS allows more, nobody reads more. */
const deepest = 3;

async function byAlarms(world: SubjectWorld, names: readonly string[], depth: number): Promise<Resolved> {
  const found = await describe(world, names);
  if (!found.ok) return found;
  const subjects = subjectsOf(found.value.flatMap((alarm) => alarm.metrics));
  const nested = found.value.flatMap((alarm) => alarm.children);
  const below = nested.length > 0 && depth < deepest ? await byAlarms(world, nested, depth + 1) : ok([]);
  const resolved = [below, ...(await all(world, subjects))];
  const stages = resolved.flatMap((r) => (r.ok ? r.value : []));
  const reason = resolved.find((r) => !r.ok);
  if (stages.length > 0) return ok(unique(stages));
  return err(reason && !reason.ok ? reason.error : `none of the alarms ${names.slice(0, 5).join(', ')} watches an API Gateway 5xx metric`);
}

async function all(world: SubjectWorld, subjects: readonly Subject[]): Promise<readonly Resolved[]> {
  const found: Resolved[] = [];
  for (const subject of subjects) found.push(await resolve(world, subject));
  return found;
}

const unique = (stages: readonly StageRef[]): readonly StageRef[] => [...new Map(stages.map((s) => [`${s.apiId}/${s.stage}`, s])).values()];

interface Described {
  readonly metrics: readonly AlarmMetric[];
  readonly children: readonly string[];
}

/** DescribeAlarms takes 100 names, and answers metric alarms only unless it is asked for both (signals.md §1c). */
const mostNames = 100;

const describe = (world: SubjectWorld, names: readonly string[]): Promise<Result<readonly Described[], string>> =>
  remembered(
    world,
    `alarms:${names.join('\n')}`,
    (found) => (found.ok ? keepMs.unknown : 0),
    () => askAlarms(world, names),
  );

async function askAlarms(world: SubjectWorld, names: readonly string[]): Promise<Result<readonly Described[], string>> {
  const answer = await world.aws.call('cloudwatch:DescribeAlarms', {
    AlarmNames: names.slice(0, mostNames),
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    MaxRecords: 100,
  });
  if (!answer.ok) return refusedBy(answer.error);
  const metric = (answer.value.MetricAlarms ?? []).map((alarm) => ({ metrics: metricsOf(alarm), children: [] }));
  const composite = (answer.value.CompositeAlarms ?? []).map((alarm) => ({ metrics: [], children: namesInRule(alarm?.AlarmRule ?? '') }));
  return ok([...metric, ...composite]);
}

interface AskedMetric {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?: readonly ({ readonly Name?: string | undefined; readonly Value?: string | undefined } | undefined)[] | undefined;
}
type AskedAlarm = AskedMetric & {
  readonly Metrics?:
    | readonly ({ readonly MetricStat?: { readonly Metric?: AskedMetric | undefined } | undefined } | undefined)[]
    | undefined;
};

const metricsOf = (alarm: AskedAlarm | undefined): readonly AlarmMetric[] =>
  [alarm, ...(alarm?.Metrics ?? []).map((m) => m?.MetricStat?.Metric)].flatMap((m) => (m?.MetricName ? [plain(m)] : []));

const plain = (m: AskedMetric): AlarmMetric => ({
  namespace: m.Namespace ?? '',
  name: m.MetricName ?? '',
  dimensions: Object.fromEntries((m.Dimensions ?? []).flatMap((d) => (d?.Name && d.Value ? [[d.Name, d.Value]] : []))),
});

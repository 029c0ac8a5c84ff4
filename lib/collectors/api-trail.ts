// Who changed the API, by CloudTrail. LookupEvents takes one name of an event at a time and two calls a second for the whole account, and
// every read of the control plane is recorded too: so a few names are asked for, one after the other, and nothing else.
import type { Answer, Aws } from '../aws/calls.ts';
import type { StageRef } from '../model/api.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import { asObject, asText, parseJson, type JsonObject } from '../model/json.ts';
import type { ApiChange, ApiTrail } from '../model/kinds/gateway.ts';
import { minuteMs } from '../model/series.ts';
import { collector, notHad } from './collector.ts';
import { optional } from './reading/stage-variables.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    apiTrail: ApiTrail;
  }
}

/** What takes a working stage down, by family (evidence.md §6). */
const namesOf = (at: StageRef): readonly string[] =>
  at.apiType === 'REST'
    ? ['UpdateStage', 'CreateStage', 'CreateDeployment', 'PutRestApi', 'DeleteBasePathMapping', 'CreateBasePathMapping']
    : ['UpdateStage', 'CreateStage', 'UpdateRoute', 'DeleteIntegration', 'DeleteApiMapping', 'CreateApiMapping'];
/** A variable's value before it was removed may have been set long before. */
const lookBackMs = 7 * 24 * 60 * minuteMs;
/** Records arrive 5 to 15 minutes after the call (evidence.md §6). */
const lagMs = 15 * minuteMs;
const kept = 40;

export default collector({
  kind: 'apiTrail',
  title: 'Who changed the API (CloudTrail)',
  trust: 'aws',
  calls: ['cloudtrail:LookupEvents'],
  needs: [],
  round: 'suspect',
  maxCalls: 6,
  // one after the other, half a second each: the account's limit
  delayMs: 3_000,
  async read(aws, { at, window, now }) {
    const changes: ApiChange[] = [];
    let failed: Missing | undefined;
    for (const name of namesOf(at)) {
      const answer = await lookUp(aws, name, window.from - lookBackMs, now);
      if (answer.ok) changes.push(...(answer.value.Events ?? []).flatMap((e) => (e ? changeOf(e, at) : [])));
      else failed ??= notHad(answer.error);
    }
    const span = { from: window.from - lookBackMs, to: now };
    if (changes.length > 0) return got({ changes: [...changes].sort((a, b) => b.at - a.at).slice(0, kept) }, span, 'aws');
    if (failed) return failed;
    return now - window.from < lagMs + 10 * minuteMs
      ? missing('late', 'CloudTrail has no record of a change yet; it is 5 to 15 minutes behind')
      : got({ changes: [] }, span, 'aws');
  },
});

const lookUp = (aws: Aws<'cloudtrail:LookupEvents'>, name: string, from: number, to: number): Promise<Answer<'cloudtrail:LookupEvents'>> =>
  aws.call('cloudtrail:LookupEvents', {
    LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }],
    StartTime: new Date(from),
    EndTime: new Date(to),
    MaxResults: 50,
  });

type Raw = NonNullable<NonNullable<Extract<Answer<'cloudtrail:LookupEvents'>, { ok: true }>['value']['Events']>[number]>;

/** Changes of other APIs, and calls that AWS refused, are left out. A mapping names its domain only, so each is kept. */
function changeOf(raw: Raw, at: StageRef): readonly ApiChange[] {
  const parsed = raw.CloudTrailEvent === undefined ? undefined : parseJson(raw.CloudTrailEvent);
  const record = parsed?.ok ? asObject(parsed.value) : undefined;
  const when = raw.EventTime === undefined ? NaN : new Date(raw.EventTime).getTime();
  const name = raw.EventName ?? asText(record?.['eventName']);
  if (name === undefined || !Number.isFinite(when) || asText(record?.['errorCode']) !== undefined) return [];
  const parameters = asObject(record?.['requestParameters']) ?? {};
  const mapping = asObject(parameters['createBasePathMappingInput']);
  const apiId = asText(parameters['restApiId']) ?? asText(parameters['apiId']) ?? asText(mapping?.['restApiId']);
  if (apiId !== at.apiId && asText(parameters['domainName']) === undefined) return [];
  const stage =
    asText(parameters['stageName']) ??
    asText(asObject(parameters['createDeploymentInput'] ?? parameters['createStageInput'])?.['stageName']);
  if (stage !== undefined && stage !== at.stage) return [];
  const edits = editsIn(parameters);
  return [
    {
      at: when,
      name,
      ...who(raw, record),
      ...optional('id', raw.EventId),
      ...optional('stage', stage),
      ...(edits.length > 0 ? { edits } : {}),
      ...optional('domainName', asText(parameters['domainName'])),
      ...optional('basePath', asText(parameters['basePath']) ?? asText(mapping?.['basePath'])),
      ...(name.startsWith('Create') && name.endsWith('Mapping') ? optional('mappedTo', apiId) : {}),
      ...optional('mappedStage', asText(mapping?.['stage'])),
    },
  ];
}

function who(raw: Raw, record: JsonObject | undefined): Pick<ApiChange, 'by' | 'principalArn' | 'invokedBy' | 'userAgent'> {
  const identity = asObject(record?.['userIdentity']);
  const arn = asText(identity?.['arn']);
  const source = asText(record?.['sourceIPAddress']);
  const service = asText(identity?.['invokedBy']) ?? (source?.endsWith('.amazonaws.com') ? source : undefined);
  return {
    by: asText(identity?.['userName']) ?? raw.Username ?? arn?.split('/').at(-1) ?? 'unknown',
    ...optional('principalArn', issuerOf(identity) ?? arn),
    ...optional('invokedBy', service),
    ...optional('userAgent', asText(record?.['userAgent'])?.slice(0, 200)),
  };
}

/** A session's role: what owners list as deploy principals. */
const issuerOf = (identity: JsonObject | undefined): string | undefined =>
  asText(asObject(asObject(identity?.['sessionContext'])?.['sessionIssuer'])?.['arn']);

/** REST writes patch operations (bare, or in `updateStageInput`) and a map where a stage or deployment is made; HTTP APIs always the map. */
function editsIn(parameters: JsonObject): NonNullable<ApiChange['edits']> {
  const inner = asObject(parameters['updateStageInput']) ?? parameters;
  const operations = inner['patchOperations'];
  const patches = (Array.isArray(operations) ? operations : []).flatMap((one) => {
    const o = asObject(one);
    const [op, path] = [asText(o?.['op']), asText(o?.['path'])];
    return op === undefined || path === undefined ? [] : [{ op, path, ...optional('value', asText(o?.['value'])) }];
  });
  const made = asObject(parameters['createStageInput']) ?? asObject(parameters['createDeploymentInput']) ?? {};
  const map = asObject(inner['stageVariables']) ?? asObject(made['variables']) ?? {};
  const variables = Object.entries(map).map(([key, value]) => ({
    op: value === '' ? 'remove' : 'replace',
    path: `/variables/${key}`,
    ...optional('value', asText(value)),
  }));
  // a deployment to a canary only
  const canary = asObject(made['canarySettings']) ? [{ op: 'add', path: '/canarySettings' }] : [];
  return [...patches, ...variables, ...canary].slice(0, 20);
}

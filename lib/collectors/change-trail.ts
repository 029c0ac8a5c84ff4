// Who changed these functions, by CloudTrail. It lags by 5 to 15 minutes, so "nothing recorded" in a young incident is *late*, not *nothing*.
import type { Answer, Aws } from '../aws/calls.ts';
import { functionKey, parseFunctionArn } from '../model/api.ts';
import { withAuthorizers } from '../model/deployed.ts';
import { got, missing, type Evidence, type Missing, type Window } from '../model/evidence.ts';
import { asObject, asText, parseJson, type JsonObject } from '../model/json.ts';
import type { ChangeTrail, TrailEvent } from '../model/kinds/change.ts';
import { err, ok, type Result } from '../model/result.ts';
import { minuteMs } from '../model/series.ts';
import { collector, notHad } from './collector.ts';
import { behindTheStage } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    changeTrail: ChangeTrail;
  }
}

/** LookupEvents allows two a second for the whole account (evidence.md §6): few functions, one page of 50 each. */
const functionsRead = 4;
/** A removal on purpose may be hours old when its effect is seen (fixes.md §1: the last 24 h). */
const lookBackMs = 24 * 60 * minuteMs;
/** Records arrive 5 to 15 minutes after the call, sometimes later (evidence.md §6). */
const lagMs = 15 * minuteMs;
const eventsKept = 60;

export default collector({
  kind: 'changeTrail',
  title: 'Who changed the functions (CloudTrail)',
  trust: 'aws',
  calls: ['cloudtrail:LookupEvents'],
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: functionsRead,
  async read(aws, { have, lines, window, now }) {
    const behind = behindTheStage(have.deployedApi, (api) => withAuthorizers(api, lines, functionsRead));
    if (!behind.ok) return behind.error;
    const names = [...new Set(behind.value.map((f) => f.ref.name))].slice(0, functionsRead);
    const span = { from: window.from - lookBackMs, to: now };
    const reads = await Promise.all(names.map((name) => eventsOf(aws, name, span)));
    return together(reads, window, span);
  },
});

function together(reads: readonly Result<readonly TrailEvent[], Missing>[], window: Window, span: Window): Evidence<ChangeTrail> {
  const failed = reads.find((r) => !r.ok);
  const events = reads.flatMap((r) => (r.ok ? r.value : []));
  if (events.length > 0) return got({ events: [...events].sort((a, b) => b.at - a.at).slice(0, eventsKept) }, span, 'aws');
  if (failed && !failed.ok) return failed.error;
  return span.to - window.from < lagMs + 10 * minuteMs
    ? missing('late', 'CloudTrail has no record of a change yet; it is 5 to 15 minutes behind')
    : got({ events: [] }, span, 'aws');
}

async function eventsOf(aws: Aws<'cloudtrail:LookupEvents'>, name: string, span: Window): Promise<Result<readonly TrailEvent[], Missing>> {
  const answer = await aws.call('cloudtrail:LookupEvents', {
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: name }],
    StartTime: new Date(span.from),
    EndTime: new Date(span.to),
    MaxResults: 50,
  });
  return answer.ok ? ok((answer.value.Events ?? []).flatMap((e) => (e ? eventOf(e, name) : []))) : err(notHad(answer.error));
}

type Raw = NonNullable<NonNullable<Extract<Answer<'cloudtrail:LookupEvents'>, { ok: true }>['value']['Events']>[number]>;

/** Reads, and calls that AWS refused, changed nothing and are left out. */
function eventOf(raw: Raw, name: string): readonly TrailEvent[] {
  const parsed = raw.CloudTrailEvent === undefined ? undefined : parseJson(raw.CloudTrailEvent);
  const record = parsed?.ok ? asObject(parsed.value) : undefined;
  const at = raw.EventTime === undefined ? NaN : new Date(raw.EventTime).getTime();
  const eventName = raw.EventName ?? asText(record?.['eventName']);
  if (eventName === undefined || !Number.isFinite(at) || asText(record?.['errorCode']) !== undefined || raw.ReadOnly === 'true') return [];
  const parameters = asObject(record?.['requestParameters']) ?? {};
  return [
    {
      ...identity(raw, record),
      at,
      name: withoutApiDate(eventName),
      functionKey: keyIn(parameters, name),
      ...optional('id', raw.EventId),
      ...optional('statementId', asText(parameters['statementId'])),
      ...grantIn(parameters),
    },
  ];
}

/** `RemovePermission20150331v2` → `RemovePermission` (evidence.md §6). */
export const withoutApiDate = (eventName: string): string => eventName.replace(/\d{8}(?:v\d{1,2})?$/, '');

function keyIn(parameters: JsonObject, name: string): string {
  const written = asText(parameters['functionName']) ?? name;
  const arn = parseFunctionArn(written);
  const [plain = name, derived] = arn
    ? [arn.name, arn.qualifier]
    : written.split(':').slice(-2).length === 2 && !written.startsWith('arn:')
      ? written.split(':')
      : [written];
  const qualifier = asText(parameters['qualifier']) ?? derived;
  return functionKey({ name: plain, ...(qualifier === undefined ? {} : { qualifier }) });
}

function identity(raw: Raw, record: JsonObject | undefined): Pick<TrailEvent, 'principalArn' | 'userName' | 'userAgent' | 'invokedBy'> {
  const who = asObject(record?.['userIdentity']);
  return {
    principalArn: asText(who?.['arn']) ?? asText(who?.['invokedBy']) ?? raw.Username ?? 'unknown',
    ...optional('userName', asText(who?.['userName']) ?? raw.Username),
    ...optional('userAgent', asText(record?.['userAgent'])?.slice(0, 200)),
    ...optional('invokedBy', asText(who?.['invokedBy']) ?? serviceIn(asText(record?.['sourceIPAddress']))),
  };
}
/** A call made by a service on somebody's behalf carries the service's name as its source address. */
const serviceIn = (source: string | undefined): string | undefined => (source?.endsWith('.amazonaws.com') ? source : undefined);

function grantIn(p: JsonObject): Pick<TrailEvent, 'grant'> {
  const action = asText(p['action']);
  const principal = asText(p['principal']);
  if (action === undefined || principal === undefined) return {};
  return {
    grant: {
      action,
      principal,
      ...optional('sourceArn', asText(p['sourceArn'])),
      ...optional('sourceAccount', asText(p['sourceAccount'])),
      ...optional('qualifier', asText(p['qualifier'])),
    },
  };
}

const optional = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]: string });

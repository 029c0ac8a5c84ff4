// Records of CloudTrail about one resource, read into who, when and what was asked: calls that AWS refused changed nothing and are left out.
import type { Answer, CallError, In } from '../../aws/calls.ts';
import type { Window } from '../../model/evidence.ts';
import { asObject, asText, parseJson, type JsonObject } from '../../model/json.ts';
import { ok, type Result } from '../../model/result.ts';

export interface TrailRecord {
  readonly at: number;
  readonly name: string;
  /** For people: the user's name, or the role and what called with it. */
  readonly by: string;
  readonly parameters: JsonObject;
  readonly answer: JsonObject;
}
type LookUp = (input: In<'cloudtrail:LookupEvents'>) => Promise<Answer<'cloudtrail:LookupEvents'>>;

/** Newest first, as CloudTrail gives them; at most `pages` of fifty. Later pages that fail leave what was read. */
export async function recordsOf(
  lookUp: LookUp,
  resource: string,
  span: Window,
  pages: number,
): Promise<Result<readonly TrailRecord[], CallError>> {
  const records: TrailRecord[] = [];
  let token: string | undefined;
  for (let n = 0; n < pages; n++) {
    const answer = await lookUp({
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: resource }],
      StartTime: new Date(span.from),
      EndTime: new Date(span.to),
      MaxResults: 50,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    if (!answer.ok) return n > 0 ? ok(records) : answer;
    records.push(...(answer.value.Events ?? []).flatMap((e) => (e ? recordOf(e) : [])));
    token = answer.value.NextToken;
    if (!token) break;
  }
  return ok(records);
}

type Raw = NonNullable<NonNullable<Extract<Answer<'cloudtrail:LookupEvents'>, { ok: true }>['value']['Events']>[number]>;

function recordOf(raw: Raw): readonly TrailRecord[] {
  const parsed = raw.CloudTrailEvent === undefined ? undefined : parseJson(raw.CloudTrailEvent);
  const record = parsed?.ok ? asObject(parsed.value) : undefined;
  const at = raw.EventTime === undefined ? NaN : new Date(raw.EventTime).getTime();
  const name = raw.EventName ?? asText(record?.['eventName']);
  if (name === undefined || !Number.isFinite(at) || asText(record?.['errorCode']) !== undefined) return [];
  const parameters = asObject(record?.['requestParameters']) ?? {};
  return [{ at, name, by: whoOf(raw, record), parameters, answer: asObject(record?.['responseElements']) ?? {} }];
}

function whoOf(raw: Raw, record: JsonObject | undefined): string {
  const identity = asObject(record?.['userIdentity']);
  const service = asText(identity?.['invokedBy']);
  if (service === 'cloudformation.amazonaws.com') return 'CloudFormation';
  return asText(identity?.['userName']) ?? raw.Username ?? asText(identity?.['arn'])?.split('/').slice(-2).join('/') ?? 'somebody unknown';
}

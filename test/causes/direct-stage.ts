// A stage that only sends to a queue, as tests of direct calls and mappings write it; and what the catalogue makes of it.
import { causes } from '../../lib/causes/index.ts';
import { got, type Evidence, type Gathered } from '../../lib/model/evidence.ts';
import type { DeployedApi, Integration, Route, Series } from '../../lib/model/kinds/api.ts';
import type { CallMetrics, RoleFact, Roles, ServiceMetrics, ServiceTargets, TargetFact } from '../../lib/model/kinds/direct.ts';
import { parsePolicy } from '../../lib/model/policy.ts';
import { diagnose, seen } from '../../lib/stages/looking/diagnose.ts';
import { at, before, burst, evidence, lacks, line, log, now, span } from './evidence.ts';

export const role = 'arn:aws:iam::111122223333:role/gateway';
const queueArn = 'arn:aws:sqs:us-east-1:111122223333:jobs';
const form = { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" };
const aws = (path: string, more: Partial<Integration>): Route => ({
  method: 'POST',
  path,
  integration: {
    type: 'AWS',
    timeoutMs: 29_000,
    credentials: role,
    answers: [{ pattern: '', statusCode: '200' }],
    ...more,
  },
});
export const queue = aws('/jobs', {
  service: { name: 'sqs', path: '111122223333/jobs' },
  requestParameters: form,
  requestTemplates: { 'application/json': 'Action=SendMessage&MessageBody=$util.urlEncode($input.body)' },
});
export const table = aws('/items', {
  service: { name: 'dynamodb', action: 'PutItem' },
  requestTemplates: { 'application/json': '{"TableName": "items", "Item": {"id": {"S": "$context.requestId"}}}' },
});
export const api = (routes: readonly Route[], more: Partial<DeployedApi> = {}): Evidence<DeployedApi> =>
  got({ routes, variables: {}, tags: {}, executionLogging: 'OFF', ...more }, span, 'aws');

const series = (quiet: number, failing: number): Series => ({
  at: [...before, ...burst],
  values: [...before.map(() => quiet), ...burst.map(() => failing)],
});
const counts = (call: string, more: CallMetrics): Evidence<ServiceMetrics> =>
  got({ periodMs: 60_000, calls: { [call]: more } }, span, 'aws');
export const sent = (quiet: number, failing: number) => counts('sqs jobs SendMessage', { taken: series(quiet, failing) });
export const put = (throttled: number, taken = 100 - throttled) =>
  counts('dynamodb items PutItem', { taken: series(100, taken), throttled: series(0, throttled), consumed: series(100, 100) });
export const targets = (key: string, fact: Partial<TargetFact> = {}): Evidence<ServiceTargets> =>
  got({ targets: { [key]: { exists: true, statements: [], ...fact } } }, span, 'aws');

const trust =
  parsePolicy(
    JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' }] }),
  ) ?? [];
export const allowed = { action: 'sqs:SendMessage', resource: queueArn, decision: 'allowed' } as const;
export const roleIs = (fact: Partial<RoleFact> = {}): Evidence<Roles> =>
  got({ roles: { [role]: { exists: true, trust, may: [allowed], ...fact } } }, span, 'aws');

/** A stage that only sends to a queue; all its requests fail from the burst on, and the queue takes nothing. */
const stage = (more: Gathered = {}): Gathered =>
  evidence({
    deployedApi: api([queue]),
    functionMetrics: lacks('empty'),
    functionConfig: lacks('empty'),
    functionPolicy: lacks('empty'),
    functionConcurrency: lacks('empty'),
    roles: roleIs(),
    serviceTargets: targets('sqs jobs'),
    serviceMetrics: sent(100, 0),
    ...more,
  });
export const say = (more: Gathered) => diagnose({ gathered: stage(more), at, lines: [], now });
export const ends = (more: Gathered): string => {
  const d = say(more);
  return `${d.certainty} ${d.cause}`;
};
export const verdict = (id: string, more: Gathered) => {
  const found = causes.find((c) => c.id === id);
  return found?.confirm(seen(found, stage(more)), at);
};
export const healedIs = (id: string, more: Gathered, sinceAt: number) => {
  const found = causes.find((c) => c.id === id);
  return found?.healed(seen(found, stage(more)), at, sinceAt, { calls: [], routes: [], targets: [] }).is;
};
const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
export const executed = (...texts: readonly string[]) => log(...texts.map((text) => line('execution', `${rid}${text}`)));
export const failed = 'Execution failed due to configuration error: ';
export const assume = `${failed}API Gateway does not have permission to assume the provided role ${role}`;
export const noMatch = (status: number): string =>
  `${failed}No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${status}`;
export const sqsDenies =
  'Endpoint response body before transformations: <ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>';
export const conditioned = parsePolicy(
  JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'apigateway.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
    ],
  }),
);
export const denies = parsePolicy(JSON.stringify({ Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage' }] })) ?? [];
export const lets =
  parsePolicy(JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: role }, Action: 'sqs:SendMessage' }] })) ?? [];

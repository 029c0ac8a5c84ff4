// What SQS, DynamoDB and Step Functions answer the gateway: the role's permissions, the target's own policy, then the request itself. Errors
// in each service's own words and statuses (SDK error types; messages.md §2 and §9 for what reached the gateway).
import { asText } from '../../model/json.ts';
import { conditionHolds, glob } from '../iam.ts';
import type { Base } from './base.ts';
import { roleArn, type MappedIntegration } from './mapped.ts';
import { add, type Metrics } from './metrics.ts';
import { roleAccess } from './role-policies.ts';
import type { ResourceStatement, Role, Services } from './roles-and-queues.ts';
import { spend } from './table-capacity.ts';

export interface ServiceAnswer {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}
export interface CalledParts {
  readonly base: Base;
  readonly metrics: Metrics;
  readonly services: Services;
}

/** Whether the gateway may assume a role: it sends no condition keys (messages.md §9). */
export const assumes = (role: Role): boolean => {
  const ours = role.trust.filter((s) => servedBy(s, 'apigateway.amazonaws.com') && conditionHolds(s.Condition, {}));
  return ours.some((s) => s.Effect === 'Allow') && !ours.some((s) => s.Effect === 'Deny');
};
const servedBy = (s: ResourceStatement, service: string): boolean => s.Principal === '*' || s.Principal.Service === service;

const json = (status: number, type: string, message: string, ms = 8): ServiceAnswer => ({
  status,
  body: JSON.stringify({ __type: type, message }),
  ms,
});
const xml = (status: number, code: string, message: string, ms = 8): ServiceAnswer => ({
  status,
  body: `<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  ms,
});

/** Whether the role's own policies let it do this. */
export const roleMay = (base: Base, role: Role, action: string, resource: string): boolean => may(base, role, action, resource, []);

/** Whether identity and resource policies of one account let the role do it. */
function may(base: Base, role: Role, action: string, resource: string, policy: readonly ResourceStatement[]): boolean {
  const own = roleAccess(role, action, resource);
  const arn = roleArn(base, role.name);
  const named = policy.filter(
    (s) =>
      (s.Principal === '*' || s.Principal.AWS === arn) && list(s.Action).some((a) => glob(a, action)) && conditionHolds(s.Condition, {}),
  );
  if (own === 'explicitly denied' || named.some((s) => s.Effect === 'Deny')) return false;
  return own === 'allowed' || named.some((s) => s.Effect === 'Allow');
}
const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** One call with a role that was assumed. `sent` is what the template made. */
export function callService(parts: CalledParts, m: MappedIntegration, role: Role, sent: string, at: number): ServiceAnswer {
  switch (m.service?.name) {
    case 'sqs':
      return toQueue(parts, m, role, sent, at);
    case 'dynamodb':
      return toTable(parts, m.service.action, role, sent, at);
    case 'states':
      return toMachine(parts, m.service.action, role, sent, at);
    case undefined:
      return { status: 200, body: '{}', ms: 1 };
  }
}

function toQueue({ base, metrics, services }: CalledParts, m: MappedIntegration, role: Role, sent: string, at: number): ServiceAnswer {
  const name = m.service?.queue ?? '';
  const queue = services.queues.get(name);
  if (m.contentType !== 'application/x-www-form-urlencoded') return { status: 404, body: '<UnknownOperationException/>', ms: 6 };
  const form = new URLSearchParams(sent);
  if (form.get('Action')?.includes('\n')) return xml(400, 'MissingParameter', 'Version is missing');
  const arn = `arn:aws:sqs:${base.here.region}:${base.here.accountId}:${name}`;
  if (!may(base, role, `sqs:${form.get('Action') ?? ''}`, arn, queue?.policy ?? []))
    return xml(
      403,
      'AccessDenied',
      `Access to the resource https://sqs.${base.here.region}.amazonaws.com/${base.here.accountId}/${name} is denied.`,
    );
  if (!queue)
    return xml(400, 'AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist or you do not have access to it.');
  if (!form.get('MessageBody')) return xml(400, 'MissingParameter', 'The request must contain the parameter MessageBody.');
  add(metrics.row(queue.series, at), 0, 1);
  return { status: 200, body: '<SendMessageResponse><SendMessageResult/></SendMessageResponse>', ms: 12 };
}

function readJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
const denied = (role: Role, action: string, resource: string, base: Base): ServiceAnswer =>
  json(
    400,
    'com.amazon.coral.service#AccessDeniedException',
    `User: arn:aws:sts::${base.here.accountId}:assumed-role/${role.name}/BackplaneAssumeRoleSession is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  );
const unknown = (): ServiceAnswer => json(400, 'com.amazon.coral.service#UnknownOperationException', '');
const unreadable = (): ServiceAnswer => json(400, 'com.amazon.coral.service#SerializationException', '');

function toTable({ base, metrics, services }: CalledParts, action: string, role: Role, sent: string, at: number): ServiceAnswer {
  const request = readJson(sent);
  if (action !== 'PutItem') return unknown();
  if (!request) return unreadable();
  const name = asText(request['TableName']) ?? '';
  const arn = `arn:aws:dynamodb:${base.here.region}:${base.here.accountId}:table/${name}`;
  if (!may(base, role, `dynamodb:${action}`, arn, [])) return denied(role, `dynamodb:${action}`, arn, base);
  const table = services.tables.get(name);
  const error = 'com.amazonaws.dynamodb.v20120810#';
  if (!table) return json(400, `${error}ResourceNotFoundException`, 'Requested resource not found');
  const item: unknown = request['Item'];
  if (typeof item !== 'object' || item === null || !(table.key in item))
    return json(
      400,
      'com.amazon.coral.validate#ValidationException',
      `One or more parameter values were invalid: Missing the key ${table.key} in the item`,
    );
  const operation = metrics.row(table.byOperation(action), at);
  if (!spend(table, at)) {
    add(operation, 0, 1);
    add(metrics.row(table.series, at), 1, 1);
    return json(
      400,
      `${error}ProvisionedThroughputExceededException`,
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
    );
  }
  add(metrics.row(table.series, at), 0, 1);
  add(operation, 1, 6);
  return { status: 200, body: '{}', ms: 9 };
}

function toMachine({ base, metrics, services }: CalledParts, action: string, role: Role, sent: string, at: number): ServiceAnswer {
  if (action !== 'StartExecution') return unknown();
  const request = readJson(sent);
  if (!request) return unreadable();
  const arn = asText(request['stateMachineArn']) ?? '';
  if (!may(base, role, 'states:StartExecution', arn, [])) return denied(role, 'states:StartExecution', arn, base);
  const machine = services.machines.get(arn.split(':').at(-1) ?? '');
  if (!machine) return json(400, 'com.amazonaws.swf.service.v2.model#StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  add(metrics.row(machine.series, at), 0, 1);
  return { status: 200, body: '{"executionArn":"arn"}', ms: 20 };
}

// Integrations that go through templates: mocks, and AWS services called with a role and no function between. How a route holds them, and
// how an export shows them.
import type { Base } from './base.ts';
import type { RouteSpec, ServedStage } from './apis.ts';

export interface MappedAnswer {
  /** Of the whole status; empty is the default. */
  readonly pattern: string;
  readonly statusCode: string;
  readonly template?: string;
}
/** One integration of type MOCK, or AWS to a service. */
export interface MappedIntegration {
  readonly service?: {
    readonly name: 'sqs' | 'dynamodb' | 'states';
    readonly action: string;
    /** The queue, for its address; tables and machines are named by the template. */
    readonly queue?: string;
  };
  /** Name of the role it is called with. */
  readonly role?: string;
  /** For application/json. */
  readonly template?: string;
  readonly contentType?: string;
  readonly contentHandling?: 'CONVERT_TO_TEXT' | 'CONVERT_TO_BINARY';
  readonly answers: readonly MappedAnswer[];
  /** Statuses the method declares. */
  readonly declares: readonly string[];
}

export const roleArn = (base: Base, name: string): string => `arn:aws:iam::${base.here.accountId}:role/${name}`;
const queueUrl = (base: Base, name: string): string => `https://sqs.${base.here.region}.amazonaws.com/${base.here.accountId}/${name}`;

/** Where the gateway sends it. */
export function serviceAddress(base: Base, m: MappedIntegration): string {
  if (!m.service) return '';
  return m.service.queue
    ? queueUrl(base, m.service.queue)
    : `https://${m.service.name}.${base.here.region}.amazonaws.com/?Action=${m.service.action}`;
}

function uriOf(base: Base, m: MappedIntegration): string | undefined {
  if (!m.service) return undefined;
  const place = `arn:aws:apigateway:${base.here.region}:${m.service.name}`;
  return m.service.queue ? `${place}:path/${base.here.accountId}/${m.service.queue}` : `${place}:action/${m.service.action}`;
}

/** The integration as an export writes it. */
export function mappedIntegration(base: Base, m: MappedIntegration, timeoutInMillis: number): Record<string, unknown> {
  const uri = uriOf(base, m);
  return {
    type: m.service ? 'aws' : 'mock',
    ...(uri === undefined ? {} : { uri, httpMethod: 'POST', timeoutInMillis }),
    ...(m.role === undefined ? {} : { credentials: roleArn(base, m.role) }),
    passthroughBehavior: 'when_no_match',
    ...(m.contentHandling === undefined ? {} : { contentHandling: m.contentHandling }),
    ...(m.template === undefined ? {} : { requestTemplates: { 'application/json': m.template } }),
    ...(m.contentType === undefined ? {} : { requestParameters: { 'integration.request.header.Content-Type': `'${m.contentType}'` } }),
    responses: Object.fromEntries(
      m.answers.map((a) => [
        a.pattern || 'default',
        { statusCode: a.statusCode, ...(a.template === undefined ? {} : { responseTemplates: { 'application/json': a.template } }) },
      ]),
    ),
  };
}

/** The same on an HTTP API, which knows a few services by a subtype and runs no templates. */
export function subtypeIntegration(base: Base, m: MappedIntegration, timeoutInMillis: number): Record<string, unknown> {
  const machine = /"stateMachineArn": "([^"]{1,200})"/.exec(m.template ?? '')?.[1];
  return {
    type: 'aws_proxy',
    integrationSubtype: m.service?.queue ? 'SQS-SendMessage' : 'StepFunctions-StartExecution',
    requestParameters: m.service?.queue
      ? { QueueUrl: queueUrl(base, m.service.queue), MessageBody: '$request.body' }
      : { StateMachineArn: machine, Input: '$request.body' },
    ...(m.role === undefined ? {} : { credentials: roleArn(base, m.role) }),
    payloadFormatVersion: '1.0',
    connectionType: 'INTERNET',
    timeoutInMillis,
  };
}

/** The statuses a method declares, as an export writes them. */
export const declaredResponses = (route: RouteSpec): Record<string, unknown> | undefined =>
  route.mapped && Object.fromEntries(route.mapped.declares.map((status) => [status, { description: `${status} response` }]));

/** Binary media types that take a JSON body or one without a type. */
export const takesJsonForBinary = (api: Pick<ServedStage, 'binaryMediaTypes'>): boolean =>
  api.binaryMediaTypes.some((type) => type === '*/*' || type === 'application/json');

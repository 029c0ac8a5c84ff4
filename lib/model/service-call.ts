// Which AWS services a stage calls without a function between: action, role, and the queue, table, topic or state machine as the
// deployed URI, parameters and templates name it. Pure; what is not named stays unknown, never guessed.
import type { StageRef } from './api.ts';
import type { DeployedApi, Integration, Route } from './kinds/api.ts';

/** The thing that is called. */
export interface Target {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  /** As IAM writes it. */
  readonly arn: string;
}
type Called = Route & { readonly integration: Integration };

/** One action of one service on one target with one role, and every route that makes it. */
export interface ServiceCall {
  /** `sqs orders`; the service alone where no target is named. */
  readonly key: string;
  /** The name IAM knows the service by: `states`, not `stepfunctions`. */
  readonly service: string;
  readonly action?: string;
  readonly target?: Target;
  readonly credentials?: string;
  readonly routes: readonly Called[];
}

/** `dynamodb orders PutItem`: what the service counts by. */
export const callKey = (call: Pick<ServiceCall, 'key' | 'action'>): string =>
  call.action === undefined ? call.key : `${call.key} ${call.action}`;

/** HTTP APIs write the service's product name in a subtype (`StepFunctions-StartExecution`). */
const iamNames: Readonly<Record<string, string>> = { stepfunctions: 'states', eventbridge: 'events' };

const itemReads = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems']);
/** Whether a DynamoDB action spends read units; else it spends write units. */
export const readsItems = (action: string | undefined): boolean => itemReads.has(action ?? '');

/** At most this many calls of a stage are looked at. */
export const callsLookedAt = 5;

/** The direct service calls of a deployment, in order of their routes. */
export function serviceCallsOf(api: DeployedApi, at: StageRef): readonly ServiceCall[] {
  const byId = new Map<string, ServiceCall & { routes: Called[] }>();
  for (const route of api.routes) {
    const call = route.integration && callOf(route.integration, api, at);
    if (!route.integration || !call) continue;
    const id = [call.key, call.action, call.credentials].join(' ');
    const entry = byId.get(id) ?? { ...call, routes: [] };
    entry.routes.push({ ...route, integration: route.integration });
    byId.set(id, entry);
  }
  return [...byId.values()];
}

/** Whether some route may lead to a service that the definition does not tell: then "no service is called" cannot be said. */
export function placesUnknown(api: DeployedApi, at: StageRef): boolean {
  // REST knows AWS_PROXY for Lambda only; HTTP APIs have it for services too
  const maybe = ({ integration: i }: Route): boolean =>
    i !== undefined &&
    !i.service &&
    (i.type === 'AWS' ? i.uri === undefined : i.type === 'AWS_PROXY' && at.apiType === 'HTTP' && api.partial === true);
  return (api.partial === true && api.routes.length === 0) || api.routes.some(maybe);
}

function callOf(i: Integration, api: DeployedApi, at: StageRef): Omit<ServiceCall, 'routes'> | undefined {
  if (!i.service) return undefined;
  const service = iamNames[i.service.name] ?? i.service.name;
  const said = textOf(i, api);
  const action = actionOf(service, i, said);
  const target = targetOf(service, i, said, at);
  return {
    key: target ? `${service} ${target.name}` : service,
    service,
    ...(action === undefined ? {} : { action }),
    ...(target ? { target } : {}),
    ...(i.credentials === undefined ? {} : { credentials: i.credentials }),
  };
}

/** Everything an integration sends that may name its target, stage variables put in, URL encoding of ARNs and addresses undone. */
function textOf(i: Integration, api: DeployedApi): string {
  const parameters = Object.entries(i.requestParameters ?? {}).map(([key, value]) => `${key}=${value}`);
  return [i.service?.path ?? '', ...parameters, ...Object.values(i.requestTemplates ?? {})]
    .join('\n')
    .replace(/\$\{?stageVariables\.([A-Za-z0-9_]{1,64})\}?/g, (whole, name: string) => api.variables[name] ?? whole)
    .replaceAll('%3A', ':')
    .replaceAll('%2F', '/');
}

/** What S3 is asked for by the method of the request (SDK: the object operations). */
const objectActions: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  HEAD: 'GetObject',
  PUT: 'PutObject',
  POST: 'PutObject',
  DELETE: 'DeleteObject',
};

function actionOf(service: string, i: Integration, said: string): string | undefined {
  if (i.service?.action !== undefined) return i.service.action;
  if (service === 's3') return objectActions[i.httpMethod?.toUpperCase() ?? ''];
  return /\bAction(?:=|'?\s?=\s?')'?([A-Za-z]{3,60})/.exec(said)?.[1];
}

type Finder = (said: string, i: Integration) => Partial<Target> | undefined;
const named = (pattern: RegExp): Finder => {
  return (said) => {
    const name = pattern.exec(said)?.[1];
    return name === undefined ? undefined : { name };
  };
};
/** `arn:…:{service}:{region}:{account}:{rest}`. */
const byArn = (pattern: RegExp): Finder => {
  return (said) => {
    const [, region, accountId, name] = pattern.exec(said) ?? [];
    return region && accountId && name ? { region, accountId, name } : undefined;
  };
};
const first =
  (...finders: readonly Finder[]): Finder =>
  (said, i) => {
    for (const find of finders) {
      const found = find(said, i);
      if (found) return found;
    }
    return undefined;
  };

const finders: Readonly<Record<string, Finder>> = {
  dynamodb: first(
    byArn(/arn:aws[\w-]{0,10}:dynamodb:([a-z0-9-]{1,30}):(\d{12}):table\/([\w.-]{3,255})/),
    named(/"TableName"\s{0,20}:\s{0,20}"([\w.-]{3,255})"/),
  ),
  sqs: first(queueByPath, queueByUrl),
  sns: byArn(/arn:aws[\w-]{0,10}:sns:([a-z0-9-]{1,30}):(\d{12}):([\w.-]{1,256})/),
  states: byArn(/arn:aws[\w-]{0,10}:states:([a-z0-9-]{1,30}):(\d{12}):stateMachine:([\w-]{1,80})/),
  kinesis: first(
    byArn(/arn:aws[\w-]{0,10}:kinesis:([a-z0-9-]{1,30}):(\d{12}):stream\/([\w.-]{1,128})/),
    named(/StreamName"?\s{0,20}[:=]\s{0,20}['"]?([\w.-]{1,128})/),
  ),
  events: first(
    byArn(/arn:aws[\w-]{0,10}:events:([a-z0-9-]{1,30}):(\d{12}):event-bus\/([\w./-]{1,256})/),
    named(/EventBusName"?\s{0,20}[:=]\s{0,20}['"]?([\w./-]{1,256})/),
  ),
  s3: (_, i) => {
    const bucket = /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/|$)/.exec(i.service?.path ?? '')?.[1];
    return bucket === undefined ? undefined : { name: bucket };
  },
};

function queueByPath(_: string, i: Integration): Partial<Target> | undefined {
  const [, accountId, name] = /^(\d{12})\/([\w-]{1,80}(?:\.fifo)?)\/?$/.exec(i.service?.path ?? '') ?? [];
  return accountId && name ? { accountId, name } : undefined;
}
function queueByUrl(said: string): Partial<Target> | undefined {
  const [, region, accountId, name] =
    /sqs\.([a-z0-9-]{1,30})\.amazonaws\.com[\w.]{0,4}\/(\d{12})\/([\w-]{1,80}(?:\.fifo)?)/.exec(said) ?? [];
  return region && accountId && name ? { region, accountId, name } : undefined;
}

function targetOf(service: string, i: Integration, said: string, at: StageRef): Target | undefined {
  const found = finders[service]?.(said, i);
  if (found?.name === undefined) return undefined;
  const place = { name: found.name, accountId: found.accountId ?? at.accountId, region: found.region ?? at.region };
  return { ...place, arn: arnOf(service, place) };
}

/** What stands before the name in the last part of an ARN. */
const prefixes: Readonly<Record<string, string>> = {
  dynamodb: 'table/',
  states: 'stateMachine:',
  kinesis: 'stream/',
  events: 'event-bus/',
};
const arnOf = (service: string, t: Omit<Target, 'arn'>): string =>
  service === 's3' ? `arn:aws:s3:::${t.name}/*` : `arn:aws:${service}:${t.region}:${t.accountId}:${prefixes[service] ?? ''}${t.name}`;

/** The IAM action a call needs; undefined where its action is not told, or is no name of an action at all. */
export const iamActionOf = (call: Pick<ServiceCall, 'service' | 'action'>): string | undefined =>
  call.action !== undefined && isActionName(call.action) ? `${call.service}:${iamActions[call.action] ?? call.action}` : undefined;

/** IAM names a few actions otherwise than the API does (Service Authorization Reference). */
const iamActions: Readonly<Record<string, string>> = { SendMessageBatch: 'SendMessage', DeleteMessageBatch: 'DeleteMessage' };

/** AWS actions are one word of letters and digits. */
export const isActionName = (text: string): boolean => /^[A-Z][A-Za-z0-9]{2,59}$/.test(text);

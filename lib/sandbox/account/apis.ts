// API Gateway's APIs: a draft, the deployment a stage serves, routes with what stands behind them.
import { type StageAround, stageAround } from './around.ts';
import type { ApiType } from '../../model/api.ts';
import { type Base, hexOf } from './base.ts';
import { addDeployment, serve, type Canary, type Deployment } from './deployments.ts';
import { arnOf } from './functions.ts';
import type { Fault } from './exchange.ts';
import type { HttpBackend } from './http-backends.ts';
import type { MappedIntegration } from './mapped.ts';
import type { Series } from './metrics.ts';
import type { PrivateRoute } from './private-integration.ts';

/** One route: to a function (its qualifier may be `${stageVariables.x}`) or to an HTTP backend. */
export interface RouteSpec {
  readonly method: string;
  readonly path: string;
  readonly functionName?: string;
  readonly qualifier?: string;
  readonly httpBackend?: HttpBackend;
  /** A mock, or an AWS service without a function between (REST). */
  readonly mapped?: MappedIntegration;
  /** A backend behind a VPC link. */
  readonly privateBackend?: PrivateRoute;
  /** Name of the role the function is called with: then its own policy is not asked. */
  readonly role?: string;
  /** The method the integration calls Lambda with; POST where not said, and nothing else works. */
  readonly lambdaMethod?: string;
  /** HTTP APIs: the event's format; 2.0 where not said. */
  readonly payloadFormat?: '1.0' | '2.0';
  readonly timeoutMs?: number;
  /** Name of the authorizer that is asked first. */
  readonly authorizer?: string;
  /** It has no integration: it leads nowhere. */
  readonly empty?: true;
}
/** A Lambda authorizer: its function's qualifier may be a stage variable, like a route's. */
export interface AuthorizerSpec {
  readonly name: string;
  readonly type: 'token' | 'request';
  readonly functionName: string;
  readonly qualifier?: string;
  /** HTTP APIs: the gateway takes `{"isAuthorized": …}`. */
  readonly simpleResponses?: boolean;
  /** What its function answers; a policy where not said. */
  readonly answers?: 'policy' | 'simple';
  /** How long an answer is kept for the same caller; 0, not at all, where not said. */
  readonly ttlSeconds?: number;
}
export type ExecutionLogging = 'OFF' | 'ERROR' | 'INFO';
export interface ApiSpec {
  readonly apiType: ApiType;
  readonly name: string;
  readonly stage: string;
  readonly routes: readonly RouteSpec[];
  readonly executionLogging?: ExecutionLogging;
  /** "Full request and response logs". */
  readonly dataTrace?: boolean;
  readonly accessLog?: { readonly logGroup: string; readonly format: string };
  readonly variables?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** Chosen where a story needs a known id. */
  readonly apiId?: string;
  readonly authorizers?: readonly AuthorizerSpec[];
  /** REST: bodies of these types are bytes to templates. */
  readonly binaryMediaTypes?: readonly string[];
  /** HTTP APIs deploy by themselves where not said. */
  readonly autoDeploy?: boolean;
}

export interface ServedStage {
  readonly apiType: ApiType;
  readonly apiId: string;
  readonly name: string;
  readonly stage: string;
  /** What was edited last: TestInvoke and GetResources would show it. */
  draft: readonly RouteSpec[];
  /** What the stage serves. */
  deployed: readonly RouteSpec[];
  deploymentId: string;
  deployedAt: number;
  /** Every deployment there is, oldest first. */
  deployments: readonly Deployment[];
  /** Those that were deleted since among them. */
  deploymentsMade: number;
  canary: Canary | undefined;
  /** HTTP APIs: each edit is deployed at once. */
  autoDeploy: boolean;
  /** Undefined: nobody set it, which is not the same as OFF. */
  executionLogging: ExecutionLogging | undefined;
  dataTrace: boolean;
  accessLog: { readonly logGroup: string; readonly format: string } | undefined;
  readonly variables: Record<string, string>;
  readonly tags: Record<string, string>;
  authorizers: readonly AuthorizerSpec[];
  /** As edited last. */
  draftAuthorizers: readonly AuthorizerSpec[];
  binaryMediaTypes: readonly string[];
  /** What authorizers answered and the stage keeps, by authorizer: until when, and what was wrong with it. */
  readonly kept: Map<string, { readonly until: number; readonly fault?: Fault }>;
  readonly around: StageAround;
  readonly series: Series;
  readonly live: LiveRates;
}

/** Counts by second of completion, for the rates a person watches. */
export interface LiveRates {
  readonly seconds: Float64Array;
  readonly ok: Float64Array;
  readonly clientErrors: Float64Array;
  readonly serverErrors: Float64Array;
}
export const liveSlots = 64;

export const restMetrics = ['Count', '5XXError', '4XXError', 'Latency', 'IntegrationLatency'] as const;
/** HTTP APIs name their errors differently (AWS "Metrics for HTTP APIs"). */
export const httpMetrics = ['Count', '5xx', '4xx', 'Latency', 'IntegrationLatency'] as const;

/** WebSocket APIs count messages, and tell calls that failed from integrations that answered badly (AWS "Monitoring WebSocket APIs"). */
export const webSocketMetrics = [
  'MessageCount',
  'ConnectCount',
  'ExecutionError',
  'IntegrationError',
  'ClientError',
  'IntegrationLatency',
] as const;

/** Longest wait for an integration: 29 s on REST and WebSocket, 30 s on HTTP APIs (AWS "API Gateway quotas"). */
export const defaultTimeoutMs = (apiType: ApiType): number => (apiType === 'HTTP' ? 30_000 : 29_000);

export const executionGroup = (api: Pick<ServedStage, 'apiType' | 'apiId' | 'stage'>): string =>
  api.apiType === 'WEBSOCKET' ? `/aws/apigateway/${api.apiId}/${api.stage}` : `API-Gateway-Execution-Logs_${api.apiId}/${api.stage}`;

/** A route as its API names it: method and path, or the key of a route that is no path. */
export const routeKeyOf = (route: Pick<RouteSpec, 'method' | 'path'>): string =>
  route.path.startsWith('/') ? `${route.method} ${route.path}` : route.path;

export interface Apis {
  readonly all: Map<string, ServedStage>;
  find(apiId: string | undefined, stage: string | undefined): ServedStage | undefined;
  put(spec: ApiSpec): ServedStage;
  /** Every stage of an API: what is edited is edited for all of them. */
  stagesOf(apiId: string | undefined): readonly ServedStage[];
  deploy(api: ServedStage, description?: string): Deployment;
  serve(api: ServedStage, deployment: Deployment): void;
}

const empty = (): LiveRates => ({
  seconds: new Float64Array(liveSlots),
  ok: new Float64Array(liveSlots),
  clientErrors: new Float64Array(liveSlots),
  serverErrors: new Float64Array(liveSlots),
});

export function createApis(base: Base, seriesOf: (api: Pick<ApiSpec, 'apiType' | 'name' | 'stage'>, apiId: string) => Series): Apis {
  const all = new Map<string, ServedStage>();
  const deploy = (api: ServedStage, description?: string): Deployment => {
    const made = addDeployment(base, api, description);
    serve(api, made);
    return made;
  };
  return {
    all,
    find: (apiId, stage) => all.get(`${apiId}/${stage}`),
    stagesOf: (apiId) => [...all.values()].filter((a) => a.apiId === apiId),
    deploy,
    serve,
    put(spec) {
      const apiId = spec.apiId ?? `${'abcdefghijk'[base.next() % 11]}${hexOf(9, base.seed, 'api', spec.name, spec.stage, base.next())}`;
      const api: ServedStage = {
        apiType: spec.apiType,
        apiId,
        name: spec.name,
        stage: spec.stage,
        draft: spec.routes,
        deployed: [],
        deploymentId: '',
        deployedAt: 0,
        deployments: [],
        deploymentsMade: 0,
        canary: undefined,
        autoDeploy: spec.autoDeploy ?? spec.apiType === 'HTTP',
        executionLogging:
          spec.apiType === 'HTTP' ? undefined : (spec.executionLogging ?? (spec.apiType === 'WEBSOCKET' ? 'OFF' : undefined)),
        dataTrace: spec.dataTrace ?? false,
        accessLog: spec.accessLog,
        variables: { ...spec.variables },
        tags: { ...spec.tags },
        authorizers: spec.authorizers ?? [],
        draftAuthorizers: spec.authorizers ?? [],
        binaryMediaTypes: spec.binaryMediaTypes ?? [],
        kept: new Map(),
        around: stageAround(),
        series: seriesOf(spec, apiId),
        live: empty(),
      };
      deploy(api);
      all.set(`${apiId}/${spec.stage}`, api);
      return api;
    },
  };
}

const segments = (path: string): readonly string[] => path.split('/').filter((s) => s !== '');

/** Whether a path fits a template; more literal segments make a better fit. -1: no fit. */
function fit(template: string, path: string): number {
  const want = segments(template);
  const have = segments(path);
  let score = 1;
  for (const [i, part] of want.entries()) {
    if (part.endsWith('+}')) return have.length > i ? score : -1;
    if (i >= have.length) return -1;
    if (part === have[i]) score += 2;
    else if (!part.startsWith('{')) return -1;
  }
  return want.length === have.length ? score : -1;
}

/** Routes found before, by deployment: callers mostly ask the same. */
const found = new WeakMap<readonly RouteSpec[], Map<string, RouteSpec | undefined>>();
const foundAtMost = 1000;

/** The deployed route of a request; `$default` where nothing else fits. */
export function routeOf(api: ServedStage, method: string, path: string): RouteSpec | undefined {
  const known = found.get(api.deployed) ?? new Map<string, RouteSpec | undefined>();
  found.set(api.deployed, known);
  const key = `${method} ${path}`;
  if (known.has(key)) return known.get(key);
  if (known.size >= foundAtMost) known.clear();
  const route = search(api, method, path.split('?', 1)[0] ?? '/');
  known.set(key, route);
  return route;
}

function search(api: ServedStage, method: string, bare: string): RouteSpec | undefined {
  let best: RouteSpec | undefined;
  let bestScore = 0;
  for (const route of api.deployed) {
    if (route.path === '$default') continue;
    const score = route.method === method || route.method === 'ANY' ? fit(route.path, bare) + (route.method === method ? 0.5 : 0) : -1;
    if (score > bestScore) [best, bestScore] = [route, score];
  }
  return best ?? api.deployed.find((r) => r.path === '$default');
}

/** Puts stage variables into a qualifier; an unset one leaves it empty. */
export const withVariables = (api: ServedStage, text: string): string =>
  text.replaceAll(/\$\{stageVariables\.([A-Za-z0-9_]{1,64})\}/g, (_all, name: string) => api.variables[name] ?? '');

/** The SourceArn API Gateway shows Lambda: method and path of the route (a real line shows `…/{stage}/GET/echo`; path variables as in the template). */
export function sourceArn(base: Base, api: ServedStage, route: RouteSpec, method: string): string {
  const place = `arn:aws:execute-api:${base.here.region}:${base.here.accountId}:${api.apiId}/${api.stage}`;
  return !route.path.startsWith('/') ? `${place}/${route.path}` : `${place}/${method}/${route.path.replace(/^\//, '')}`;
}

/** API Gateway's own id of an authorizer. */
export const authorizerId = (base: Base, api: Pick<ServedStage, 'apiId'>, name: string): string =>
  hexOf(6, base.seed, 'authorizer', api.apiId, name);

/** The SourceArn it shows Lambda for an authorizer: no stage, no route (AWS "ARN format reference"). */
export const authorizerArn = (base: Base, api: Pick<ServedStage, 'apiId'>, name: string): string =>
  `arn:aws:execute-api:${base.here.region}:${base.here.accountId}:${api.apiId}/authorizers/${authorizerId(base, api, name)}`;

export const lambdaUri = (base: Base, route: Pick<RouteSpec, 'functionName' | 'qualifier'>): string =>
  `arn:aws:apigateway:${base.here.region}:lambda:path/2015-03-31/functions/${arnOf(base, route.functionName ?? '', route.qualifier)}/invocations`;

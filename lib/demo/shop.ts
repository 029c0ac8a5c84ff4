// The shop: a small account to break, four APIs with their functions, stacks and traffic; and, for an outage, as many more as it takes.
// Everything here is what an owner, a deploy, a person or a caller could do to a real account.
import type { Account, TrafficSpec } from '../sandbox/account/index.ts';
import type { ApiType } from '../model/api.ts';

export interface ShopStage {
  readonly apiType: ApiType;
  readonly apiId: string;
  readonly apiName: string;
  readonly stage: string;
  readonly functionName: string;
  /** The alias the integrations call; absent: the unqualified function. */
  readonly alias?: string;
  readonly stack: string;
  readonly statementId: string;
  readonly perSecond: number;
}

export interface Shop {
  readonly account: Account;
  readonly stages: readonly ShopStage[];
  /** The stage that scenarios break. */
  readonly victim: ShopStage;
  readonly logs: boolean;
}

const healthyWork = { outcome: 'ok' as const, ms: (random: () => number) => 30 + random() * 50 };

type Plan = Omit<ShopStage, 'apiId' | 'stack' | 'statementId'>;
const plans: readonly Plan[] = [
  { apiType: 'REST', apiName: 'orders', stage: 'prod', functionName: 'orders', alias: 'live', perSecond: 5 },
  { apiType: 'HTTP', apiName: 'payments', stage: 'prod', functionName: 'payments', perSecond: 3 },
  { apiType: 'REST', apiName: 'catalog', stage: 'prod', functionName: 'catalog', alias: 'live', perSecond: 4 },
];

/** Beside the three, where nobody asked for a number of stages: what is special to WebSocket APIs happens here. */
const chat = { apiType: 'WEBSOCKET', apiName: 'chat', stage: 'prod', functionName: 'chat', alias: 'live', perSecond: 2 } as const;

const planOf = (n: number): Plan =>
  plans[n] ?? { apiType: 'REST', apiName: `service-${n}`, stage: 'prod', functionName: `service-${n}`, alias: 'live', perSecond: 2 };

/** Ids are fixed, so that one synthesised template serves every run. */
const apiIdOf = (name: string, n: number): string => `${name.replace(/[^a-z]/g, '').slice(0, 6)}${String(1000 + n)}`;

export interface ShopOptions {
  readonly stages?: number;
  readonly logs: boolean;
  /** Traffic of each called route; the stage's own where not said. */
  readonly perSecond?: (stage: ShopStage) => TrafficSpec['perSecond'];
}

export function openShop(account: Account, options: ShopOptions): Shop {
  const stages = shopStages(options.stages).map((stage) => openStage(account, stage, options));
  const [victim] = stages;
  if (!victim) throw new Error('a shop needs at least one stage; stages is 0');
  return { account, stages, victim, logs: options.logs };
}

/** What the shop's stages will be called before any account exists: the installation lists them. */
export const shopStages = (count?: number): ShopStage[] => [
  ...Array.from({ length: count ?? plans.length }, (_, n) => stageOf(planOf(n), n)),
  ...(count === undefined ? [stageOf(chat, plans.length)] : []),
];

function stageOf(plan: Plan, n: number): ShopStage {
  return { ...plan, apiId: apiIdOf(plan.apiName, n), stack: `${plan.apiName}-stack`, statementId: `${plan.apiName}-gateway-invoke` };
}

function openStage(account: Account, s: ShopStage, { logs, perSecond = () => s.perSecond }: ShopOptions): ShopStage {
  account.putFunction({
    name: s.functionName,
    timeoutSeconds: 10,
    memoryMb: 512,
    initMs: 350,
    work: healthyWork,
    tags: { gatemedic: 'allowed' },
  });
  if (s.alias) account.putAlias(s.functionName, s.alias, account.publishVersion(s.functionName));
  const accessLog =
    logs && s.apiType === 'HTTP' ? { accessLog: { logGroup: `/aws/apigateway/${s.apiName}-access`, format: accessFormat } } : {};
  account.putApi({
    apiId: s.apiId,
    apiType: s.apiType,
    name: s.apiName,
    stage: s.stage,
    routes: routesOf(s),
    ...(logs ? { executionLogging: 'ERROR' as const } : {}),
    ...accessLog,
  });
  const path = `Shop/${s.apiName}/Function/Resource`;
  account.putStack(s.stack, {
    functions: [s.functionName],
    metadata: { [s.functionName.replaceAll(/[^A-Za-z0-9]/g, '')]: { 'aws:cdk:path': path } },
  });
  grantByStack(account, s);
  for (const route of routesOf(s).filter((r) => r.method !== 'POST'))
    account.traffic({ apiId: s.apiId, stage: s.stage, route, perSecond: perSecond(s) });
  return s;
}

/** A WebSocket API's routes are keys of messages; the others' are methods of a path. */
const placesOf = (s: Pick<ShopStage, 'apiType' | 'apiName'>): readonly { readonly method: string; readonly path: string }[] =>
  s.apiType === 'WEBSOCKET'
    ? ['$connect', '$default'].map((path) => ({ method: 'ANY', path }))
    : ['GET', 'POST'].map((method) => ({ method, path: `/${s.apiName}` }));

export const routesOf = (s: Pick<ShopStage, 'apiType' | 'apiName' | 'functionName' | 'alias'>) =>
  placesOf(s).map((place) => ({ ...place, functionName: s.functionName, ...(s.alias ? { qualifier: s.alias } : {}) }));

/** The access-log format recommended to owners (signals.md §6). */
const accessFormat = JSON.stringify({
  requestId: '$context.requestId',
  apiId: '$context.apiId',
  stage: '$context.stage',
  status: '$context.status',
  responseType: '$context.error.responseType',
  integrationError: '$context.integration.error',
  integrationStatus: '$context.integration.integrationStatus',
  backendStatus: '$context.integration.status',
  authorizerError: '$context.authorizer.error',
  routeKey: '$context.routeKey',
  requestTimeEpoch: '$context.requestTimeEpoch',
});

/** Every stage and route of the API: `*` runs across slashes, and a route key stands where method and path would. */
const sourceArn = (account: Account, s: ShopStage): string =>
  `arn:aws:execute-api:${account.region}:${account.accountId}:${s.apiId}/${s.apiType === 'WEBSOCKET' ? '*' : '*/*/*'}`;

function grantByStack(account: Account, s: ShopStage): void {
  account.deploy(s.stack, { addPermissions: [permissionOf(account, s)], durationMs: 0 });
}
export function permissionOf(account: Account, s: ShopStage) {
  return {
    functionName: s.functionName,
    ...(s.alias ? { qualifier: s.alias } : {}),
    statementId: s.statementId,
    sourceArn: sourceArn(account, s),
  };
}

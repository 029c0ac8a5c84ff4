// The sandbox's AWS account: functions, APIs, traffic, logs, metrics, alarms, CloudTrail and CloudFormation in memory under a simulated clock.
// Causes arise and vanish by themselves here; nothing that diagnoses or mends knows of it.
import type { Attempt } from '../../aws/calls.ts';
import type { SimulatedClock } from '../clock.ts';
import type { Principal } from '../iam.ts';
import { alarmSpecOf } from './alarm-properties.ts';
import { type AlarmSpec, type BusEvent, createAlarms } from './alarms.ts';
import { aroundFunctionAnswers } from './answers/around-functions.ts';
import { authorizerAnswers } from './answers/authorizers.ts';
import { backendAnswers } from './answers/backends.ts';
import { aroundAnswers } from './answers/around.ts';
import { codeDeployAnswers } from './answers/codedeploy.ts';
import { gatewayAnswers } from './answers/gateway.ts';
import { integrationAnswers } from './answers/integrations.ts';
import { lambdaAnswers } from './answers/lambda.ts';
import { configurationAnswers } from './answers/lambda-configuration.ts';
import { versionAnswers } from './answers/lambda-versions.ts';
import { logsAnswers } from './answers/logs.ts';
import { mappingAnswers } from './answers/mappings.ts';
import { listedAnswers } from './answers/listed-resources.ts';
import { managedAnswers } from './answers/managed-policies.ts';
import { networkAnswers } from './answers/network.ts';
import type { Parts } from './answers/parts.ts';
import { serviceAnswers } from './answers/behind-routes.ts';
import { ssmAnswers } from './answers/ssm.ts';
import { stageWriteAnswers } from './answers/stage-writes.ts';
import { watchAnswers } from './answers/watch.ts';
import { createApis, httpMetrics, restMetrics, webSocketMetrics } from './apis.ts';
import { createBase, type Random } from './base.ts';
import { createAround } from './around.ts';
import { type AroundBuilder, createAroundBuilder } from './around-builder.ts';
import { type Builder, createBuilder, type StageAt } from './builder.ts';
import { createCodeDeploy } from './codedeploy.ts';
import { createFaults, type Faults } from './faults.ts';
import { createFunctions } from './functions.ts';
import { createFunctionChanges, type FunctionChanges } from './function-changes.ts';
import type { Exchange } from './exchange.ts';
import { createFunctionBuilder, type FunctionBuilder } from './function-builder.ts';
import { createGateway, liveStats, type RequestInput } from './gateway.ts';
import { createInvoker } from './invoke.ts';
import { createLogs, type LogDelivery } from './logs.ts';
import { createMetrics } from './metrics.ts';
import { createNetworkBuilder, type NetworkBuilder } from './network-builder.ts';
import { createNetworkState } from './network.ts';
import { createPermissions } from './permissions.ts';
import { settle } from './policy.ts';
import { createProvisioning } from './provisioning.ts';
import { createServices, createServicesBuilder, type ServicesBuilder } from './roles-and-queues.ts';
import { createStacks } from './stacks.ts';
import { createTraffic, type TrafficSpec } from './traffic.ts';
import { createTrail } from './trail.ts';
import { functionView, type FunctionView, snapshotOf } from './views.ts';
import { createWire, createWireCount, type WireCount } from './wire.ts';

export { SandboxCrash } from './failure.ts';
export type { AlarmSpec, BusEvent } from './alarms.ts';
export type { ApiSpec, AuthorizerSpec } from './apis.ts';
export type { Builder, StageAt } from './builder.ts';
export type { Exchange } from './exchange.ts';
export type { ReleaseChange } from './functions.ts';
export type { LogDelivery } from './logs.ts';
export type { TrafficSpec } from './traffic.ts';
export type { FunctionView } from './views.ts';
export type { Principal } from '../iam.ts';

export interface AccountOptions {
  readonly clock: SimulatedClock;
  readonly accountId: string;
  readonly region: string;
  readonly seed: number;
  /** Whether calls take their 20 to 80 ms; yes where not said. */
  readonly latency?: boolean;
  /** The account's concurrency; 1,000 where not said. */
  readonly concurrencyLimit?: number;
  /** How long log lines gather before a subscription delivers them together; a second where not said. */
  readonly logsGatherMs?: number;
}

export type AroundWrite = <T>(input: object, write: () => T) => T;

export interface Account extends Builder, AroundBuilder, FunctionBuilder, FunctionChanges, Pick<Faults, 'inject'> {
  readonly clock: SimulatedClock;
  readonly accountId: string;
  readonly region: string;
  /** Roles, queues, tables and state machines. */
  readonly services: ServicesBuilder;
  /** VPC links, load balancers, security groups, routes. */
  readonly network: NetworkBuilder;
  /** A seeded number in [0, 1), apart from those the account itself uses. */
  random(): number;
  /** Puts every permission in force at once: how the account was before the story. */
  settlePermissions(): void;
  /** Callers; the answer stops them. */
  traffic(spec: TrafficSpec): () => void;
  /** One request now, to its end. */
  request(at: StageAt & Pick<RequestInput, 'method' | 'path' | 'body'>): Exchange;
  /** One try of a call at the wire, as this principal. */
  attempt(principal: Principal): Attempt;
  /** What a read would answer, for witnesses: at once, with no role, limit or fault, and counted nowhere. */
  readonly peek: Attempt;
  /** Stands around each write at the moment it happens, between the account before and after; `input` is the call's own. */
  watchWrites(watch: AroundWrite): void;
  /** Attempts by service (`lambda`, `apigateway` …), retries included. */
  readonly wire: WireCount;
  /** Counts an attempt of another edge. */
  count(service: string): void;
  /** The default bus: CloudWatch alarm state changes. */
  onBusEvent(listener: (event: BusEvent) => void): void;
  /** Batches of subscription filters, as Lambda gets them. */
  onLogDelivery(listener: LogDelivery): void;
  /** From its own form, or the `Properties` of an AWS::CloudWatch::Alarm. */
  putAlarm(alarm: AlarmSpec | Readonly<Record<string, unknown>>): void;
  /** Tags of anything but functions, by ARN: what `aws:ResourceTag` compares. */
  tagResource(arn: string, tags: Readonly<Record<string, string>>): void;
  /** How long CloudTrail takes from now on; undefined is the usual four to seven minutes. */
  slowTrail(delayMs: number | undefined): void;
  /** Lambda answers every invocation with 503: a fault of AWS. */
  setLambdaDown(down: boolean): void;
  /** Requests that ended within the last ten seconds. */
  stats(apiId: string, stage: string): { ok: number; serverErrors: number; clientErrors: number };
  /** When the first request ended with a 5xx at or after `since`; undefined while none has. */
  firstServerErrorAt(since?: number): number | undefined;
  functionsView(): readonly FunctionView[];
  /** The whole changeable configuration as plain JSON, without revisions and times. */
  snapshot(): unknown;
}

interface Made {
  readonly parts: Parts;
  readonly faults: Faults;
  readonly pool: { unreserved(): number };
}

function createParts(options: AccountOptions): Made {
  const base = createBase(options.clock, { accountId: options.accountId, region: options.region }, options.seed);
  const faults = createFaults(base.stream('faults'));
  const metrics = createMetrics(base);
  const functions = createFunctions(base);
  const trail = createTrail(base);
  const permissions = createPermissions(base, functions, trail);
  const concurrencyLimit = options.concurrencyLimit ?? 1000;
  const provisioning = createProvisioning(base, functions, concurrencyLimit);
  const codeDeploy = createCodeDeploy({ base, functions, provisioning, trail });
  const apis = createApis(base, (api, apiId) =>
    api.apiType === 'REST'
      ? metrics.series('AWS/ApiGateway', { ApiName: api.name, Stage: api.stage }, restMetrics)
      : metrics.series('AWS/ApiGateway', { ApiId: apiId, Stage: api.stage }, api.apiType === 'HTTP' ? httpMetrics : webSocketMetrics),
  );
  const parts: Parts = {
    base,
    functions,
    apis,
    permissions,
    provisioning,
    codeDeploy,
    trail,
    metrics,
    logs: createLogs(base, () => faults.doubles(), options.logsGatherMs),
    alarms: createAlarms(base, metrics, () => faults.doubles()),
    stacks: createStacks(base, functions, permissions),
    services: createServices(),
    network: createNetworkState(base),
    around: createAround(base, metrics),
    parameters: new Map(),
    calendars: new Map(),
    concurrencyLimit,
  };
  return { parts, faults, pool: provisioning };
}

const isSpec = (alarm: AlarmSpec | Readonly<Record<string, unknown>>): alarm is AlarmSpec => 'metricName' in alarm;

/** An empty account. */
export function createAccount(options: AccountOptions): Account {
  const { parts, faults, pool } = createParts(options);
  const { base, functions, apis, metrics, logs, alarms } = parts;
  const invoker = createInvoker(parts, {
    unreserved: () => pool.unreserved(),
    functions: () => functions.all.values(),
    atMost: 0,
  });
  const gateway = createGateway({
    services: parts.services,
    base,
    around: parts.around,
    network: parts.network,
    functions,
    invoker,
    metrics,
    logs,
  });
  const wire = createWireCount();
  const tags = new Map<string, Readonly<Record<string, string>>>();
  const answers = {
    ...backendAnswers(parts),
    ...gatewayAnswers(parts),
    ...integrationAnswers(parts),
    ...mappingAnswers(parts),
    ...stageWriteAnswers(parts),
    ...authorizerAnswers(parts),
    ...aroundAnswers(parts),
    ...aroundFunctionAnswers(parts),
    ...codeDeployAnswers(parts),
    ...lambdaAnswers(parts),
    ...configurationAnswers(parts),
    ...versionAnswers(parts),
    ...logsAnswers(parts),
    ...listedAnswers(parts),
    ...managedAnswers(parts),
    ...networkAnswers(parts),
    ...watchAnswers(parts),
    ...serviceAnswers(parts),
    ...ssmAnswers(parts),
  };
  let watch: AroundWrite = (_input, write) => write();
  const attempt = createWire({
    parts,
    answers,
    faults,
    counts: wire,
    latency: options.latency ?? true,
    tags,
    around: (input, write) => watch(input, write),
  });
  const random: Random = base.stream('account');
  const stageAt = (apiId: string, stage: string) => {
    const found = apis.find(apiId, stage);
    if (!found) throw new Error(`there is no stage ${apiId}/${stage}; there are ${[...apis.all.keys()].join(', ') || 'none'}`);
    return found;
  };
  return {
    ...createBuilder(parts),
    ...createAroundBuilder(parts),
    ...createFunctionBuilder(parts),
    ...createFunctionChanges(parts),
    network: createNetworkBuilder(parts),
    services: createServicesBuilder(parts),
    clock: options.clock,
    accountId: options.accountId,
    region: options.region,
    random,
    wire,
    count: (service) => wire.add(service),
    settlePermissions() {
      for (const fn of functions.all.values()) settle(fn.policies);
    },
    traffic: createTraffic(base, apis, gateway),
    request: ({ apiId, stage, method, path, body }) =>
      gateway.request({ api: stageAt(apiId, stage), method, path, ...(body === undefined ? {} : { body }) }),
    attempt,
    peek: attempt.peek,
    watchWrites: (around) => void (watch = around),
    inject: (spec) => faults.inject(spec),
    onBusEvent: (listener) => alarms.onEvent(listener),
    onLogDelivery: (listener) => logs.onDelivery(listener),
    putAlarm: (alarm) => void alarms.put(isSpec(alarm) ? alarm : alarmSpecOf(alarm)),
    tagResource: (arn, more) => void tags.set(arn, { ...tags.get(arn), ...more }),
    slowTrail: (delayMs) => void (parts.trail.delayMs = delayMs),
    setLambdaDown: (down) => invoker.setUnavailable(down),
    stats: (apiId, stage) => liveStats(stageAt(apiId, stage), base.clock.now()),
    firstServerErrorAt: (since = 0) => gateway.firstServerErrorAt(since),
    functionsView: () => [...functions.all.values()].map((fn) => functionView(fn, base.clock.now())),
    snapshot: () => snapshotOf(parts),
  };
}

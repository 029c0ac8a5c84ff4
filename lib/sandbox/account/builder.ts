// What owners, deploys and people do to the account: put functions and APIs, release, grant, revoke, delete. Each leaves the CloudTrail record it would.
import type { ApiType } from '../../model/api.ts';
import { moveAlias } from './aliases.ts';
import type { Parts } from './answers/parts.ts';
import type { ApiSpec, AuthorizerSpec, ExecutionLogging, RouteSpec, ServedStage } from './apis.ts';
import { authorizerArn, executionGroup } from './apis.ts';
import type { Failure } from './failure.ts';
import type { Result } from '../../model/result.ts';
import { arnOf, type FunctionSpec, type LambdaFunction, type ReleaseChange } from './functions.ts';
import { type PolicyStatement, rewrite, settle } from './policy.ts';
import type { DeploySpec, StackSpec } from './stacks.ts';
import type { Caller } from './trail.ts';

export interface GrantSpec {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly statementId: string;
  readonly sourceArn: string;
  readonly sourceAccount?: string;
  readonly by?: Caller;
}
export interface RevokeSpec {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly statementId: string;
  readonly by: Caller;
  readonly trailDelayMs?: number;
}
export interface StageAt {
  readonly apiId: string;
  readonly stage: string;
}

export interface Builder {
  putFunction(spec: FunctionSpec): void;
  /** Publishes $LATEST; answers the version. */
  publishVersion(name: string): string;
  /** Makes or moves an alias. `weights`: another version's share, 0 to 1. */
  putAlias(name: string, alias: string, version: string, weights?: Readonly<Record<string, number>>): void;
  /** Changes the code of $LATEST; an alias goes on with its version. */
  setWork(name: string, change: ReleaseChange): void;
  /** New code everywhere: $LATEST, a version of it, and every alias moved to that. Answers the version. */
  release(name: string, change: ReleaseChange): string;
  setTimeoutSeconds(name: string, timeoutSeconds: number): void;
  setInitMs(name: string, initMs: number): void;
  /** How long an idle environment stays. */
  setIdleMs(name: string, idleMs: number): void;
  /** Sets or takes away reserved concurrency. */
  putReserved(name: string, reserved: number | undefined): void;
  deleteFunction(name: string): void;
  /** Puts a deleted function back as it was, policies included. */
  restoreFunction(name: string): void;
  deleteAlias(name: string, alias: string): void;
  tagFunction(name: string, tags: Readonly<Record<string, string>>): void;
  putApi(spec: Omit<ApiSpec, 'apiType'> & { readonly apiType: ApiType }): { readonly apiId: string };
  /** Edits the draft only; `deployApi` makes the stage serve it. */
  editApi(at: StageAt, routes: readonly RouteSpec[]): void;
  deployApi(at: StageAt): void;
  /** Sets the API's binary media types, and deploys. */
  setBinaryMediaTypes(at: StageAt, types: readonly string[]): void;
  /** Puts an authorizer before routes of the deployment; the id an invoke permission must name comes back. */
  putAuthorizer(at: StageAt, spec: AuthorizerSpec): { readonly sourceArn: string };
  /** Points every function route at another alias, and deploys. */
  repoint(at: StageAt & { readonly qualifier?: string }): void;
  setLogging(at: StageAt & { readonly executionLogging: ExecutionLogging | undefined; readonly dataTrace?: boolean }): void;
  setBackend(
    at: StageAt & { readonly method: string; readonly path: string },
    change: Partial<NonNullable<RouteSpec['httpBackend']>>,
  ): void;
  putStack(name: string, spec: Omit<StackSpec, 'name'>): void;
  /** An update of a stack; what it removes goes in its clean-up, at the latest five seconds in. */
  deploy(stackName: string, spec: DeploySpec): void;
  /** Throws where Lambda refuses: a story that cannot be told is a bug. */
  grant(spec: GrantSpec): void;
  revoke(spec: RevokeSpec): void;
  /** A raw statement (an explicit deny, another principal) in a policy, as PutResourcePolicy could. */
  putStatement(functionName: string, qualifier: string | undefined, statement: PolicyStatement): void;
  putParameter(name: string, value: string | undefined): void;
  /** Opens or closes a change calendar; makes it where there is none. */
  putCalendar(name: string, state: 'OPEN' | 'CLOSED'): void;
  /** Registers an alias’ provisioned concurrency with Application Auto Scaling. */
  steerWarmth(name: string, alias: string): void;
}

function must(result: Result<unknown, Failure>): void {
  if (!result.ok) throw new Error(`the sandbox's Lambda refused: ${result.error.name} ${result.error.message}`);
}

const owner: Caller = { kind: 'role', name: 'deployer' };

export function createBuilder(parts: Parts): Builder {
  const { base, functions, apis, permissions, provisioning, stacks, trail, logs } = parts;
  const fn = (name: string): LambdaFunction => {
    const found = functions.all.get(name);
    if (!found) throw new Error(`there is no function ${name}; there are ${[...functions.all.keys()].join(', ') || 'none'}`);
    return found;
  };
  const stage = ({ apiId, stage: name }: StageAt): ServedStage => {
    const found = apis.find(apiId, name);
    if (!found) throw new Error(`there is no stage ${apiId}/${name}; there are ${[...apis.all.keys()].join(', ') || 'none'}`);
    return found;
  };
  const note = (eventName: string, name: string, more: Readonly<Record<string, unknown>> = {}): void =>
    trail.record({
      eventName,
      eventSource: 'lambda.amazonaws.com',
      by: owner,
      requestParameters: { functionName: name, ...more },
      resources: [
        { type: 'AWS::Lambda::Function', name },
        { type: 'AWS::Lambda::Function', name: arnOf(base, name) },
      ],
    });
  const publish = (name: string): string => {
    const { version } = functions.publish(fn(name));
    note('PublishVersion20150331', name);
    return version;
  };
  const putAlias: Builder['putAlias'] = (name, alias, version, weights) => {
    moveAlias(parts, fn(name), { name: alias, version, weights: weights ?? {}, by: owner });
  };
  const setWork = (name: string, change: ReleaseChange): void => {
    functions.release(fn(name), change);
    const configuration = change.timeoutSeconds !== undefined || change.memoryMb !== undefined;
    note(configuration ? 'UpdateFunctionConfiguration20150331v2' : 'UpdateFunctionCode20150331v2', name);
  };
  const deployApi = (at: StageAt): void => {
    apis.deploy(stage(at));
    trail.record({
      eventName: 'CreateDeployment',
      eventSource: 'apigateway.amazonaws.com',
      by: owner,
      requestParameters: { restApiId: at.apiId, createDeploymentInput: { stageName: at.stage } },
      resources: [],
    });
  };
  const createGroup = (api: ServedStage): void => {
    if (api.executionLogging === 'ERROR' || api.executionLogging === 'INFO') logs.create(executionGroup(api));
    if (api.accessLog) logs.create(api.accessLog.logGroup);
  };
  return {
    putFunction: (spec) => void functions.put(spec),
    publishVersion: publish,
    putAlias,
    setWork,
    release(name, change) {
      setWork(name, change);
      const version = publish(name);
      for (const alias of fn(name).aliases.keys()) putAlias(name, alias, version);
      return version;
    },
    setTimeoutSeconds: (name, timeoutSeconds) => setWork(name, { timeoutSeconds }),
    setInitMs: (name, initMs) => setWork(name, { initMs }),
    setIdleMs(name, idleMs) {
      fn(name).idleMs = idleMs;
    },
    putReserved(name, reserved) {
      fn(name).reserved = reserved;
      note(reserved === undefined ? 'DeleteFunctionConcurrency20171031' : 'PutFunctionConcurrency20171031', name, {
        reservedConcurrentExecutions: reserved,
      });
    },
    deleteFunction(name) {
      const gone = fn(name);
      note('DeleteFunction20150331', name);
      functions.all.delete(name);
      functions.deleted.set(name, gone);
      // Its policies go with it, seen some seconds later: until then callers hear "Function not found", then "Invalid permissions".
      base.clock.after(
        3000,
        () => {
          if (functions.deleted.get(name) === gone)
            for (const policy of gone.policies.values()) [policy.effective, policy.inForce] = [[], policy.written];
        },
        { quiet: true },
      );
      gone.environments.clear();
    },
    restoreFunction(name) {
      const gone = functions.deleted.get(name);
      if (!gone) throw new Error(`the function ${name} was not deleted`);
      functions.deleted.delete(name);
      functions.all.set(name, gone);
      settle(gone.policies);
      note('CreateFunction20150331', name);
    },
    deleteAlias(name, alias) {
      fn(name).aliases.delete(alias);
      provisioning.remove(name, alias);
      note('DeleteAlias20150331', name, { name: alias });
    },
    tagFunction(name, tags) {
      fn(name).tags = { ...fn(name).tags, ...tags };
    },
    putApi({ apiType, ...spec }) {
      const api = apis.put({ apiType, ...spec });
      createGroup(api);
      return { apiId: api.apiId };
    },
    editApi(at, routes) {
      stage(at).draft = routes;
    },
    deployApi,
    setBinaryMediaTypes(at, types) {
      stage(at).binaryMediaTypes = types;
      deployApi(at);
    },
    putAuthorizer(at, spec) {
      const api = stage(at);
      api.draftAuthorizers = [...api.draftAuthorizers.filter((one) => one.name !== spec.name), { ttlSeconds: 0, ...spec }];
      api.draft = api.draft.map((route) => ({ ...route, authorizer: spec.name }));
      deployApi(at);
      return { sourceArn: authorizerArn(base, api, spec.name) };
    },
    repoint({ qualifier, ...at }) {
      const { draft } = stage(at);
      stage(at).draft = draft.map(({ qualifier: _old, ...route }) => ({
        ...route,
        ...(route.functionName === undefined || qualifier === undefined ? {} : { qualifier }),
      }));
      deployApi(at);
    },
    setLogging({ executionLogging, dataTrace, ...at }) {
      const api = stage(at);
      api.executionLogging = executionLogging;
      api.dataTrace = dataTrace ?? api.dataTrace;
      createGroup(api);
    },
    setBackend({ method, path, ...at }, change) {
      const api = stage(at);
      const here = (r: RouteSpec): boolean => r.method === method && r.path === path;
      const uri = api.deployed.find(here)?.httpBackend?.uri;
      const changed = (routes: readonly RouteSpec[]): RouteSpec[] =>
        routes.map((r) =>
          here(r) && r.httpBackend?.uri === uri && r.httpBackend ? { ...r, httpBackend: { ...r.httpBackend, ...change } } : r,
        );
      // the world behind the route changed, not the API: it is so for every deployment that leads there
      api.draft = changed(api.draft);
      for (const deployment of api.deployments) deployment.routes = changed(deployment.routes);
      api.deployed = changed(api.deployed);
    },
    putStack(name, spec) {
      stacks.put({ name, ...spec });
    },
    deploy: (stackName, spec) => stacks.deploy(stackName, spec),
    grant({ functionName, qualifier, by, ...rest }) {
      const at = { name: functionName, ...(qualifier === undefined ? {} : { qualifier }) };
      must(permissions.add(at, { action: 'lambda:InvokeFunction', principal: 'apigateway.amazonaws.com', ...rest }, by ?? owner));
    },
    revoke({ functionName, qualifier, statementId, by, trailDelayMs }) {
      const at = { name: functionName, ...(qualifier === undefined ? {} : { qualifier }) };
      must(permissions.remove(at, statementId, by, trailDelayMs === undefined ? {} : { trailDelayMs }));
    },
    putStatement(functionName, qualifier, statement) {
      const { policies } = fn(functionName);
      rewrite(base, policies, qualifier ?? '', [...(policies.get(qualifier ?? '')?.statements ?? []), statement]);
    },
    steerWarmth(name, alias) {
      parts.provisioning.steered.add(`function:${name}:${alias}`);
    },
    putCalendar: (name, state) => void parts.calendars.set(name, state),
    putParameter(name, value) {
      if (value === undefined) parts.parameters.delete(name);
      else parts.parameters.set(name, value);
    },
  };
}

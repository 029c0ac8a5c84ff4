// What UpdateStage may do to a stage of the sandbox, one operation after the other, all or none; and how its method settings read. Paths: API
// Gateway's "Patch operations" and fixes.md §10, §11.
import { executionGroup, type ExecutionLogging, type ServedStage } from './apis.ts';
import { accountThrottle, type Throttle } from './around.ts';
import { canaryStep } from './canary-patches.ts';
import { serve } from './deployments.ts';

export interface Patch {
  readonly op?: string | undefined;
  readonly path?: string | undefined;
  readonly value?: string | undefined;
}
/** What a stage is allowed by the account around it. */
export interface Allows {
  readonly logsRole: boolean;
  createGroup(name: string): void;
}
/** Why AWS refuses; nothing is changed then. */
export interface Refused {
  readonly says: string;
}
type Step = () => void;
export type Read = Refused | Step;

const noLogsRole = 'CloudWatch Logs role ARN must be set in account settings to enable logging';
const levels: readonly string[] = ['OFF', 'ERROR', 'INFO'];
/** What a variable's value may hold (causes.md, stage-variable-missing). */
const allowed = /^[A-Za-z0-9\-._~:/?#&=, ]*$/;

/** Applies all of them, or says why not. */
export function patchStage(api: ServedStage, patches: readonly Patch[], allows: Allows): Refused | undefined {
  const steps = patches.map((patch) => stepOf(api, patch, allows));
  const refused = steps.find((s): s is Refused => typeof s !== 'function');
  if (refused) return refused;
  for (const step of steps) if (typeof step === 'function') step();
  return undefined;
}

function stepOf(api: ServedStage, patch: Patch, allows: Allows): Read {
  const { op = '', path = '', value } = patch;
  if (!['add', 'replace', 'remove'].includes(op))
    return { says: `Invalid patch operation specified. Must be one of: [add, remove, replace]` };
  const variable = /^\/variables\/(\w{1,64})$/.exec(path)?.[1];
  if (variable !== undefined) return variableStep(api, variable, op, value);
  if (path === '/deploymentId') return deploymentStep(api, op, value);
  if (path.startsWith('/canarySettings')) return canaryStep(api, patch);
  const method =
    /^\/(\S{1,512})\/(\*|[A-Z]{3,7})\/(logging\/loglevel|logging\/dataTrace|throttling\/rateLimit|throttling\/burstLimit)$/.exec(path);
  return method
    ? methodStep(api, { key: routeKeyOfPath(method[1] ?? '', method[2] ?? ''), name: method[3] ?? '', op, value }, allows)
    : noPath(path);
}

const noPath = (path: string): Refused => ({ says: `Invalid patch path ${path}` });

function variableStep(api: ServedStage, name: string, op: string, value: string | undefined): Read {
  if (op === 'remove') return name in api.variables ? () => void delete api.variables[name] : noPath(`/variables/${name}`);
  if (value === undefined || !allowed.test(value))
    return {
      says: `Invalid stage variable value: ${value ?? 'null'}.  Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.`,
    };
  return () => void (api.variables[name] = value);
}

function deploymentStep(api: ServedStage, op: string, value: string | undefined): Read {
  const deployment = api.deployments.find((d) => d.id === value);
  if (op === 'remove' || !deployment) return { says: 'Invalid deployment identifier specified' };
  // API Gateway guide: with a canary the stage cannot be associated with another deployment; its own wording is not known (U)
  if (api.canary) return { says: 'The stage has a canary release: promote or delete the canary first' };
  return () => serve(api, deployment);
}

/** `*` for the stage, else `GET /orders`: each slash of the resource's path is written `~1`. */
function routeKeyOfPath(resource: string, method: string): string {
  const path = resource.replaceAll('~1', '/');
  return resource === '*' && method === '*' ? '*' : `${method} ${path.startsWith('/') ? path : `/${path}`}`;
}

interface MethodPatch {
  readonly key: string;
  readonly name: string;
  readonly op: string;
  readonly value: string | undefined;
}

function methodStep(api: ServedStage, { key, name, op, value }: MethodPatch, allows: Allows): Read {
  const set = op === 'remove' ? undefined : value;
  if (name.startsWith('throttling/')) return throttleStep(api, key, name === 'throttling/rateLimit' ? 'rate' : 'burst', set);
  // levels of single methods are not told apart here
  if (key !== '*') return noPath(`/${key}/${name}`);
  if (name === 'logging/dataTrace') return () => void (api.dataTrace = set === 'true');
  if (set !== undefined && !levels.includes(set)) return { says: `Invalid logging level '${set}'. Must be one of: [OFF, ERROR, INFO]` };
  return levelStep(api, set as ExecutionLogging | undefined, allows);
}

/** The level of all routes; API Gateway makes the group when it is told to write. */
export function levelStep(api: ServedStage, level: ExecutionLogging | undefined, allows: Allows): Read {
  const writes = level === 'ERROR' || level === 'INFO';
  if (writes && !allows.logsRole) return { says: noLogsRole };
  return () => {
    api.executionLogging = level;
    if (writes) allows.createGroup(executionGroup(api));
  };
}

function throttleStep(api: ServedStage, key: string, field: keyof Throttle, value: string | undefined): Read {
  const number = value === undefined ? undefined : Number(value);
  if (number !== undefined && !Number.isFinite(number)) return { says: `Invalid throttling value ${value}` };
  return () => {
    const { [field]: _old, ...other } = (key === '*' ? api.around.throttle : api.around.routeThrottles[key]) ?? {};
    setThrottle(api, key, number === undefined ? other : { ...other, [field]: number });
  };
}

export function setThrottle(api: ServedStage, key: string, limit: Throttle): void {
  const none = limit.rate === undefined && limit.burst === undefined;
  const { [key]: _old, ...others } = api.around.routeThrottles;
  if (key !== '*') api.around.routeThrottles = none ? others : { ...others, [key]: limit };
  else if (none) delete api.around.throttle;
  else api.around.throttle = limit;
}

const settingsOf = (limit: Throttle | undefined) => ({
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: limit?.burst ?? accountThrottle.burst,
  throttlingRateLimit: limit?.rate ?? accountThrottle.rate,
  cachingEnabled: false,
});

/** As GetStage shows them: by `*` for all or `~1orders/GET`, and none where nothing was set. A level is shown only where one was set (fixes.md §10). */
export function methodSettingsOf(api: ServedStage) {
  const set = api.executionLogging !== undefined || api.dataTrace || api.around.throttle !== undefined;
  const level = api.executionLogging === undefined ? {} : { loggingLevel: api.executionLogging };
  const all = { ...settingsOf(api.around.throttle), ...level, dataTraceEnabled: api.dataTrace };
  const single = Object.entries(api.around.routeThrottles).map(([key, limit]) => {
    const [method = '', path = ''] = key.split(' ');
    return [`${path.replaceAll('/', '~1')}/${method}`, settingsOf(limit)] as const;
  });
  return { ...(set ? { '*/*': all } : {}), ...Object.fromEntries(single) };
}

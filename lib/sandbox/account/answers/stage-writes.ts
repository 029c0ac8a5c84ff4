// UpdateStage of both families, and deployments of REST APIs, as API Gateway takes and records them.
import { ok } from '../../../model/result.ts';
import type { ServedStage } from '../apis.ts';
import { addDeployment, type Deployment } from '../deployments.ts';
import { fail, meta } from '../failure.ts';
import { levelStep, patchStage, setThrottle, type Allows, type Patch } from '../stage-patches.ts';
import type { Caller } from '../trail.ts';
import { restStage, v2Stage } from './gateway.ts';
import type { Answers, Parts } from './parts.ts';

type Names = 'apigateway:UpdateStage' | 'apigateway:CreateDeployment' | 'apigateway:GetDeployment' | 'apigatewayv2:UpdateStage';

const noStage = fail('gone', 'NotFoundException', 'Invalid stage identifier specified');
const bad = (says: string) => fail('refused', 'BadRequestException', says);
const defined = (value: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined));

/** CloudTrail's record of a write to API Gateway: parameters as the service names them, no resources. */
export const noted = ({ trail }: Parts, eventName: string, by: Caller, requestParameters: Readonly<Record<string, unknown>>): void =>
  trail.record({ eventName, eventSource: 'apigateway.amazonaws.com', by, requestParameters, resources: [] });

const allowsOf = ({ around, logs }: Parts): Allows => ({
  logsRole: around.logsRole !== undefined,
  createGroup: (name) => logs.create(name),
});

export function stageWriteAnswers(parts: Parts): Pick<Answers, Names> {
  const { apis, base } = parts;
  const find = (rest: boolean, id: string | undefined, stage: string | undefined): ServedStage | undefined => {
    const api = apis.find(id, stage);
    return api && (api.apiType === 'REST') === rest ? api : undefined;
  };
  return {
    'apigateway:UpdateStage': (input, by) => {
      const api = find(true, input.restApiId, input.stageName);
      if (!api) return noStage;
      const patchOperations: readonly Patch[] = input.patchOperations ?? [];
      const refused = patchStage(api, patchOperations, allowsOf(parts));
      if (refused) return bad(refused.says);
      api.around.updatedAt = base.clock.now();
      noted(parts, 'UpdateStage', by, { restApiId: api.apiId, stageName: api.stage, updateStageInput: { patchOperations } });
      return ok({ ...meta, ...restStage(parts, api) });
    },
    'apigateway:CreateDeployment': (input, by) => {
      const known = apis.stagesOf(input.restApiId).find((a) => a.apiType === 'REST');
      const api = find(true, input.restApiId, input.stageName);
      if (!known) return fail('gone', 'NotFoundException', 'Invalid API identifier specified');
      if (!api) return bad('the sandbox deploys to a stage that there is');
      const refused = undeployable(api, input.canarySettings !== undefined);
      if (refused !== undefined) return bad(refused);
      const made = deploy(parts, api, input.description, input.canarySettings);
      const { restApiId: _id, ...createDeploymentInput } = defined(input);
      noted(parts, 'CreateDeployment', by, { restApiId: api.apiId, createDeploymentInput });
      return ok({ ...meta, ...shown(made) });
    },
    'apigateway:GetDeployment': (input) => {
      const found = apis
        .stagesOf(input.restApiId)
        .flatMap((a) => a.deployments)
        .find((d) => d.id === input.deploymentId);
      return found ? ok({ ...meta, ...shown(found) }) : fail('gone', 'NotFoundException', 'Invalid Deployment identifier specified');
    },
    'apigatewayv2:UpdateStage': (input, by) => {
      const api = find(false, input.ApiId, input.StageName);
      if (!api) return noStage;
      const refused = updateV2(parts, api, input);
      if (refused !== undefined) return bad(refused);
      api.around.updatedAt = base.clock.now();
      const { ApiId: _id, StageName: _stage, ...rest } = input;
      noted(parts, 'UpdateStage', by, { apiId: api.apiId, stageName: api.stage, ...lowered(defined(rest)) });
      return ok({ ...meta, ...v2Stage(parts, api) });
    },
  };
}

export const shown = (d: Deployment) => ({
  id: d.id,
  createdDate: new Date(d.at),
  ...(d.description === undefined ? {} : { description: d.description }),
});

function undeployable(api: ServedStage, canary: boolean): string | undefined {
  if (api.draft.length === 0) return "The REST API doesn't contain any methods";
  if (api.draft.some((r) => r.empty)) return 'No integration defined for method';
  // API Gateway guide, "Set up a canary release deployment": its own wording is not known (U)
  return api.canary && !canary ? 'The stage has a canary release: promote or delete the canary first' : undefined;
}

type Settings = Parameters<Answers['apigateway:CreateDeployment']>[0]['canarySettings'];

/** A canary's deployment is served to its share only. */
function deploy({ apis, base }: Parts, api: ServedStage, description: string | undefined, canary: Settings): Deployment {
  if (!canary) return apis.deploy(api, description);
  const made = addDeployment(base, api, description);
  api.canary = {
    percent: canary.percentTraffic ?? 0,
    deploymentId: made.id,
    variables: { ...canary.stageVariableOverrides },
    useStageCache: canary.useStageCache ?? false,
  };
  return made;
}

/** CloudTrail writes an HTTP API's parameters with a small first letter. */
const lowered = (value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(value).map(([key, v]) => [key.charAt(0).toLowerCase() + key.slice(1), v]));

type V2 = Parameters<Answers['apigatewayv2:UpdateStage']>[0];

function updateV2(parts: Parts, api: ServedStage, input: V2): string | undefined {
  const auto = input.AutoDeploy ?? api.autoDeploy;
  const deployment = api.deployments.find((d) => d.id === input.DeploymentId);
  // fixes.md §8
  if (input.DeploymentId !== undefined && auto) return "DeploymentId can't be updated if autoDeploy is enabled";
  if (input.DeploymentId !== undefined && !deployment) return 'Invalid deployment identifier specified';
  const settings = input.DefaultRouteSettings;
  if (settings?.LoggingLevel !== undefined && api.apiType === 'HTTP') return 'Execution logs are not supported on protocolType HTTP';
  const level = settings && levelStep(api, settings.LoggingLevel, allowsOf(parts));
  if (level && typeof level !== 'function') return level.says;
  level?.();
  if (settings) {
    api.dataTrace = settings.DataTraceEnabled ?? api.dataTrace;
    setThrottle(api, '*', limitOf(settings));
  }
  for (const [key, one] of Object.entries(input.RouteSettings ?? {})) setThrottle(api, key, limitOf(one));
  setVariables(api, input.StageVariables ?? {});
  api.autoDeploy = auto;
  if (deployment) parts.apis.serve(api, deployment);
  return undefined;
}

const limitOf = (s: { ThrottlingRateLimit?: number | undefined; ThrottlingBurstLimit?: number | undefined }) => ({
  ...(s.ThrottlingRateLimit === undefined ? {} : { rate: s.ThrottlingRateLimit }),
  ...(s.ThrottlingBurstLimit === undefined ? {} : { burst: s.ThrottlingBurstLimit }),
});

/** Variables that are not named stay; an empty value takes one away (terraform-provider-aws, aws_apigatewayv2_stage). */
function setVariables(api: ServedStage, variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === '') delete api.variables[name];
    else api.variables[name] = value;
  }
}

// API Gateway's control plane: stages and exports of deployments, in the SDK's shapes.
import { ok } from '../../../model/result.ts';
import { lastUpdatedAt, type Throttle } from '../around.ts';
import { exportOf } from '../api-export.ts';
import type { ServedStage } from '../apis.ts';
import { fail, meta } from '../failure.ts';
import { methodSettingsOf } from '../stage-patches.ts';
import type { Answers, Parts } from './parts.ts';

type Names = 'apigateway:GetExport' | 'apigateway:GetStage' | 'apigateway:GetRestApis' | 'apigatewayv2:ExportApi' | 'apigatewayv2:GetStage';

const noStage = fail('gone', 'NotFoundException', 'Invalid stage identifier specified');
const logArn = ({ base }: Parts, group: string): string => `arn:aws:logs:${base.here.region}:${base.here.accountId}:log-group:${group}`;

function accessLog(parts: Parts, api: ServedStage): { destinationArn: string; format: string } | undefined {
  return api.accessLog && { destinationArn: logArn(parts, api.accessLog.logGroup), format: api.accessLog.format };
}

export function restStage(parts: Parts, api: ServedStage) {
  const log = accessLog(parts, api);
  return {
    deploymentId: api.deploymentId,
    stageName: api.stage,
    variables: { ...api.variables },
    methodSettings: methodSettingsOf(api),
    ...(log ? { accessLogSettings: log } : {}),
    ...(api.canary
      ? {
          canarySettings: {
            percentTraffic: api.canary.percent,
            deploymentId: api.canary.deploymentId,
            ...(Object.keys(api.canary.variables).length === 0 ? {} : { stageVariableOverrides: { ...api.canary.variables } }),
            useStageCache: api.canary.useStageCache,
          },
        }
      : {}),
    cacheClusterEnabled: false,
    cacheClusterStatus: 'NOT_AVAILABLE' as const,
    tracingEnabled: false,
    ...(api.around.webAclArn === undefined ? {} : { webAclArn: api.around.webAclArn }),
    ...(api.around.clientCertificate ? { clientCertificateId: api.around.clientCertificate.id } : {}),
    tags: { ...api.tags },
    createdDate: new Date(api.deployedAt),
    lastUpdatedDate: new Date(lastUpdatedAt(api)),
  };
}

const v2Limit = (limit: Throttle | undefined) => ({
  ...(limit?.rate === undefined ? {} : { ThrottlingRateLimit: limit.rate }),
  ...(limit?.burst === undefined ? {} : { ThrottlingBurstLimit: limit.burst }),
});

export function v2Stage(parts: Parts, api: ServedStage) {
  const log = accessLog(parts, api);
  const level = api.executionLogging === undefined ? {} : { LoggingLevel: api.executionLogging };
  return {
    StageName: api.stage,
    AutoDeploy: api.autoDeploy,
    DeploymentId: api.deploymentId,
    StageVariables: { ...api.variables },
    DefaultRouteSettings: {
      ...(api.apiType === 'WEBSOCKET' ? { ...level, DataTraceEnabled: api.dataTrace } : {}),
      DetailedMetricsEnabled: false,
      ...v2Limit(api.around.throttle),
    },
    RouteSettings: Object.fromEntries(Object.entries(api.around.routeThrottles).map(([key, limit]) => [key, v2Limit(limit)])),
    ...(log ? { AccessLogSettings: { DestinationArn: log.destinationArn, Format: log.format } } : {}),
    Tags: { ...api.tags },
    CreatedDate: new Date(api.deployedAt),
    LastUpdatedDate: new Date(lastUpdatedAt(api)),
  };
}

export function gatewayAnswers(parts: Parts): Pick<Answers, Names> {
  const { apis, base } = parts;
  const find = (type: ServedStage['apiType'], id: string | undefined, stage: string | undefined) => {
    const api = apis.find(id, stage);
    return api?.apiType === type ? api : undefined;
  };
  return {
    'apigateway:GetExport': (input) => {
      const api = find('REST', input.restApiId, input.stageName);
      if (!api) return noStage;
      if (input.exportType !== 'oas30') return fail('refused', 'BadRequestException', 'the sandbox exports oas30 only');
      return ok({
        ...meta,
        contentType: 'application/json',
        contentDisposition: `attachment; filename="oas30_${api.deployedAt}.json"`,
        body: exportOf(base, api) as never,
      });
    },
    'apigateway:GetStage': (input) => {
      const api = find('REST', input.restApiId, input.stageName);
      return api ? ok({ ...meta, ...restStage(parts, api) }) : noStage;
    },
    'apigateway:GetRestApis': (input) => {
      const byId = new Map([...apis.all.values()].filter((a) => a.apiType === 'REST').map((a) => [a.apiId, a]));
      const from = Number(input.position ?? 0);
      const limit = Math.min(input.limit ?? 25, 500);
      const items = [...byId.values()].slice(from, from + limit).map((a) => ({
        id: a.apiId,
        name: a.name,
        createdDate: new Date(a.deployedAt),
        endpointConfiguration: { types: ['REGIONAL' as const] },
        tags: { ...a.tags },
      }));
      return ok({ ...meta, items, ...(from + limit < byId.size ? { position: String(from + limit) } : {}) });
    },
    'apigatewayv2:ExportApi': (input) => {
      const api =
        input.StageName === undefined
          ? [...apis.all.values()].find((a) => a.apiId === input.ApiId && a.apiType === 'HTTP')
          : find('HTTP', input.ApiId, input.StageName);
      return api
        ? ok({ ...meta, body: exportOf(base, api) as never })
        : fail('gone', 'NotFoundException', 'Invalid stage identifier specified');
    },
    'apigatewayv2:GetStage': (input) => {
      const api = find('HTTP', input.ApiId, input.StageName) ?? find('WEBSOCKET', input.ApiId, input.StageName);
      if (!api) return fail('gone', 'NotFoundException', 'Invalid stage identifier specified');
      return ok({ ...meta, ...v2Stage(parts, api) });
    },
  };
}

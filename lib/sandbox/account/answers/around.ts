// API Gateway's control plane around a stage, AWS WAF and AWS Health, in the SDK's shapes.
import { ok } from '../../../model/result.ts';
import { authorizerId, routeKeyOf, type ServedStage } from '../apis.ts';
import { accountThrottle } from '../around.ts';
import { fail, meta } from '../failure.ts';
import { integrationId, resourcesOf, v2Integration } from './integrations.ts';
import type { Answers, Parts } from './parts.ts';
import { shown } from './stage-writes.ts';

type Names =
  | 'apigateway:GetAccount'
  | 'apigateway:GetBasePathMappings'
  | 'apigateway:GetDeployments'
  | 'apigateway:GetDomainNames'
  | 'apigateway:GetResources'
  | 'apigateway:GetRestApi'
  | 'apigateway:GetStages'
  | 'apigatewayv2:GetStages'
  | 'apigatewayv2:GetApi'
  | 'apigatewayv2:GetApiMappings'
  | 'apigatewayv2:GetDeployments'
  | 'apigatewayv2:GetIntegrations'
  | 'apigatewayv2:GetRoutes'
  | 'health:DescribeEvents'
  | 'wafv2:GetWebACLForResource';

const noApi = fail('gone', 'NotFoundException', 'Invalid API identifier specified');
const noDomain = fail('gone', 'NotFoundException', 'Invalid domain name identifier specified');

export function aroundAnswers(parts: Parts): Pick<Answers, Names> {
  const { apis, around, base } = parts;
  const of = (apiId: string | undefined, rest: boolean): ServedStage | undefined =>
    [...apis.all.values()].find((a) => a.apiId === apiId && (a.apiType === 'REST') === rest);
  const address = (api: ServedStage): string => `https://${api.apiId}.execute-api.${base.here.region}.amazonaws.com`;
  return {
    'apigateway:GetAccount': () =>
      ok({
        ...meta,
        throttleSettings: { rateLimit: accountThrottle.rate, burstLimit: accountThrottle.burst },
        features: ['UsagePlans'],
        ...(around.logsRole === undefined ? {} : { cloudwatchRoleArn: around.logsRole }),
      }),
    'apigateway:GetRestApi': (input) => {
      const api = of(input.restApiId, true);
      if (!api) return noApi;
      const endpointConfiguration = { types: ['REGIONAL' as const] };
      return ok({
        ...meta,
        id: api.apiId,
        name: api.name,
        endpointConfiguration,
        disableExecuteApiEndpoint: api.around.ownAddressOff,
        ...(api.binaryMediaTypes.length > 0 ? { binaryMediaTypes: [...api.binaryMediaTypes] } : {}),
      });
    },
    'apigateway:GetStages': (input) =>
      of(input.restApiId, true)
        ? ok({ ...meta, item: [...apis.all.values()].filter((a) => a.apiId === input.restApiId).map((a) => ({ stageName: a.stage })) })
        : noApi,
    'apigatewayv2:GetStages': (input) =>
      of(input.ApiId, false)
        ? ok({
            ...meta,
            Items: [...apis.all.values()]
              .filter((a) => a.apiId === input.ApiId)
              .map((a) => ({ StageName: a.stage, DefaultRouteSettings: {} })),
          })
        : noApi,
    'apigateway:GetResources': (input) => {
      const api = of(input.restApiId, true);
      if (!api) return noApi;
      const items = resourcesOf(parts, api);
      return ok({ ...meta, items });
    },
    'apigateway:GetDeployments': (input) => {
      const api = of(input.restApiId, true);
      return api ? ok({ ...meta, items: apis.stagesOf(api.apiId).flatMap((a) => a.deployments.map(shown)) }) : noApi;
    },
    'apigateway:GetDomainNames': () =>
      ok({
        ...meta,
        items: [...around.domains.values()].map((d) => ({
          domainName: d.name,
          regionalCertificateArn: d.certificateArn,
          domainNameStatus: d.status,
          endpointConfiguration: { types: ['REGIONAL' as const] },
        })),
      }),
    'apigateway:GetBasePathMappings': (input) => {
      const domain = around.domains.get(input.domainName ?? '');
      if (!domain) return noDomain;
      return ok({
        ...meta,
        items: domain.mappings.map((m) => ({ basePath: m.path === '' ? '(none)' : m.path, restApiId: m.apiId, stage: m.stage })),
      });
    },
    'apigatewayv2:GetApi': (input) => {
      const api = of(input.ApiId, false);
      if (!api) return noApi;
      const common = {
        Name: api.name,
        ProtocolType: api.apiType as 'HTTP' | 'WEBSOCKET',
        RouteSelectionExpression: '$request.method $request.path',
      };
      return ok({ ...meta, ApiId: api.apiId, ...common, ApiEndpoint: address(api), DisableExecuteApiEndpoint: api.around.ownAddressOff });
    },
    'apigatewayv2:GetApiMappings': (input) => {
      const domain = around.domains.get(input.DomainName ?? '');
      if (!domain) return noDomain;
      return ok({ ...meta, Items: domain.mappings.map((m) => ({ ApiMappingKey: m.path, ApiId: m.apiId, Stage: m.stage })) });
    },
    'apigatewayv2:GetDeployments': (input) => {
      const api = of(input.ApiId, false);
      if (!api) return noApi;
      const Items = api.deployments.map((d) => ({
        DeploymentId: d.id,
        CreatedDate: new Date(d.at),
        DeploymentStatus: 'DEPLOYED' as const,
        AutoDeployed: api.autoDeploy,
        ...(d.description === undefined ? {} : { Description: d.description }),
      }));
      return ok({ ...meta, Items });
    },
    'apigatewayv2:GetIntegrations': (input) => {
      const api = of(input.ApiId, false);
      if (!api) return noApi;
      const Items = api.draft.flatMap((r, n) => (r.empty ? [] : [v2Integration(parts, api, r, n)]));
      return ok({ ...meta, Items });
    },
    'apigatewayv2:GetRoutes': (input) => {
      const api = of(input.ApiId, false);
      if (!api) return noApi;
      const Items = api.draft.map((r, n) => ({
        RouteId: `route${n}`,
        RouteKey: routeKeyOf(r),
        ...(r.authorizer === undefined
          ? {}
          : { AuthorizationType: 'CUSTOM' as const, AuthorizerId: authorizerId(base, api, r.authorizer) }),
        ...(r.empty ? {} : { Target: `integrations/${integrationId(n)}` }),
      }));
      return ok({ ...meta, Items });
    },
    'wafv2:GetWebACLForResource': (input) => {
      const api = [...apis.all.values()].find((a) => (input.ResourceArn ?? '').endsWith(`/restapis/${a.apiId}/stages/${a.stage}`));
      if (!api)
        return fail('gone', 'WAFNonexistentItemException', 'AWS WAF couldn’t perform the operation because your resource doesn’t exist.');
      const acl = around.webAcls.get(api.around.webAclArn ?? '');
      if (!acl) return ok(meta);
      const VisibilityConfig = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: acl.name };
      return ok({
        ...meta,
        WebACL: { ARN: acl.arn, Id: acl.arn.split('/').at(-1) ?? '', Name: acl.name, DefaultAction: { Allow: {} }, VisibilityConfig },
      });
    },
    'health:DescribeEvents': (input) => {
      if (!around.supportPlan)
        return fail(
          'refused',
          'SubscriptionRequiredException',
          'An AWS Business or Enterprise Support plan is required to use the AWS Health API.',
        );
      const wanted = input.filter?.services;
      const events = around.health
        .filter((e) => e.visibleAt <= base.clock.now() && (wanted === undefined || wanted.includes(e.service)))
        .map((e) => ({
          service: e.service,
          region: base.here.region,
          eventTypeCode: `AWS_${e.service}_OPERATIONAL_ISSUE`,
          eventTypeCategory: 'issue' as const,
          startTime: new Date(e.from),
          ...(e.to === undefined ? { statusCode: 'open' as const } : { endTime: new Date(e.to), statusCode: 'closed' as const }),
        }));
      return ok({ ...meta, events });
    },
  };
}

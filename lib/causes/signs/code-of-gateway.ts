// What advice asks of API Gateway, as pieces of infrastructure: stages, integrations, answers, links, mappings; in each family's own words.
import type { StageRef } from '../../model/api.ts';
import type { Snippet } from '../../model/cause.ts';
import { inCode, type Hcl, type Json } from '../../model/in-code.ts';

type Snippets = readonly Snippet[];
/** Settings of a stage, as its family writes them. */
const stageInCode = (
  title: string,
  at: StageRef,
  rest: Readonly<Record<string, Json>>,
  http: Readonly<Record<string, Json>>,
  terraform: {
    readonly rest: { readonly type: string; readonly arguments: Readonly<Record<string, Hcl>> };
    readonly http: Readonly<Record<string, Hcl>>;
  },
): Snippets =>
  at.apiType === 'REST'
    ? inCode(title, { of: `${at.apiId}/${at.stage}`, type: 'AWS::ApiGateway::Stage', properties: rest, terraform: terraform.rest })
    : inCode(title, {
        of: `${at.apiId}/${at.stage}`,
        type: 'AWS::ApiGatewayV2::Stage',
        properties: http,
        terraform: { type: 'aws_apigatewayv2_stage', arguments: terraform.http },
      });

/** The throttling of all methods or routes of a stage. */
export const throttlingInCode = (at: StageRef, rate: number, burst: number): Snippets =>
  stageInCode(
    'Keep the limit in code',
    at,
    { MethodSettings: [{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst }] },
    { DefaultRouteSettings: { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } },
    {
      rest: {
        type: 'aws_api_gateway_method_settings',
        arguments: { method_path: '*/*', settings: { block: { throttling_rate_limit: rate, throttling_burst_limit: burst } } },
      },
      http: { default_route_settings: { block: { throttling_rate_limit: rate, throttling_burst_limit: burst } } },
    },
  );

/** A canary that takes nothing; REST stages alone have one. */
export const canaryInCode = (at: StageRef): Snippets =>
  inCode('Keep the canary at nothing in code', {
    of: `${at.apiId}/${at.stage}`,
    type: 'AWS::ApiGateway::Stage',
    properties: { CanarySetting: { PercentTraffic: 0 } },
    terraform: { type: 'aws_api_gateway_stage', arguments: { canary_settings: { block: { percent_traffic: 0 } } } },
  });
export const variableInCode = (at: StageRef, name: string, value: string): Snippets =>
  stageInCode(
    'Keep the variable in code',
    at,
    { Variables: { [name]: value } },
    { StageVariables: { [name]: value } },
    {
      rest: { type: 'aws_api_gateway_stage', arguments: { variables: { map: { [name]: value } } } },
      http: { stage_variables: { map: { [name]: value } } },
    },
  );

/** Settings of a method's integration in a REST API. */
export const integrationInCode = (
  title: string,
  route: string,
  integration: Readonly<Record<string, Json>>,
  terraform: Readonly<Record<string, Hcl>>,
): Snippets =>
  inCode(title, {
    of: route,
    type: 'AWS::ApiGateway::Method',
    properties: { Integration: integration },
    terraform: { type: 'aws_api_gateway_integration', arguments: terraform },
  });

/** Settings of an integration of an HTTP or WebSocket API. */
export const integrationV2InCode = (
  title: string,
  route: string,
  properties: Readonly<Record<string, Json>>,
  terraform: Readonly<Record<string, Hcl>>,
): Snippets =>
  inCode(title, {
    of: route,
    type: 'AWS::ApiGatewayV2::Integration',
    properties,
    terraform: { type: 'aws_apigatewayv2_integration', arguments: terraform },
  });

/** Where a route of an HTTP or WebSocket API leads. */
export const routeInCode = (route: string, target: string): Snippets =>
  inCode('Keep the route’s target in code', {
    of: route,
    type: 'AWS::ApiGatewayV2::Route',
    properties: { Target: target },
    terraform: { type: 'aws_apigatewayv2_route', arguments: { target } },
  });
/** What a REST method answers: its default mapping, and the statuses it declares. */
export const answerInCode = (route: string, status: string): Snippets =>
  inCode('Keep the answer in code', {
    of: route,
    type: 'AWS::ApiGateway::Method',
    properties: { Integration: { IntegrationResponses: [{ StatusCode: status }] }, MethodResponses: [{ StatusCode: status }] },
    terraform: { type: 'aws_api_gateway_method_response', arguments: { status_code: status } },
  });

/** A link to a load balancer, made anew: one that FAILED cannot be mended (fixes.md §18). */
export const vpcLinkInCode = (name: string, version: 1 | 2): Snippets =>
  version === 1
    ? inCode('Make the link anew in code', {
        type: 'AWS::ApiGateway::VpcLink',
        properties: { Name: name, TargetArns: ['LOAD_BALANCER_ARN'] },
        terraform: { type: 'aws_api_gateway_vpc_link', arguments: { name, target_arns: ['LOAD_BALANCER_ARN'] } },
      })
    : inCode('Make the link anew in code', {
        type: 'AWS::ApiGatewayV2::VpcLink',
        properties: { Name: name, SubnetIds: ['SUBNET_ID'], SecurityGroupIds: ['GROUP_ID'] },
        terraform: { type: 'aws_apigatewayv2_vpc_link', arguments: { name, subnet_ids: ['SUBNET_ID'], security_group_ids: ['GROUP_ID'] } },
      });

/** A domain's way to a stage. */
export const mappingInCode = (at: StageRef, domain: string, path: string): Snippets =>
  at.apiType === 'REST'
    ? inCode('Keep the mapping in code', {
        type: 'AWS::ApiGateway::BasePathMapping',
        properties: { DomainName: domain, BasePath: path, RestApiId: at.apiId, Stage: at.stage },
        terraform: {
          type: 'aws_api_gateway_base_path_mapping',
          arguments: { domain_name: domain, base_path: path, api_id: at.apiId, stage_name: at.stage },
        },
      })
    : inCode('Keep the mapping in code', {
        type: 'AWS::ApiGatewayV2::ApiMapping',
        properties: { DomainName: domain, ApiMappingKey: path, ApiId: at.apiId, Stage: at.stage },
        terraform: {
          type: 'aws_apigatewayv2_api_mapping',
          arguments: { domain_name: domain, api_mapping_key: path, api_id: at.apiId, stage: at.stage },
        },
      });

export const webAclInCode = (stage: string, acl: string): Snippets =>
  inCode('Keep the association in code', {
    type: 'AWS::WAFv2::WebACLAssociation',
    properties: { ResourceArn: stage, WebACLArn: acl },
    terraform: { type: 'aws_wafv2_web_acl_association', arguments: { resource_arn: stage, web_acl_arn: acl } },
  });

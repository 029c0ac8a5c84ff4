// Rows for what lies around a stage: the API's own settings, its edited draft, its deployments, the domains that lead to it, the account's limits.
import type { CallName, CallRow } from '../calls.ts';
import { arn, rest, some, v2 } from './gateway-paths.ts';

type Names =
  | 'apigateway:GetAccount'
  | 'apigateway:GetAuthorizers'
  | 'apigateway:GetBasePathMappings'
  | 'apigateway:GetDeployments'
  | 'apigateway:GetDomainNames'
  | 'apigateway:GetResources'
  | 'apigateway:GetRestApi'
  | 'apigateway:GetStages'
  | 'apigatewayv2:GetApi'
  | 'apigatewayv2:GetAuthorizers'
  | 'apigatewayv2:GetApiMappings'
  | 'apigatewayv2:GetDeployments'
  | 'apigatewayv2:GetIntegrations'
  | 'apigatewayv2:GetRoutes'
  | 'apigatewayv2:GetStages';
type Rows = { readonly [N in Extract<CallName, Names>]: CallRow<N> };

const read = { iam: ['apigateway:GET'], effect: 'read' } as const;
const whole = 'GET shows the whole answer: integration URIs and the names of roles cannot be hidden. Only listed APIs may be read.';
const everyDomain =
  'Which domain leads to a stage is only known from the mappings: those of every custom domain of the account and Region can be read.';

export const aroundRows: Rows = {
  'apigateway:GetAccount': {
    ...read,
    why: 'Reads the account’s own request rate and burst, which all APIs of the Region share.',
    wide: 'It shows two limits and the name of the role for logs, nothing else.',
    resource: (_input, here) => [arn(here, '/account')],
    grants: (scope) => [{ resources: [arn(scope, '/account')] }],
  },
  'apigateway:GetRestApi': {
    ...read,
    why: 'Reads whether the API’s own address is switched off, and what kind of endpoint it has.',
    wide: 'GET shows the API’s resource policy too; only listed APIs may be read.',
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}`)],
    grants: (scope) => some(rest(scope, (id) => `/restapis/${id}`)),
  },
  'apigateway:GetStages': {
    ...read,
    why: 'Names the stages there are, where one was asked for that there is not; the command line only.',
    wide: 'GET shows stage variables in clear.',
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/stages`)],
    grants: (scope) => some(rest(scope, (id) => `/restapis/${id}/stages`)),
  },
  'apigatewayv2:GetStages': {
    ...read,
    why: 'Names the stages there are, where one was asked for that there is not; the command line only.',
    wide: 'GET shows stage variables in clear.',
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/stages`)],
    grants: (scope) => some(v2(scope, (id) => [`/apis/${id}/stages`])),
  },
  'apigateway:GetResources': {
    ...read,
    why: 'Reads the edited draft, to tell what was edited and not deployed.',
    wide: whole,
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/resources`)],
    grants: (scope) => some(rest(scope, (id) => `/restapis/${id}/resources`)),
  },
  'apigateway:GetDeployments': {
    ...read,
    why: 'Sees whether there is a newer deployment than the one the stage serves.',
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/deployments`)],
    grants: (scope) => some(rest(scope, (id) => `/restapis/${id}/deployments`)),
  },
  'apigateway:GetDomainNames': {
    ...read,
    why: 'Finds custom domains, their state and their certificates.',
    wide: 'It lists every custom domain of the account and Region; IAM cannot narrow a listing to some of them.',
    resource: (_input, here) => [arn(here, '/domainnames')],
    grants: (scope) => [{ resources: [arn(scope, '/domainnames')] }],
  },
  'apigateway:GetBasePathMappings': {
    ...read,
    why: 'Sees whether a custom domain leads to the stage.',
    wide: everyDomain,
    resource: (input, here) => [arn(here, `/domainnames/${input.domainName}/basepathmappings`)],
    grants: (scope) => [{ resources: [arn(scope, '/domainnames/*/basepathmappings')] }],
  },
  'apigateway:GetAuthorizers': {
    ...read,
    why: 'Reads the ids of an API’s authorizers, which an invoke permission names and no export shows.',
    wide: whole,
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/authorizers`)],
    grants: (scope) => some(rest(scope, (id) => `/restapis/${id}/authorizers`)),
  },
  'apigatewayv2:GetAuthorizers': {
    ...read,
    why: 'Reads the authorizers of an HTTP or WebSocket API with their ids.',
    wide: whole,
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/authorizers`)],
    grants: (scope) => some(v2(scope, (id) => [`/apis/${id}/authorizers`])),
  },
  'apigatewayv2:GetApi': {
    ...read,
    why: 'Reads whether the API’s own address is switched off.',
    wide: whole,
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}`)],
    grants: (scope) => some(v2(scope, (id) => [`/apis/${id}`])),
  },
  'apigatewayv2:GetApiMappings': {
    ...read,
    why: 'Sees whether a custom domain leads to the stage of an HTTP or WebSocket API.',
    wide: everyDomain,
    resource: (input, here) => [arn(here, `/domainnames/${input.DomainName}/apimappings`)],
    grants: (scope) => [{ resources: [arn(scope, '/domainnames/*/apimappings')] }],
  },
  'apigatewayv2:GetDeployments': {
    ...read,
    why: 'Sees whether the last deployment failed, or is newer than the one the stage serves.',
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/deployments`)],
    grants: (scope) => some(v2(scope, (id) => [`/apis/${id}/deployments`])),
  },
  'apigatewayv2:GetIntegrations': {
    ...read,
    why: 'Reads the edited integrations, to tell what was edited and not deployed.',
    wide: whole,
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/integrations`)],
    grants: (scope) => some(v2(scope, (id) => [`/apis/${id}/integrations`])),
  },
  'apigatewayv2:GetRoutes': {
    ...read,
    why: 'Reads the edited routes, to tell which has no integration.',
    wide: whole,
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/routes`)],
    grants: (scope) => some(v2(scope, (id) => [`/apis/${id}/routes`])),
  },
};

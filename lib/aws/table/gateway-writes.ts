// Rows for what Gatemedic changes at API Gateway, and for the single values it reads back. IAM knows verbs and paths, not fields: whoever may
// PATCH a stage may change everything about it (fixes.md, preamble), so each row says what the code limits itself to.
import type { CallRow, GrantScope } from '../calls.ts';
import { arn, spellings } from './gateway-paths.ts';

/** The listed stages and their APIs only: a stage that may be read without being listed is never written to. */
const listed = (scope: GrantScope, isRest: boolean): GrantScope['stages'] => scope.stages.filter((s) => (s.apiType === 'REST') === isRest);
const grantsOn = (scope: GrantScope, isRest: boolean, paths: (apiId: string, stage: string) => readonly string[]) => {
  const resources = [...new Set(listed(scope, isRest).flatMap((s) => paths(s.apiId, s.stage)))].map((path) => arn(scope, path));
  return resources.length === 0 ? [] : [{ resources }];
};
const rest = (paths: (apiId: string, stage: string) => readonly string[]) => (scope: GrantScope) => grantsOn(scope, true, paths);
const v2 = (paths: (apiId: string, stage: string) => readonly string[]) => (scope: GrantScope) => grantsOn(scope, false, paths);

const read = { iam: ['apigateway:GET'], effect: 'read' } as const;
const patch = { iam: ['apigateway:PATCH'], effect: 'write' } as const;
const post = { iam: ['apigateway:POST'], effect: 'write' } as const;
const remove = { iam: ['apigateway:DELETE'], effect: 'write' } as const;

const wholeStage =
  'IAM cannot narrow PATCH on a stage to a field: the permission covers every setting of the listed stages, the deployment they serve among them. The code writes only the fields that a change names.';
const wholeApi = 'IAM cannot narrow PATCH to a field: the code writes the one field that a change names.';
const shownWhole = 'GET shows the whole answer; only listed APIs may be read.';

/** The domains’ mappings that the owner listed in `resources`, as ARNs of API Gateway. */
const mappings = (scope: GrantScope) => {
  const resources = listedResources(scope).filter((one) => /^arn:aws[\w-]{0,10}:apigateway:[\w-]{1,30}::\/domainnames\//.test(one));
  return resources.length === 0 ? [] : [{ resources }];
};
/** Patterns of ARNs that the owner opened beside stages and functions. */
const listedResources = (scope: GrantScope): readonly string[] => scope.resources ?? [];
const mappingArn = (domain: string | undefined, path: string | undefined): string =>
  `/domainnames/${domain}/basepathmappings/${path === undefined || path === '' ? '(none)' : path}`;

const restRows = {
  'apigateway:UpdateStage': {
    ...patch,
    why: 'Changes one setting of a stage: its log level, a stage variable, its throttling, its canary, or which deployment it serves.',
    wide: wholeStage,
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/stages/${input.stageName}`)],
    grants: rest((id, stage) => [`/restapis/${id}/stages/${stage}`]),
  } satisfies CallRow<'apigateway:UpdateStage'>,
  'apigateway:GetIntegration': {
    ...read,
    why: 'Reads an integration as it was edited last, before and after its timeout is changed.',
    wide: shownWhole,
    resource: (input, here) => [
      arn(here, `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/integration`),
    ],
    grants: rest((id) => [`/restapis/${id}/resources/*/methods/*/integration`]),
  } satisfies CallRow<'apigateway:GetIntegration'>,
  'apigateway:UpdateIntegration': {
    ...patch,
    why: 'Changes how long the gateway waits for one integration; in force with the next deployment.',
    wide: wholeApi,
    resource: (input, here) => [
      arn(here, `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/integration`),
    ],
    grants: rest((id) => [`/restapis/${id}/resources/*/methods/*/integration`]),
  } satisfies CallRow<'apigateway:UpdateIntegration'>,
  'apigateway:GetDeployment': {
    ...read,
    why: 'Reads by its description whether a deployment is one that Gatemedic made, and whether an earlier one still exists.',
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/deployments/${input.deploymentId}`)],
    grants: rest((id) => [`/restapis/${id}/deployments/*`]),
  } satisfies CallRow<'apigateway:GetDeployment'>,
  'apigateway:CreateDeployment': {
    ...post,
    why: 'Puts the edited API in force on a listed stage.',
    wide: 'A deployment publishes everything that was edited, not only what Gatemedic edited: the code compares the two first, and deploys only when nothing else differs, or when a person approved the whole difference.',
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/deployments`)],
    conditions: (input) => ({ 'apigateway:Request/StageName': input.stageName ?? '' }),
    grants: (scope) =>
      listed(scope, true).map((s) => ({
        resources: [arn(scope, `/restapis/${s.apiId}/deployments`)],
        conditions: { StringEquals: { 'apigateway:Request/StageName': s.stage } },
      })),
  } satisfies CallRow<'apigateway:CreateDeployment'>,
  'apigateway:GetAuthorizer': {
    ...read,
    why: 'Reads how long an authorizer’s answers are kept, as it was edited last.',
    wide: shownWhole,
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/authorizers/${input.authorizerId}`)],
    grants: rest((id) => [`/restapis/${id}/authorizers/*`]),
  } satisfies CallRow<'apigateway:GetAuthorizer'>,
  'apigateway:UpdateAuthorizer': {
    ...patch,
    why: 'Changes how long an authorizer’s answers are kept.',
    wide: wholeApi,
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/authorizers/${input.authorizerId}`)],
    grants: rest((id) => [`/restapis/${id}/authorizers/*`]),
  } satisfies CallRow<'apigateway:UpdateAuthorizer'>,
  'apigateway:FlushStageAuthorizersCache': {
    ...remove,
    why: 'Forgets every answer of the stage’s authorizers that is kept.',
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/stages/${input.stageName}/cache/authorizers`)],
    grants: rest((id, stage) => [`/restapis/${id}/stages/${stage}/cache/authorizers`]),
  } satisfies CallRow<'apigateway:FlushStageAuthorizersCache'>,
  'apigateway:GetBasePathMapping': {
    ...read,
    why: 'Reads where one base path of a custom domain leads.',
    wide: 'Which domain leads to a stage is only known from the mappings: those of every custom domain of the account and Region can be read.',
    resource: (input, here) => [arn(here, mappingArn(input.domainName, input.basePath))],
    grants: (scope) => [{ resources: [arn(scope, '/domainnames/*/basepathmappings/*')] }],
  } satisfies CallRow<'apigateway:GetBasePathMapping'>,
  'apigateway:CreateBasePathMapping': {
    ...post,
    why: 'Maps a base path of a custom domain to the stage again.',
    wide: 'Only domains listed in `resources`; IAM cannot limit which API they are mapped to.',
    resource: (input, here) => [arn(here, `/domainnames/${input.domainName}/basepathmappings`)],
    grants: mappings,
  } satisfies CallRow<'apigateway:CreateBasePathMapping'>,
  'apigateway:DeleteBasePathMapping': {
    ...remove,
    why: 'Takes back a mapping that Gatemedic itself made.',
    wide: 'Only domains listed in `resources`; IAM cannot tell our mappings from others: the code removes only the one it made, while it still says the same.',
    resource: (input, here) => [arn(here, mappingArn(input.domainName, input.basePath))],
    grants: mappings,
  } satisfies CallRow<'apigateway:DeleteBasePathMapping'>,
} as const;

const v2Rows = {
  'apigatewayv2:UpdateStage': {
    ...patch,
    why: 'Changes one setting of a stage of an HTTP or WebSocket API: its log level, a stage variable or its throttling.',
    wide: wholeStage,
    // IAM's path has no /v2 (fixes.md §8)
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/stages/${input.StageName}`)],
    grants: v2((id, stage) => spellings(stage).map((s) => `/apis/${id}/stages/${s}`)),
  } satisfies CallRow<'apigatewayv2:UpdateStage'>,
  'apigatewayv2:GetIntegration': {
    ...read,
    why: 'Reads how long the gateway waits for one integration of an HTTP API.',
    wide: shownWhole,
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/integrations/${input.IntegrationId}`)],
    grants: v2((id) => [`/apis/${id}/integrations/*`]),
  } satisfies CallRow<'apigatewayv2:GetIntegration'>,
  'apigatewayv2:UpdateIntegration': {
    ...patch,
    why: 'Changes how long the gateway waits for one integration of an HTTP API; where stages deploy by themselves, in force at once.',
    wide: wholeApi,
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/integrations/${input.IntegrationId}`)],
    grants: v2((id) => [`/apis/${id}/integrations/*`]),
  } satisfies CallRow<'apigatewayv2:UpdateIntegration'>,
  'apigatewayv2:GetAuthorizer': {
    ...read,
    why: 'Reads how long an authorizer’s answers are kept.',
    wide: shownWhole,
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/authorizers/${input.AuthorizerId}`)],
    grants: v2((id) => [`/apis/${id}/authorizers/*`]),
  } satisfies CallRow<'apigatewayv2:GetAuthorizer'>,
  'apigatewayv2:UpdateAuthorizer': {
    ...patch,
    why: 'Changes how long an authorizer’s answers are kept.',
    wide: wholeApi,
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/authorizers/${input.AuthorizerId}`)],
    grants: v2((id) => [`/apis/${id}/authorizers/*`]),
  } satisfies CallRow<'apigatewayv2:UpdateAuthorizer'>,
  'apigatewayv2:ResetAuthorizersCache': {
    ...remove,
    why: 'Forgets every answer of the stage’s authorizers that is kept (HTTP APIs).',
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/stages/${input.StageName}/cache/authorizers`)],
    grants: v2((id, stage) => spellings(stage).map((s) => `/apis/${id}/stages/${s}/cache/authorizers`)),
  } satisfies CallRow<'apigatewayv2:ResetAuthorizersCache'>,
} as const;

export const gatewayWriteRows = { ...restRows, ...v2Rows };

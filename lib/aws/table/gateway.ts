// API Gateway's rows. Its actions are HTTP verbs and its ARNs are paths without an account id (fixes.md, before §1).
import type { CallName, CallRow } from '../calls.ts';
import type { BackendCall } from './backends.ts';
import { aroundRows } from './gateway-around.ts';
import { arn, rest, some, spellings, v2 } from './gateway-paths.ts';
import { gatewayWriteRows } from './gateway-writes.ts';

type Rows = {
  readonly [
    N in Exclude<Extract<CallName, `apigateway${string}`>, keyof typeof aroundRows | keyof typeof gatewayWriteRows | BackendCall>
  ]: CallRow<N>;
};

const wide =
  'GET shows the whole answer: integration URIs and the names of roles cannot be hidden. Only listed stages may be read; a stage that is not listed answers denied, which the message says.';

const anyLink = 'Which link an integration uses is only known at run time: every VPC link of the account and Region can be read.';

const stageRows: Rows = {
  'apigateway:GetExport': {
    iam: ['apigateway:GET'],
    effect: 'read',
    why: 'Reads the definition the stage really serves (its deployment, never the edited draft).',
    wide,
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/stages/${input.stageName}/exports/${input.exportType}`)],
    grants: (scope) => some(rest(scope, (id, stage) => `/restapis/${id}/stages/${stage}/exports/oas30`)),
  },
  'apigateway:GetStage': {
    iam: ['apigateway:GET'],
    effect: 'read',
    why: 'Reads stage variables, log settings and tags of a stage.',
    wide: `${wide} Stage variables are read in clear.`,
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/stages/${input.stageName}`)],
    grants: (scope) => some(rest(scope, (id, stage) => `/restapis/${id}/stages/${stage}`)),
  },
  'apigateway:GetRestApis': {
    iam: ['apigateway:GET'],
    effect: 'read',
    why: 'Finds the id behind the API name an alarm speaks of.',
    wide: 'It lists every REST API of the account and Region; IAM cannot narrow a listing to some of them.',
    resource: (_input, here) => [arn(here, '/restapis')],
    grants: (scope) => [{ resources: [arn(scope, '/restapis')] }],
  },
  'apigateway:GetVpcLink': {
    iam: ['apigateway:GET'],
    effect: 'read',
    why: 'Reads whether a VPC link of a REST API is available, and which load balancer it leads to.',
    wide: anyLink,
    resource: (input, here) => [arn(here, `/vpclinks/${input.vpcLinkId}`)],
    grants: (scope) => [{ resources: [arn(scope, '/vpclinks/*')] }],
  },
  'apigatewayv2:GetVpcLink': {
    iam: ['apigateway:GET'],
    effect: 'read',
    why: 'Reads whether a VPC link is available, and its subnets and security groups.',
    wide: anyLink,
    resource: (input, here) => [arn(here, `/vpclinks/${input.VpcLinkId}`)],
    grants: (scope) => [{ resources: [arn(scope, '/vpclinks/*')] }],
  },
  'apigatewayv2:ExportApi': {
    iam: ['apigateway:GET'],
    effect: 'read',
    why: 'Reads the definition an HTTP API stage really serves.',
    wide: `${wide} The export is a resource of the API, so all of its stages can be exported.`,
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/exports/${input.Specification}`)],
    grants: (scope) => some(v2(scope, (id) => [`/apis/${id}/exports/OAS30`])),
  },
  'apigatewayv2:GetStage': {
    iam: ['apigateway:GET'],
    effect: 'read',
    why: 'Reads stage variables, log settings and tags of an HTTP API stage.',
    wide: `${wide} Stage variables are read in clear.`,
    resource: (input, here) => [arn(here, `/apis/${input.ApiId}/stages/${input.StageName}`)],
    grants: (scope) => some(v2(scope, (id, stage) => spellings(stage).map((s) => `/apis/${id}/stages/${s}`))),
  },
};

export const gatewayRows = { ...stageRows, ...aroundRows, ...gatewayWriteRows };

// API Gateway's rows. Its actions are HTTP verbs and its ARNs are paths without an account id (fixes.md, before §1).
import type { CallName, CallRow, GrantScope, Here } from '../calls.ts';

type Rows = { readonly [N in Extract<CallName, `apigateway${string}`>]: CallRow<N> };

const arn = (here: Here, path: string): string => `arn:aws:apigateway:${here.region}::${path}`;

/** `$default` travels as `%24default` in the request's path, and no source says which of the two IAM compares: both name the same stage. */
const spellings = (stage: string): readonly string[] => (stage === '$default' ? [stage, '%24default'] : [stage]);

const rest = (scope: GrantScope, path: (apiId: string, stage: string) => string): readonly string[] =>
  scope.stages.filter((s) => s.apiType === 'REST').map((s) => arn(scope, path(s.apiId, s.stage)));
const v2 = (scope: GrantScope, paths: (apiId: string, stage: string) => readonly string[]): readonly string[] => [
  ...new Set(scope.stages.filter((s) => s.apiType !== 'REST').flatMap((s) => paths(s.apiId, s.stage).map((p) => arn(scope, p)))),
];

/** No stage of that kind is listed: no statement at all, for a statement without a resource is no statement. */
const some = (resources: readonly string[]) => (resources.length === 0 ? [] : [{ resources }]);

const wide =
  'GET shows the whole answer: integration URIs and the names of roles cannot be hidden. Only listed stages may be read; a stage that is not listed answers denied, which the message says.';

export const gatewayRows: Rows = {
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

// Written by `npm run catalogue` from the collectors, settings and fixes; a test fails when it is stale. Who only needs to know which calls
// are made, or what a fix is called and takes, loads none of the code that plans and makes them: most functions.
import type { CallName } from './aws/calls.ts';
import type { CauseId } from './model/cause.ts';
import type { Consent, Hand } from './model/change.ts';
import type { EvidenceKind } from './model/evidence.ts';

/** What every collector calls. */
export const evidenceCalls: readonly CallName[] = ["acm:DescribeCertificate","apigateway:GetAccount","apigateway:GetAuthorizers","apigateway:GetBasePathMappings","apigateway:GetClientCertificate","apigateway:GetDeployments","apigateway:GetDomainNames","apigateway:GetExport","apigateway:GetResources","apigateway:GetRestApi","apigateway:GetStage","apigateway:GetVpcLink","apigateway:TestInvokeMethod","apigatewayv2:ExportApi","apigatewayv2:GetApi","apigatewayv2:GetApiMappings","apigatewayv2:GetAuthorizers","apigatewayv2:GetDeployments","apigatewayv2:GetIntegrations","apigatewayv2:GetRoutes","apigatewayv2:GetStage","apigatewayv2:GetVpcLink","cloudformation:DescribeStackEvents","cloudformation:DescribeStackResource","cloudformation:DescribeStacks","cloudtrail:LookupEvents","cloudtrail:LookupGlobalEvents","cloudwatch:GetMetricData","codedeploy:BatchGetDeploymentTargets","codedeploy:BatchGetDeployments","codedeploy:ListDeploymentTargets","codedeploy:ListDeployments","dynamodb:DescribeTable","ec2:DescribeFlowLogs","ec2:DescribeNetworkAcls","ec2:DescribeNetworkInterfaces","ec2:DescribeRouteTables","ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeVpcEndpoints","elbv2:DescribeListenerCertificates","elbv2:DescribeListeners","elbv2:DescribeLoadBalancers","elbv2:DescribeRules","elbv2:DescribeTargetGroups","elbv2:DescribeTargetHealth","health:DescribeEvents","iam:GetPolicy","iam:GetPolicyVersion","iam:GetRole","iam:SimulatePrincipalPolicy","kms:DescribeKey","lambda:GetAccountSettings","lambda:GetAlias","lambda:GetFunctionConcurrency","lambda:GetFunctionConfiguration","lambda:GetPolicy","lambda:GetProvisionedConcurrencyConfig","lambda:ListTags","logs:FilterLogEvents","probe:Tls","servicediscovery:GetInstancesHealthStatus","servicediscovery:ListInstances","sns:GetTopicAttributes","sqs:GetQueueAttributes","states:DescribeStateMachine","wafv2:GetWebACLForResource","xray:BatchGetTraces","xray:GetTraceSummaries"];

export interface DeclaredSetting {
  readonly id: string;
  readonly reads: readonly CallName[];
  readonly writes: readonly CallName[];
  readonly hand?: Hand;
  /** Something else may steer it. */
  readonly managed?: true;
  /** Metrics tell whether it is in use. */
  readonly inUse?: true;
  /** Once in use, only a person takes it away. */
  readonly keptWhenUsed?: true;
}
export const declaredSettings: readonly DeclaredSetting[] = [
  {"id":"alias-version","reads":["lambda:GetAlias"],"writes":["lambda:UpdateAlias"]},
  {"id":"api-deployment","reads":["apigateway:GetDeployments"],"writes":["apigateway:CreateDeployment","apigateway:GetExport","apigateway:GetResources"]},
  {"id":"authorizer-cache","reads":[],"writes":["apigateway:FlushStageAuthorizersCache","apigatewayv2:ResetAuthorizersCache"]},
  {"id":"authorizer-ttl","reads":["apigateway:GetAuthorizer","apigatewayv2:GetAuthorizer"],"writes":["apigateway:UpdateAuthorizer","apigatewayv2:UpdateAuthorizer"]},
  {"id":"base-path-mapping","reads":["apigateway:GetBasePathMapping"],"writes":["apigateway:CreateBasePathMapping","apigateway:DeleteBasePathMapping"]},
  {"id":"canary","reads":["apigateway:GetStage"],"writes":["apigateway:UpdateStage"]},
  {"id":"codedeploy-deployment","reads":["codedeploy:BatchGetDeployments"],"writes":["codedeploy:StopDeployment"]},
  {"id":"fresh-deployment","reads":["apigateway:GetStage","apigateway:GetDeployment"],"writes":["apigateway:UpdateStage","apigateway:CreateDeployment","apigateway:GetExport","apigateway:GetResources"]},
  {"id":"function-configuration","reads":["lambda:GetFunctionConfiguration"],"writes":["lambda:UpdateFunctionConfiguration"],"hand":"function-configuration"},
  {"id":"function-version","reads":["lambda:ListVersionsByFunction"],"writes":["lambda:PublishVersion"]},
  {"id":"integration-timeout","reads":["apigateway:GetIntegration","apigatewayv2:GetIntegration"],"writes":["apigateway:UpdateIntegration","apigatewayv2:UpdateIntegration"]},
  {"id":"invoke-permission","reads":["lambda:GetPolicy"],"writes":["lambda:AddPermission","lambda:RemovePermission"],"inUse":true,"keptWhenUsed":true},
  {"id":"provisioned-concurrency","reads":["lambda:GetProvisionedConcurrencyConfig"],"writes":["lambda:PutProvisionedConcurrencyConfig","lambda:DeleteProvisionedConcurrencyConfig"],"managed":true,"inUse":true},
  {"id":"published-alias","reads":["lambda:GetAlias","lambda:GetFunctionConfiguration"],"writes":["lambda:UpdateAlias","lambda:ListVersionsByFunction"]},
  {"id":"reserved-concurrency","reads":["lambda:GetFunctionConcurrency"],"writes":["lambda:PutFunctionConcurrency","lambda:DeleteFunctionConcurrency"]},
  {"id":"role-attachment","reads":["iam:ListAttachedRolePolicies","iam:GetPolicy"],"writes":["iam:AttachRolePolicy","iam:DetachRolePolicy"],"hand":"role-policies","inUse":true,"keptWhenUsed":true},
  {"id":"role-policy","reads":["iam:GetRolePolicy"],"writes":["iam:PutRolePolicy","iam:DeleteRolePolicy"],"hand":"role-policies","inUse":true,"keptWhenUsed":true},
  {"id":"runtime-version","reads":["lambda:GetRuntimeManagementConfig"],"writes":["lambda:PutRuntimeManagementConfig"]},
  {"id":"security-group-rule","reads":["ec2:DescribeSecurityGroupRules"],"writes":["ec2:AuthorizeSecurityGroupIngress","ec2:RevokeSecurityGroupIngress"],"hand":"security-groups","inUse":true,"keptWhenUsed":true},
  {"id":"stage-deployment","reads":["apigateway:GetStage"],"writes":["apigateway:UpdateStage"]},
  {"id":"stage-logging","reads":["apigateway:GetStage","apigatewayv2:GetStage"],"writes":["apigateway:UpdateStage","apigatewayv2:UpdateStage"]},
  {"id":"stage-throttling","reads":["apigateway:GetStage","apigatewayv2:GetStage"],"writes":["apigateway:UpdateStage","apigatewayv2:UpdateStage"],"inUse":true},
  {"id":"stage-variable","reads":["apigateway:GetStage","apigatewayv2:GetStage"],"writes":["apigateway:UpdateStage","apigatewayv2:UpdateStage"]},
  {"id":"table-capacity","reads":["dynamodb:DescribeTable"],"writes":["dynamodb:UpdateTable"],"managed":true,"inUse":true},
];

export interface DeclaredFix {
  readonly id: string;
  readonly title: string;
  readonly risk: string;
  readonly consent: Consent;
  readonly treats: readonly CauseId[];
  readonly gains?: readonly EvidenceKind[];
  readonly looksAt: readonly EvidenceKind[];
  readonly settings: readonly string[];
  readonly judgeMs: number;
  readonly leaseMs?: number;
}
export const declaredFixes: readonly DeclaredFix[] = [
  {"id":"deploy-edits","title":"Deploy what was edited and not deployed","risk":"an edit that was not ready goes into force, one of something that AWS does not show among them","consent":"asked","treats":["integration-missing","integration-timeout","lambda-not-found","lambda-permission-missing"],"looksAt":["deployedApi","draft"],"settings":["api-deployment"],"judgeMs":720000},
  {"id":"flush-authorizer-cache","title":"Forget the authorizer’s kept answers","risk":"every caller is asked for at once, which a slow or throttled authorizer may not bear","consent":"asked","treats":["authorizer-error"],"looksAt":["deployedApi","authorizers"],"settings":["authorizer-cache"],"judgeMs":720000},
  {"id":"pin-runtime-version","title":"Pin the runtime version of before","risk":"the function runs without the runtime’s newest security fixes until it is let go; all its warm environments start anew","consent":"asked","treats":["lambda-unhandled-error","lambda-init-failure","lambda-malformed-response","lambda-timeout","lambda-out-of-memory"],"looksAt":["functionConfig","aliasVersions","runtimeLog","gatewayMetrics","stackEvents","codeDeployments"],"settings":["runtime-version"],"judgeMs":900000},
  {"id":"put-alias-back","title":"Put the alias back to the version before","risk":"the version before may not know data or schemas that the release has changed; provisioned concurrency of the alias starts anew","consent":"asked","treats":["lambda-unhandled-error","lambda-init-failure","lambda-malformed-response","lambda-timeout","lambda-out-of-memory","lambda-payload-mismatch","lambda-dependency-failure","response-too-large","integration-timeout"],"looksAt":["aliasVersions","codeDeployments","stackEvents","gatewayMetrics"],"settings":["alias-version"],"judgeMs":900000},
  {"id":"put-back-deployment","title":"Put the stage back to the deployment before","risk":"what the newer deployment brought is gone with it, and callers who use it fail; the next deployment brings the fault back","consent":"asked","treats":["backend-unreachable","integration-missing","integration-route-mismatch","integration-timeout","lambda-not-found","lambda-permission-missing","mapping-template-error","response-mapping-error","service-request-invalid"],"looksAt":["deployedApi","keptDefinitions","deployments","gatewayMetrics"],"settings":["stage-deployment"],"judgeMs":720000},
  {"id":"raise-table-capacity","title":"Raise the capacity of the table","risk":"it costs money while it stands, and taking it down again is one of the few decreases DynamoDB allows a day","consent":"asked","treats":["service-throttled"],"looksAt":["deployedApi","serviceMetrics","serviceTargets"],"settings":["table-capacity"],"judgeMs":1200000,"leaseMs":7200000},
  {"id":"re-add-invoke-permission","title":"Re-add the permission of API Gateway to call the function","risk":"if somebody took the permission away on purpose, this opens the way again","consent":"unasked","treats":["lambda-permission-missing","authorizer-permission"],"looksAt":["deployedApi","functionPolicy","stackEvents","changeTrail","gatewayMetrics"],"settings":["invoke-permission"],"judgeMs":720000},
  {"id":"re-add-security-group-rule","title":"Put the revoked security-group rule back","risk":"if somebody revoked the rule on purpose, this opens the way again","consent":"two-person","treats":["network-blocked"],"looksAt":["network","groupTrail"],"settings":["security-group-rule"],"judgeMs":720000},
  {"id":"remove-canary","title":"Remove the canary from the stage","risk":"callers who already rely on what only the canary serves lose it; an undo needs the canary’s deployment to be there still","consent":"asked","treats":["canary-failing"],"looksAt":["deployedApi"],"settings":["canary"],"judgeMs":720000},
  {"id":"restore-base-path-mapping","title":"Map the custom domain to the stage again","risk":"the domain may have been taken away from this API on purpose","consent":"asked","treats":["custom-domain"],"looksAt":["customDomains","apiTrail"],"settings":["base-path-mapping"],"judgeMs":900000},
  {"id":"restore-role-statement","title":"Put the role’s removed permission back","risk":"if somebody took the permission away on purpose, this gives it back to the role","consent":"two-person","treats":["service-access-denied","lambda-permission-missing","lambda-dependency-failure"],"looksAt":["roles","roleTrail","executionRoles"],"settings":["role-policy","role-attachment"],"judgeMs":900000},
  {"id":"restore-stage-variable","title":"Set the stage variable back to its value before","risk":"what the value names may be gone since, or the value may have been taken away on purpose","consent":"allowed","treats":["stage-variable-missing"],"looksAt":["deployedApi","apiTrail","gatewayMetrics"],"settings":["stage-variable"],"judgeMs":720000},
  {"id":"set-authorizer-ttl","title":"Keep the authorizer’s answers for five minutes","risk":"a kept policy holds for every route the same caller asks: one that names a single route refuses the others with 403, and a caller who is shut out stays in for up to five minutes","consent":"asked","treats":["authorizer-error"],"looksAt":["deployedApi","authorizers","draft"],"settings":["authorizer-ttl","fresh-deployment"],"judgeMs":1200000},
  {"id":"set-function-memory","title":"Double the function’s memory","risk":"it costs twice as much while it stands, and a leak only takes longer; all warm environments start anew","consent":"two-person","treats":["lambda-out-of-memory"],"looksAt":["aliasVersions","codeDeployments","stackEvents"],"settings":["function-configuration","function-version","published-alias"],"judgeMs":900000},
  {"id":"set-function-timeout","title":"Raise the function’s timeout","risk":"slow work holds its environment longer, so the function needs more of them at once; all warm environments start anew","consent":"two-person","treats":["lambda-timeout"],"looksAt":["aliasVersions","codeDeployments","stackEvents"],"settings":["function-configuration","function-version","published-alias"],"judgeMs":900000},
  {"id":"set-integration-timeout","title":"Let the gateway wait longer for the backend","risk":"callers wait longer, and work that fails anyway is paid for longer; an edit of something that AWS does not show (a model, a gateway response) would be deployed along","consent":"asked","treats":["integration-timeout"],"looksAt":["deployedApi","draft","functionMetrics"],"settings":["integration-timeout","fresh-deployment"],"judgeMs":900000},
  {"id":"set-reserved-concurrency","title":"Raise or remove the function’s reserved concurrency","risk":"other functions have less to share, and what this one calls (a database) gets more calls at once","consent":"asked","treats":["lambda-throttled"],"looksAt":["functionConcurrency","functionMetrics","gatewayMetrics"],"settings":["reserved-concurrency"],"judgeMs":720000},
  {"id":"set-stage-throttling","title":"Raise the limit that turns requests away","risk":"the limit may be what protects a backend: more requests reach it","consent":"asked","treats":["gateway-throttled"],"looksAt":["accountLimits","apiTrail"],"settings":["stage-throttling"],"judgeMs":720000},
  {"id":"shed-load","title":"Let in only as much as is served","risk":"callers above the limit are turned away with 429, also when more could be served by then","consent":"asked","treats":["lambda-throttled","service-throttled"],"looksAt":["deployedApi","gatewayMetrics","functionMetrics","serviceMetrics"],"settings":["stage-throttling"],"judgeMs":720000,"leaseMs":3600000},
  {"id":"shift-canary-to-zero","title":"Take the canary’s share of the requests to 0","risk":"callers who already rely on what only the canary serves lose it","consent":"asked","treats":["canary-failing"],"looksAt":["deployedApi"],"settings":["canary"],"judgeMs":720000},
  {"id":"stop-codedeploy-deployment","title":"Stop the deployment and roll it back","risk":"the version before may not know data or schemas that the release has changed; hooks of the deployment do not run to their end","consent":"asked","treats":["lambda-unhandled-error","lambda-init-failure","lambda-malformed-response","lambda-timeout","lambda-out-of-memory","lambda-payload-mismatch","lambda-dependency-failure","response-too-large","integration-timeout"],"looksAt":["aliasVersions","codeDeployments","gatewayMetrics"],"settings":["codedeploy-deployment"],"judgeMs":900000},
  {"id":"turn-on-error-logging","title":"Log the stage’s failures for a while","risk":"error lines quote what backends answered; whoever may read the log group reads them","consent":"allowed","treats":[],"gains":["executionLog"],"looksAt":["executionLog","accountLimits"],"settings":["stage-logging"],"judgeMs":300000,"leaseMs":1200000},
  {"id":"warm-concurrency","title":"Keep environments of the function warm","risk":"it costs money while it stands, takes concurrency from the account’s pool, and opens the function’s connections at once","consent":"allowed","treats":["lambda-cold-start"],"looksAt":["functionConfig","functionConcurrency"],"settings":["provisioned-concurrency"],"judgeMs":1200000,"leaseMs":7200000},
];

/** The fixes that look at a kind of evidence: what is kept for them alone is kept where one of them is installed. */
export const fixesLookingAt = (kind: EvidenceKind): readonly string[] =>
  declaredFixes.filter((f) => f.looksAt.includes(kind)).map((f) => f.id);

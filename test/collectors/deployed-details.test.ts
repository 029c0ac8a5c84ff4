// What a definition holds beside routes and functions: templates, answers, VPC links, services, authorizers, throttling, a canary.
import { expect, it } from 'vitest';
import deployedApi from '../../lib/collectors/deployed-api.ts';
import { fakeAws, http, now, rest, window } from './fake-aws.ts';

const body = (document: unknown): { body: Uint8Array } => ({ body: new TextEncoder().encode(JSON.stringify(document)) });
const key = 'x-amazon-apigateway-integration';
const authorizerArn = 'arn:aws:lambda:us-east-1:111122223333:function:gatekeeper';

const document = {
  paths: {
    '/queue': {
      post: {
        security: [{ api_key: [] }, { gatekeeper: [] }],
        responses: { '200': {}, default: {} },
        [key]: {
          type: 'aws',
          uri: 'arn:aws:apigateway:us-east-1:sqs:path/111122223333/orders',
          httpMethod: 'POST',
          credentials: 'arn:aws:iam::111122223333:role/${stageVariables.role}',
          requestTemplates: { 'application/json': 'Action=SendMessage' },
          requestParameters: { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" },
          passthroughBehavior: 'never',
          responses: { default: { statusCode: '200', responseTemplates: { 'application/json': '{}' } }, '5\\d{2}': { statusCode: 500 } },
        },
      },
    },
    '/inside': {
      get: {
        [key]: {
          type: 'http_proxy',
          uri: 'http://inside.example.com/',
          connectionType: 'VPC_LINK',
          connectionId: '${stageVariables.link}',
          tlsConfig: { insecureSkipVerification: true },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' },
      gatekeeper: {
        'x-amazon-apigateway-authtype': 'custom',
        'x-amazon-apigateway-authorizer': {
          type: 'token',
          authorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${authorizerArn}/invocations`,
          authorizerResultTtlInSeconds: 300,
        },
      },
    },
  },
  'x-amazon-apigateway-binary-media-types': ['*/*'],
  'x-amazon-apigateway-gateway-responses': { THROTTLED: { statusCode: 503 }, DEFAULT_4XX: { responseTemplates: {} } },
};

it('REST: whatever the definition says of integrations, authorizers and gateway responses', async () => {
  const { aws } = fakeAws({
    'apigateway:GetExport': body(document),
    'apigateway:GetStage': {
      variables: { link: 'abc123' },
      methodSettings: { '*/*': { throttlingRateLimit: 5 }, '~1queue/POST': { throttlingBurstLimit: 0 } },
      webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/w/1',
      canarySettings: { percentTraffic: 10, deploymentId: 'd2', stageVariableOverrides: { link: 'other' } },
      tracingEnabled: true,
    },
  });
  const read = await deployedApi.read(aws, { at: rest, window, have: {}, lines: [], now });
  expect(read.state === 'got' && read.value).toMatchObject({
    routes: [
      {
        method: 'POST',
        path: '/queue',
        authorizer: 'gatekeeper',
        declares: ['200'],
        integration: {
          service: { name: 'sqs', path: '111122223333/orders' },
          unresolved: 'role',
          passthrough: 'never',
          requestTemplates: { 'application/json': 'Action=SendMessage' },
          answers: [
            { pattern: '5\\d{2}', statusCode: '500' },
            { pattern: '', statusCode: '200', templates: { 'application/json': '{}' } },
          ].reverse(),
        },
      },
      { method: 'GET', path: '/inside', integration: { vpcLink: 'abc123', tls: { insecure: true } } },
    ],
    authorizers: [
      {
        name: 'gatekeeper',
        type: 'token',
        ttlSeconds: 300,
        function: { name: 'gatekeeper', accountId: '111122223333', region: 'us-east-1' },
      },
    ],
    binaryMediaTypes: ['*/*'],
    gatewayResponses: { THROTTLED: '503' },
    webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/w/1',
    throttling: { '*': { rate: 5 }, 'POST /queue': { burst: 0 } },
    canary: { percent: 10, deploymentId: 'd2', variables: { link: 'other' } },
    tracing: true,
  });
});

it('HTTP: a subtype is a service, and limits of zero are limits', async () => {
  const { aws } = fakeAws({
    'apigatewayv2:ExportApi': body({
      paths: {
        '/q': { post: { [key]: { type: 'aws_proxy', integrationSubtype: 'SQS-SendMessage', requestParameters: { QueueUrl: 'u' } } } },
      },
    }),
    'apigatewayv2:GetStage': {
      DefaultRouteSettings: { ThrottlingBurstLimit: 0, ThrottlingRateLimit: 0 },
      AutoDeploy: false,
      LastDeploymentStatusMessage: 'Deployment attempt failed',
    },
  });
  const read = await deployedApi.read(aws, { at: http, window, have: {}, lines: [], now });
  expect(read.state === 'got' && read.value).toMatchObject({
    routes: [{ integration: { service: { name: 'sqs', action: 'SendMessage' }, requestParameters: { QueueUrl: 'u' } } }],
    throttling: { '*': { rate: 0, burst: 0 } },
    autoDeploy: false,
    lastDeploymentMessage: 'Deployment attempt failed',
  });
});

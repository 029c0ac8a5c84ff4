// One honest input for each call that changes API Gateway, and those that read single values back.
import type { In } from '../../lib/aws/calls.ts';

export const gatewayWrites = [
  'apigateway:CreateBasePathMapping',
  'apigateway:CreateDeployment',
  'apigateway:DeleteBasePathMapping',
  'apigateway:FlushStageAuthorizersCache',
  'apigateway:UpdateAuthorizer',
  'apigateway:UpdateIntegration',
  'apigateway:UpdateStage',
  'apigatewayv2:ResetAuthorizersCache',
  'apigatewayv2:UpdateAuthorizer',
  'apigatewayv2:UpdateIntegration',
  'apigatewayv2:UpdateStage',
] as const;

type Named =
  | (typeof gatewayWrites)[number]
  | `apigateway:Get${'Integration' | 'Deployment' | 'Authorizer' | 'BasePathMapping'}`
  | `apigatewayv2:Get${'Integration' | 'Authorizer'}`;

export const gatewayWriteInputs: { readonly [N in Named]: In<N> } = {
  'apigateway:UpdateStage': { restApiId: 'rest000001', stageName: 'prod', patchOperations: [] },
  'apigateway:GetIntegration': { restApiId: 'rest000001', resourceId: 'r1', httpMethod: 'GET' },
  'apigateway:UpdateIntegration': { restApiId: 'rest000001', resourceId: 'r1', httpMethod: 'GET', patchOperations: [] },
  'apigateway:GetDeployment': { restApiId: 'rest000001', deploymentId: 'd1' },
  'apigateway:CreateDeployment': { restApiId: 'rest000001', stageName: 'prod' },
  'apigateway:GetAuthorizer': { restApiId: 'rest000001', authorizerId: 'a1' },
  'apigateway:UpdateAuthorizer': { restApiId: 'rest000001', authorizerId: 'a1', patchOperations: [] },
  'apigateway:FlushStageAuthorizersCache': { restApiId: 'rest000001', stageName: 'prod' },
  'apigateway:GetBasePathMapping': { domainName: 'api.example.com', basePath: '(none)' },
  'apigateway:CreateBasePathMapping': { domainName: 'api.example.com', basePath: '(none)', restApiId: 'rest000001', stage: 'prod' },
  'apigateway:DeleteBasePathMapping': { domainName: 'api.example.com', basePath: '(none)' },
  'apigatewayv2:UpdateStage': { ApiId: 'http000001', StageName: '$default' },
  'apigatewayv2:GetIntegration': { ApiId: 'http000001', IntegrationId: 'i1' },
  'apigatewayv2:UpdateIntegration': { ApiId: 'http000001', IntegrationId: 'i1' },
  'apigatewayv2:GetAuthorizer': { ApiId: 'http000001', AuthorizerId: 'a1' },
  'apigatewayv2:UpdateAuthorizer': { ApiId: 'http000001', AuthorizerId: 'a1' },
  'apigatewayv2:ResetAuthorizersCache': { ApiId: 'http000001', StageName: '$default' },
};

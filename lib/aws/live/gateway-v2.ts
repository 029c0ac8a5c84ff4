// HTTP and WebSocket APIs over the SDK; loaded on first use.
import {
  ApiGatewayV2Client,
  ExportApiCommand,
  GetApiCommand,
  GetApiMappingsCommand,
  GetAuthorizerCommand,
  GetAuthorizersCommand,
  GetDeploymentsCommand,
  GetIntegrationCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStageCommand,
  GetStagesCommand,
  GetVpcLinkCommand,
  ResetAuthorizersCacheCommand,
  UpdateAuthorizerCommand,
  UpdateIntegrationCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'apigatewayv2'> {
  const client = new ApiGatewayV2Client(settings);
  return {
    'apigatewayv2:ExportApi': (input) => client.send(new ExportApiCommand(input)),
    'apigatewayv2:GetApi': (input) => client.send(new GetApiCommand(input)),
    'apigatewayv2:GetApiMappings': (input) => client.send(new GetApiMappingsCommand(input)),
    'apigatewayv2:GetDeployments': (input) => client.send(new GetDeploymentsCommand(input)),
    'apigatewayv2:GetIntegrations': (input) => client.send(new GetIntegrationsCommand(input)),
    'apigatewayv2:GetRoutes': (input) => client.send(new GetRoutesCommand(input)),
    'apigatewayv2:GetVpcLink': (input) => client.send(new GetVpcLinkCommand(input)),
    'apigatewayv2:GetAuthorizers': (input) => client.send(new GetAuthorizersCommand(input)),
    'apigatewayv2:GetStages': (input) => client.send(new GetStagesCommand(input)),
    'apigatewayv2:GetStage': (input) => client.send(new GetStageCommand(input)),
    'apigatewayv2:GetAuthorizer': (input) => client.send(new GetAuthorizerCommand(input)),
    'apigatewayv2:GetIntegration': (input) => client.send(new GetIntegrationCommand(input)),
    'apigatewayv2:ResetAuthorizersCache': (input) => client.send(new ResetAuthorizersCacheCommand(input)),
    'apigatewayv2:UpdateAuthorizer': (input) => client.send(new UpdateAuthorizerCommand(input)),
    'apigatewayv2:UpdateIntegration': (input) => client.send(new UpdateIntegrationCommand(input)),
    'apigatewayv2:UpdateStage': (input) => client.send(new UpdateStageCommand(input)),
  };
}

// API Gateway over the SDK. A file a service, each loaded on first use: a cold start pays for no client it does not call.
import {
  APIGatewayClient,
  GetAccountCommand,
  GetAuthorizersCommand,
  GetBasePathMappingsCommand,
  GetClientCertificateCommand,
  GetDeploymentsCommand,
  GetDomainNamesCommand,
  GetExportCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
  GetVpcLinkCommand,
  TestInvokeMethodCommand,
} from '@aws-sdk/client-api-gateway';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'apigateway'> {
  const client = new APIGatewayClient(settings);
  return {
    'apigateway:GetExport': (input) => client.send(new GetExportCommand(input)),
    'apigateway:GetAuthorizers': (input) => client.send(new GetAuthorizersCommand(input)),
    'apigateway:GetStages': (input) => client.send(new GetStagesCommand(input)),
    'apigateway:GetStage': (input) => client.send(new GetStageCommand(input)),
    'apigateway:GetAccount': (input) => client.send(new GetAccountCommand(input)),
    'apigateway:GetBasePathMappings': (input) => client.send(new GetBasePathMappingsCommand(input)),
    'apigateway:GetClientCertificate': (input) => client.send(new GetClientCertificateCommand(input)),
    'apigateway:TestInvokeMethod': (input) => client.send(new TestInvokeMethodCommand(input)),
    'apigateway:GetDeployments': (input) => client.send(new GetDeploymentsCommand(input)),
    'apigateway:GetDomainNames': (input) => client.send(new GetDomainNamesCommand(input)),
    'apigateway:GetResources': (input) => client.send(new GetResourcesCommand(input)),
    'apigateway:GetRestApi': (input) => client.send(new GetRestApiCommand(input)),
    'apigateway:GetVpcLink': (input) => client.send(new GetVpcLinkCommand(input)),
    'apigateway:GetRestApis': (input) => client.send(new GetRestApisCommand(input)),
  };
}

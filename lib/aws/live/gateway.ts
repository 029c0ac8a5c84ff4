// API Gateway over the SDK. A file a service, each loaded on first use: a cold start pays for no client it does not call.
import { APIGatewayClient, GetExportCommand, GetRestApisCommand, GetStageCommand } from '@aws-sdk/client-api-gateway';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'apigateway'> {
  const client = new APIGatewayClient(settings);
  return {
    'apigateway:GetExport': (input) => client.send(new GetExportCommand(input)),
    'apigateway:GetStage': (input) => client.send(new GetStageCommand(input)),
    'apigateway:GetRestApis': (input) => client.send(new GetRestApisCommand(input)),
  };
}

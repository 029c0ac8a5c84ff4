// HTTP and WebSocket APIs over the SDK; loaded on first use.
import { ApiGatewayV2Client, ExportApiCommand, GetStageCommand } from '@aws-sdk/client-apigatewayv2';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'apigatewayv2'> {
  const client = new ApiGatewayV2Client(settings);
  return {
    'apigatewayv2:ExportApi': (input) => client.send(new ExportApiCommand(input)),
    'apigatewayv2:GetStage': (input) => client.send(new GetStageCommand(input)),
  };
}

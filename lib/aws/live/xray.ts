// X-Ray over the SDK; loaded on first use.
import { XRayClient, BatchGetTracesCommand, GetTraceSummariesCommand } from '@aws-sdk/client-xray';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'xray'> {
  const client = new XRayClient(settings);
  return {
    'xray:BatchGetTraces': (input) => client.send(new BatchGetTracesCommand(input)),
    'xray:GetTraceSummaries': (input) => client.send(new GetTraceSummariesCommand(input)),
  };
}

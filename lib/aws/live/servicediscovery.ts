// Cloud Map over the SDK; loaded on first use.
import { ServiceDiscoveryClient, GetInstancesHealthStatusCommand, ListInstancesCommand } from '@aws-sdk/client-servicediscovery';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'servicediscovery'> {
  const client = new ServiceDiscoveryClient(settings);
  return {
    'servicediscovery:GetInstancesHealthStatus': (input) => client.send(new GetInstancesHealthStatusCommand(input)),
    'servicediscovery:ListInstances': (input) => client.send(new ListInstancesCommand(input)),
  };
}

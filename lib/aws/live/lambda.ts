// Lambda over the SDK; loaded on first use.
import {
  LambdaClient,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  GetAliasCommand,
  ListTagsCommand,
  GetFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetProvisionedConcurrencyConfigCommand,
  AddPermissionCommand,
  RemovePermissionCommand,
  PutProvisionedConcurrencyConfigCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  ListVersionsByFunctionCommand,
  GetRuntimeManagementConfigCommand,
  UpdateAliasCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  DeleteFunctionConcurrencyCommand,
  PutRuntimeManagementConfigCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'lambda'> {
  const client = new LambdaClient(settings);
  return {
    'lambda:GetFunctionConfiguration': (input) => client.send(new GetFunctionConfigurationCommand(input)),
    'lambda:GetPolicy': (input) => client.send(new GetPolicyCommand(input)),
    'lambda:GetAlias': (input) => client.send(new GetAliasCommand(input)),
    'lambda:ListTags': (input) => client.send(new ListTagsCommand(input)),
    'lambda:GetFunctionConcurrency': (input) => client.send(new GetFunctionConcurrencyCommand(input)),
    'lambda:GetAccountSettings': (input) => client.send(new GetAccountSettingsCommand(input)),
    'lambda:GetProvisionedConcurrencyConfig': (input) => client.send(new GetProvisionedConcurrencyConfigCommand(input)),
    'lambda:AddPermission': (input) => client.send(new AddPermissionCommand(input)),
    'lambda:RemovePermission': (input) => client.send(new RemovePermissionCommand(input)),
    'lambda:PutProvisionedConcurrencyConfig': (input) => client.send(new PutProvisionedConcurrencyConfigCommand(input)),
    'lambda:DeleteProvisionedConcurrencyConfig': (input) => client.send(new DeleteProvisionedConcurrencyConfigCommand(input)),
    'lambda:ListVersionsByFunction': (input) => client.send(new ListVersionsByFunctionCommand(input)),
    'lambda:GetRuntimeManagementConfig': (input) => client.send(new GetRuntimeManagementConfigCommand(input)),
    'lambda:UpdateAlias': (input) => client.send(new UpdateAliasCommand(input)),
    'lambda:PublishVersion': (input) => client.send(new PublishVersionCommand(input)),
    'lambda:PutFunctionConcurrency': (input) => client.send(new PutFunctionConcurrencyCommand(input)),
    'lambda:DeleteFunctionConcurrency': (input) => client.send(new DeleteFunctionConcurrencyCommand(input)),
    'lambda:PutRuntimeManagementConfig': (input) => client.send(new PutRuntimeManagementConfigCommand(input)),
    'lambda:UpdateFunctionConfiguration': (input) => client.send(new UpdateFunctionConfigurationCommand(input)),
  };
}

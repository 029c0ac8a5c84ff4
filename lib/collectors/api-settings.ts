// The API's own settings beside its deployment: whether its own address is switched off. Where the deployed definition cannot be
// read, the stage's settings are read here, so that a limit of 0 or a web ACL is seen all the same.
import type { Aws } from '../aws/calls.ts';
import { got, type Evidence } from '../model/evidence.ts';
import type { ApiSettings } from '../model/kinds/gateway.ts';
import { collector, notHad, type CollectInput } from './collector.ts';
import { httpStage, restStage } from './reading/stage-settings.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    apiSettings: ApiSettings;
  }
}

const calls = ['apigateway:GetRestApi', 'apigateway:GetStage', 'apigatewayv2:GetApi', 'apigatewayv2:GetStage'] as const;
type Calls = (typeof calls)[number];
type Input = CollectInput<'deployedApi'>;

export default collector({
  kind: 'apiSettings',
  title: 'Settings of the API',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: 2,
  read: (aws, input) => (input.at.apiType === 'REST' ? rest(aws, input) : v2(aws, input)),
});

async function rest(aws: Aws<Calls>, { at, have, now }: Input): Promise<Evidence<ApiSettings>> {
  const [api, stage] = await Promise.all([
    aws.call('apigateway:GetRestApi', { restApiId: at.apiId }),
    have.deployedApi.state === 'missing' ? aws.call('apigateway:GetStage', { restApiId: at.apiId, stageName: at.stage }) : undefined,
  ]);
  const types = api.ok ? api.value.endpointConfiguration?.types : undefined;
  const own = {
    ...(api.ok && api.value.name !== undefined ? { name: api.value.name } : {}),
    ...(api.ok && api.value.disableExecuteApiEndpoint !== undefined
      ? { defaultEndpointDisabled: api.value.disableExecuteApiEndpoint }
      : {}),
    ...(types ? { endpointTypes: types } : {}),
  };
  if (!api.ok && !stage?.ok) return notHad(api.error);
  return got({ ...own, ...(stage?.ok ? { stage: restStage(stage.value) } : {}) }, { from: now, to: now }, 'aws');
}

async function v2(aws: Aws<Calls>, { at, have, now }: Input): Promise<Evidence<ApiSettings>> {
  const [api, stage] = await Promise.all([
    aws.call('apigatewayv2:GetApi', { ApiId: at.apiId }),
    have.deployedApi.state === 'missing' ? aws.call('apigatewayv2:GetStage', { ApiId: at.apiId, StageName: at.stage }) : undefined,
  ]);
  const own = {
    ...(api.ok && api.value.Name !== undefined ? { name: api.value.Name } : {}),
    ...(api.ok && api.value.DisableExecuteApiEndpoint !== undefined
      ? { defaultEndpointDisabled: api.value.DisableExecuteApiEndpoint }
      : {}),
  };
  if (!api.ok && !stage?.ok) return notHad(api.error);
  return got({ ...own, ...(stage?.ok ? { stage: httpStage(stage.value) } : {}) }, { from: now, to: now }, 'aws');
}

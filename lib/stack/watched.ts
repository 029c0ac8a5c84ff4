// A watched stage as the owner names it: by id and name, or by its CDK construct, whose id is a token until it is deployed.
import type { IRestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { HttpStage, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { WatchedStage } from '../model/installation.ts';

export type StageConstruct = Stage | HttpStage | WebSocketStage;

/** Id, name and stage of a watched stage. Constructs are known by their members: two copies of the CDK do not share classes. */
export function watched(stage: WatchedStage | StageConstruct): WatchedStage {
  if (typeof stage !== 'object' || stage === null)
    throw new Error(
      `gatemedic settings: stages holds ${JSON.stringify(stage)}; write { apiType, apiId, apiName, stage } or a stage's construct`,
    );
  if ('apiType' in stage || !('stageName' in stage)) return stage;
  if ('restApi' in stage)
    return { apiType: 'REST', apiId: stage.restApi.restApiId, apiName: nameOf(stage.restApi), stage: stage.stageName };
  const { api } = stage;
  const name = 'httpApiName' in api ? api.httpApiName : 'webSocketApiName' in api ? api.webSocketApiName : undefined;
  return {
    apiType: 'webSocketApiName' in api ? 'WEBSOCKET' : 'HTTP',
    apiId: api.apiId,
    apiName: typeof name === 'string' ? name : api.apiId,
    stage: stage.stageName,
  };
}

/** REST metrics are keyed by the API's name, which an imported API does not tell (platform.md §12). */
function nameOf(api: IRestApi): string {
  const name = 'restApiName' in api ? api.restApiName : undefined;
  if (typeof name === 'string') return name;
  throw new Error(
    `gatemedic settings: stages holds a stage of ${api.node.path}, an API without a name; write { apiType: 'REST', apiId, apiName, stage } instead`,
  );
}

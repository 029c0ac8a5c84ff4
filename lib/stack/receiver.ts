// The public end, where there is one: what takes Slack's clicks. Its function verifies Slack's signature and can do nothing else, so neither form
// authorises on its own; an installation without one has no public address at all.
import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { FunctionUrlAuthType, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { prefix } from '../model/names.ts';
import { accept } from './nag.ts';

/** Open to the world and signed by Slack: CloudFormation grants both permissions such a URL needs since October 2025 (platform.md §4). */
export const functionUrl = (receive: IFunction): string => receive.addFunctionUrl({ authType: FunctionUrlAuthType.NONE }).url;

/** Clicks are a handful a day; more is somebody else's doing, and must not take the function's concurrency. */
const throttle = { rateLimit: 10, burstLimit: 20 };

/** One route, one integration: whatever is not a POST to the root is answered 404 by the gateway itself. */
export function httpApi(scope: Construct, receive: IFunction): string {
  const api = new HttpApi(scope, 'Receiver', {
    apiName: `${prefix}-receiver`,
    description: "Takes Slack's clicks for Gatemedic",
    createDefaultStage: false,
  });
  api.addRoutes({ path: '/', methods: [HttpMethod.POST], integration: new HttpLambdaIntegration('Clicks', receive) });
  const stage = new HttpStage(scope, 'ReceiverStage', { httpApi: api, stageName: '$default', autoDeploy: true, throttle });
  accept(api, 'AwsSolutions-APIG4', 'Slack signs its clicks with a secret of its own, which the function checks; it cannot sign for IAM.');
  accept(
    stage,
    'AwsSolutions-APIG1',
    'Who decided what is logged by answer and kept in the table; what is refused is answered, and counted by the metrics of the API.',
  );
  return stage.url;
}

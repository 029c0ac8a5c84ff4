// Commands on an API that several causes advise: find a route's resource, deploy what was edited, go back to the deployment before.
import { bash, shell } from '../../model/advice.ts';
import type { StageRef } from '../../model/api.ts';
import type { Snippet } from '../../model/cause.ts';

const api = (at: StageRef): string => `--rest-api-id ${shell(at.apiId)} --region ${shell(at.region)}`;

/** `RESOURCE=$(…)`: the commands that follow take `$RESOURCE`. */
export const findResource = (at: StageRef, path: string): string =>
  `RESOURCE=$(aws apigateway get-resources ${api(at)} --query "items[?path=='${path.replaceAll(/[^\w./{}+:-]/g, '')}'].id" --output text)`;

/** An edit is served only once it is deployed. */
export const deployAgain = (at: StageRef): string => `aws apigateway create-deployment ${api(at)} --stage-name ${shell(at.stage)}`;

/** `aws apigateway <command> --rest-api-id … --resource-id "$RESOURCE" --http-method …`. */
export const onMethod = (at: StageRef, command: string, method: string): string =>
  `aws apigateway ${command} ${api(at)} --resource-id "$RESOURCE" --http-method ${shell(method)}`;

/** When the fault came with a deployment, the one before mends it at once. */
export const rollBack = (at: StageRef): Snippet =>
  at.apiType === 'REST'
    ? bash(
        'Go back to the deployment before, if the fault came with the last one',
        `aws apigateway get-deployments ${api(at)} --query 'reverse(sort_by(items,&createdDate))[:3].[id,createdDate,description]' --output table`,
        `aws apigateway update-stage ${api(at)} --stage-name ${shell(at.stage)} --patch-operations op=replace,path=/deploymentId,value=ID_OF_THE_GOOD_ONE`,
      )
    : bash(
        'Go back to the deployment before, if the fault came with the last one',
        `aws apigatewayv2 get-deployments --api-id ${shell(at.apiId)} --region ${shell(at.region)} --query 'Items[:3].[DeploymentId,CreatedDate,Description]' --output table`,
        `aws apigatewayv2 update-stage --api-id ${shell(at.apiId)} --region ${shell(at.region)} --stage-name ${shell(at.stage)} --deployment-id ID_OF_THE_GOOD_ONE`,
      );

// What mends a REST route that asks its backend for something it does not have: the command, and the setting in code.
import { bash, shell } from '../../model/advice.ts';
import type { StageRef } from '../../model/api.ts';
import type { Advice } from '../../model/cause.ts';
import type { RouteMismatchFacts } from '../../model/facts/backend.ts';
import { integrationInCode } from './code-of-gateway.ts';

type Wrong = RouteMismatchFacts['routes'][number];

function lasting({ what, route, parameters = [] }: Wrong): Advice['snippets'] {
  if (what === 'lambdaMethod')
    return integrationInCode('Keep the method in code', route, { IntegrationHttpMethod: 'POST' }, { integration_http_method: 'POST' });
  if (what !== 'unmappedParameter')
    return integrationInCode('Keep the address in code', route, { Uri: 'THE_RIGHT_ADDRESS' }, { uri: 'THE_RIGHT_ADDRESS' });
  const filled = Object.fromEntries(parameters.map((p) => [`integration.request.path.${p}`, `method.request.path.${p}`]));
  return integrationInCode('Keep the parameters in code', route, { RequestParameters: filled }, { request_parameters: { map: filled } });
}

/** REST commands take the resource's id, which the export does not hold: the first line looks it up. */
export function mendRoute(w: Wrong, at: StageRef): Advice['snippets'] {
  if (at.apiType !== 'REST') return [];
  const patch =
    w.what === 'lambdaMethod'
      ? 'op=replace,path=/httpMethod,value=POST'
      : w.what !== 'unmappedParameter'
        ? 'op=replace,path=/uri,value=THE_RIGHT_ADDRESS'
        : (w.parameters ?? [])
            .map((p) => `op=add,path=/requestParameters/integration.request.path.${p},value=method.request.path.${p}`)
            .join(' ');
  const api = `--rest-api-id ${at.apiId} --region ${at.region}`;
  return [
    bash(
      `Mend ${w.route} and deploy`,
      `RESOURCE=$(aws apigateway get-resources ${api} --limit 500 --query "items[?path=='${w.path.replaceAll("'", '')}'].id" --output text)`,
      `aws apigateway update-integration ${api} --resource-id "$RESOURCE" --http-method ${shell(w.method)} --patch-operations ${patch}`,
      `aws apigateway create-deployment ${api} --stage-name ${shell(at.stage)}`,
    ),
    ...lasting(w),
  ];
}

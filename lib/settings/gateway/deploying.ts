// Deploying the edited REST API: only when what it would publish is what was expected, and with a description that names whose it is.
import type { Aws, CallError } from '../../aws/calls.ts';
import { asObject, parseJson } from '../../model/json.ts';
import { err, ok, type Result } from '../../model/result.ts';
import { undeployedIn, type Undeployed } from '../../model/undeployed.ts';
import { restOf, type Place } from './place.ts';

export type DeployCall = 'apigateway:CreateDeployment' | 'apigateway:GetExport' | 'apigateway:GetResources';

/** One page; an API with more resources cannot be compared whole. */
const page = 500;

export const described = (token: string): string => `gatemedic:${token}`;
export const refused = (message: string): Result<never, CallError> =>
  err({ kind: 'refused', call: 'apigateway:CreateDeployment', name: 'Refused', message });

/** What a deployment would publish now. */
async function undeployed(aws: Aws<DeployCall>, t: Place): Promise<Result<readonly Undeployed[], CallError>> {
  const exported = await aws.call('apigateway:GetExport', {
    ...restOf(t),
    exportType: 'oas30',
    accepts: 'application/json',
    parameters: { extensions: 'apigateway' },
  });
  if (!exported.ok) return exported;
  const edited = await aws.call('apigateway:GetResources', { restApiId: t.apiId, embed: ['methods'], limit: page });
  if (!edited.ok) return edited;
  const parsed = parseJson(new TextDecoder().decode(exported.value.body));
  const document = parsed.ok ? asObject(parsed.value) : undefined;
  if (!document || edited.value.position !== undefined)
    return refused('the edited API could not be compared with the deployed one as a whole; deploy it by hand');
  return ok(undeployedIn(document, edited.value.items ?? []));
}

/** `expects`: what may differ, as `GET /orders timeoutInMillis`. */
export async function deploy(aws: Aws<DeployCall>, t: Place, token: string, expects: readonly string[]): Promise<Result<void, CallError>> {
  const differs = await undeployed(aws, t);
  if (!differs.ok) return differs;
  const other = differs.value.find((d) => !expects.includes(`${d.route} ${d.field}`));
  if (other) return refused(`something else was edited meanwhile and would be deployed too: ${other.says}`);
  const made = await aws.call('apigateway:CreateDeployment', { ...restOf(t), description: described(token) });
  return made.ok ? ok(undefined) : made;
}

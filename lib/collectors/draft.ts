// The API as it was edited last. It only ever tells what was edited and not deployed: callers meet the deployment, never this.
import type { Aws } from '../aws/calls.ts';
import { got, type Evidence } from '../model/evidence.ts';
import { asObject, parseJson, type JsonObject } from '../model/json.ts';
import type { Draft, DraftRoute } from '../model/kinds/gateway.ts';
import { undeployedIn } from '../model/undeployed.ts';
import { collector, notHad, type CollectInput } from './collector.ts';
import { optional } from './reading/stage-variables.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    draft: Draft;
  }
}

const calls = ['apigateway:GetResources', 'apigateway:GetExport', 'apigatewayv2:GetRoutes', 'apigatewayv2:GetIntegrations'] as const;
type Calls = (typeof calls)[number];

/** The largest page of each call; an API with more is compared as far as it was read. */
const restPage = 500;
const v2Page = '500';

export default collector({
  kind: 'draft',
  title: 'The API as it was edited last',
  trust: 'aws',
  calls,
  needs: [],
  round: 'suspect',
  maxCalls: 2,
  read: (aws, input) => (input.at.apiType === 'REST' ? rest(aws, input) : v2(aws, input)),
});

async function rest(aws: Aws<Calls>, { at, now }: CollectInput<never>): Promise<Evidence<Draft>> {
  const [answer, exported] = await Promise.all([
    aws.call('apigateway:GetResources', { restApiId: at.apiId, embed: ['methods'], limit: restPage }),
    aws.call('apigateway:GetExport', {
      restApiId: at.apiId,
      stageName: at.stage,
      exportType: 'oas30',
      accepts: 'application/json',
      parameters: { extensions: 'apigateway' },
    }),
  ]);
  if (!answer.ok) return notHad(answer.error);
  const items = answer.value.items ?? [];
  const routes = items.flatMap((resource) =>
    Object.entries(resource?.resourceMethods ?? {}).map(([method, m]): DraftRoute => {
      const to = m?.methodIntegration;
      return { method, path: resource?.path ?? '/', ...leads(to && (to.uri ?? to.type)), ...optional('id', resource?.id) };
    }),
  );
  const cut = answer.value.position !== undefined;
  const document = exported.ok && !cut ? documentOf(exported.value.body) : undefined;
  return got({ routes, cut, ...(document ? { undeployed: undeployedIn(document, items) } : {}) }, { from: now, to: now }, 'aws');
}

function documentOf(body: Uint8Array | undefined): JsonObject | undefined {
  const parsed = parseJson(new TextDecoder().decode(body));
  return parsed.ok ? asObject(parsed.value) : undefined;
}

const leads = (to: string | undefined): Pick<DraftRoute, 'leadsTo'> => (to === undefined ? {} : { leadsTo: to });

async function v2(aws: Aws<Calls>, { at, now }: CollectInput<never>): Promise<Evidence<Draft>> {
  const [routes, integrations] = await Promise.all([
    aws.call('apigatewayv2:GetRoutes', { ApiId: at.apiId, MaxResults: v2Page }),
    aws.call('apigatewayv2:GetIntegrations', { ApiId: at.apiId, MaxResults: v2Page }),
  ]);
  if (!routes.ok) return notHad(routes.error);
  const byId = new Map(
    (integrations.ok ? (integrations.value.Items ?? []) : []).map((i) => [i?.IntegrationId, i?.IntegrationUri ?? i?.IntegrationType]),
  );
  const read = (routes.value.Items ?? []).map((r): DraftRoute => {
    const id = /^integrations\/([\w-]{1,64})$/.exec(r?.Target ?? '')?.[1];
    // a target whose integration is gone leads nowhere; one whose integrations could not be read leads somewhere
    const to = id === undefined ? undefined : integrations.ok ? byId.get(id) : r?.Target;
    return { ...keyOf(r?.RouteKey), ...leads(to), ...optional('id', id) };
  });
  const cut = routes.value.NextToken !== undefined || (integrations.ok && integrations.value.NextToken !== undefined);
  return got({ routes: read, cut }, { from: now, to: now }, 'aws');
}

/** `GET /orders`, `$default`, or a WebSocket route's own key. */
function keyOf(routeKey: string | undefined): Pick<DraftRoute, 'method' | 'path'> {
  const [method = '', path] = (routeKey ?? '').split(' ');
  return path === undefined ? { method: 'ANY', path: method } : { method, path };
}

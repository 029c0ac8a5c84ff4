// The Lambda authorizers before the stage's routes: their ids, and for each function whether it is there, in what state, and who may call
// it. An invoke permission of an authorizer names the id (`…/authorizers/{id}`), which no export shows: it is read beside.
import type { Answer, Aws } from '../aws/calls.ts';
import type { StageRef } from '../model/api.ts';
import { nameOf } from '../model/deployed.ts';
import { got, missing, type Evidence, type Missing } from '../model/evidence.ts';
import type { DeployedApi, DeployedAuthorizer } from '../model/kinds/api.ts';
import type { AuthorizerFact, Authorizers } from '../model/kinds/authorizer.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector, notHad } from './collector.ts';
import { readFunction } from './function-config.ts';
import { readPolicy } from './function-policy.ts';
import { functionIn, optional } from './reading/stage-variables.ts';
import { partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    authorizers: Authorizers;
  }
}

const calls = [
  'apigateway:GetAuthorizers',
  'apigatewayv2:GetAuthorizers',
  'lambda:GetFunctionConfiguration',
  'lambda:GetAlias',
  'lambda:GetPolicy',
] as const;
type Calls = (typeof calls)[number];

/** An API holds ten authorizers unless raised (AWS "API Gateway quotas"); few of them call a function. */
const looked = 5;

/** An authorizer as API Gateway lists it: the edited one, of which only the id is taken where the deployment is known. */
interface Listed extends DeployedAuthorizer {
  readonly id: string;
}

export default collector({
  kind: 'authorizers',
  title: 'Lambda authorizers of the stage, and who may call them',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: 1 + 3 * looked,
  async read(aws, { at, have, now }) {
    const api = have.deployedApi;
    const deployed = api.state === 'got' ? callingFunctions(api.value.authorizers ?? []) : undefined;
    if (deployed?.length === 0) return missing('empty', 'no Lambda authorizer stands before a route of this stage');
    const listed = await listOf(aws, at);
    if (!deployed && !listed.ok) return listed.error;
    const all = deployed ?? callingFunctions(listed.ok ? listed.value : []);
    if (all.length === 0)
      return missing(api.state === 'missing' ? api.why : 'empty', 'no Lambda authorizer is known to stand before a route');
    const asked = await Promise.all(all.slice(0, looked).map((one) => ask(aws, at, factOf(one, listed, api))));
    return together(asked, listed, deployed === undefined, now);
  },
});

const callingFunctions = <A extends DeployedAuthorizer>(all: readonly A[]): readonly A[] =>
  all.filter((a) => a.function !== undefined || a.uri !== undefined || a.type === 'token' || a.type === 'request');

const routesOf = (api: Evidence<DeployedApi>, name: string): readonly string[] =>
  api.state === 'got' ? api.value.routes.filter((r) => r.authorizer === name).map(nameOf) : [];

function factOf(one: DeployedAuthorizer, listed: Result<readonly Listed[], Missing>, api: Evidence<DeployedApi>): AuthorizerFact {
  const same = listed.ok ? listed.value.find((l) => l.name === one.name) : undefined;
  return { ...one, routes: routesOf(api, one.name), ...optional('id', same?.id) };
}

interface Asked {
  readonly fact: AuthorizerFact;
  readonly missed: readonly Missing[];
}

async function ask(aws: Aws<Calls>, at: StageRef, one: AuthorizerFact): Promise<Asked> {
  const ref = one.function;
  if (!ref) return { fact: one, missed: [] };
  const [fact, policy] = await Promise.all([
    readFunction(aws, ref, at),
    one.credentials === undefined ? readPolicy(aws, ref, at) : undefined,
  ]);
  return {
    fact: { ...one, ...(fact.ok ? { fact: fact.value } : {}), ...(policy?.ok ? { policy: policy.value } : {}) },
    missed: [fact, policy].flatMap((r) => (r && !r.ok ? [r.error] : [])),
  };
}

function together(
  asked: readonly Asked[],
  listed: Result<readonly Listed[], Missing>,
  edited: boolean,
  now: number,
): Evidence<Authorizers> {
  const missed = asked.flatMap(({ fact, missed: [first] }) => (first ? [[fact.name, first] as const] : []));
  const ids = listed.ok ? [] : [['ids', listed.error] as const];
  const first = missed[0];
  // nothing at all was answered: that is no evidence of any authorizer's health
  if (!listed.ok && first && asked.every(({ fact }) => fact.fact === undefined && fact.policy === undefined)) return first[1];
  return got(
    { authorizers: asked.map((a) => a.fact), ...(edited ? { edited: true } : {}), ...partly(Object.fromEntries([...missed, ...ids])) },
    { from: now, to: now },
    'aws',
  );
}

async function listOf(aws: Aws<Calls>, at: StageRef): Promise<Result<readonly Listed[], Missing>> {
  if (at.apiType !== 'REST') {
    const answer = await aws.call('apigatewayv2:GetAuthorizers', { ApiId: at.apiId, MaxResults: '100' });
    return answer.ok ? ok((answer.value.Items ?? []).flatMap((one) => (one ? fromV2(one) : []))) : err(notHad(answer.error));
  }
  const answer = await aws.call('apigateway:GetAuthorizers', { restApiId: at.apiId, limit: 500 });
  return answer.ok ? ok((answer.value.items ?? []).flatMap((one) => (one ? fromRest(one) : []))) : err(notHad(answer.error));
}

type RestOne = NonNullable<NonNullable<Extract<Answer<'apigateway:GetAuthorizers'>, { ok: true }>['value']['items']>[number]>;
type V2One = NonNullable<NonNullable<Extract<Answer<'apigatewayv2:GetAuthorizers'>, { ok: true }>['value']['Items']>[number]>;

const types: Readonly<Record<string, DeployedAuthorizer['type']>> = {
  TOKEN: 'token',
  REQUEST: 'request',
  JWT: 'jwt',
  COGNITO_USER_POOLS: 'cognito',
};

const fromRest = (one: RestOne): readonly Listed[] => [
  {
    id: one.id ?? '',
    name: one.name ?? one.id ?? 'unnamed',
    type: types[one.type ?? ''] ?? 'unknown',
    ...named(one.authorizerUri, one.authorizerCredentials),
    ...(one.authorizerResultTtlInSeconds === undefined ? {} : { ttlSeconds: one.authorizerResultTtlInSeconds }),
  },
];

const fromV2 = (one: V2One): readonly Listed[] => [
  {
    id: one.AuthorizerId ?? '',
    name: one.Name ?? one.AuthorizerId ?? 'unnamed',
    type: types[one.AuthorizerType ?? ''] ?? 'unknown',
    ...named(one.AuthorizerUri, one.AuthorizerCredentialsArn),
    ...optional('payloadFormat', one.AuthorizerPayloadFormatVersion),
    ...(one.EnableSimpleResponses === undefined ? {} : { simpleResponses: one.EnableSimpleResponses }),
    ...(one.AuthorizerResultTtlInSeconds === undefined ? {} : { ttlSeconds: one.AuthorizerResultTtlInSeconds }),
  },
];

/** What a listed authorizer calls; a URI with stage variables names no function yet. */
function named(uri: string | undefined, credentials: string | undefined): Pick<DeployedAuthorizer, 'uri' | 'function' | 'credentials'> {
  const called = uri === undefined ? undefined : functionIn(uri);
  return { ...optional('uri', uri), ...(called ? { function: called } : {}), ...optional('credentials', credentials) };
}

// Finds the stage a person means: by API id among REST, HTTP and WebSocket APIs, or by an address, custom domains too. What is not there
// is said in one sentence, with the Region and the account that were looked in.
import type { Answer, Aws, CallError, CallName } from '../aws/calls.ts';
import type { StageRef } from '../model/api.ts';
import { err, ok, type Result } from '../model/result.ts';
import { statementsFor } from './allow.ts';
import { CommandError } from './command-error.ts';
import type { LiveAccount } from './command.ts';
import type { findingCalls } from './declared.ts';
import { noAccess } from './no-access.ts';

type Finding = (typeof findingCalls)[number];
export interface Finder {
  readonly aws: Aws<Finding>;
  readonly live: Pick<LiveAccount, 'region' | 'endpoint'>;
  readonly accountId: string;
}

/** `{id}.execute-api.{region}.…`, with a VPC endpoint's id behind the API's, or FIPS; an emulator leaves the Region out. */
const ownHost = /^([a-z0-9]{4,20})(?:-vpce-[a-z0-9-]{1,40})?\.execute-api(?:-fips)?\.(?:([a-z]{2}(?:-[a-z]{1,12}){1,3}-\d)\.)?/;

/** The Region an address names, which is the API's own. */
export const regionOf = (url: URL): string | undefined => ownHost.exec(url.hostname)?.[2];

export async function stageByUrl(finder: Finder, url: URL): Promise<StageRef> {
  const segments = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const apiId = ownHost.exec(url.hostname)?.[1];
  if (apiId === undefined) return stageOfDomain(finder, url.hostname, segments);
  const api = await apiOf(finder, apiId);
  const [first] = segments;
  if (api.apiType === 'HTTP' && (first === undefined || !(await hasStage(finder, api, first)))) return { ...api, stage: '$default' };
  if (first === undefined)
    throw new CommandError(
      `${url.href} names no stage; a ${api.apiType} API has it as the first part of the path: https://${url.host}/prod`,
    );
  return checked(finder, api, first);
}

export const stageById = async (finder: Finder, apiId: string, stage: string): Promise<StageRef> =>
  checked(finder, await apiOf(finder, apiId), stage);

type Api = Omit<StageRef, 'stage'>;

/** An id does not tell its kind: both halves of API Gateway are asked at once. */
async function apiOf(finder: Finder, apiId: string): Promise<Api> {
  const { aws, live, accountId } = finder;
  const here = { accountId, region: live.region };
  const [rest, v2] = await Promise.all([
    aws.call('apigateway:GetRestApi', { restApiId: apiId }),
    aws.call('apigatewayv2:GetApi', { ApiId: apiId }),
  ]);
  if (rest.ok) return { ...here, apiType: 'REST', apiId, ...(rest.value.name ? { apiName: rest.value.name } : {}) };
  if (v2.ok)
    return {
      ...here,
      apiType: v2.value.ProtocolType === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP',
      apiId,
      ...(v2.value.Name ? { apiName: v2.value.Name } : {}),
    };
  const told = [rest.error, v2.error].find((e) => e.kind !== 'gone' && e.kind !== 'refused');
  if (!told)
    throw new CommandError(
      `there is no API ${JSON.stringify(apiId)} in ${live.region} of account ${accountId}; check the id, and the Region (--region, AWS_REGION)`,
    );
  throw noAccess(told, live, allowing(finder, 'apigateway:GetRestApi', { restApiId: apiId }, told));
}

const stageAnswer = (finder: Finder, api: Api, stage: string): Promise<Answer<'apigateway:GetStage'> | Answer<'apigatewayv2:GetStage'>> =>
  api.apiType === 'REST'
    ? finder.aws.call('apigateway:GetStage', { restApiId: api.apiId, stageName: stage })
    : finder.aws.call('apigatewayv2:GetStage', { ApiId: api.apiId, StageName: stage });

const hasStage = async (finder: Finder, api: Api, stage: string): Promise<boolean> => (await stageAnswer(finder, api, stage)).ok;

/** A stage that may not be read is taken at its word: what is denied shows in the answer. */
async function checked(finder: Finder, api: Api, stage: string): Promise<StageRef> {
  const answer = await stageAnswer(finder, api, stage);
  if (answer.ok || answer.error.kind !== 'gone') return { ...api, stage };
  const there = await stagesOf(finder, api);
  const others = there.length === 0 ? 'check its name (they are case-sensitive)' : `it has ${there.slice(0, 10).join(', ')}`;
  throw new CommandError(`the ${api.apiType} API ${named(api)} has no stage ${JSON.stringify(stage)}; ${others}`);
}

/** To help a person out; none where they may not be listed. */
async function stagesOf({ aws }: Finder, { apiType, apiId }: Api): Promise<readonly string[]> {
  if (apiType === 'REST') {
    const rest = await aws.call('apigateway:GetStages', { restApiId: apiId });
    return rest.ok ? (rest.value.item ?? []).flatMap((s) => s?.stageName ?? []) : [];
  }
  const v2 = await aws.call('apigatewayv2:GetStages', { ApiId: apiId });
  return v2.ok ? (v2.value.Items ?? []).flatMap((s) => s?.StageName ?? []) : [];
}
export const named = ({ apiName, apiId }: Pick<StageRef, 'apiName' | 'apiId'>): string =>
  apiName === undefined ? apiId : `${apiName} (${apiId})`;

interface Mapping {
  readonly key: string;
  readonly apiId: string;
  readonly stage?: string;
}

/** The longest key that the path begins with answers a request. */
async function stageOfDomain(finder: Finder, domain: string, segments: readonly string[]): Promise<StageRef> {
  const read = await mappingsOf(finder, domain);
  const { live, accountId } = finder;
  if (!read.ok) {
    if (read.error.kind === 'gone')
      throw new CommandError(
        `${JSON.stringify(domain)} is no custom domain of API Gateway in ${live.region} of account ${accountId}; check the Region, or give --api and --stage`,
      );
    throw noAccess(read.error, live, allowing(finder, 'apigatewayv2:GetApiMappings', { DomainName: domain }, read.error));
  }
  const path = `/${segments.join('/')}/`;
  const found = read.value.filter(({ key }) => key === '' || path.startsWith(`/${key}/`)).sort((a, b) => b.key.length - a.key.length)[0];
  if (!found)
    throw new CommandError(
      `no mapping of ${domain} takes ${path}; there are ${read.value.map((m) => m.key || '(none)').join(', ') || 'none at all'}`,
    );
  const stage = found.stage ?? segments[found.key === '' ? 0 : found.key.split('/').length];
  if (stage === undefined) throw new CommandError(`the mapping of ${domain} names no stage, so the path must; add it`);
  return checked(finder, await apiOf(finder, found.apiId), stage);
}

/** Mappings of REST APIs behind an edge-optimized domain are told by the older half of API Gateway only. */
async function mappingsOf({ aws }: Finder, domain: string): Promise<Result<readonly Mapping[], CallError>> {
  const v2 = await aws.call('apigatewayv2:GetApiMappings', { DomainName: domain });
  const items = v2.ok ? (v2.value.Items ?? []) : [];
  const mappings = items.flatMap((m) =>
    m?.ApiId ? [{ key: m.ApiMappingKey ?? '', apiId: m.ApiId, ...(m.Stage ? { stage: m.Stage } : {}) }] : [],
  );
  if (mappings.length > 0) return ok(mappings);
  const rest = await aws.call('apigateway:GetBasePathMappings', { domainName: domain });
  if (!rest.ok) return v2.ok ? ok([]) : err(v2.error.kind === 'gone' ? rest.error : v2.error);
  return ok(
    (rest.value.items ?? []).flatMap((m) =>
      m?.restApiId
        ? [
            {
              key: m.basePath === '(none)' ? '' : (m.basePath ?? ''),
              apiId: m.restApiId,
              ...(m.stage && m.stage !== '(none)' ? { stage: m.stage } : {}),
            },
          ]
        : [],
    ),
  );
}

/** The statement in one line, for a sentence. */
function allowing({ live, accountId }: Finder, name: CallName, input: unknown, error: CallError): string {
  return JSON.stringify(statementsFor([{ name, input, error }], { accountId, region: live.region })[0]);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

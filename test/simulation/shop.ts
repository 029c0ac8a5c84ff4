// What the worlds happen in: the demo's shop with few callers, a stage whose routes lead to two functions, and Gatemedic installed in it
// from one synthesised template with every fix of the catalogue.
import { fixes } from '../../lib/fixes/index.ts';
import { people, place } from '../../lib/demo/run.ts';
import { openShop, permissionOf, shopStages, type Shop, type ShopStage } from '../../lib/demo/shop.ts';
import { synthesised } from '../../lib/demo/synthesis.ts';
import { packSettings, readInstallation, unpackSettings, type Installation } from '../../lib/model/installation.ts';
import type { Account } from '../../lib/sandbox/account/index.ts';
import type { ResolvedTemplate } from '../../lib/workflow/template.ts';
import type { Plan, Who } from './events.ts';

export const slackIds: Readonly<Record<Who, string>> = { robin: 'U0ONCALL1', lee: 'U0SECOND1', kim: people[1]?.id ?? '' };
export const workspace = { teamId: 'T0GATEMED', appId: 'A0GATEMED', channel: 'C0INCIDENT' };
export const calendar = 'freeze';
export const boundaryArn = `arn:aws:iam::${place.accountId}:policy/boundary`;
export const killSwitch = '/gatemedic/kill-switch';

/** Of the shop; the pair is the stage after them. */
const shops = 3;
export const pairAt = shops;
export const mostStages = shops + 1;
/** Who calls the left function of the pair, by a number of their own: they may stay away while the others come. */
export const leftAt = mostStages;

/** One API of two functions in one stack: a deploy that takes both permissions makes a fix of two changes. */
const pair: ShopStage = {
  apiType: 'REST',
  apiId: 'pairs2000',
  apiName: 'pairs',
  stage: 'prod',
  functionName: 'left',
  alias: 'live',
  stack: 'pairs-stack',
  statementId: 'left-gateway-invoke',
  perSecond: 1,
};
export const otherOfPair: ShopStage = { ...pair, functionName: 'right', statementId: 'right-gateway-invoke' };

const listed = (): readonly ShopStage[] => [...shopStages(shops), pair];

/** The template of an installation that lists every stage of the worlds and every fix. */
export const templateOfAll = (): ResolvedTemplate =>
  synthesised(
    {
      mode: 'act',
      stages: listed().map(({ apiType, apiId, apiName, stage }) => ({ apiType, apiId, apiName, stage })),
      approvers: [slackIds.robin, slackIds.lee],
      slackChannel: workspace.channel,
      slackTeamId: workspace.teamId,
      slackAppId: workspace.appId,
      changeCalendars: [calendar],
      // what the owner may allow is allowed, so that more happens
      fixes: fixes.map(({ id, consent }) => ({ id, ...(consent === 'allowed' ? { unasked: true } : {}) })),
      permissionsBoundary: boundaryArn,
      resources: ['dynamodb::table/*', 'ec2::security-group/*', 'codedeploy::deploymentgroup:*']
        .map((one) => `arn:aws:${one.replace('::', `:${place.region}:${place.accountId}:`)}`)
        .concat(`arn:aws:iam::${place.accountId}:role/*`),
    },
    place,
  );

/** The same template with the stages of this world, and with what its owner set otherwise. No role rests on these settings. */
export function templateFor(
  all: ResolvedTemplate,
  { owner, stages, unlisted, firstFix }: Pick<Plan, 'owner' | 'stages' | 'unlisted' | 'firstFix'>,
): ResolvedTemplate {
  // an alarm of the owner's own tells of the stage that is not listed
  const here = new Set(stagesOf(stages).map((s) => s.apiId));
  const watched = new Set(stagesOf(unlisted ? stages - 1 : stages).map((s) => s.apiId));
  const patch = (i: Installation): Installation => ({
    ...i,
    ...owner,
    stages: i.stages.filter((s) => watched.has(s.apiId)),
    fixes: i.fixes.toSorted((a, b) => Number(b.id === firstFix) - Number(a.id === firstFix)),
  });
  return {
    ...all,
    functions: all.functions.map((f) => ({
      ...f,
      environment: { ...f.environment, GATEMEDIC_INSTALLATION: patched(f.environment['GATEMEDIC_INSTALLATION'] ?? '{}', patch) },
    })),
    alarms: all.alarms.filter(({ name }) => [...here].some((id) => name.includes(id))),
  };
}

function patched(text: string, patch: (i: Installation) => Installation): string {
  const json = JSON.stringify(patch(readInstallation(JSON.parse(unpackSettings(text)))));
  return text.startsWith('{') ? json : packSettings(json);
}

/** The first few of the shop, or all of it and the pair. */
const stagesOf = (count: number): readonly ShopStage[] => listed().slice(0, count);

/** Fewer callers than the demo's: a burst must fail some thirty requests and prove itself on as many, no more. */
export function openLightShop(
  account: Account,
  plan: Pick<Plan, 'stages' | 'logs'>,
  callers: (stage: number) => (at: number) => number,
): Shop {
  const number = (s: ShopStage): number => listed().findIndex((l) => l.apiId === s.apiId);
  const shop = openShop(account, {
    stages: Math.min(plan.stages, shops),
    logs: plan.logs,
    perSecond: (s) => callers(number(s)),
  });
  if (plan.stages <= pairAt) return shop;
  openPair(account, plan.logs, callers);
  return { ...shop, stages: [...shop.stages, pair] };
}

function openPair(account: Account, logs: boolean, callers: (stage: number) => (at: number) => number): void {
  const routes = [pair, otherOfPair].map((s) => ({
    method: 'GET',
    path: `/${s.functionName}`,
    functionName: s.functionName,
    qualifier: 'live',
  }));
  for (const { functionName: name } of [pair, otherOfPair]) {
    const work = { outcome: 'ok' as const, ms: 40 };
    account.putFunction({ name, timeoutSeconds: 10, memoryMb: 512, initMs: 350, work, tags: { gatemedic: 'allowed' } });
    account.putAlias(name, 'live', account.publishVersion(name));
  }
  const { apiType, apiId, apiName: name, stage, stack } = pair;
  account.putApi({ apiId, apiType, name, stage, routes, executionLogging: logs ? 'ERROR' : 'OFF' });
  account.putStack(stack, { functions: ['left', 'right'] });
  account.deploy(stack, { addPermissions: [permissionOf(account, pair), permissionOf(account, otherOfPair)], durationMs: 0 });
  for (const { path, functionName } of routes)
    account.traffic({
      apiId,
      stage,
      route: { method: 'GET', path },
      perSecond: callers(functionName === pair.functionName ? leftAt : pairAt),
    });
}

// Keeps what each listed REST stage serves while all is well, once a deployment: so that a person can be shown what putting it back would change.
// Only where the owner installed a fix that looks at it.
import type { Aws, CallName } from '../../aws/calls.ts';
import { fixesLookingAt } from '../../declared.ts';
import { stageKey } from '../../model/api.ts';
import type { StageRef } from '../../model/api.ts';
import { keptOf } from '../../model/kept.ts';
import type { WatchedStage } from '../../model/installation.ts';
import { rows, stageId } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { gather } from '../looking/gather.ts';
import { onEach } from './tell-at-most.ts';

/** A deployment that served so long without an incident is a good one; alarms and logs tell within minutes. */
const provenMs = 10 * 60_000;
/** After an incident the stage must have been well so long. */
const calmMs = 30 * 60_000;
const callsAtMost = 4;

type Keeping = Pick<World<'apigateway:GetExport' | 'apigateway:GetStage'>, 'store' | 'now' | 'log' | 'installation' | 'aws'>;

export async function keepDefinitions(world: Keeping): Promise<readonly unknown[]> {
  const forThese = fixesLookingAt('keptDefinitions');
  if (!world.installation.fixes.some((f) => forThese.includes(f.id))) return [];
  return onEach(
    world.installation.stages.filter((s) => s.apiType === 'REST'),
    (watched) => keep(world, watched),
  );
}

async function keep(world: Keeping, { apiType, apiId, apiName, stage }: WatchedStage): Promise<void> {
  const { accountId, region } = world.installation;
  const at: StageRef = { accountId, region, apiType, apiId, stage, ...(apiName === '' ? {} : { apiName }) };
  const now = world.now();
  const known = (await rows.stage.get(world.store, stageId(at)))?.value;
  if (known?.live || (known?.closedAts ?? []).some((closedAt) => closedAt > now - calmMs)) return;
  const serves = await world.aws.call('apigateway:GetStage', { restApiId: apiId, stageName: stage });
  const { deploymentId, lastUpdatedDate } = serves.ok ? serves.value : {};
  const sinceAt = lastUpdatedDate === undefined ? now : new Date(lastUpdatedDate).getTime();
  if (deploymentId === undefined || now - sinceAt < provenMs) return;
  if (await rows.definition.get(world.store, `${stageKey(at)}/${deploymentId}`)) return;
  // the collector of what is deployed makes these two calls and no other for a REST stage
  const aws = world.aws as Aws<CallName>;
  const { deployedApi } = await gather(
    { aws, now: () => now },
    { at, window: { from: now, to: now }, lines: [], kinds: ['deployedApi'], budget: callsAtMost },
  );
  const kept = deployedApi?.state === 'got' ? keptOf(deployedApi.value, now) : undefined;
  // deployed anew while it was read
  if (kept?.deploymentId !== deploymentId) return;
  await rows.definition.create(world.store, `${stageKey(at)}/${deploymentId}`, { ...kept, stage: stageKey(at) });
  world.log('definition-kept', { stage: stageKey(at), deploymentId, routes: kept.routes.length });
}

// The reconciler of subscription filters: each listed stage's logs reach intake, and our filters go when the stage or the stack goes.
// What cannot be subscribed is a gap that is told once, never a failed run: alarms still cover the stage.
import * as v from 'valibot';
import { stageKey } from '../model/api.ts';
import { rows } from '../store/rows.ts';
import type { World } from '../world.ts';
import { keepDefinitions } from './upkeep/definitions.ts';
import { ensureFilter, removeFilter, type Gap, type SubscribeWorld } from './upkeep/filters.ts';
import { logGroupsOf, type WantedGroup } from './upkeep/log-groups.ts';
import { stage } from './stage.ts';
import { forget, onEach, tellAtMost, throwFirst } from './upkeep/tell-at-most.ts';

const flag = v.pipe(
  v.union([v.boolean(), v.string()]),
  v.transform((value) => value === true || value === 'true'),
);
const plain = v.looseObject({ destinationArn: v.pipe(v.string(), v.startsWith('arn:')), remove: v.optional(flag, false) });

/** The schedule's constant input, or a CloudFormation custom resource (by the CDK's provider framework, which answers for us). */
const subscribeInput = v.union([
  v.pipe(
    v.looseObject({ RequestType: v.picklist(['Create', 'Update', 'Delete']), ResourceProperties: plain }),
    v.transform(({ RequestType, ResourceProperties: p }) => ({
      destinationArn: p.destinationArn,
      remove: p.remove || RequestType === 'Delete',
    })),
  ),
  v.pipe(
    plain,
    v.transform(({ destinationArn, remove }) => ({ destinationArn, remove })),
  ),
]);
export type SubscribeInput = v.InferOutput<typeof subscribeInput>;

export default stage({
  id: 'subscribe',
  input: subscribeInput,
  run: (world: SubscribeWorld, input: SubscribeInput) => subscribe(world, input),
});

/** What a run came to; `PhysicalResourceId` is what CloudFormation keeps. */
export interface Subscribed {
  readonly PhysicalResourceId: 'gatemedic-subscriptions';
  readonly groups: readonly string[];
  readonly gaps: readonly string[];
  readonly removed: readonly string[];
}

async function subscribe(world: SubscribeWorld, input: SubscribeInput): Promise<Subscribed> {
  return input.remove ? removeAll(world, input.destinationArn) : reconcile(world, input.destinationArn);
}

async function reconcile(world: SubscribeWorld, destinationArn: string): Promise<Subscribed> {
  const wanted = await logGroupsOf(world);
  const gaps: Gap[] = [...wanted.gaps];
  const failed = [
    ...(await onEach(wanted.groups, async (group) => void gaps.push(...(await ensure(world, group, destinationArn))))),
    ...(await onEach(gaps, (gap) => tellGap(world, gap))),
    ...(await onEach(
      world.installation.stages.filter((at) => !gaps.some((g) => g.about === stageKey(at))),
      (at) => forget(world, gapKey(stageKey(at))),
    )),
  ];
  // A stage that could not be read may still want its groups: nothing is removed on half a picture.
  const names = new Set(wanted.groups.map((g) => g.logGroup));
  const left = wanted.whole ? (await sources(world)).filter((name) => !names.has(name)) : [];
  const removed: string[] = [];
  failed.push(...(await onEach(left, async (name) => void removed.push(...(await remove(world, name, destinationArn))))));
  failed.push(...(await keepDefinitions(world)));
  throwFirst('subscribe', failed);
  return answer(world, [...names], gaps, removed);
}

/** The stack goes: every group we noted and every group the stages name. It must not hang on one of them, so nothing is thrown. */
async function removeAll(world: SubscribeWorld, destinationArn: string): Promise<Subscribed> {
  const names = new Set<string>();
  const removed: string[] = [];
  const failed = [
    ...(await onEach([sources, named], async (ask) => (await ask(world)).forEach((name) => names.add(name)))),
    ...(await onEach([...names], async (name) => void removed.push(...(await remove(world, name, destinationArn))))),
  ];
  if (failed.length > 0) world.log('unsubscribe-failed', { failed: failed.map((e) => String(e).slice(0, 200)) });
  return answer(world, [], [], removed);
}

function answer(world: SubscribeWorld, groups: readonly string[], gaps: readonly Gap[], removed: readonly string[]): Subscribed {
  world.log('subscribed', { groups: groups.length, gaps: gaps.length, removed });
  return { PhysicalResourceId: 'gatemedic-subscriptions', groups, gaps: gaps.map((g) => g.says), removed };
}

const gapKey = (about: string): string => `gap:${about}`;

/** Never again for the same gap, unless it closed in between: half a year is longer than the row lives. */
const once = 180 * 24 * 3_600_000;
const tellGap = (world: SubscribeWorld, gap: Gap) =>
  tellAtMost(world, once, { key: gapKey(gap.about), says: gap.says, urgent: false, more: { about: gap.about } });

async function ensure(world: SubscribeWorld, group: WantedGroup, destinationArn: string): Promise<readonly Gap[]> {
  await note(world, group);
  const gap = await ensureFilter(world, group, destinationArn);
  if (gap) return [gap];
  await forget(world, gapKey(group.logGroup));
  return [];
}

/** What intake needs to read the group's lines; written only when it changed. */
async function note(world: Pick<World, 'store'>, group: WantedGroup): Promise<void> {
  const { filterPattern: _pattern, ...source } = group;
  await rows.source.upsert(world.store, group.logGroup, (current) =>
    current && JSON.stringify(current) === JSON.stringify(source) ? undefined : source,
  );
}

/** Groups we once subscribed. */
const sources = async (world: Pick<World, 'store'>): Promise<readonly string[]> =>
  (await rows.source.list(world.store, 'sources')).map((row) => row.value.logGroup);
/** Groups the listed stages name now. */
const named = async (world: SubscribeWorld): Promise<readonly string[]> => (await logGroupsOf(world)).groups.map((g) => g.logGroup);

async function remove(world: SubscribeWorld, logGroup: string, destinationArn: string): Promise<readonly string[]> {
  const done = await removeFilter(world, logGroup, destinationArn);
  if (done === 'later') return [];
  await rows.source.remove(world.store, logGroup);
  await forget(world, gapKey(logGroup));
  return done === 'removed' ? [logGroup] : [];
}

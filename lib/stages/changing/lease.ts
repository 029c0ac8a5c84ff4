// The end of a lease: use is looked at first. In use, it is extended once; then a person is asked whether it shall stay for good, and
// without an answer it comes down. Neither happens beyond the owner's caps or while the kill switch is on.
import type { CallName } from '../../aws/calls.ts';
import { amend, type Beside } from '../../journal/journal.ts';
import type { ChangeRecord } from '../../model/change.ts';
import type { World } from '../../world.ts';
import { killSwitch } from '../weighing/situation.ts';
import { scheduleLeaseEnd } from './apply.ts';
import { note } from './incident-row.ts';
import { moveOf, used } from './moves.ts';
import { wholeMinuteBefore } from './proof-time.ts';

/** How far back use is looked at; metrics of the newest minutes are not there yet. */
const useMs = 30 * 60_000;
/** A schedule fires within its minute (platform.md: 60 s granularity): this early still counts as the lease's end. */
const earlyMs = 60_000;
const hourMs = 3_600_000;

/** What the end of a lease comes to: it goes on, a person was asked, or it is over and why. */
export async function endOfLease(world: World<CallName>, record: ChangeRecord): Promise<'extended' | 'asked' | { readonly over: string }> {
  const endsAt = record.leaseEndsAt ?? 0;
  if (world.now() < endsAt - earlyMs) return 'extended'; // an older schedule: the lease was extended meanwhile, its own end is scheduled
  if (!(await stillUsed(world, record))) return { over: 'the lease is over' };
  const { leaseMs } = record.plan;
  const brake = await killSwitch(world.aws, world.installation.killSwitchParameter);
  if (brake !== 'off' || leaseMs === undefined) return { over: 'the lease is over, and the kill switch lets none be extended' };
  if ((record.extended ?? 0) < 1 && isPaidFor(world, record, leaseMs)) return await extend(world, record, leaseMs);
  const { questionMs } = world.installation;
  if (record.step === 'verified' && record.keepAskedAt === undefined && isPaidFor(world, record, questionMs))
    return await ask(world, record, questionMs);
  return { over: `${whyOver(record)}; it is still in use, so make it last in code` };
}

const whyOver = (record: ChangeRecord): string =>
  record.keepAskedAt === undefined
    ? 'the lease is over for good: it was extended before, or the caps allow no more'
    : 'the lease is over: a person was asked whether to keep it, and nobody did';

/** Money needs a positive sign: use that cannot be read does not extend a lease. */
async function stillUsed(world: World<CallName>, record: ChangeRecord): Promise<boolean> {
  const to = wholeMinuteBefore(world.now());
  const each = await Promise.all(record.plan.changes.map((c) => used(world.aws, moveOf(c), { from: to - useMs, to })));
  return each.some((one) => one === true);
}

/** Whether so much more time, on top of what it had, stays under the day's cap. */
function isPaidFor(world: World<CallName>, { plan, appliedAt, leaseEndsAt }: ChangeRecord, moreMs: number): boolean {
  const now = world.now();
  const soFarMs = (leaseEndsAt ?? now) - (appliedAt ?? now);
  return ((plan.usdPerHour ?? 0) * (soFarMs + moreMs)) / hourMs <= world.installation.caps.usdPerDay;
}

/** By compare-and-set: a second delivery of the same schedule adds nothing. Each end has a name of its own. */
async function goOn(world: World<CallName>, record: ChangeRecord, moreMs: number, beside: Beside = {}): Promise<number> {
  const leaseEndsAt = Math.max(world.now(), record.leaseEndsAt ?? 0) + moreMs;
  const next = await amend(world, record.id, (r) =>
    r.leaseEndsAt === record.leaseEndsAt && r.step === record.step
      ? { leaseEndsAt, extended: (r.extended ?? 0) + 1, ...beside }
      : undefined,
  );
  await scheduleLeaseEnd(world, next, next.leaseEndsAt ?? leaseEndsAt);
  return next.leaseEndsAt ?? leaseEndsAt;
}

async function extend(world: World<CallName>, record: ChangeRecord, leaseMs: number): Promise<'extended'> {
  const until = await goOn(world, record, leaseMs);
  await note(
    world,
    record.incidentId,
    `extended:${record.id}`,
    `it is still in use: extended once, until ${new Date(until).toISOString()}`,
  );
  return 'extended';
}

async function ask(world: World<CallName>, record: ChangeRecord, questionMs: number): Promise<'asked'> {
  const until = await goOn(world, record, questionMs, { keepAskedAt: world.now() });
  await note(
    world,
    record.incidentId,
    `keep-asked:${record.id}`,
    `its time is over and it is still in use: keep it for good, or take it back? Without an answer it is taken down at ${new Date(until).toISOString()}`,
  );
  return 'asked';
}

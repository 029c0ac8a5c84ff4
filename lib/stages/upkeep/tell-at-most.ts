// What upkeep tells a person: at most once in a while for the same thing, remembered in a row.
import { rows } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import type { Telling } from '../telling/card.ts';
import { publish } from '../telling/outbox.ts';

export interface UpkeepNews {
  /** What it is about; the same key with the same words is not told again within `everyMs`. */
  readonly key: string;
  readonly says: string;
  readonly urgent: boolean;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** SNS takes subjects of at most 100 ASCII characters. */
const subject = (says: string): string => `Gatemedic: ${says}`.replace(/[^\x20-\x7e]+/g, '?').slice(0, 98);

/** Tells it by the topic unless that was done lately; what the topic refuses waits in the outbox. A crash in between tells it twice, which is better than never. */
export async function tellAtMost(world: Telling, everyMs: number, news: UpkeepNews): Promise<'told' | 'known'> {
  const told = (await rows.told.get(world.store, news.key))?.value;
  if (told && told.says === news.says && world.now() - told.at < everyMs) return 'known';
  world.log('upkeep', { key: news.key, says: news.says });
  const { key, says, urgent, more } = news;
  const message = { version: 1, kind: 'upkeep', key, at: new Date(world.now()).toISOString(), urgent, says, ...more };
  await publish(world, `${key}:${world.now()}`, { subject: subject(says), message });
  await rows.told.upsert(world.store, key, () => ({ key, at: world.now(), says }));
  return 'told';
}

/** It is over: should it come back, it is told anew. */
export const forget = (world: Pick<World, 'store'>, key: string): Promise<void> => rows.told.remove(world.store, key);

/** Runs the work on each item whatever becomes of the others, a few at a time; answers what failed. */
export async function onEach<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<readonly unknown[]> {
  const failed: unknown[] = [];
  for (let n = 0; n < items.length; n += 8) {
    const settled = await Promise.allSettled(items.slice(n, n + 8).map((item) => work(item)));
    failed.push(...settled.flatMap((s) => (s.status === 'rejected' ? [s.reason as unknown] : [])));
  }
  return failed;
}

/** Throws what failed, once everything was tried: the function's error alarm rings. */
export function throwFirst(what: string, failed: readonly unknown[]): void {
  if (failed.length > 0)
    throw new AggregateError(failed, `${what}: ${failed.length} failed; the first: ${String(failed[0]).slice(0, 300)}`);
}

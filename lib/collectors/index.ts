// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Collector } from './collector.ts';

/** Every entry of lib/collectors, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const collectors = [] as unknown as readonly Collector[];

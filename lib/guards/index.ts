// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Guard } from '../model/change.ts';

/** Every entry of lib/guards, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const guards = [] as unknown as readonly Guard[];

// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Fix } from '../model/change.ts';

/** Every entry of lib/fixes, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const fixes = [] as unknown as readonly Fix[];

// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Cause } from '../model/cause.ts';

/** Every entry of lib/causes, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const causes = [] as unknown as readonly Cause[];

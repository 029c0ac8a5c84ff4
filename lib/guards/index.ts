// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Guard } from '../model/change.ts';
import askMode from './ask-mode.ts';
import changeFreeze from './change-freeze.ts';
import changesPerHour from './changes-per-hour.ts';
import cooldown from './cooldown.ts';
import deployInProgress from './deploy-in-progress.ts';
import fixNotAllowedUnasked from './fix-not-allowed-unasked.ts';
import handsOff from './hands-off.ts';
import killSwitch from './kill-switch.ts';
import notFailingAnyMore from './not-failing-any-more.ts';
import notWatched from './not-watched.ts';
import notWritable from './not-writable.ts';
import observeMode from './observe-mode.ts';
import oneWay from './one-way.ts';
import outage from './outage.ts';
import outsideHours from './outside-hours.ts';
import personUndid from './person-undid.ts';
import sharedByMany from './shared-by-many.ts';
import spendingCap from './spending-cap.ts';
import suspectedOnly from './suspected-only.ts';
import threeFailedInAnHour from './three-failed-in-an-hour.ts';
import unreadableChange from './unreadable-change.ts';

/** Every entry of lib/guards, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const guards = [
  askMode,
  changeFreeze,
  changesPerHour,
  cooldown,
  deployInProgress,
  fixNotAllowedUnasked,
  handsOff,
  killSwitch,
  notFailingAnyMore,
  notWatched,
  notWritable,
  observeMode,
  oneWay,
  outage,
  outsideHours,
  personUndid,
  sharedByMany,
  spendingCap,
  suspectedOnly,
  threeFailedInAnHour,
  unreadableChange,
] as unknown as readonly Guard[];

// Every scenario: those with a story of their own, in its order, then the plain story of every other breakage.
import aliasWithoutPermission from './alias-without-permission.ts';
import approvedRollback from './approved-rollback.ts';
import changeFreeze from './change-freeze.ts';
import authorizerPermissionRemovedByDeploy from './authorizer-permission-removed-by-deploy.ts';
import coldStartBurst from './cold-start-burst.ts';
import crashingRelease from './crashing-release.ts';
import driftedUndo from './drifted-undo.ts';
import forgedLogLines from './forged-log-lines.ts';
import functionDeleted from './function-deleted.ts';
import killSwitch from './kill-switch.ts';
import malformedResponse from './malformed-response.ts';
import outage from './outage.ts';
import passingBlip from './passing-blip.ts';
import permissionRemovedByDeploy from './permission-removed-by-deploy.ts';
import permissionRemovedOnPurpose from './permission-removed-on-purpose.ts';
import removedOnPurposeTrailLate from './removed-on-purpose-trail-late.ts';
import slackDown from './slack-down.ts';
import slowFunction from './slow-function.ts';
import slowIntegration from './slow-integration.ts';
import storm from './storm.ts';
import throttledByReserved from './throttled-by-reserved.ts';
import twoFaults from './two-faults.ts';
import undoAfterClose from './undo-after-close.ts';
import websocketPermissionMissing from './websocket-permission-missing.ts';
import { breakages } from '../breakages/index.ts';
import { advisedOn } from './advised.ts';
import type { Scenario } from './scenario.ts';

/** The stories that are told step by step. */
export const ofTheirOwn: readonly Scenario[] = [
  permissionRemovedByDeploy,
  permissionRemovedOnPurpose,
  removedOnPurposeTrailLate,
  aliasWithoutPermission,
  websocketPermissionMissing,
  authorizerPermissionRemovedByDeploy,
  twoFaults,
  functionDeleted,
  coldStartBurst,
  slowFunction,
  crashingRelease,
  malformedResponse,
  throttledByReserved,
  slowIntegration,
  approvedRollback,
  undoAfterClose,
  driftedUndo,
  changeFreeze,
  killSwitch,
  passingBlip,
  slackDown,
  storm,
  outage,
  forgedLogLines,
];
const told = new Set(ofTheirOwn.map((s) => s.id));

/** The plain story of every other breakage. One that brings no 5xx wakes nobody: it has no story, but whoever asks is told (`gatemedic diagnose`). */
export const plain: readonly Scenario[] = breakages.filter((b) => !told.has(b.id) && b.quiet !== true).map(advisedOn);

export const scenarios: readonly Scenario[] = [...ofTheirOwn, ...plain];

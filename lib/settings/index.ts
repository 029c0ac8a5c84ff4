// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Setting } from './setting.ts';
import freshDeployment from './fresh-deployment.ts';
import integrationTimeout from './integration-timeout.ts';
import invokePermission from './invoke-permission.ts';
import provisionedConcurrency from './provisioned-concurrency.ts';
import stageDeployment from './stage-deployment.ts';
import stageLogging from './stage-logging.ts';
import stageVariable from './stage-variable.ts';

/** Every entry of lib/settings, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const settings = [
  freshDeployment,
  integrationTimeout,
  invokePermission,
  provisionedConcurrency,
  stageDeployment,
  stageLogging,
  stageVariable,
] as unknown as readonly Setting[];

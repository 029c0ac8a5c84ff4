// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Fix } from '../model/change.ts';
import deployEdits from './deploy-edits.ts';
import flushAuthorizerCache from './flush-authorizer-cache.ts';
import pinRuntimeVersion from './pin-runtime-version.ts';
import putAliasBack from './put-alias-back.ts';
import putBackDeployment from './put-back-deployment.ts';
import raiseTableCapacity from './raise-table-capacity.ts';
import reAddInvokePermission from './re-add-invoke-permission.ts';
import reAddSecurityGroupRule from './re-add-security-group-rule.ts';
import removeCanary from './remove-canary.ts';
import restoreBasePathMapping from './restore-base-path-mapping.ts';
import restoreRoleStatement from './restore-role-statement.ts';
import restoreStageVariable from './restore-stage-variable.ts';
import setAuthorizerTtl from './set-authorizer-ttl.ts';
import setFunctionMemory from './set-function-memory.ts';
import setFunctionTimeout from './set-function-timeout.ts';
import setIntegrationTimeout from './set-integration-timeout.ts';
import setReservedConcurrency from './set-reserved-concurrency.ts';
import setStageThrottling from './set-stage-throttling.ts';
import shedLoad from './shed-load.ts';
import shiftCanaryToZero from './shift-canary-to-zero.ts';
import stopCodedeployDeployment from './stop-codedeploy-deployment.ts';
import turnOnErrorLogging from './turn-on-error-logging.ts';
import warmConcurrency from './warm-concurrency.ts';

/** Every entry of lib/fixes, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const fixes = [
  deployEdits,
  flushAuthorizerCache,
  pinRuntimeVersion,
  putAliasBack,
  putBackDeployment,
  raiseTableCapacity,
  reAddInvokePermission,
  reAddSecurityGroupRule,
  removeCanary,
  restoreBasePathMapping,
  restoreRoleStatement,
  restoreStageVariable,
  setAuthorizerTtl,
  setFunctionMemory,
  setFunctionTimeout,
  setIntegrationTimeout,
  setReservedConcurrency,
  setStageThrottling,
  shedLoad,
  shiftCanaryToZero,
  stopCodedeployDeployment,
  turnOnErrorLogging,
  warmConcurrency,
] as unknown as readonly Fix[];

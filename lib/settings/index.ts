// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Setting } from './setting.ts';
import aliasVersion from './alias-version.ts';
import apiDeployment from './api-deployment.ts';
import authorizerCache from './authorizer-cache.ts';
import authorizerTtl from './authorizer-ttl.ts';
import basePathMapping from './base-path-mapping.ts';
import canary from './canary.ts';
import codedeployDeployment from './codedeploy-deployment.ts';
import freshDeployment from './fresh-deployment.ts';
import functionConfiguration from './function-configuration.ts';
import functionVersion from './function-version.ts';
import integrationTimeout from './integration-timeout.ts';
import invokePermission from './invoke-permission.ts';
import provisionedConcurrency from './provisioned-concurrency.ts';
import publishedAlias from './published-alias.ts';
import reservedConcurrency from './reserved-concurrency.ts';
import roleAttachment from './role-attachment.ts';
import rolePolicy from './role-policy.ts';
import runtimeVersion from './runtime-version.ts';
import securityGroupRule from './security-group-rule.ts';
import stageDeployment from './stage-deployment.ts';
import stageLogging from './stage-logging.ts';
import stageThrottling from './stage-throttling.ts';
import stageVariable from './stage-variable.ts';
import tableCapacity from './table-capacity.ts';

/** Every entry of lib/settings, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const settings = [
  aliasVersion,
  apiDeployment,
  authorizerCache,
  authorizerTtl,
  basePathMapping,
  canary,
  codedeployDeployment,
  freshDeployment,
  functionConfiguration,
  functionVersion,
  integrationTimeout,
  invokePermission,
  provisionedConcurrency,
  publishedAlias,
  reservedConcurrency,
  roleAttachment,
  rolePolicy,
  runtimeVersion,
  securityGroupRule,
  stageDeployment,
  stageLogging,
  stageThrottling,
  stageVariable,
  tableCapacity,
] as unknown as readonly Setting[];

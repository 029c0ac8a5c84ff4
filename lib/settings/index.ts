// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Setting } from './setting.ts';
import aliasVersion from './alias-version.ts';
import codedeployDeployment from './codedeploy-deployment.ts';
import functionConfiguration from './function-configuration.ts';
import functionVersion from './function-version.ts';
import invokePermission from './invoke-permission.ts';
import provisionedConcurrency from './provisioned-concurrency.ts';
import publishedAlias from './published-alias.ts';
import reservedConcurrency from './reserved-concurrency.ts';
import rolePolicy from './role-policy.ts';
import runtimeVersion from './runtime-version.ts';
import securityGroupRule from './security-group-rule.ts';
import tableCapacity from './table-capacity.ts';

/** Every entry of lib/settings, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const settings = [
  aliasVersion,
  codedeployDeployment,
  functionConfiguration,
  functionVersion,
  invokePermission,
  provisionedConcurrency,
  publishedAlias,
  reservedConcurrency,
  rolePolicy,
  runtimeVersion,
  securityGroupRule,
  tableCapacity,
] as unknown as readonly Setting[];

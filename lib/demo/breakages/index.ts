// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Breakage } from './breakage.ts';
import aclEntryAdded from './acl-entry-added.ts';
import aliasWithoutPermission from './alias-without-permission.ts';
import answerStatusUndeclared from './answer-status-undeclared.ts';
import answerTooLarge from './answer-too-large.ts';
import authorizerAnswerKept from './authorizer-answer-kept.ts';
import authorizerCrashes from './authorizer-crashes.ts';
import authorizerMalformedPolicy from './authorizer-malformed-policy.ts';
import authorizerPermissionLost from './authorizer-permission-lost.ts';
import authorizerPermissionRemovedByDeploy from './authorizer-permission-removed-by-deploy.ts';
import authorizerSimpleAnswer from './authorizer-simple-answer.ts';
import authorizerThrottled from './authorizer-throttled.ts';
import backendAnswers5xx from './backend-answers-5xx.ts';
import backendCertificateExpired from './backend-certificate-expired.ts';
import backendCertificateUntrusted from './backend-certificate-untrusted.ts';
import backendCertificateWrongName from './backend-certificate-wrong-name.ts';
import backendHangs from './backend-hangs.ts';
import backendNameGone from './backend-name-gone.ts';
import backendPathMoved from './backend-path-moved.ts';
import backendRefuses from './backend-refuses.ts';
import balancerRuleRevoked from './balancer-rule-revoked.ts';
import binaryTypesEverything from './binary-types-everything.ts';
import canaryBroken from './canary-broken.ts';
import clientCertificateExpired from './client-certificate-expired.ts';
import coldStartBurst from './cold-start-burst.ts';
import crashingRelease from './crashing-release.ts';
import dataOutgrewMemory from './data-outgrew-memory.ts';
import databaseHangs from './database-hangs.ts';
import databaseRefuses from './database-refuses.ts';
import defaultAnswerLost from './default-answer-lost.ts';
import dependencySlower from './dependency-slower.ts';
import deployNamesMissingAlias from './deploy-names-missing-alias.ts';
import domainCertificateOver from './domain-certificate-over.ts';
import domainMappingRemoved from './domain-mapping-removed.ts';
import executionPolicyDetached from './execution-policy-detached.ts';
import executionRoleLosesPermission from './execution-role-loses-permission.ts';
import functionCutOff from './function-cut-off.ts';
import functionDeleted from './function-deleted.ts';
import functionFailedState from './function-failed-state.ts';
import functionRoleLosesPermission from './function-role-loses-permission.ts';
import functionRoleNotTrusting from './function-role-not-trusting.ts';
import integrationTimeoutCut from './integration-timeout-cut.ts';
import keyDisabled from './key-disabled.ts';
import lambdaCalledWithGet from './lambda-called-with-get.ts';
import lambdaServiceDown from './lambda-service-down.ts';
import linkGroupsEnforced from './link-groups-enforced.ts';
import listenerCertificateWrongName from './listener-certificate-wrong-name.ts';
import malformedResponse from './malformed-response.ts';
import memoryFull from './memory-full.ts';
import mendedNotDeployed from './mended-not-deployed.ts';
import mockWithoutStatus from './mock-without-status.ts';
import moduleLeftOut from './module-left-out.ts';
import natGatewayDeleted from './nat-gateway-deleted.ts';
import pathVariableUnmapped from './path-variable-unmapped.ts';
import payloadFormatChanged from './payload-format-changed.ts';
import permissionRemovedByDeploy from './permission-removed-by-deploy.ts';
import permissionRemovedOnPurpose from './permission-removed-on-purpose.ts';
import queueContentTypeLost from './queue-content-type-lost.ts';
import queueDeleted from './queue-deleted.ts';
import queuePolicyDenies from './queue-policy-denies.ts';
import queueRoleNotTrusting from './queue-role-not-trusting.ts';
import removedOnPurposeTrailLate from './removed-on-purpose-trail-late.ts';
import routeNotDeployed from './route-not-deployed.ts';
import routeWithoutIntegration from './route-without-integration.ts';
import runtimeUpdateBreaks from './runtime-update-breaks.ts';
import serviceRoleLosesPermission from './service-role-loses-permission.ts';
import serviceRoleTrustConditioned from './service-role-trust-conditioned.ts';
import shiftedRelease from './shifted-release.ts';
import slowFunction from './slow-function.ts';
import slowIntegration from './slow-integration.ts';
import slowerThanReserved from './slower-than-reserved.ts';
import stageLimitReached from './stage-limit-reached.ts';
import stageLimitZero from './stage-limit-zero.ts';
import stageVariableLostByDeploy from './stage-variable-lost-by-deploy.ts';
import stageVariableRemoved from './stage-variable-removed.ts';
import subnetsFull from './subnets-full.ts';
import tableThrottled from './table-throttled.ts';
import targetRuleRevoked from './target-rule-revoked.ts';
import targetsAnswer5xx from './targets-answer-5xx.ts';
import targetsCrashed from './targets-crashed.ts';
import targetsDeregistered from './targets-deregistered.ts';
import templateUnclosed from './template-unclosed.ts';
import throttledByReserved from './throttled-by-reserved.ts';
import vpcLinkAsleep from './vpc-link-asleep.ts';
import vpcLinkFailed from './vpc-link-failed.ts';
import wafFailing from './waf-failing.ts';
import websocketPermissionMissing from './websocket-permission-missing.ts';

/** Every entry of lib/demo/breakages, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const breakages = [
  aclEntryAdded,
  aliasWithoutPermission,
  answerStatusUndeclared,
  answerTooLarge,
  authorizerAnswerKept,
  authorizerCrashes,
  authorizerMalformedPolicy,
  authorizerPermissionLost,
  authorizerPermissionRemovedByDeploy,
  authorizerSimpleAnswer,
  authorizerThrottled,
  backendAnswers5xx,
  backendCertificateExpired,
  backendCertificateUntrusted,
  backendCertificateWrongName,
  backendHangs,
  backendNameGone,
  backendPathMoved,
  backendRefuses,
  balancerRuleRevoked,
  binaryTypesEverything,
  canaryBroken,
  clientCertificateExpired,
  coldStartBurst,
  crashingRelease,
  dataOutgrewMemory,
  databaseHangs,
  databaseRefuses,
  defaultAnswerLost,
  dependencySlower,
  deployNamesMissingAlias,
  domainCertificateOver,
  domainMappingRemoved,
  executionPolicyDetached,
  executionRoleLosesPermission,
  functionCutOff,
  functionDeleted,
  functionFailedState,
  functionRoleLosesPermission,
  functionRoleNotTrusting,
  integrationTimeoutCut,
  keyDisabled,
  lambdaCalledWithGet,
  lambdaServiceDown,
  linkGroupsEnforced,
  listenerCertificateWrongName,
  malformedResponse,
  memoryFull,
  mendedNotDeployed,
  mockWithoutStatus,
  moduleLeftOut,
  natGatewayDeleted,
  pathVariableUnmapped,
  payloadFormatChanged,
  permissionRemovedByDeploy,
  permissionRemovedOnPurpose,
  queueContentTypeLost,
  queueDeleted,
  queuePolicyDenies,
  queueRoleNotTrusting,
  removedOnPurposeTrailLate,
  routeNotDeployed,
  routeWithoutIntegration,
  runtimeUpdateBreaks,
  serviceRoleLosesPermission,
  serviceRoleTrustConditioned,
  shiftedRelease,
  slowFunction,
  slowIntegration,
  slowerThanReserved,
  stageLimitReached,
  stageLimitZero,
  stageVariableLostByDeploy,
  stageVariableRemoved,
  subnetsFull,
  tableThrottled,
  targetRuleRevoked,
  targetsAnswer5xx,
  targetsCrashed,
  targetsDeregistered,
  templateUnclosed,
  throttledByReserved,
  vpcLinkAsleep,
  vpcLinkFailed,
  wafFailing,
  websocketPermissionMissing,
] as unknown as readonly Breakage[];

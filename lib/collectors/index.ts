// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Collector } from './collector.ts';
import accessLog from './access-log.ts';
import accountLimits from './account-limits.ts';
import aliasVersions from './alias-versions.ts';
import apiSettings from './api-settings.ts';
import apiTrail from './api-trail.ts';
import authorizerLog from './authorizer-log.ts';
import authorizerMetrics from './authorizer-metrics.ts';
import authorizers from './authorizers.ts';
import awsHealth from './aws-health.ts';
import certificates from './certificates.ts';
import changeTrail from './change-trail.ts';
import codeDeployments from './code-deployments.ts';
import customDomains from './custom-domains.ts';
import deployedApi from './deployed-api.ts';
import deployments from './deployments.ts';
import draft from './draft.ts';
import endpointProbe from './endpoint-probe.ts';
import executionLog from './execution-log.ts';
import executionRoles from './execution-roles.ts';
import flowLog from './flow-log.ts';
import functionConcurrency from './function-concurrency.ts';
import functionConfig from './function-config.ts';
import functionLog from './function-log.ts';
import functionMetrics from './function-metrics.ts';
import functionPlace from './function-place.ts';
import functionPolicy from './function-policy.ts';
import gatewayMetrics from './gateway-metrics.ts';
import groupTrail from './group-trail.ts';
import keptDefinitions from './kept-definitions.ts';
import loadBalancerMetrics from './load-balancer-metrics.ts';
import loadBalancers from './load-balancers.ts';
import neighbours from './neighbours.ts';
import network from './network.ts';
import ownership from './ownership.ts';
import roleTrail from './role-trail.ts';
import roles from './roles.ts';
import runtimeLog from './runtime-log.ts';
import serviceMetrics from './service-metrics.ts';
import serviceTargets from './service-targets.ts';
import stackEvents from './stack-events.ts';
import testInvoke from './test-invoke.ts';
import traces from './traces.ts';
import vpcLinks from './vpc-links.ts';
import webAcl from './web-acl.ts';

/** Every entry of lib/collectors, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const collectors = [
  accessLog,
  accountLimits,
  aliasVersions,
  apiSettings,
  apiTrail,
  authorizerLog,
  authorizerMetrics,
  authorizers,
  awsHealth,
  certificates,
  changeTrail,
  codeDeployments,
  customDomains,
  deployedApi,
  deployments,
  draft,
  endpointProbe,
  executionLog,
  executionRoles,
  flowLog,
  functionConcurrency,
  functionConfig,
  functionLog,
  functionMetrics,
  functionPlace,
  functionPolicy,
  gatewayMetrics,
  groupTrail,
  keptDefinitions,
  loadBalancerMetrics,
  loadBalancers,
  neighbours,
  network,
  ownership,
  roleTrail,
  roles,
  runtimeLog,
  serviceMetrics,
  serviceTargets,
  stackEvents,
  testInvoke,
  traces,
  vpcLinks,
  webAcl,
] as unknown as readonly Collector[];

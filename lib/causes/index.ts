// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Cause } from '../model/cause.ts';
import authorizerError from './authorizer-error.ts';
import authorizerPermission from './authorizer-permission.ts';
import awsIncident from './aws-incident.ts';
import backendError from './backend-error.ts';
import backendTlsFailure from './backend-tls-failure.ts';
import backendUnreachable from './backend-unreachable.ts';
import canaryFailing from './canary-failing.ts';
import customDomain from './custom-domain.ts';
import gatewayThrottled from './gateway-throttled.ts';
import integrationMissing from './integration-missing.ts';
import integrationRouteMismatch from './integration-route-mismatch.ts';
import integrationTimeout from './integration-timeout.ts';
import lambdaColdStart from './lambda-cold-start.ts';
import lambdaDependencyFailure from './lambda-dependency-failure.ts';
import lambdaInitFailure from './lambda-init-failure.ts';
import lambdaMalformedResponse from './lambda-malformed-response.ts';
import lambdaNotFound from './lambda-not-found.ts';
import lambdaOutOfMemory from './lambda-out-of-memory.ts';
import lambdaPayloadMismatch from './lambda-payload-mismatch.ts';
import lambdaPermissionMissing from './lambda-permission-missing.ts';
import lambdaState from './lambda-state.ts';
import lambdaThrottled from './lambda-throttled.ts';
import lambdaTimeout from './lambda-timeout.ts';
import lambdaUnhandledError from './lambda-unhandled-error.ts';
import mappingTemplateError from './mapping-template-error.ts';
import networkBlocked from './network-blocked.ts';
import payloadEncoding from './payload-encoding.ts';
import responseMappingError from './response-mapping-error.ts';
import responseTooLarge from './response-too-large.ts';
import serviceAccessDenied from './service-access-denied.ts';
import serviceRequestInvalid from './service-request-invalid.ts';
import serviceThrottled from './service-throttled.ts';
import stageVariableMissing from './stage-variable-missing.ts';
import targetUnhealthy from './target-unhealthy.ts';
import vpcLinkUnavailable from './vpc-link-unavailable.ts';
import wafError from './waf-error.ts';

/** Every entry of lib/causes, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const causes = [
  authorizerError,
  authorizerPermission,
  awsIncident,
  backendError,
  backendTlsFailure,
  backendUnreachable,
  canaryFailing,
  customDomain,
  gatewayThrottled,
  integrationMissing,
  integrationRouteMismatch,
  integrationTimeout,
  lambdaColdStart,
  lambdaDependencyFailure,
  lambdaInitFailure,
  lambdaMalformedResponse,
  lambdaNotFound,
  lambdaOutOfMemory,
  lambdaPayloadMismatch,
  lambdaPermissionMissing,
  lambdaState,
  lambdaThrottled,
  lambdaTimeout,
  lambdaUnhandledError,
  mappingTemplateError,
  networkBlocked,
  payloadEncoding,
  responseMappingError,
  responseTooLarge,
  serviceAccessDenied,
  serviceRequestInvalid,
  serviceThrottled,
  stageVariableMissing,
  targetUnhealthy,
  vpcLinkUnavailable,
  wafError,
] as unknown as readonly Cause[];

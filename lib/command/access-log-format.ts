// The access-log formats Gatemedic asks owners for: every field of one request that tells why it ended with 5xx.
// Variables: "Variables for access logging for API Gateway" and "Customize HTTP API access logs" (AWS; signals.md §6).

/** Field → `$context` variable, the same for both kinds of API. */
const shared = {
  requestId: 'requestId',
  apiId: 'apiId',
  stage: 'stage',
  status: 'status',
  responseType: 'error.responseType',
  errorMessage: 'error.message',
  integrationError: 'integration.error',
  integrationStatus: 'integration.integrationStatus',
  backendStatus: 'integration.status',
  integrationLatency: 'integration.latency',
  responseLatency: 'responseLatency',
  lambdaRequestId: 'integration.requestId',
  authorizerError: 'authorizer.error',
  httpMethod: 'httpMethod',
  requestTimeEpoch: 'requestTimeEpoch',
};

/** `resourcePath` and `routeKey` also tell the two kinds apart where one log group holds both. */
const own = {
  REST: { resourcePath: 'resourcePath', extendedRequestId: 'extendedRequestId', authorizerStatus: 'authorizer.status' },
  HTTP: { routeKey: 'routeKey' },
};

/** One line of JSON: API Gateway writes an entry a line, and what is absent as `-`. */
export const accessLogFormat = (apiType: keyof typeof own): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries({ ...shared, ...own[apiType] }).map(([name, variable]) => [name, `$context.${variable}`])),
  );

// Lines of HTTP backends, TLS and routes. Texts are from messages.md; near misses are each other's matches.
import type { LinesByCause } from '../lines.ts';

const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
const configuration = `${rid}Execution failed due to configuration error: `;
const network = 'Execution failed due to a network error communicating with endpoint';
const hostname = "Host name 'api.example.com' does not match the certificate subject provided by the peer (CN=*.example.net)";
const pkix =
  'PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target';
const expired = 'PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed';
const refusedMethod =
  'Endpoint response body before transformations: <AccessDeniedException><Message>Unable to determine service/operation name to be authorized</Message></AccessDeniedException>';

export const lines: LinesByCause = {
  'backend-unreachable': {
    is: [
      ['execution', `${rid}${network}`],
      ['execution', `${rid}${network}: Connection is closed`],
      ['execution', `${network}: Connection reset by peer`],
      ['access', 'status=504 body={"message": "Network error communicating with endpoint"}'],
      ['access', `{"status":"504","responseType":"INTEGRATION_FAILURE","error":"${network}"}`],
      ['access', '{"status":"503","responseType":"INTEGRATION_NETWORK_FAILURE"}'],
    ],
    isNot: [
      ['execution', `${rid}Execution failed due to a timeout error`],
      ['execution', `${rid}${network}: Received fatal alert: handshake_failure SSL`],
      ['execution', `${rid}Method request body before transformations: ${network}`],
      ['function', `Error: ${network}`],
      ['access', '{"status":"504","responseType":"INTEGRATION_TIMEOUT"}'],
      ['execution', `${configuration}${pkix}`],
    ],
  },
  'backend-error': {
    is: [
      ['execution', `${rid}Received response. Status: 503, Integration latency: 31 ms`],
      ['backend', '2026-11-20 10:00:00 ERROR [http-nio-8080] NullPointerException'],
      ['backend', '[Nest] 1 - FATAL Could not connect to the database'],
      ['backend', 'psycopg2.OperationalError: server closed the connection unexpectedly'],
      ['backend', '10.0.1.7 - - "GET /orders HTTP/1.1" 502 157'],
    ],
    isNot: [
      ['execution', `${rid}Received response. Status: 404, Integration latency: 31 ms`],
      ['execution', `${rid}Method request headers: {x=Received response. Status: 503}`],
      ['execution', `${rid}${network}`],
      ['backend', '10.0.1.7 - - "GET /orders HTTP/1.1" 200 157'],
      ['backend', 'null (Service: AWSLambdaInternal; Status Code: 503; Error Code: ServiceUnavailableException)'],
      ['function', 'ERROR NullPointerException'],
    ],
  },
  'backend-tls-failure': {
    is: [
      ['execution', `${configuration}${hostname}`],
      ['execution', `Thu May 04 19:50:21 UTC 2024 : Execution failed due to configuration error: ${hostname}`],
      ['execution', `${configuration}${pkix}`],
      ['execution', `${configuration}${expired}`],
      ['execution', `${configuration}Received fatal alert: handshake_failure`],
      ['execution', `${configuration}General SSLEngine problem`],
      ['execution', `${configuration}Unrecognized SSL message, plaintext connection?`],
      [
        'access',
        `{"status":"500","errorResponseType":"DEFAULT_5XX","integrationError":"Execution failed due to configuration error: ${pkix}"}`,
      ],
    ],
    isNot: [
      ['execution', `${configuration}Invalid permissions on Lambda function`],
      ['execution', `${rid}Method request body before transformations: {"e":"${pkix}"}`],
      ['function', `javax.net.ssl.SSLHandshakeException: ${pkix}`],
      ['backend', `javax.net.ssl.SSLHandshakeException: ${pkix}`],
      ['execution', `${rid}${network}`],
      ['access', '{"status":"500","errorResponseType":"DEFAULT_5XX"}'],
    ],
  },
  'integration-route-mismatch': {
    is: [
      ['execution', `${rid}${refusedMethod}`],
      ['execution', '  <Message>Unable to determine service/operation name to be authorized</Message>'],
      ['access', 'status=500 body=<AccessDeniedException><Message>Unable to determine service/operation name to be authorized</Message>'],
      ['execution', `${rid}Lambda invocation failed with status: 403. Lambda request id: 137e58fd`],
      ['execution', `${configuration}Invalid endpoint address`],
      ['execution', `${configuration}Illegal character in path at index 34: https://api.example.com/orders/{id}`],
      ['execution', `${configuration}Illegal character in authority at index 8: https://api example.com`],
      ['access', '{"status":"500","error":"Execution failed due to configuration error: Invalid endpoint address"}'],
    ],
    isNot: [
      ['execution', `${configuration}Invalid permissions on Lambda function`],
      ['execution', `${rid}Lambda invocation failed with status: 429. Lambda request id: 137e58fd`],
      ['execution', `${configuration}Invalid stage variable value: null.  Please use values with alphanumeric characters`],
      ['access', '{"responseType":"AUTHORIZER_CONFIGURATION_ERROR","error":"Invalid endpoint address"}'],
      ['execution', `${rid}Method request path: {x=Illegal character in path at index 3}`],
      ['function', 'java.net.URISyntaxException: Illegal character in path at index 3'],
    ],
  },
};

// Lines of the gateway's own faults: stage variables, empty routes, limits, domains, WAF. Texts are from messages.md.
import type { LinesByCause } from '../lines.ts';

const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
const configuration = `${rid}Execution failed due to configuration error: `;
const invalid = 'Invalid stage variable value: null.  Please use values with alphanumeric characters and the symbols';
const arn = 'arn:aws:lambda:us-east-1:111122223333:function:orders';
const waf = 'There was an error evaluating the AWS WAF rules associated with this API';
const key = 'throttle limit exceeded for RestApi a1b2c3d4e5, Stage Prod, Resource r1, HttpMethod POST. Limit: 1.00 Burst: 1';

export const lines: LinesByCause = {
  'stage-variable-missing': {
    is: [
      ['execution', `${configuration}${invalid}`],
      ['execution', invalid],
      ['access', `{"status":"500","error":"${invalid}"}`],
      ['execution', `${rid}Endpoint request URI: https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/${arn}:/invocations`],
      [
        'execution',
        `${rid}Sending request to https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:/invocations`,
      ],
      [
        'access',
        `status=- body={"message": "1 validation error detected: Value '${arn}:' at 'functionName' failed to satisfy constraint: Member must…"}`,
      ],
      ['execution', `${configuration}Invalid endpoint address`],
      ['execution', `${configuration}Illegal character in path at index 42: https://example.com/{x}`],
    ],
    isNot: [
      ['execution', `${rid}Sending request to https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/${arn}:live/invocations`],
      ['execution', `${rid}Method request query string: {x=${invalid}}`],
      ['function', `Error: ${invalid}`],
      ['access', `{"message":"1 validation error detected: Value '' at 'tableName' failed to satisfy constraint"}`],
      ['execution', `${configuration}Function not found: ${arn}:live`],
    ],
  },
  'integration-missing': {
    is: [
      ['access', 'BadRequestException: No integration defined for method'],
      ['backend', "BadRequestException: The REST API doesn't contain any methods"],
      ['access', 'status=403 body={"message":"Missing Authentication Token"}'],
      ['access', '{"status":"403","responseType":"MISSING_AUTHENTICATION_TOKEN"}'],
      ['access', 'status=404 body={"message":"Not Found"}'],
    ],
    isNot: [
      ['function', 'No integration defined for method'],
      ['access', 'status=404 body={"message":"order not found"}'],
      ['execution', `${configuration}Invalid permissions on Lambda function`],
    ],
  },
  'gateway-throttled': {
    is: [
      ['execution', `${rid}Key ${key}`],
      ['execution', `Usage Plan quota limit exceeded for RestApi a1b2c3d4e5`],
      ['access', '{"status":"429","responseType":"THROTTLED"}'],
      ['access', '{"status":"503","responseType":"QUOTA_EXCEEDED"}'],
      ['access', 'status=429 body={"message":"Too Many Requests"}'],
      ['access', 'status=429 body={"message": "Limit Exceeded"}'],
      ['access', 'status=429 body=Too Many Requests'],
    ],
    isNot: [
      ['execution', `${configuration}Rate Exceeded.`],
      ['execution', `${rid}Lambda invocation failed with status: 429. Lambda request id: x`],
      ['execution', `${rid}Method request headers: {x=Key ${key}}`],
      ['access', '{"status":"500","integrationStatus":"429","responseType":"INTEGRATION_FAILURE","body":{"message":"Too Many Requests"}}'],
      ['function', '{"message":"Too Many Requests"}'],
      ['access', '{"status":"400","error":"NOT_THROTTLED_BY_US"}'],
    ],
  },
  // no log says that it was the canary: only its numbers do
  'canary-failing': {
    is: [],
    isNot: [
      ['execution', 'Lambda invocation failed with status: 404.'],
      ['access', 'status=502 stage=prod canary=true'],
    ],
  },
  'custom-domain': {
    is: [
      ['access', 'status=403 body={"message":"Forbidden"}'],
      ['access', 'status=403 body=<H1>The request could not be satisfied</H1>'],
      ['execution', `${rid}Access denied. Reason: Could not find issuer for certificate`],
      ['execution', 'Access denied. Reason: self signed certificate'],
      ['access', "status=- body=curl: (60) SSL: no alternative certificate subject name matches target hostname 'api.example.com'"],
      ['access', "status=- body=SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired"],
      ['access', 'status=- body=net::ERR_CERT_COMMON_NAME_INVALID'],
    ],
    isNot: [
      ['access', 'status=403 body={"message":"User is not authorized to access this resource"}'],
      ['access', 'status=403 body={"message":"Missing Authentication Token"}'],
      ['function', '{"message":"Forbidden"}'],
      ['execution', `${rid}Access denied. Reason: User is not authorized`],
      // a status is an answer: the caller's handshake went well, and the words are of what stands behind
      ['access', 'status=500 body=SSLError(SSLCertVerificationError(1, certificate has expired'],
      ['access', 'status=502 body=curl: (60) SSL certificate problem'],
      ['function', 'curl: (60) SSL certificate problem: self signed certificate'],
    ],
  },
  'waf-error': {
    is: [
      ['execution', `${rid}${waf}`],
      ['execution', waf],
      ['execution', `${rid}WAF call got timed out`],
      ['execution', 'wafError: Failed to call WAF'],
      ['access', 'WAF call got timed out'],
      ['access', '{"status":"500","wafError":"Failed to call WAF"}'],
      ['access', `{"status":"500","error":"${waf}"}`],
    ],
    isNot: [
      ['access', '{"status":"403","responseType":"WAF_FILTERED"}'],
      ['function', 'WAF call got timed out'],
      ['execution', `${rid}Method request headers: {x=${waf}}`],
    ],
  },
};

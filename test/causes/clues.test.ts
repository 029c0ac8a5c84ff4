// Clues as data: lines that make a cause a suspect, and near misses that must not. Texts are from messages.md (GH, LAB, KC, CASE there).
// More of them stand in lines/, a file a subject; each exports `lines` by cause.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { causes } from '../../lib/causes/index.ts';
import { says } from '../../lib/stages/looking/clues.ts';
import type { Line, LinesByCause } from './lines.ts';

const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
const configuration = `${rid}Execution failed due to configuration error: `;
const http =
  "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again.";

const own: LinesByCause = {
  'lambda-permission-missing': {
    is: [
      ['execution', `${configuration}Invalid permissions on Lambda function`],
      ['execution', 'Thu Dec 26 11:52:32 UTC 2019 : Execution failed due to configuration error: Invalid permissions on Lambda function'],
      ['execution', '(PDS1PEC4oAMFpyA=) Execution failed due to configuration error: Invalid permissions on Lambda function'],
      ['execution', `${configuration}API Gateway does not have permission to assume the provided role arn:aws:iam::123456789012:role/r`],
      ['access', `{"status":"500","error":"Execution failed due to configuration error: Invalid permissions on Lambda function"}`],
      ['access', `203.0.113.145 - - "GET $default HTTP/1.1" 500 35 AZzecg= ${http}`],
      [
        'access',
        'API Gateway doesn’t have permissions to assume the IAM role configured on the integration. Check the permissions and try again.',
      ],
      ['access', '{"status":500,"responseType":"API_CONFIGURATION_ERROR","integrationStatus":"-"}'],
    ],
    isNot: [
      ['execution', `${rid}Method request path: {x=Execution failed due to configuration error: Invalid permissions on Lambda function}`],
      ['execution', `${rid}Endpoint request headers: {user-agent=Invalid permissions on Lambda function}`],
      ['function', 'Execution failed due to configuration error: Invalid permissions on Lambda function'],
      ['execution', `${configuration}Function not found: arn:aws:lambda:us-east-1:111122223333:function:x`],
      ['access', '{"responseType":"AUTHORIZER_CONFIGURATION_ERROR"}'],
      ['access', '{"responseType":"API_CONFIGURATION_ERROR","error":"PKIX path building failed"}'],
    ],
  },
  'lambda-not-found': {
    is: [
      ['execution', `${configuration}Function not found: arn:aws:lambda:us-east-1:111122223333:function:orders:live`],
      ['execution', `${configuration}Functions from 'us-west-2' are not reachable in this region ('us-east-1')`],
      ['access', '502 INTEGRATION_FAILURE Execution failed due to configuration error: Function not found: arn:aws:lambda:…'],
    ],
    isNot: [
      ['function', 'Error: Function not found: parse'],
      ['execution', `${configuration}Invalid permissions on Lambda function`],
      ['execution', `${rid}Method request body before transformations: Function not found`],
    ],
  },
  'lambda-throttled': {
    is: [
      ['execution', `${rid}Lambda invocation failed with status: 429. Lambda request id: 137e58fd-bd50-11e7-8987-517e92f930cf`],
      ['execution', `${configuration}Rate Exceeded.`],
      ['execution', '    "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",'],
      ['access', '"status": "500", "integrationStatus": "429"'],
      ['access', 'INTEGRATION_FAILURE\tInternal server error\tExecution failed due to configuration error: Rate Exceeded.'],
    ],
    isNot: [
      ['execution', 'Key throttle limit exceeded for RestApi X, Stage Prod, Resource R, HttpMethod POST. Limit: 1.00 Burst: 1'],
      ['access', '{"status":"429","responseType":"THROTTLED"}'],
      ['function', 'ThrottlingException: Rate exceeded'],
      ['execution', `${rid}Endpoint request headers: {x=Rate Exceeded}`],
    ],
  },
  'lambda-timeout': {
    is: [
      ['function', '2019-02-27T11:31:11.456Z 71952965-d5cc-4974-ae08-6e2138b2275c Task timed out after 10.00 seconds'],
      [
        'execution',
        `${rid}Lambda execution failed with status 200 due to customer function error: 2019-02-27T11:31:11.456Z 71952965-d5cc-4974-ae08-6e2138b2275c Task timed out after 10.00 seconds. Lambda request id: 71952965`,
      ],
      [
        'access',
        'The Lambda function returned the following error: RequestId: 01fe3839 Error: Task timed out after 5.00 seconds. Check your Lambda function code and try again.',
      ],
      [
        'function',
        'REPORT RequestId: x\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\tStatus: timeout',
      ],
      ['function', '{"type":"platform.report","record":{"requestId":"x","metrics":{"durationMs":3000},"status":"timeout"}}'],
    ],
    isNot: [
      ['function', 'INIT_REPORT Init Duration: 10008 ms Phase: init Status: timeout'],
      ['execution', `${rid}Execution failed due to a timeout error`],
      ['function', 'the task timed out'],
    ],
  },
  'integration-timeout': {
    is: [
      ['execution', `${rid}Execution failed due to a timeout error`],
      ['access', '2026-03-03 14:31:39.722 | GET | /index/bundles | INTEGRATION_TIMEOUT | 504 | 29009 | HCA/2.0 | -'],
      ['access', '{"status":"504","message":"Endpoint request timed out"}'],
    ],
    isNot: [
      ['execution', `${rid}Execution failed due to a network error communicating with endpoint`],
      ['function', 'Endpoint request timed out'],
      ['function', 'Task timed out after 3.00 seconds'],
    ],
  },
  'lambda-cold-start': {
    is: [
      ['function', 'REPORT RequestId: x Duration: 12.00 ms Init Duration: 2412.33 ms'],
      ['function', 'INIT_REPORT Init Duration: 10008.12 ms\tPhase: init\tStatus: timeout'],
    ],
    isNot: [
      ['function', 'REPORT RequestId: x Duration: 12.00 ms Init Duration: 312.33 ms'],
      ['execution', 'Init Duration: 2412.33 ms'],
    ],
  },
  'lambda-unhandled-error': {
    is: [
      ['execution', `${rid}Lambda execution failed with status 200 due to customer function error: 'name'. Lambda request id: x`],
      ['access', 'Lambda Customer Function Error:Cannot read properties of undefined'],
      [
        'access',
        '"integrationErrorMessage": "The Lambda function returned the following error: [Errno 2] No such file. Check your Lambda function code and try again."',
      ],
      ['function', "[ERROR] KeyError: 'message'"],
      ['function', 'Traceback (most recent call last):'],
      ['function', '2026-11-20T10:00:00.000Z\tid\tERROR\tInvoke Error \t{"errorType":"TypeError"}'],
      [
        'execution',
        'Tue Aug 04 15:02:47 UTC 2020 : Endpoint response body before transformations: {"errorType":"TypeError","errorMessage":"Cannot convert"}',
      ],
    ],
    isNot: [
      ['execution', `${rid}Lambda execution failed with status 200 due to customer function error: Task timed out after 10.00 seconds`],
      ['function', 'Runtime.ImportModuleError: Error: Cannot find module express'],
      ['function', 'RequestId: x Error: Runtime exited with error: signal: killed\nRuntime.ExitError'],
      ['function', 'AccessDeniedException: User x is not authorized to perform: dynamodb:GetItem'],
      ['function', 'Error: connect ECONNREFUSED 10.0.0.1:5432'],
      ['execution', `${configuration}Malformed Lambda proxy response`],
      ['function', 'INFO all is well'],
    ],
  },
  'lambda-malformed-response': {
    is: [
      ['execution', `${configuration}Malformed Lambda proxy response`],
      ['execution', 'Malformed Lambda proxy response'],
      ['access', 'Lambda body contains the wrong type for field "body"'],
      ['access', "The response from the Lambda function doesn't match the format that API Gateway expects."],
      ['function', `      'set-cookie': [Array],`],
    ],
    isNot: [
      [
        'access',
        "The response from the Lambda Authorizer function doesn't match the format that API Gateway expects. Invalid json in authorizer response",
      ],
      ['access', "The request for the IAM Authorizer doesn't match the format that API Gateway expects."],
      ['function', `'set-cookie': 'a=b'`],
    ],
  },
  'authorizer-error': {
    is: [
      ['execution', `${configuration}Could not parse policy`],
      ['execution', 'Execution failed due to configuration error: Unable to parse given policy'],
      ['execution', `${configuration}Invalid JSON in response: Unrecognized field "errorType" , not marked as ignorable`],
      ['execution', `${configuration}Invalid JSON in response: Unrecognized field "isAuthorized" , not marked as ignorable`],
      ['execution', 'Wed Sep 14 21:16:33 UTC 2016 : Authorizer result body before parsing: null'],
      ['execution', `${configuration}Authorizer error`],
      ['execution', 'Wed Sep 14 21:16:33 UTC 2016 : AuthorizerConfigurationException'],
      ['execution', '(PDS1PEC4oAMFpyA=) Gateway response type: AUTHORIZER_CONFIGURATION_ERROR with status code: 500'],
      [
        'access',
        "The response from the Lambda Authorizer function doesn't match the format that API Gateway expects. Invalid json in authorizer response",
      ],
      ['access', '{"status":"500","responseType":"AUTHORIZER_FAILURE"}'],
      ['access', 'status=500 x-amzn-errortype=AuthorizerConfigurationException'],
      ['access', 'status=500 body={\n"message": null\n}'],
      ['access', '{"authorizerError":"The authorizer did not answer","status":"500"}'],
      ['access', '{ "status": 500, "authorizer.error": "x" }'],
      ['authorizer', '2026-11-20T10:00:00.000Z 0e8a Task timed out after 5.00 seconds'],
      ['authorizer', "Runtime.ImportModuleError: Error: Cannot find module 'jwks-rsa'"],
    ],
    isNot: [
      ['execution', `${rid}Method request path: {x=AuthorizerConfigurationException}`],
      ['execution', `${rid}Unauthorized request: 8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60`],
      ['execution', `${configuration}Invalid permissions on Lambda function`],
      ['execution', `${configuration}Malformed Lambda proxy response`],
      ['execution', `${rid}Gateway response type: UNAUTHORIZED with status code: 401`],
      ['access', "The request for the IAM Authorizer doesn't match the format that API Gateway expects."],
      ['access', "The response from the Lambda function doesn't match the format that API Gateway expects."],
      ['access', 'status=502 body={"message": "Internal server error"}'],
      ['access', '{"responseType":"API_CONFIGURATION_ERROR"}'],
      ['access', '{"status":"403","authorizerError":"The client is not authorized to perform this operation."}'],
      ['access', '{"status":"500","authorizerError":"-","error":"x"}'],
      ['access', `{"status":"500","authorizerError":"API Gateway doesn't have permissions to call the authorizer. Check them."}`],
      ['function', "Runtime.ImportModuleError: Error: Cannot find module 'jwks-rsa'"],
      ['authorizer', '2026-11-20T10:00:00.000Z ERROR Invoke Error {"errorType":"Error","errorMessage":"Unauthorized"}'],
    ],
  },
  'authorizer-permission': {
    is: [
      [
        'access',
        "The IAM role configured on the authorizer or API Gateway doesn't have permissions to call the authorizer. Check the permissions and try again.",
      ],
      ['execution', `${configuration}Authorizer error`],
      ['execution', '2020-07-02T11:34:31.882-04:00 (PDS1PEC4oAMFpyA=) Execution failed due to configuration error: Authorizer error'],
      ['access', '{"responseType":"AUTHORIZER_CONFIGURATION_ERROR"}'],
    ],
    isNot: [
      ['access', http],
      ['execution', `${configuration}Invalid permissions on Lambda function`],
      ['execution', `${rid}Endpoint request body: Authorizer error`],
    ],
  },
  'aws-incident': {
    is: [
      ['execution', `${rid}Lambda invocation failed with status: 503. Lambda request id: x`],
      ['execution', `${rid}Execution failed due to an internal error`],
    ],
    isNot: [
      ['execution', `${rid}Lambda invocation failed with status: 429.`],
      ['access', '503 Service Unavailable'],
    ],
  },
};

const bySubject = await Promise.all(
  readdirSync(new URL('./lines/', import.meta.url)).map(
    async (file) => ((await import(`./lines/${file.slice(0, -3)}.ts`)) as { lines: LinesByCause }).lines,
  ),
);
const lines = [own, ...bySubject].reduce<Record<string, LinesByCause[string]>>(
  (all, some) => ({
    ...all,
    ...Object.fromEntries(
      Object.entries(some).map(([id, { is, isNot }]) => [
        id,
        { is: [...(all[id]?.is ?? []), ...is], isNot: [...(all[id]?.isNot ?? []), ...isNot] },
      ]),
    ),
  }),
  {},
);

const matches = (id: string, [log, text]: Line): boolean =>
  causes.find((c) => c.id === id)?.clues.some((clue) => clue.kind === 'line' && clue.in.includes(log) && says(clue, text)) ?? false;

it('holds lines for every cause', () => {
  expect(Object.keys(lines).sort()).toEqual(causes.map((c) => c.id).sort());
});

describe.each(Object.entries(lines))('%s', (id, { is, isNot }) => {
  it.each(is)('%s: %s', (log, text) => {
    expect(matches(id, [log, text])).toBe(true);
  });
  it.each(isNot)('not %s: %s', (log, text) => {
    expect(matches(id, [log, text])).toBe(false);
  });
  it('has a gate for whatever a pattern takes', () => {
    for (const clue of causes.find((c) => c.id === id)?.clues ?? []) {
      if (clue.kind !== 'line') continue;
      const taken = is.filter(
        ([log, text]) => clue.in.includes(log) && clue.line.test(text) && !(clue.unless ?? []).some((u) => text.includes(u)),
      );
      for (const [, text] of taken)
        expect(
          clue.gates.some((gate) => text.includes(gate)),
          `${clue.line.source} on ${text}`,
        ).toBe(true);
    }
  });
});

// Lines of functions that fail: in code, at the start, in memory, by what they call, or refused by Lambda. Texts are from messages.md §2, §4, §5, §9.
import type { LinesByCause } from '../lines.ts';

const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
const id = '7c1d3f0e-2f5c-4f0b-9a3f-0d2f6a1b5c77';
const failed = (text: string): string =>
  `${rid}Lambda execution failed with status 200 due to customer function error: ${text}. Lambda request id: ${id}`;
const http = (text: string): string =>
  `{"error":"The Lambda function returned the following error: ${text}. Check your Lambda function code and try again."}`;

const memoryKill = `RequestId: ${id} Error: Runtime exited with error: signal: killed`;
const importError = "Runtime.ImportModuleError: Error: Cannot find module 'app'";
const tooLarge = 'Response payload size exceeded maximum allowed payload size (6291556 bytes).';
const refusedDb = 'Error: connect ECONNREFUSED 10.0.2.15:5432';
const denied =
  'AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/r/f is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:111122223333:table/notes';
const noKms =
  "Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function's KMS key settings.";
const missedField = "[ERROR] KeyError: 'httpMethod'";

export const lines: LinesByCause = {
  'lambda-init-failure': {
    is: [
      [
        'function',
        `2026-11-20T10:00:00.000Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module 'app'"}`,
      ],
      ['function', `[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'requests'`],
      ['function', 'INIT_REPORT Init Duration: 81.22 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError'],
      ['function', 'INIT_REPORT Init Duration: 3005.00 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError'],
      ['function', '{"type":"platform.initReport","record":{"phase":"init","status":"error","errorType":"Runtime.ExitError"}}'],
      ['function', `RequestId: ${id} Error: fork/exec /var/task/bootstrap: exec format error`],
      ['function', `RequestId: ${id} Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]`],
      ['function', 'Class not found: com.example.Handler: java.lang.ClassNotFoundException'],
      ['function', 'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.'],
      ['function', "module initialization error: No module named 'app.settings'"],
      ['function', 'error while loading shared libraries: libpq.so.5: cannot open shared object file: No such file or directory'],
      ['function', "SyntaxError: Unexpected token '}'"],
      // whatever rose while the code was loaded
      ['function', '    at Module._compile (node:internal/modules/cjs/loader:1105:14)'],
      [
        'function',
        '{"errorType":"TypeError","errorMessage":"x is not a function","stack":["    at async _loadUserApp (file:///var/runtime/index.mjs:1005:16)"]}',
      ],
      [
        'function',
        '[ERROR] KeyError: \'TABLE_NAME\'\nTraceback (most recent call last):\n  File "<frozen importlib._bootstrap>", line 1030, in _gcd_import',
      ],
      ['function', '{"errorMessage":"uninitialized constant Foo","errorType":"Init<NameError>","stackTrace":[]}'],
      ['function', 'Could not find nokogiri-1.13.10 in locally installed gems (Bundler::GemNotFound)'],
      ['function', 'Amazon.Lambda.RuntimeSupport.ExceptionHandling.LambdaValidationException: Unable to find method'],
      ['function', '  "errorType": "SyntaxError",'],
      ['execution', failed("Error: Handler 'handler' missing on module 'index'")],
      ['execution', failed(`RequestId: ${id} Error: fork/exec /var/task/bootstrap: no such file or directory`)],
      ['execution', `${rid}Endpoint response body before transformations: {"errorType":"${importError}"}`],
      ['access', http(importError)],
      ['access', `Lambda Customer Function Error:${importError}`],
    ],
    isNot: [
      ['function', 'INIT_REPORT Init Duration: 10008 ms\tPhase: init\tStatus: timeout'],
      ['function', 'SyntaxError: Unexpected token < in JSON at position 0'],
      ['function', 'TypeError: x is not a function\n    at Runtime.handler (/var/task/index.js:3:4)'],
      // a deprecation has a stack too; a connection that fails at the start is one of a dependency
      ['function', '(node:8) [DEP0040] DeprecationWarning: punycode\n    at Module._compile (node:internal/modules/cjs/loader:1105:14)'],
      ['function', `${refusedDb}\n    at async _loadUserApp (file:///var/runtime/index.mjs:1005:16)`],
      ['function', `RequestId: ${id} Error: Runtime exited with error: signal: killed\nRuntime.ExitError`],
      ['execution', `${rid}Method request path: {x=Cannot find module}`],
      ['execution', `${rid}Authorizer result body before parsing: {"errorType":"Runtime.ImportModuleError"}`],
      ['access', '{"path":"/Runtime.ImportModuleError","status":"502"}'],
    ],
  },
  'lambda-out-of-memory': {
    is: [
      ['function', `${memoryKill}\nRuntime.ExitError`],
      ['function', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
      ['function', 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space'],
      ['function', '[ERROR] MemoryError'],
      ['function', 'Error: spawn ENOMEM'],
      ['function', 'PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted'],
      ['execution', failed(memoryKill)],
      ['access', http(memoryKill)],
    ],
    isNot: [
      [
        'function',
        `REPORT RequestId: ${id}\tDuration: 11236.65 ms\tMemory Size: 512 MB\tMax Memory Used: 250 MB\tStatus: error\tError Type: Runtime.ExitError`,
      ],
      ['function', `${tooLarge} out of memory`],
      ['function', `RequestId: ${id} Error: Runtime exited with error: signal: segmentation fault`],
      ['function', `${id} Task timed out after 3.00 seconds`],
      ['access', '{"path":"/OutOfMemoryError"}'],
    ],
  },
  'response-too-large': {
    is: [
      ['function', `[ERROR] [1732] LAMBDA_RUNTIME Failed to post handler success response. Http response code: 413.`],
      ['function', '{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).","errorType":"RequestEntityTooLarge"}'],
      ['function', 'Response payload size (7340056 bytes) exceeded maximum allowed payload size (6291556 bytes).'],
      ['execution', failed(tooLarge)],
      ['execution', `${rid}Endpoint response body before transformations: { "errorMessage" : "body size is too long"}`],
      [
        'execution',
        `${rid}Execution failed due to configuration error: Integration response of reported length 11000000 is larger than allowed maximum of 10485760 bytes.`,
      ],
      ['access', `Lambda Customer Function Error:${tooLarge}`],
      ['access', tooLarge],
    ],
    isNot: [
      ['function', `REPORT RequestId: ${id}\tMemory Size: 512 MB\tMax Memory Used: 512 MB\tStatus: error\tError Type: Runtime.ExitError`],
      ['execution', `${rid}Execution failed due to configuration error: Malformed Lambda proxy response`],
      ['access', '{"status":"413","responseType":"REQUEST_TOO_LARGE"}'],
      ['execution', `${rid}Method request headers: {x=maximum allowed payload size}`],
    ],
  },
  'lambda-payload-mismatch': {
    is: [
      ['function', missedField],
      ['function', "TypeError: Cannot read properties of undefined (reading 'http')"],
      ['function', "TypeError: Cannot read property 'resourcePath' of undefined"],
      ['function', '{"errorType":"Error","errorMessage":"Unable to determine event source based on event."}'],
      ['function', 'SyntaxError: Unexpected token o in JSON at position 1'],
      ['function', 'TypeError: the JSON object must be str, bytes or bytearray, not dict'],
      ['function', `{ "errorMessage": "'requestContext'", "errorType": "KeyError" }`],
      ['function', 'TypeError: event.body.map is not a function'],
      ['function', 'TypeError: event.headers is not iterable'],
      ['function', '   at Amazon.Lambda.AspNetCoreServer.APIGatewayProxyFunction.MarshallRequest(InvokeFeatures features)'],
      ['function', 'data did not match any variant of untagged enum LambdaRequest'],
      ['function', 'Unrecognized field "resource" (class com.example.HttpApiV2ProxyRequest), not marked as ignorable'],
      ['execution', failed("'httpMethod'")],
      ['access', "Lambda Customer Function Error:'requestContext'"],
      ['access', http("Cannot read properties of undefined (reading 'rawPath')")],
    ],
    isNot: [
      ['function', "[ERROR] KeyError: 'message'"],
      ['function', "TypeError: Cannot read properties of undefined (reading 'total')"],
      ['function', "KeyError: 'httpMethods'"],
      ['function', `{ "errorMessage": "'user_id'", "errorType": "KeyError" }`],
      ['function', 'TypeError: event.total.map is not a function'],
      ['function', 'TypeError: body.map is not a function'],
      ['function', 'Unrecognized field "size" (class com.example.Order), not marked as ignorable'],
      ['execution', failed("'TABLE_NAME'")],
      ['function', 'SyntaxError: Unexpected token < in JSON at position 0'],
      ['execution', `${rid}Method request body before transformations: KeyError: 'httpMethod'`],
    ],
  },
  'lambda-state': {
    is: [
      ['execution', `${rid}Endpoint response body before transformations: {"Message":"${noKms}","Type":null}`],
      ['execution', `${rid}Lambda invocation failed with status: 502. Lambda request id: ${id}`],
      ['execution', `${rid}Lambda invocation failed with status: 410. Lambda request id: ${id}`],
      [
        'execution',
        `    "Message": "Lambda was not able to create an ENI in the VPC of the Lambda function because the limit for Network Interfaces has been reached.",`,
      ],
      ['function', `Calling the invoke API action failed with this message: ${noKms}`],
      ['function', 'SubnetIPAddressLimitReachedException: Lambda was not able to set up VPC access'],
      ['access', `Lambda invocation failed with status: 408. Lambda request id: ${id}`],
    ],
    isNot: [
      ['execution', `${rid}Lambda invocation failed with status: 429. Lambda request id: ${id}`],
      ['execution', `${rid}Lambda invocation failed with status: 404. Lambda request id: ${id}`],
      ['execution', `${rid}Lambda invocation failed with status: 503. Lambda request id: ${id}`],
      ['execution', `${rid}Lambda invocation failed with status: 403. Lambda request id: ${id}`],
      [
        'function',
        'AccessDeniedException: User is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:111122223333:key/k',
      ],
      ['execution', `${rid}Method request body before transformations: ${noKms}`],
    ],
  },
  'lambda-dependency-failure': {
    is: [
      ['function', 'org.postgresql.util.PSQLException: The connection attempt failed.'],
      ['function', 'System.Net.Http.HttpRequestException: No such host is known. (api.internal:443)'],
      ['function', 'error: no pg_hba.conf entry for host "10.0.1.2", user "app"'],
      ['function', '[ERROR] ClientError: An error occurred (AccessDenied) when calling the GetObject operation: Access Denied'],
      ['function', 'OperationalError: FATAL:  sorry, too many clients already'],
      ['function', 'The AWS Access Key Id you provided does not exist in our records. (Service: S3, Status Code: 403)'],
      ['function', 'Timed out fetching a new connection from the connection pool.'],
      ['function', refusedDb],
      ['function', denied],
      ['function', 'MongoServerSelectionError: connection timed out'],
      [
        'function',
        'botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "https://sqs.us-east-1.amazonaws.com/"',
      ],
      ['function', 'ProvisionedThroughputExceededException: The level of configured provisioned throughput for the table was exceeded'],
      ['function', 'FATAL:  sorry, too many connections for role "app"'],
      ['function', 'AxiosError: Request failed with status code 503'],
      ['function', 'TooManyRequestsException: Too Many Requests'],
      ['function', 'Err(DispatchFailure(DispatchFailure { source: ConnectorError { kind: Timeout'],
      ['execution', failed(refusedDb)],
      ['access', http(denied)],
    ],
    isNot: [
      ['execution', `${rid}Execution failed due to configuration error: Invalid permissions on Lambda function`],
      ['execution', `${rid}Execution failed due to a network error communicating with endpoint: Connection reset by peer`],
      ['function', 'An error occurred (ValidationException) when calling the PutItem operation: One or more parameter values were invalid'],
      ['function', 'AxiosError: Request failed with status code 404'],
      ['function', `${memoryKill} after ECONNRESET`],
      ['access', '{"path":"/ECONNREFUSED","status":"502"}'],
      ['access', 'AccessDeniedException'],
    ],
  },
};

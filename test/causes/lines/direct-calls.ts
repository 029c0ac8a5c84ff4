// Lines of AWS service integrations and of mappings. Texts are from messages.md; near misses are each other's matches.
import type { LinesByCause } from '../lines.ts';

const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
const configuration = `${rid}Execution failed due to configuration error: `;
const body = `${rid}Endpoint response body before transformations: `;
const noMatch = 'No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ';
const refusal = (code: string): string => `{"Error":{"Code":"${code}","Message":"x","Type":"Sender"},"RequestId":"1"}`;
const notJson = "Could not parse request body into json: Unrecognized token 'token': was expecting 'null', 'true', 'false' or NaN";
const crashed = '{"errorMessage":"ValidationException: AccessDeniedException, ThrottlingException","errorType":"Error","stackTrace":[]}';
const lambdaThrottle = '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}';

export const lines: LinesByCause = {
  'service-access-denied': {
    is: [
      ['execution', `${configuration}API Gateway does not have permission to assume the provided role arn:aws:iam::123456789012:role/r`],
      [
        'access',
        `{"error":"Execution failed due to configuration error: API Gateway does not have permission to assume the provided role arn:x"}`,
      ],
      [
        'access',
        'API Gateway doesn’t have permissions to assume the IAM role configured on the integration. Check the permissions and try again.',
      ],
      [
        'execution',
        `${body}{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: arn:aws:sts::111122223333:assumed-role/gateway/BackplaneAssumeRoleSession is not authorized to perform: dynamodb:PutItem on resource: arn:x"}`,
      ],
      [
        'execution',
        `${body}<ErrorResponse><Error><Code>AccessDenied</Code><Message>Access to the resource https://sqs.us-east-1.amazonaws.com/ is denied.</Message></Error></ErrorResponse>`,
      ],
      ['execution', `${configuration}${noMatch}403`],
      ['access', `"error": "Execution failed due to configuration error: ${noMatch}403"`],
      ['access', 'status=500 body={"__type":"com.amazon.coral.service#AccessDeniedException","Message":"x"}'],
      ['execution', refusal('AccessDenied')],
      ['execution', `${body}${refusal('KMS.AccessDeniedException')}`],
      ['access', `status=403 body=${refusal('AccessDenied')}`],
      [
        'access',
        `{"integrationErrorMessage":"User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: sqs:sendmessage on resource: q"}`,
      ],
      [
        'access',
        'status=500 body={"m":"User: arn:aws:sts::1:assumed-role/r/BackplaneAssumeRoleSession is not authorized to perform: states:StartExecution"}',
      ],
    ],
    isNot: [
      [
        'execution',
        `${body}<AccessDeniedException><Message>Unable to determine service/operation name to be authorized</Message></AccessDeniedException>`,
      ],
      ['execution', `${body}${crashed}`],
      ['execution', `${rid}Method request body before transformations: {"x":"AccessDeniedException"}`],
      ['execution', `${configuration}${noMatch}400`],
      ['execution', `${configuration}Invalid permissions on Lambda function`],
      ['function', 'AccessDeniedException: User x is not authorized to perform: dynamodb:GetItem'],
      ['access', 'status=403 body={"error":{"code":"AccessDenied"}}'],
      ['access', 'status=500 body={"m":"User: arn:aws:sts::1:assumed-role/r/orders is not authorized to perform: dynamodb:GetItem"}'],
      ['execution', refusal('InvalidParameter')],
      ['execution', `${body}{"Message":"User: arn:x is not authorized to perform: lambda:InvokeFunction on resource: arn:y"}`],
    ],
  },
  'service-throttled': {
    is: [
      [
        'execution',
        `${body}{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"The level of configured provisioned throughput for the table was exceeded."}`,
      ],
      ['execution', `${body}{"__type":"ThrottlingException","message":"Rate exceeded"}`],
      [
        'execution',
        `${body}<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>`,
      ],
      ['execution', `${configuration}${noMatch}429`],
      ['access', `"error": "Execution failed due to configuration error: ${noMatch}429"`],
      ['access', 'status=400 body={"__type":"com.amazon.coral.availability#ThrottlingException"}'],
      ['execution', refusal('Throttling')],
      ['access', `status=400 body=${refusal('RequestThrottled')}`],
    ],
    isNot: [
      ['execution', `${body}${crashed}`],
      ['execution', refusal('AccessDenied')],
      ['execution', `${body}${lambdaThrottle}`],
      ['execution', `${configuration}Rate Exceeded.`],
      ['function', 'ThrottlingException: Rate exceeded'],
      ['execution', 'Key throttle limit exceeded for RestApi X, Stage Prod, Resource R, HttpMethod POST. Limit: 1.00 Burst: 1'],
      ['execution', `${rid}Method request body before transformations: ThrottlingException`],
    ],
  },
  'service-request-invalid': {
    is: [
      ['execution', `${body}{"__type":"com.amazon.coral.service#UnknownOperationException"}`],
      ['execution', `${body}<UnknownOperationException/>`],
      [
        'execution',
        `${body}{"__type":"com.amazon.coral.validate#ValidationException","message":"One or more parameter values were invalid"}`,
      ],
      ['execution', `${body}{"__type":"com.amazon.coral.service#SerializationException"}`],
      [
        'execution',
        `${body}{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}`,
      ],
      ['execution', `${body}<ErrorResponse><Error><Code>AWS.SimpleQueueService.NonExistentQueue</Code></Error></ErrorResponse>`],
      ['execution', `${body}{"__type":"StateMachineDoesNotExist","message":"State Machine Does Not Exist: 'arn:x'"}`],
      [
        'execution',
        `${body}<ErrorResponse><Error><Code>MissingParameter</Code><Message>The request must contain the parameter MessageGroupId.</Message></Error></ErrorResponse>`,
      ],
      ['execution', `${body}{"Error":{"Message":"Version is missing"}}`],
      ['execution', `${configuration}${noMatch}400`],
      ['access', `"error": "Execution failed due to configuration error: ${noMatch}400"`],
      ['access', 'status=500 body={"__type":"com.amazon.coral.service#InvalidSignatureException","message":"x"}'],
      ['execution', `${body}<ErrorResponse><Error><Type>Sender</Type><Code>InvalidMessageContents</Code></Error></ErrorResponse>`],
      ['execution', refusal('InvalidParameter')],
      ['access', `status=400 body=${refusal('AWS.SimpleQueueService.UnsupportedOperation')}`],
      ['execution', '{"__type":"com.amazon.coral.service#SerializationException"}'],
      ['access', 'status=- body="Message": "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"'],
    ],
    isNot: [
      ['execution', `${configuration}${noMatch}200`],
      ['execution', `${configuration}${noMatch}500`],
      ['execution', `${body}${crashed}`],
      ['execution', `${body}{"Message":"Function not found: arn:x","Type":"User","__type":"ResourceNotFoundException"}`],
      ['execution', `${rid}Method request body before transformations: {"__type":"ValidationException"}`],
      ['function', 'ValidationException: 1 validation error detected'],
      ['access', 'status=400 body={"__type":"com.amazon.coral.availability#ThrottlingException"}'],
      ['execution', `${body}{"__type":"com.amazon.coral.service#InternalServerException"}`],
      ['execution', `${body}{"ok":true}`],
      ['access', `status=400 body=${refusal('Throttling')}`],
      [
        'access',
        '{"message":"An error occurred (InvalidParameter) when calling the Publish operation: Invalid parameter: TopicArn Reason: x"}',
      ],
      ['access', 'status=400 body={"message":"Invalid parameter: name"}'],
      ['access', 'status=500 body={"Error":{"Code":"E42","Message":"ours"}}'],
    ],
  },
  'mapping-template-error': {
    is: [
      ['execution', `${configuration}Unable to parse statusCode. It should be an integer that is defined in the request template.`],
      [
        'execution',
        'Wed Jan 27 18:20:49 UTC 2016 : Execution failed due to configuration error: statusCode should be an integer which defined in request template',
      ],
      ['execution', `${configuration}Unable to transform request`],
      ['execution', `${configuration}Content-Length header already present`],
      ['access', '{"error":"Execution failed due to configuration error: Unable to transform request"}'],
      ['access', `status=400 body={"message": "${notJson}"}`],
      ['execution', notJson],
      ['execution', `"message": "${notJson}"`],
      ['execution', `${body}{"Type":"User","message":"${notJson}"}`],
    ],
    isNot: [
      ['function', `InvalidRequestContentException: ${notJson}`],
      ['execution', `${body}{"errorMessage":"${notJson}","errorType":"Error"}`],
      ['access', `{"error":"An error occurred (InvalidRequestContentException) when calling the Invoke operation: ${notJson}"}`],
      ['execution', `${rid}Method request body before transformations: ${notJson}`],
      ['execution', `${configuration}Unable to transform response`],
      ['execution', `${rid}Method request body before transformations: Unable to transform request`],
      ['execution', `${configuration}Malformed Lambda proxy response`],
      ['function', 'Unable to parse statusCode'],
    ],
  },
  'response-mapping-error': {
    is: [
      ['execution', `${configuration}${noMatch}200`],
      ['execution', `${configuration}${noMatch}502`],
      ['execution', `${configuration}${noMatch}400`],
      ['execution', `${configuration}Output mapping refers to an invalid method response: 404`],
      ['execution', `${configuration}Unable to transform response`],
      ['access', `"error": "Execution failed due to configuration error: ${noMatch}200"`],
    ],
    isNot: [
      ['execution', `${configuration}Unable to transform request`],
      ['execution', `${rid}Method response body after transformations: ${noMatch}200`],
      ['function', noMatch],
    ],
  },
  'payload-encoding': {
    is: [
      ['execution', `${configuration}Unable to base64 decode the body.`],
      ['execution', `${rid}Method request body before transformations: [Binary Data]`],
      ['execution', `${configuration}Unable to transform request`],
      ['execution', `${configuration}Unable to transform response`],
      ['access', '{"error":"Execution failed due to configuration error: Unable to base64 decode the body."}'],
    ],
    isNot: [
      ['execution', `${rid}Method request body before transformations: {"x":"Binary Data"}`],
      ['execution', `${configuration}Malformed Lambda proxy response`],
      ['function', 'Unable to base64 decode the body'],
    ],
  },
};

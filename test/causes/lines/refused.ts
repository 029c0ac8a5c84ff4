// Lambda's refusals as reports retell them: the bare name of the exception, the sentence without the object around it, other words for the same.
import type { LinesByCause } from '../lines.ts';

const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';

export const lines: LinesByCause = {
  'lambda-permission-missing': {
    is: [
      ['execution', 'API Gateway does not have permission to invoke the Lambda function'],
      ['execution', `${rid}Execution failed due to configuration error: API Gateway doesn't have permissions to call the function`],
    ],
    isNot: [['execution', `${rid}Method request body before transformations: API Gateway does not have permission to invoke it`]],
  },
  'lambda-not-found': {
    is: [
      [
        'execution',
        `${rid}Endpoint response body before transformations: {"Message":"Cannot find alias arn: arn:aws:lambda:us-east-1:111122223333:function:orders:dev","Type":"User"}`,
      ],
      ['execution', `${rid}Lambda invocation failed with status: 404. Lambda request id: x`],
      ['execution', 'ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:111122223333:function:orders'],
      ['access', 'Alias not found: arn:aws:lambda:us-east-1:111122223333:function:orders:live'],
    ],
    isNot: [
      ['execution', `${rid}Method request body before transformations: {"Message":"Cannot find alias arn: x"}`],
      ['execution', `${rid}Endpoint response body before transformations: {"__type":"ResourceNotFoundException"}`],
    ],
  },
  'lambda-timeout': {
    is: [['function', '{"type":"platform.runtimeDone","record":{"requestId":"x","status":"timeout"}}']],
    isNot: [['function', '{"type":"platform.runtimeDone","record":{"requestId":"x","status":"success"}}']],
  },
  'lambda-throttled': {
    is: [
      ['access', '"Rate Exceeded."'],
      ['execution', 'ConcurrentInvocationLimitExceeded'],
      ['execution', `${rid}ReservedFunctionConcurrentInvocationLimitExceeded`],
      ['execution', 'TooManyRequestsException: Rate Exceeded.'],
      ['execution', 'status: 429 TooManyRequestsException'],
      ['execution', 'x-amzn-ErrorType: TooManyRequestsException'],
      ['access', 'Error LambdaLimitExceeded 503'],
      ['access', 'The Lambda function was throttled'],
    ],
    isNot: [
      ['function', 'TooManyRequestsException: Too Many Requests'],
      ['execution', `${rid}Method request headers: {x=ConcurrentInvocationLimitExceeded}`],
      ['execution', `${rid}Endpoint response body before transformations: {"__type":"TooManyRequestsException"}`],
      ['access', 'the request was throttled'],
      ['access', 'ThrottlingException: Rate exceeded'],
    ],
  },
  'lambda-state': {
    is: [
      ['execution', 'Lambda was not able to set up VPC access for the Lambda function because the Subnet has 0 IP addresses available.'],
      ['execution', `${rid}Lambda is initializing your function. It will be ready to invoke shortly.`],
      [
        'execution',
        'ResourceConflictException: The operation cannot be performed at this time. The function is currently in the following state: Pending',
      ],
      ['access', 'CodeArtifactUserFailedException'],
      ['execution', 'The function does not have permission to access the specified image.'],
      ['execution', `${rid}Endpoint response headers: {x-amzn-ErrorType=KMSAccessDeniedException, Content-Length=104}`],
    ],
    isNot: [
      ['execution', `${rid}Method request body before transformations: Lambda was unable to`],
      ['execution', `${rid}Lambda was invoked`],
      ['execution', `${rid}Endpoint response headers: {x-amzn-ErrorType=AccessDeniedException}`],
    ],
  },
  'integration-timeout': {
    is: [
      ['access', 'status=504'],
      ['access', '{"requestId":"x","status":"504"}'],
    ],
    isNot: [
      ['access', '{"requestId":"504","status":"500"}'],
      ['execution', `${rid}Method completed with status: 500`],
    ],
  },
};

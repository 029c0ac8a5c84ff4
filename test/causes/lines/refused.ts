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
  'lambda-throttled': {
    is: [
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
    ],
    isNot: [
      ['execution', `${rid}Method request body before transformations: Lambda was unable to`],
      ['execution', `${rid}Lambda was invoked`],
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

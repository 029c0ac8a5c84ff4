// What an error of a Lambda function is about, by words that Lambda, its runtimes and the usual libraries write. One table for all
// causes, so that one line never names two of them: the first kind whose words it holds is the one.
import type { Clue } from './cause.ts';
import { accessSays, functionSays, gatewaySays } from './clue-lines.ts';

/** In order of how much a line says: words of a later kind stand in lines of an earlier one, not the other way round. */
export type ErrorKind = 'tooLarge' | 'memory' | 'state' | 'init' | 'timeout' | 'payload' | 'dependency';

/** Lambda's words for a function that was stopped at its own limit. */
export const timedOut = 'Task timed out after';

/** The proxy event's fields that code reads first. Those of format 1.0 are absent in 2.0, and the other way round (AWS, "Payload format version"). */
export const eventFields = {
  '1.0': ['httpMethod', 'resource', 'multiValueHeaders', 'multiValueQueryStringParameters', 'resourcePath', 'path'],
  '2.0': ['rawPath', 'rawQueryString', 'routeKey', 'http', 'method'],
  proxy: ['requestContext', 'body', 'headers', 'pathParameters', 'queryStringParameters', 'stageVariables', 'isBase64Encoded'],
} as const;

/** Reading a field that is not there, as Python and the two generations of V8 say it. */
const missed = (field: string): readonly string[] => [
  `KeyError: '${field}'`,
  `(reading '${field}')`,
  `(reading \\'${field}\\')`,
  `Cannot read property '${field}' of`,
];

/** Words of code that misses a field of the event; the same words stand in any other slip of the code, so only the deployed integration tells. */
const fieldWords = [...eventFields['1.0'], ...eventFields['2.0'], ...eventFields.proxy].flatMap(missed);

/** Words that name a kind (messages.md §4, §9; the runtimes' and libraries' own texts). Plain substrings: no pattern, no backtracking. */
export const wordsOf: Readonly<Record<ErrorKind, readonly string[]>> = {
  tooLarge: [
    'Function.ResponseSizeTooLarge',
    'maximum allowed payload size',
    'RequestEntityTooLarge',
    'body size is too long',
    'Failed to post handler success response. Http response code: 413',
    'Integration response of reported length',
  ],
  memory: [
    'signal: killed',
    'Runtime.OutOfMemory',
    'heap out of memory',
    'OutOfMemoryError',
    'OutOfMemoryException',
    'MemoryError',
    'runtime: out of memory',
    'Allowed memory size of',
    'Cannot allocate memory',
    'std::bad_alloc',
    'Array buffer allocation failed',
  ],
  state: [
    'Lambda was unable to',
    'Lambda was not able to',
    'Lambda was throttled by Amazon EC2',
    'Lambda was throttled while using the Lambda Execution Role',
    "Lambda couldn't decrypt",
    'KMS access was denied',
    'is currently in the following state',
    'KMSAccessDeniedException',
    'KMSDisabledException',
    'KMSInvalidStateException',
    'KMSNotFoundException',
    'ENILimitReachedException',
    'ENINotReadyException',
    'SubnetIPAddressLimitReachedException',
    'EC2ThrottledException',
    'EC2UnexpectedException',
    'EC2AccessDeniedException',
    'InvalidSubnetIDException',
    'InvalidSecurityGroupIDException',
    'EFSMountFailureException',
    'EFSMountTimeoutException',
    'EFSMountConnectivityException',
    'EFSIOException',
    'mount the Amazon EFS file system',
    'SnapStartException',
    'SnapStartNotReadyException',
    'SnapStartTimeoutException',
    'ResourceNotReadyException',
    'RecursiveInvocationException',
  ],
  init: [
    'Runtime.ImportModuleError',
    'Runtime.HandlerNotFound',
    'Runtime.UserCodeSyntaxError',
    'Runtime.InvalidEntrypoint',
    'Runtime.InvalidEntryPoint',
    'Runtime.MalformedHandlerName',
    'Runtime.NoSuchModule',
    'Runtime.CallbackHandlerDeprecated',
    'Runtime.InvalidWorkingDir',
    'Runtime.LaunchError',
    'Extension.Crash',
    'Extension.InitError',
    'Extension.LaunchError',
    'exec format error',
    'fork/exec',
    'Launch error:',
    'find valid bootstrap',
    'Phase: init\tStatus: error',
    'Phase: init Status: error',
    '"phase":"init","status":"error"',
    'Cannot find module',
    'Cannot find package',
    'Unable to import module',
    'No module named',
    "missing on module '",
    'Bad handler',
    'Class not found:',
    'ClassNotFoundException',
    'NoClassDefFoundError',
    'UnsupportedClassVersionError',
    'Error loading class',
    'Error loading method',
    "Permission denied: '/var/task",
    "permission denied, open '/var/task",
    'cannot open shared object file',
    'invalid ELF header',
    'GLIBC_',
    'ERR_REQUIRE_ESM',
    'ERR_MODULE_NOT_FOUND',
    'Cannot use import statement outside a module',
    'is not defined in ES module scope',
    'support for callback-based function handlers',
    'only valid in async function',
    'Unable to load type',
    'Could not find the required',
  ],
  timeout: [timedOut, 'Sandbox.Timedout', 'Status: timeout', '"status":"timeout"'],
  payload: [
    ...fieldWords,
    'Unable to determine event source based on event',
    'adapter was unable to infer a handler',
    'expected to be invoked with a API Gateway or ALB event',
    'ncoming event is not a valid request from Amazon API Gateway',
    'An error occurred during JSON parsing',
    'Unexpected token o in JSON at position 1',
    '[object Object]" is not valid JSON',
    '"undefined" is not valid JSON',
    'Unexpected token u in JSON at position 0',
    'the JSON object must be str, bytes or bytearray, not',
    'json: cannot unmarshal',
  ],
  dependency: [
    'is not authorized to perform',
    'AccessDeniedException',
    'UnrecognizedClientException',
    'ExpiredTokenException',
    'ProvisionedThroughputExceeded',
    'ThrottlingException',
    'ThrottledException',
    'RequestLimitExceeded',
    'Rate exceeded',
    'ResourceNotFoundException',
    'NoSuchBucket',
    'QueueDoesNotExist',
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ESOCKETTIMEDOUT',
    'socket hang up',
    'UND_ERR_',
    'getaddrinfo',
    'onnection refused',
    'onnection timed out',
    'onnection reset by peer',
    'Network is unreachable',
    'Name or service not known',
    'Temporary failure in name resolution',
    'no such host',
    'i/o timeout',
    'dial tcp',
    'UnknownHostException',
    'SocketTimeoutException',
    'ConnectTimeoutException',
    'java.net.ConnectException',
    'Max retries exceeded with url',
    'Could not connect to the endpoint URL',
    'EndpointConnectionError',
    'ConnectTimeoutError',
    'ReadTimeoutError',
    'timeout on endpoint URL',
    'oo many connections',
    'remaining connection slots',
    'ER_CON_COUNT_ERROR',
    'PROTOCOL_CONNECTION_LOST',
    'Communications link failure',
    'could not connect to server',
    'connect to MySQL server',
    'Lost connection to MySQL server',
    'onnection terminated',
    'timeout exceeded when trying to connect',
    'Timeout acquiring a connection',
    'HikariPool-',
    'password authentication failed',
    'Access denied for user',
    'Login failed for user',
    'MongoNetworkError',
    'ServerSelectionError',
    'ServerSelectionTimeoutError',
    'SequelizeConnection',
    'SequelizeHostNotFoundError',
    'MaxRetriesPerRequestError',
    'failed with status code 5',
    'Response code 5',
    'Server Error: Service Unavailable for url',
    'Server Error: Bad Gateway for url',
  ],
};

export const errorKinds = Object.keys(wordsOf) as readonly ErrorKind[];

/** What a line's error is about; undefined where no word of the table says it. */
export const kindOfError = (text: string): ErrorKind | undefined =>
  errorKinds.find((kind) => wordsOf[kind].some((word) => text.includes(word)));

/** Words of the kinds that say more than this one: a line that holds them speaks of those. */
export const wordsBefore = (kind: ErrorKind): readonly string[] => errorKinds.slice(0, errorKinds.indexOf(kind)).flatMap((k) => wordsOf[k]);

/** Words in an error that make it something other than the code's own unhandled error. */
export const otherErrors: readonly string[] = errorKinds.flatMap((kind) => wordsOf[kind]).filter((word) => !fieldWords.includes(word));

/** Whether an error of this text may be a slip of the code itself. */
export const mayBeTheCode = (text: string): boolean => !otherErrors.some((word) => text.includes(word));

/** The event's field that the code did not find, by the line that says so. */
export const fieldIn = (text: string): string | undefined =>
  [...eventFields['1.0'], ...eventFields['2.0'], ...eventFields.proxy].find((field) => missed(field).some((word) => text.includes(word)));

/** How the gateway hands on a function's error: the sentence of an execution log, or the dumped error object (in old reports over several lines). */
const handedOn = String.raw`(?:Lambda execution failed with status 200 due to customer function error: |Endpoint response body before transformations: \{|\s{0,16}"(?:[eE]rrorM|[mM])essage"\s{0,4}:)`;
/** The same in a field of an access log (messages.md §2, §6). */
const inAccessLog = 'Lambda Customer Function Error:|The Lambda function returned the following error: ';

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** The line clues of a kind of error: the gates are its words, the pattern says where they may stand. */
export function errorClues(kind: ErrorKind, source: string): readonly Extract<Clue, { kind: 'line' }>[] {
  const words = wordsOf[kind];
  const unless = wordsBefore(kind);
  return [
    gatewaySays(words, handedOn, `${source} (the error as the gateway hands it on)`, unless),
    accessSays(words, inAccessLog, `${source} (the error in an access log)`, unless),
    functionSays(words, words.map(escaped).join('|'), source, unless),
  ];
}

/** Lambda's words for a process that was gone before it answered: killed, never started, or ended by its own code. Alone they name none of the three. */
export const endedEarly: Extract<Clue, { kind: 'line' }> = {
  ...gatewaySays(
    ['Process exited before completing request'],
    String.raw`(?:Lambda execution failed|Endpoint response body|\s{0,16}"errorMessage").{0,200}Process exited before completing request`,
    'messages.md §2, §9',
  ),
  hint: true,
};

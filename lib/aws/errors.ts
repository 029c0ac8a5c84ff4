// What the SDK throws, as the few kinds the rest of Gatemedic tells apart. *Denied*, *throttled*, *gone* and *down* lead to different sentences.
import type { CallError, CallName } from './calls.ts';

export type TriedError = CallError & { readonly retryAfterMs?: number };

interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
}

/** Undefined for what is no world error: a bug in our own input, which must be seen. */
export function callError(call: CallName, error: unknown): TriedError | undefined {
  const thrown = read(error);
  if (!thrown) return undefined;
  const { name, message, retryAfterMs } = thrown;
  return { kind: kindOf(thrown), call, name, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function kindOf({ name, message, status }: Thrown): CallError['kind'] {
  if (/Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(name) || /^Rate exceeded/i.test(message) || status === 429)
    return 'throttled';
  if (/AccessDenied|Unauthorized|NotAuthorized|UnrecognizedClient|ExpiredToken|InvalidSignature|CredentialsProvider/.test(name))
    return 'denied';
  if (status === 401 || status === 403) return 'denied';
  // CloudFormation answers an unknown stack with 400 ValidationError "Stack with id … does not exist".
  if (
    /NotFound|NoSuchEntity|NonExistentQueue|DoesNotExist$/.test(name) ||
    status === 404 ||
    (name === 'ValidationError' && /does not exist/.test(message))
  )
    return 'gone';
  if (
    /ResourceConflict|ResourceInUse|PreconditionFailed|OperationAborted|^Conflict|\.Duplicate$/.test(name) ||
    status === 409 ||
    status === 412
  )
    return 'conflict';
  if (status !== undefined && status >= 400 && status < 500) return 'refused';
  return 'down';
}

/** Errors of Node's network, without an HTTP status. */
const network = /^(?:E[A-Z]{3,20}|UND_ERR_[A-Z_]{1,40})$/;
const timeouts = new Set(['TimeoutError', 'AbortError', 'RequestTimeout', 'NetworkingError']);

function read(error: unknown): Thrown | undefined {
  if (!(error instanceof Error)) return undefined;
  const { $metadata, $response, code, retryAfterSeconds } = error as Error & {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
    code?: unknown;
    retryAfterSeconds?: unknown;
  };
  const answered = $metadata !== undefined || $response !== undefined;
  // A page instead of an answer: the SDK's parser fails with a SyntaxError that may carry nothing else.
  const lost =
    (typeof code === 'string' && network.test(code)) ||
    timeouts.has(error.name) ||
    error instanceof SyntaxError ||
    error.name === 'CredentialsProviderError';
  if (!answered && !lost) return undefined;
  const seconds = Number(retryAfterSeconds);
  const status = error instanceof SyntaxError ? undefined : ($metadata?.httpStatusCode ?? $response?.statusCode);
  return {
    name: error.name,
    message: error.message,
    status,
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined,
  };
}

// Why AWS could not be asked, each as one sentence that says what to do: no credentials, expired, unknown, denied, not reached, throttled.
import type { CallError } from '../aws/calls.ts';
import { CommandError } from './command-error.ts';
import type { Where } from './command.ts';
import { tame } from './paper.ts';

/** Thrown where nothing can be looked at without this answer. `may` is the policy that would have allowed it. */
export function noAccess(error: CallError, live: Where, may?: string): CommandError {
  return new CommandError(sentence(error, live, may));
}

/** Names of errors: STS, IAM's common errors, the SDK's own providers. */
const credentials: readonly (readonly [RegExp, string])[] = [
  [/Expired/, 'the AWS credentials have expired; log in again (aws sso login), or get a fresh session token'],
  [
    /^InvalidClientTokenId|^UnrecognizedClient|^InvalidAccessKeyId|^InvalidToken/,
    'AWS does not know these credentials; check AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN, or AWS_PROFILE',
  ],
  [
    /^SignatureDoesNotMatch|^InvalidSignature|^IncompleteSignature/,
    'AWS refused the signature; check AWS_SECRET_ACCESS_KEY, and the clock of this machine',
  ],
];

/** The SDK found none, or the profile, the SSO session or the process that should give some did not: its own words say which. */
function withoutCredentials(message: string, profile: string | undefined): string {
  const whose = profile === undefined ? '' : ` for AWS_PROFILE ${JSON.stringify(profile)}`;
  const generic = /Could not load credentials from any providers/.test(message);
  return `no AWS credentials were found${whose}${generic ? '' : ` (${tame(message, 200)})`}; set AWS_PROFILE, or log in (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;
}

function sentence({ kind, call, name, message }: CallError, { region, endpoint, profile }: Where, may?: string): string {
  if (/Provider(?:Error)?$|^CredentialsError$/.test(name)) return withoutCredentials(message, profile);
  const known = credentials.find(([pattern]) => pattern.test(name));
  if (known) return known[1];
  switch (kind) {
    case 'denied':
      return `${call} was denied${may === undefined ? '' : `; allow it with ${may}`} (${tame(message, 300)})`;
    case 'throttled':
      return `AWS throttled ${call}, four times; try again in a minute`;
    case 'down':
      return `AWS was not reached at ${endpoint ?? `its endpoint in ${region}`}: ${tame(name, 60)} ${tame(message, 200)}; check the network, AWS_ENDPOINT_URL and the Region`;
    default:
      return `${call} was refused: ${tame(name, 60)} ${tame(message, 300)}`;
  }
}

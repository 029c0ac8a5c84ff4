// Which 404 of Lambda says that the function, alias or version itself is gone. Another says only that it has no such thing as was asked for
// (`The resource you requested does not exist.`), and what it is asked of stands: for an approval that is the difference.
import type { CallError } from '../../aws/calls.ts';

interface Named {
  readonly functionName: string;
  readonly qualifier?: string | undefined;
}

/** Lambda's own words (causes.md, lambda-not-found); undefined where the error says nothing of the kind. */
export function goneOf({ kind, message }: CallError, { functionName, qualifier }: Named): string | undefined {
  if (kind !== 'gone') return undefined;
  if (message.startsWith('Cannot find alias arn')) return `the alias ${functionName}:${qualifier ?? ''}`;
  if (!message.startsWith('Function not found')) return undefined;
  // it says the same of a version that is not there, and of its function
  return qualifier !== undefined && /^\d+$/.test(qualifier) ? `the version ${functionName}:${qualifier}` : `the function ${functionName}`;
}

// STS GetCallerIdentity with the environment's credentials: needs no permission, and tells first whether the credentials are good.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { CallError } from '../aws/calls.ts';
import { callError } from '../aws/errors.ts';
import type { ClientSettings } from '../aws/live/settings.ts';
import { err, ok, type Result } from '../model/result.ts';
import type { Caller } from '../world.ts';

export async function whoAmI(settings: ClientSettings): Promise<Result<Caller, CallError>> {
  return trying('sts:GetCallerIdentity', async () => {
    const { Account, Arn } = await new STSClient({ ...settings, maxAttempts: 3 }).send(new GetCallerIdentityCommand({}));
    return { accountId: Account ?? '', arn: Arn ?? '' };
  });
}

/** What AWS refuses, as a value; a bug stays one. */
export async function trying<T>(call: string, send: () => Promise<T>): Promise<Result<T, CallError>> {
  try {
    return ok(await send());
  } catch (error) {
    // the call's name is only carried: it has no row in the table of calls
    const known = callError('ssm:GetParameter', error) ?? provided(error);
    if (!known) throw error;
    return err({ ...known, call });
  }
}

/** What gives credentials has names of its own for its failures: `TokenProviderError`, `CredentialsProviderError`. */
function provided(error: unknown): Omit<CallError, 'call'> | undefined {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  return /Provider(?:Error)?$/.test(name) ? { kind: 'denied', name, message } : undefined;
}

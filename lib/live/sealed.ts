// In front of `answer`: a click of Slack's is taken only under the seal of `receive`. An order by the command line has none: it proves itself.
import * as v from 'valibot';
import { ownSettings } from '../aws/live/settings.ts';
import { isSealed } from '../slack/seal.ts';
import { click } from '../stages/stage.ts';
import { liveSecret } from './secret.ts';
import type { Handler } from './serve.ts';
import type { Environment } from './settings.ts';

/** `fresh`: read again instead of out of memory, for the secret may just have been changed. */
type Secret = (fresh?: boolean) => Promise<string>;

/** Throws for a click that nobody sealed, so that it is counted and the alarm of `answer` rings: nothing of ours sends one. */
export function sealedOnly(handler: Handler, secret: Secret | undefined): Handler {
  return async (event, context) => {
    const read = v.safeParse(click, event);
    if (read.success && read.output.origin === 'slack') {
      const shown = { ...read.output, seal: (event as { readonly seal?: unknown }).seal };
      const known = secret !== undefined && (isSealed(shown, await secret()) || isSealed(shown, await secret(true)));
      if (!known)
        throw new Error(
          `this click of ${JSON.stringify(read.output.userId.slice(0, 40))} was not handed on by receive: its seal does not fit; whoever invoked answer with it is in CloudTrail`,
        );
    }
    return handler(event, context);
  };
}

/** An installation without a receiver has no signing secret, and takes no clicks at all. */
export function sealedBy(env: Environment, handler: Handler): Handler {
  const arn = env['GATEMEDIC_SLACK_SIGNING_SECRET_ARN'];
  return sealedOnly(handler, arn ? liveSecret(arn, ownSettings(env['AWS_REGION'] ?? ''), () => Date.now()) : undefined);
}

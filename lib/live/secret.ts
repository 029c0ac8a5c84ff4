// A secret's text, kept for some minutes: a changed secret is taken up without a deploy, and Secrets Manager is not asked at every click.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ClientSettings } from '../aws/live/settings.ts';
import { WorldError } from '../world.ts';
import { asking } from './errors.ts';

const keepMs = 5 * 60_000;

/** Reads the secret `arn` on demand, or anew where `fresh`; `now` is milliseconds since 1970. */
export function liveSecret(arn: string, client: ClientSettings, now: () => number): (fresh?: boolean) => Promise<string> {
  const secrets = new SecretsManagerClient(client);
  let kept: { readonly text: string; readonly at: number } | undefined;
  return async (fresh = false) => {
    if (!fresh && kept && now() - kept.at < keepMs) return kept.text;
    const answer = await asking('secretsmanager:GetSecretValue', () => secrets.send(new GetSecretValueCommand({ SecretId: arn })));
    const text = answer.SecretString?.trim();
    if (!text)
      throw new WorldError(
        'gone',
        'secretsmanager:GetSecretValue',
        `secret ${arn} holds no text; put the value in with aws secretsmanager put-secret-value`,
      );
    kept = { text, at: now() };
    return text;
  };
}

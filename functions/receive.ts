// The Function URL's Lambda: Slack's click in, verified, handed on to `answer` by an asynchronous invocation. It can read the signing
// secret and invoke one function; it can neither write nor wake.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readInstallation, unpackSettings } from '../lib/model/installation.ts';
import { createReceiver, type Receiver } from '../lib/slack/receiver.ts';
import type { UrlEvent } from '../lib/slack/signature.ts';

/** A rotated secret is in use after this long, without a deployment. */
const secretForMs = 5 * 60_000;

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`environment variable ${name} is missing; the stack sets it for receive`);
  return value;
}

function cachedSecret(arn: string): () => Promise<string> {
  const client = new SecretsManagerClient({ maxAttempts: 2 });
  let kept: { value: string; until: number } | undefined;
  return async () => {
    if (kept && Date.now() < kept.until) return kept.value;
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (SecretString === undefined || SecretString === '') throw new Error(`secret ${arn} is empty; put the app's signing secret there`);
    kept = { value: SecretString.trim(), until: Date.now() + secretForMs };
    return kept.value;
  };
}

let receiver: Receiver | undefined;

function build(): Receiver {
  const { slack } = readInstallation(JSON.parse(unpackSettings(setting('GATEMEDIC_INSTALLATION'))) as unknown);
  const lambda = new LambdaClient({ maxAttempts: 2 });
  const FunctionName = setting('GATEMEDIC_ANSWER_FUNCTION');
  return createReceiver({
    signingSecret: cachedSecret(setting('GATEMEDIC_SLACK_SIGNING_SECRET_ARN')),
    teamId: slack.teamId,
    appId: slack.appId,
    handOn: async (click) =>
      void (await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(click) }))),
  });
}

/** The Lambda handler. */
export const handler = async (event: UrlEvent): ReturnType<Receiver> => (receiver ??= build())(event);

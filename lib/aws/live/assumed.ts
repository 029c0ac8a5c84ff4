// Credentials of a role that is taken for a few calls: fetched on first use, kept until shortly before they end.
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ClientSettings } from './settings.ts';

/** The shortest session STS gives; a change takes seconds. */
const sessionSeconds = 900;
const spareMs = 60_000;

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
};

/** What the SDK takes as `credentials`. The session's name shows in CloudTrail beside each call. */
export function assumed(settings: ClientSettings, roleArn: string, now: () => number): () => Promise<Credentials> {
  let held: Credentials | undefined;
  return async () => {
    if (held && (held.expiration?.getTime() ?? 0) - spareMs > now()) return held;
    const client = new STSClient(settings);
    const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'gatemedic-carry-out', DurationSeconds: sessionSeconds });
    const { Credentials: given } = await client.send(command);
    if (!given?.AccessKeyId || !given.SecretAccessKey) throw new Error(`sts gave no credentials for ${roleArn}`);
    held = {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      ...(given.SessionToken === undefined ? {} : { sessionToken: given.SessionToken }),
      ...(given.Expiration === undefined ? {} : { expiration: given.Expiration }),
    };
    return held;
  };
}

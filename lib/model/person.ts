// People, by where they decide: Slack's user ids, and principals of AWS as STS names them.
import { glob } from './policy.ts';

/** `arn:aws:sts::…:assumed-role/role/session`, `arn:aws:iam::…:user/path/name`, …:federated-user/name, `…:root`. */
const principal = /^arn:aws[\w-]{0,10}:(?:sts|iam)::(\d{12}):(.{1,600})$/;

/** What an owner may list beside Slack's approvers: such an ARN, `*` anywhere after the account. */
export const approverArn = /^arn:aws[\w-]{0,10}:(?:sts|iam)::\d{12}:[\w+=,.@/*-]{1,600}$/;

export const isArn = (id: string): boolean => principal.test(id);

/** The session's or the user's own name. */
export const nameOfArn = (arn: string): string => arn.split('/').at(-1)?.split(':').at(-1) ?? arn;

/** Without the partition and the account: `assumed-role/oncall/ada`. */
export const shortArn = (arn: string): string => principal.exec(arn)?.[2] ?? arn;

export const mayDecide = (arn: string, patterns: readonly string[]): boolean => patterns.some((pattern) => glob(pattern, arn));

/**
 * Whether two ids are one person as far as can be told. Whoever assumes a role names its session as they like, so two sessions of one role are
 * not two people; only where IAM Identity Center made the session does its name belong to somebody (its roles begin with AWSReservedSSO_).
 */
export const samePerson = (a: string, b: string): boolean => apart(a) === apart(b);
const apart = (id: string): string => {
  const [kind, role] = shortArn(id).split('/');
  return isArn(id) && kind === 'assumed-role' && !role?.startsWith('AWSReservedSSO_') ? id.slice(0, id.lastIndexOf('/')) : id;
};

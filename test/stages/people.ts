// People with keys in the account, for orders by the command line: signed by the very code of the command line, checked by the sandbox's STS.
import { presigned } from '../../lib/live/presign.ts';
import type { Order } from '../../lib/model/order.ts';
import { bound } from '../../lib/model/order.ts';
import type { AccessKey } from '../../lib/sandbox/sts.ts';
import type { CommandClick } from '../../lib/stages/stage.ts';
import { installation } from '../messages/incidents.ts';

const session = (n: number, arn: string): AccessKey => ({
  accessKeyId: `ASIA${String(n).padStart(16, '0')}`,
  secretAccessKey: `secret/${n}+of=nobody`,
  sessionToken: `token/of+${n}==`,
  arn,
});
export const people = {
  ada: session(1, 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_oncall_0123456789abcdef/ada@example.com'),
  bob: session(2, 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_oncall_0123456789abcdef/bob@example.com'),
  /** One person, who names a session of a plain role twice. */
  carol: session(6, 'arn:aws:sts::111122223333:assumed-role/oncall/carol'),
  carolToo: session(7, 'arn:aws:sts::111122223333:assumed-role/oncall/dave'),
  eve: session(3, 'arn:aws:sts::111122223333:assumed-role/readers/eve'),
  /** The same name, of another account. */
  stranger: session(4, 'arn:aws:sts::999988887777:assumed-role/AWSReservedSSO_oncall_0123456789abcdef/ada@example.com'),
  /** Long-lived keys, without a session token. */
  dan: { accessKeyId: 'AKIA0000000000000005', secretAccessKey: 'secret5', arn: 'arn:aws:iam::111122223333:user/ops/dan' },
} as const satisfies Record<string, AccessKey>;
export const keys: readonly AccessKey[] = Object.values(people);

/** Everybody of the on-call role, and one user. */
export const approverArns = [
  'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_oncall_*/*',
  'arn:aws:iam::111122223333:user/ops/dan',
  'arn:aws:sts::111122223333:assumed-role/oncall/*',
];

/** What a person signed, `region` aside, and what they hand over. */
export async function ordered(
  who: AccessKey,
  order: Order,
  place: { accountId: string; region: string } = installation,
): Promise<CommandClick> {
  const proof = await presigned(place.region, who, bound(order, place), order.at);
  return { origin: 'command', ...order, proof };
}

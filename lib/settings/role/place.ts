// What the settings of a role's policies share: which role, for whose sake, the lock, and how IAM and people name it.
import * as v from 'valibot';
import { roleName } from '../../model/role-use.ts';
import { servedStage } from '../signs/stage-serves.ts';

/** `removed` says who took it away and when, for whoever approves; `stage` is the one whose requests need it. */
export const ofRole = {
  accountId: v.string(),
  region: v.string(),
  roleArn: v.string(),
  removed: v.string(),
  stage: servedStage,
};
interface OfRole {
  readonly accountId: string;
  readonly roleArn: string;
}

export const nameOf = (t: Pick<OfRole, 'roleArn'>): string => roleName(t.roleArn);
/** One lock a role, whichever of its policies is written. */
export const roleLock = (t: OfRole): string => `role:${t.accountId}:${nameOf(t)}`;
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

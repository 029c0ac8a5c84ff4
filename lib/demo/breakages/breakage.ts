// Something to break, and how the owner mends it by hand: one a file, used by the page's buttons, the scenarios and the laws alike.
import type { ApiType } from '../../model/api.ts';
import type { CauseId, Certainty } from '../../model/cause.ts';
import type { FixId } from '../../model/change.ts';
import { permissionOf, type Shop, type ShopStage } from '../shop.ts';

export interface Breakage {
  /** Equal to the file name. */
  readonly id: string;
  readonly title: string;
  /** What it does, for the button's tooltip. */
  readonly says: string;
  /** The cause that must be found. */
  readonly cause: CauseId;
  /** How sure it can be with the stage's logs; confirmed where not said. */
  readonly certainty?: Certainty;
  /** What can be told when the stage writes no logs; the same where not said. */
  readonly withoutLogs?: { readonly cause: CauseId | 'unknown'; readonly certainty: Certainty };
  /** The fix that a person is asked about; advice only where not said. */
  readonly asks?: FixId;
  /** The kind of API it can happen to; REST where not said (HTTP and WebSocket: the shop's stage of that type). */
  readonly on?: ApiType;
  /** No 5xx comes of it (callers meet a TLS error, a 403): nobody is woken, but whoever asks is told. */
  readonly quiet?: true;
  /** How the API was built before: deployed while all is well, so that what breaks is only the fault. */
  prepare?(shop: Shop, stage: ShopStage): void;
  breakIt(shop: Shop, stage: ShopStage): void;
  /** What the owner would do by hand. */
  mend(shop: Shop, stage: ShopStage): void;
}

export const second = 1000;
export const alice = { kind: 'person' as const, arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' };

/** A new version of the code, and the alias moved to it. */
export const release = (shop: Shop, stage: ShopStage, work: Parameters<Shop['account']['setWork']>[1]): void => {
  shop.account.setWork(stage.functionName, work);
  if (stage.alias) shop.account.putAlias(stage.functionName, stage.alias, shop.account.publishVersion(stage.functionName));
};
const goodWork = { outcome: 'ok' as const, ms: (random: () => number) => 30 + random() * 50 };
export const goodRelease = (shop: Shop, stage: ShopStage): void => release(shop, stage, goodWork);

export const grantAgain = (shop: Shop, stage: ShopStage): void =>
  shop.account.grant({ ...permissionOf(shop.account, stage), statementId: `${stage.statementId}-by-hand`, by: alice });

export const revokedBy =
  (trailDelayMs?: number) =>
  (shop: Shop, stage: ShopStage): void => {
    const { functionName, qualifier, statementId } = { qualifier: undefined, ...permissionOf(shop.account, stage) };
    shop.account.revoke({
      functionName,
      ...(qualifier ? { qualifier } : {}),
      statementId,
      by: alice,
      ...(trailDelayMs === undefined ? {} : { trailDelayMs }),
    });
  };

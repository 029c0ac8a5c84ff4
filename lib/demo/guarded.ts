// A stage of the shop with a Lambda authorizer before all its routes, in good order: what the authorizer's breakages start from.
import type { AuthorizerSpec } from '../sandbox/account/index.ts';
import type { Shop, ShopStage } from './shop.ts';

const statementId = 'authorizer-invoke';
const guardOf = (stage: ShopStage): string => `${stage.functionName}-authorizer`;
const goodWork = { outcome: 'ok' as const, ms: (random: () => number) => 8 + random() * 10 };

type Form = Pick<AuthorizerSpec, 'answers' | 'simpleResponses' | 'ttlSeconds'>;

/** Puts the authorizer before the routes, or changes how it is set. */
export const setGuard = (shop: Shop, stage: ShopStage, form: Form = {}): { readonly sourceArn: string } =>
  shop.account.putAuthorizer(
    { apiId: stage.apiId, stage: stage.stage },
    { name: 'Guard', type: stage.apiType === 'REST' ? 'token' : 'request', functionName: guardOf(stage), ...form },
  );

const putGuard = (shop: Shop, stage: ShopStage): void =>
  shop.account.putFunction({
    name: guardOf(stage),
    timeoutSeconds: 5,
    memoryMb: 256,
    initMs: 200,
    work: goodWork,
    tags: { gatemedic: 'allowed' },
  });
const stackOf = (stage: ShopStage): string => `${stage.apiName}-authorizer-stack`;

/** Puts the authorizer there, its permission owned by a stack of its own. */
export function guardByStack(shop: Shop, stage: ShopStage): void {
  putGuard(shop, stage);
  const { sourceArn } = setGuard(shop, stage);
  shop.account.putStack(stackOf(stage), {
    functions: [guardOf(stage)],
    permissions: [{ functionName: guardOf(stage), statementId, sourceArn }],
  });
}
/** A deploy of that stack drops the permission. */
export const dropGuardByStack = (shop: Shop, stage: ShopStage): void =>
  shop.account.deploy(stackOf(stage), { removePermissions: [statementId], durationMs: 30_000 });

/** Puts the authorizer there, with its permission. */
export const guard = (shop: Shop, stage: ShopStage): void => guardWith(shop, stage, {});

/** The same, in another form of answers. */
export function guardWith(shop: Shop, stage: ShopStage, form: Form): void {
  putGuard(shop, stage);
  const { sourceArn } = setGuard(shop, stage, form);
  shop.account.grant({ functionName: guardOf(stage), statementId, sourceArn });
}

/** New code of the authorizer's function; in good order where nothing is said. */
export const releaseGuard = (shop: Shop, stage: ShopStage, work: Parameters<Shop['account']['setWork']>[1] = goodWork): void =>
  shop.account.setWork(guardOf(stage), work);

export const revokeGuard = (shop: Shop, stage: ShopStage): void =>
  shop.account.revoke({
    functionName: guardOf(stage),
    statementId,
    by: { kind: 'person', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' },
  });

/** The permission again, as its owner would write it. */
export function grantGuard(shop: Shop, stage: ShopStage): void {
  const { sourceArn } = setGuard(shop, stage);
  shop.account.grant({ functionName: guardOf(stage), statementId: `${statementId}-by-hand`, sourceArn });
}

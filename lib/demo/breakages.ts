// Things to break, and how the owner mends each by hand: used by the page's buttons and by the scenarios alike.
import { permissionOf, routesOf, type Shop, type ShopStage } from './shop.ts';

export interface Breakage {
  readonly id: string;
  readonly title: string;
  /** What it does, for the button's tooltip. */
  readonly says: string;
  breakIt(shop: Shop, stage: ShopStage): void;
  /** What the owner would do by hand. */
  mend(shop: Shop, stage: ShopStage): void;
}

const second = 1000;
const alice = { kind: 'person' as const, arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' };

const release = (shop: Shop, stage: ShopStage, work: Parameters<Shop['account']['setWork']>[1]): void => {
  shop.account.setWork(stage.functionName, work);
  if (stage.alias) shop.account.putAlias(stage.functionName, stage.alias, shop.account.publishVersion(stage.functionName));
};
const goodWork = { outcome: 'ok' as const, ms: (random: () => number) => 30 + random() * 50 };
const goodRelease = (shop: Shop, stage: ShopStage): void => release(shop, stage, goodWork);

const grantAgain = (shop: Shop, stage: ShopStage): void =>
  shop.account.grant({ ...permissionOf(shop.account, stage), statementId: `${stage.statementId}-by-hand`, by: alice });

const revokedBy =
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

export const breakages: readonly Breakage[] = [
  {
    id: 'permission-removed-by-deploy',
    title: 'Deploy drops the invoke permission',
    says: 'a CloudFormation update of the stack deletes the AWS::Lambda::Permission',
    breakIt: (shop, stage) =>
      shop.account.deploy(stage.stack, { removePermissions: [permissionOf(shop.account, stage)], durationMs: 20 * second }),
    mend: grantAgain,
  },
  {
    id: 'permission-removed-on-purpose',
    title: 'Alice removes the permission',
    says: 'a person calls RemovePermission; CloudTrail names her after a few minutes',
    breakIt: revokedBy(),
    mend: grantAgain,
  },
  {
    id: 'removed-on-purpose-trail-late',
    title: 'Alice removes it, CloudTrail is late',
    says: 'the record arrives after ten minutes',
    breakIt: revokedBy(600 * second),
    mend: grantAgain,
  },
  {
    id: 'alias-without-permission',
    title: 'New alias without permission',
    says: 'a deploy points the API at an alias that never had the grant',
    breakIt: (shop, stage) => {
      shop.account.putAlias(stage.functionName, 'next', shop.account.publishVersion(stage.functionName));
      shop.account.repoint({ apiId: stage.apiId, stage: stage.stage, qualifier: 'next' });
    },
    mend: (shop, stage) => shop.account.grant({ ...permissionOf(shop.account, stage), qualifier: 'next', by: alice }),
  },
  {
    id: 'function-deleted',
    title: 'Function deleted',
    says: 'somebody deletes the function the stage still calls',
    breakIt: (shop, stage) => shop.account.deleteFunction(stage.functionName),
    mend: (shop, stage) => shop.account.restoreFunction(stage.functionName),
  },
  {
    id: 'slow-function',
    title: 'Function slower than its timeout',
    says: 'a release takes 14 s; the function may take 10 s',
    breakIt: (shop, stage) => release(shop, stage, { outcome: 'ok', ms: 14 * second }),
    mend: goodRelease,
  },
  {
    id: 'crashing-release',
    title: 'Crashing release',
    says: 'a release throws a TypeError on every request',
    breakIt: (shop, stage) =>
      release(shop, stage, { outcome: 'throw', ms: 20, errorText: "TypeError: Cannot read properties of undefined (reading 'total')" }),
    mend: goodRelease,
  },
  {
    id: 'malformed-response',
    title: 'Malformed response',
    says: 'a release answers with a key that the proxy integration does not know',
    breakIt: (shop, stage) => release(shop, stage, { outcome: 'malformed', ms: 20 }),
    mend: goodRelease,
  },
  {
    id: 'throttled-by-reserved',
    title: 'Throttled by reserved concurrency',
    says: 'reserved concurrency is set to 1 while the function takes 1.5 s',
    breakIt: (shop, stage) => {
      release(shop, stage, { outcome: 'ok', ms: 1.5 * second });
      shop.account.putReserved(stage.functionName, 1);
    },
    mend: (shop, stage) => {
      shop.account.putReserved(stage.functionName, undefined);
      goodRelease(shop, stage);
    },
  },
  {
    id: 'slow-integration',
    title: 'Slower than the gateway waits',
    says: 'a release takes 40 s with a function timeout of 60 s; the gateway gives up after 29 s',
    breakIt: (shop, stage) => {
      shop.account.setTimeoutSeconds(stage.functionName, 60);
      release(shop, stage, { outcome: 'ok', ms: 40 * second });
    },
    mend: (shop, stage) => {
      shop.account.setTimeoutSeconds(stage.functionName, 10);
      goodRelease(shop, stage);
    },
  },
  {
    id: 'cold-start-burst',
    title: 'Cold-start bursts',
    says: 'a heavy start (7 s), a gateway that waits 5 s, and spikes of traffic after quiet spells',
    breakIt: coldBursts,
    // the lighter release goes out to warm environments: nothing fails on the way
    mend: (shop, stage) => {
      waitFor(shop, stage, undefined);
      shop.account.setInitMs(stage.functionName, 350);
      goodRelease(shop, stage);
    },
  },
];

/** Deploys the API with another integration timeout; undefined is the gateway's own 29 s. */
function waitFor(shop: Shop, stage: ShopStage, timeoutMs: number | undefined): void {
  const routes = routesOf(stage).map((route) => ({ ...route, ...(timeoutMs === undefined ? {} : { timeoutMs }) }));
  shop.account.editApi(stage, routes);
  shop.account.deployApi(stage);
}

/** Each spike needs more environments than the quiet spell before it kept; a new one starts for longer than the gateway waits. */
function coldBursts(shop: Shop, stage: ShopStage): void {
  const { account } = shop;
  waitFor(shop, stage, 5 * second);
  account.setInitMs(stage.functionName, 7 * second);
  account.setIdleMs(stage.functionName, 240 * second);
  release(shop, stage, { outcome: 'ok', ms: 400 });
  for (let n = 0; n < 12; n++) {
    const from = account.clock.now() + n * 480 * second;
    account.traffic({
      apiId: stage.apiId,
      stage: stage.stage,
      route: { method: 'GET', path: `/${stage.apiName}` },
      perSecond: 6,
      from,
      until: from + 20 * second,
    });
  }
}

export function breakage(id: string): Breakage {
  const found = breakages.find((b) => b.id === id);
  if (!found) throw new Error(`no breakage ${id}; there are ${breakages.map((b) => b.id).join(', ')}`);
  return found;
}

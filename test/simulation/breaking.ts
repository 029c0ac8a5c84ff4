// What can break in a world: everything of the catalogue that a fix treats, some that only advice helps, and permissions, which can be
// taken away again and again.
import { breakages } from '../../lib/demo/breakages/index.ts';
import { alice, type Breakage } from '../../lib/demo/breakages/breakage.ts';
import { permissionOf, type Shop, type ShopStage } from '../../lib/demo/shop.ts';
import { roleOf } from '../../lib/demo/service-stage.ts';
import { fixes } from '../../lib/fixes/index.ts';
import { boundaryArn, otherOfPair, pairAt } from './shop.ts';

export interface Breaking {
  readonly id: string;
  readonly cause: string;
  /** A person did it: nothing may be done about it unasked. */
  readonly byPerson?: true;
  /** Which stages of a world it can happen to. */
  on(stage: number): boolean;
  /** Callers a second without whom it breaks nothing. */
  readonly perSecond?: number;
  /** It can happen to the same stage more than once. */
  readonly again?: true;
  prepare?(shop: Shop, stage: ShopStage): void;
  breakIt(shop: Shop, stage: ShopStage): void;
  mend(shop: Shop, stage: ShopStage): void;
}

const cause = 'lambda-permission-missing';
const both = [{ ...otherOfPair, functionName: 'left', statementId: 'left-gateway-invoke' }, otherOfPair];
const shopOnly = (stage: number): boolean => stage !== pairAt;

/** The stack’s own statements again, as a repaired deploy would put them; nothing where they stand. */
function putBack({ account }: Shop, stages: readonly ShopStage[]): void {
  const gone = stages.filter((s) => !stands({ account }, s)).map((s) => permissionOf(account, s));
  const [first] = stages;
  if (first && gone.length > 0) account.deploy(first.stack, { addPermissions: gone, durationMs: 0 });
}

interface Functions {
  readonly functions: Readonly<Record<string, { readonly policies: Readonly<Record<string, Readonly<Record<string, unknown>>>> }>>;
}
const stands = ({ account }: Pick<Shop, 'account'>, { functionName, alias = '', statementId }: ShopStage): boolean =>
  (account.snapshot() as Functions).functions[functionName]?.policies[alias]?.[statementId] !== undefined;

function revoke({ account }: Shop, stage: ShopStage, trailDelayMs?: number): void {
  const { functionName, qualifier, statementId } = { qualifier: undefined, ...permissionOf(account, stage) };
  if (!stands({ account }, stage)) return;
  const delay = trailDelayMs === undefined ? {} : { trailDelayMs };
  account.revoke({ functionName, ...(qualifier ? { qualifier } : {}), statementId, by: alice, ...delay });
}

function grantByHand({ account }: Shop, stage: ShopStage): void {
  if (!stands({ account }, stage)) account.grant({ ...permissionOf(account, stage), by: alice });
}

/** Long enough that whoever was turned away has given up before anybody may mend it. */
const longDeployMs = 380_000;

const permissions: readonly Breaking[] = [
  {
    id: 'permission-removed-by-deploy',
    cause,
    on: shopOnly,
    again: true,
    breakIt: (shop, stage) => removedByDeploy(shop, [stage], 20_000),
    mend: (shop, stage) => putBack(shop, [stage]),
  },
  {
    id: 'both-permissions-removed-by-deploy',
    cause,
    on: (stage) => stage === pairAt,
    again: true,
    breakIt: (shop) => removedByDeploy(shop, both, 15_000),
    mend: (shop) => putBack(shop, both),
  },
  {
    id: 'left-permission-removed-by-deploy',
    cause,
    on: (stage) => stage === pairAt,
    again: true,
    breakIt: (shop) => removedByDeploy(shop, both.slice(0, 1), longDeployMs),
    mend: (shop) => putBack(shop, both),
  },
  {
    id: 'permission-removed-on-purpose',
    cause,
    byPerson: true,
    on: shopOnly,
    again: true,
    breakIt: (shop, stage) => revoke(shop, stage),
    mend: grantByHand,
  },
  {
    id: 'removed-on-purpose-trail-late',
    cause,
    byPerson: true,
    on: shopOnly,
    again: true,
    breakIt: (shop, stage) => revoke(shop, stage, 25 * 60_000),
    mend: grantByHand,
  },
];

/** CloudFormation updates a stack once at a time. */
export const isDeploying = ({ account }: Pick<Shop, 'account'>, stack: string): boolean =>
  (account.snapshot() as { readonly stacks: Readonly<Record<string, string>> }).stacks[stack]?.endsWith('_IN_PROGRESS') === true;

/** Only what the stack still owns and what still stands: a person may have taken it away before. */
function removedByDeploy({ account }: Shop, stages: readonly ShopStage[], durationMs: number): void {
  const [first] = stages;
  const owned = stages.filter((s) => stands({ account }, s)).map((s) => permissionOf(account, s));
  if (first) account.deploy(first.stack, { removePermissions: owned, durationMs });
}

/** Statements that a person granted by hand are not the stack's any more. */
const replaced = new Set(['permission-removed-by-deploy', 'permission-removed-on-purpose', 'removed-on-purpose-trail-late']);
const types = ['REST', 'HTTP', 'REST'] as const;
const boundary = { arn: boundaryArn, statements: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }] };
/** Limits that the few callers of a world would never reach. */
const perSecond: Readonly<Record<string, number>> = {
  'throttled-by-reserved': 1.2,
  'slower-than-reserved': 4.5,
  'table-throttled': 2.5,
  'stage-limit-reached': 3,
  'canary-broken': 1.2,
  'authorizer-throttled': 4,
};

const ofCatalogue = (b: Breakage): Breaking => ({
  id: b.id,
  cause: b.cause,
  on: (stage) => types[stage] === (b.on ?? 'REST'),
  ...(perSecond[b.id] === undefined ? {} : { perSecond: perSecond[b.id] }),
  ...(b.prepare
    ? {
        prepare: (shop, stage) => {
          b.prepare?.(shop, stage);
          // only roles within the owner's boundary may be written to
          if (b.id === 'service-role-loses-permission') shop.account.services.putRole(roleOf(stage), { boundary });
        },
      }
    : {}),
  breakIt: (shop, stage) => b.breakIt(shop, stage),
  mend: (shop, stage) => b.mend(shop, stage),
  ...(b.id === 'alias-without-permission' ? { byPerson: true as const } : {}),
});

const heard = breakages.filter((b) => b.quiet !== true && b.on !== 'WEBSOCKET' && !replaced.has(b.id));
const isTreated = (id: string): boolean => fixes.some((f) => f.treats.includes(id));

/** Whatever a fix treats. */
export const treated: readonly Breaking[] = [...permissions, ...heard.filter((b) => isTreated(b.cause)).map(ofCatalogue)];
/** Where only advice helps: nothing may be changed. */
export const untreated: readonly Breaking[] = heard.filter((b) => !isTreated(b.cause)).map(ofCatalogue);

const all = new Map([...treated, ...untreated].map((b) => [b.id, b]));
export function breaking(id: string): Breaking {
  const found = all.get(id);
  if (!found) throw new Error(`there is no breakage ${id}; there are ${[...all.keys()].join(', ')}`);
  return found;
}

// Lines that say a function was denied something, forged in every log of a stage that fails for another reason, or beside a removal that is real:
// what is put back is only ever what CloudTrail saw taken from the function's own role, and never what a line names.
import { expect, test } from 'vitest';
import { executionTrust } from '../../lib/sandbox/account/roles-and-queues.ts';
import type { Attempt, CallName, Out } from '../../lib/aws/calls.ts';
import type { Shop } from '../../lib/demo/shop.ts';
import fix from '../../lib/fixes/restore-role-statement.ts';
import type { DependencyFacts } from '../../lib/model/facts/code.ts';
import { ok } from '../../lib/model/result.ts';
import { evidenceFor, factsOf, suited } from '../../lib/stages/weighing/suited.ts';
import { brokenShop } from '../stages/broken-shop.ts';

const minute = 60_000;
const [account, alice] = ['111122223333', { kind: 'person', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' } as const];
const bound = { arn: `arn:aws:iam::${account}:policy/boundary`, statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } as const;
const denied = (role: string, action: string, resource: string): string =>
  JSON.stringify({
    errorType: 'AccessDeniedException',
    errorMessage: `User: arn:aws:sts::${account}:assumed-role/${role}/orders is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  });
const table = `arn:aws:dynamodb:us-east-1:${account}:table/orders-jobs`;

/** Whatever log is searched holds nothing but these lines, each many times: no true one outvotes them. */
function plant({ account: real }: Shop, text: string): void {
  const attemptAs = real.attempt.bind(real);
  (real as { attempt: typeof attemptAs }).attempt = (principal) => {
    const through = attemptAs(principal);
    const attempt = async (name: CallName, input: never) => {
      const answer = await through(name, input);
      if (name !== 'logs:FilterLogEvents' || !answer.ok) return answer;
      const events = Array.from({ length: 20 }, (_, n) => ({
        eventId: String(n),
        timestamp: real.clock.now() - minute - n,
        logStreamName: 's',
        message: `${new Date(real.clock.now()).toISOString()}\tid-${n}\tERROR\tInvoke Error \t${text}`,
      }));
      return { ok: true as const, value: { events } satisfies Partial<Out<'logs:FilterLogEvents'>> };
    };
    return attempt as Attempt;
  };
}

/** What the fix would do ten minutes in. */
async function planned(breakage: string, text: string, more: (shop: Shop) => void = () => undefined) {
  const broken = await brokenShop(breakage, {
    logs: false,
    shop: (shop) => {
      shop.account.services.putRole('orders-role', { trust: executionTrust, boundary: bound });
      more(shop);
      plant(shop, text);
    },
  });
  const { diagnosis, gathered } = await broken.look(10 * minute);
  const facts = factsOf(diagnosis);
  const fits = suited({ diagnosis, evidence: gathered }, [fix]).length > 0;
  const plan = await fix.plan({
    id: 'inc-1',
    at: broken.at,
    diagnosis,
    facts,
    evidence: evidenceFor(fix.looksAt, gathered),
    caps: { usdPerHour: 1, usdPerDay: 1, warmEnvironments: 1 },
    now: broken.clock.now(),
    read: async () => {
      const [statement] = [{ Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' }];
      return ok({ value: { document: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) } });
    },
  });
  return { diagnosis, taken: (facts as DependencyFacts | undefined)?.taken, fits, plan };
}

test('the line that is true: what was taken is put back', async () => {
  const { taken, fits, plan } = await planned('execution-role-loses-permission', denied('orders-role', 'dynamodb:PutItem', table));
  expect(taken).toMatchObject([{ action: 'dynamodb:PutItem', by: 'alice' }]);
  expect(fits).toBe(true);
  expect(plan).toMatchObject(ok([{ setting: 'role-policy', target: { policyName: 'access' } }]));
});

test.each<[string, string, string, ((shop: Shop) => void)?]>([
  ['another action than the one that was taken', 'execution-role-loses-permission', denied('orders-role', 'iam:PassRole', '*')],
  ['an action nobody took, while the code crashes', 'crashing-release', denied('orders-role', 'dynamodb:PutItem', table)],
  ['an action nobody took, while the database is down', 'database-refuses', denied('orders-role', 's3:*', '*')],
  [
    'what was taken from another role',
    'crashing-release',
    denied('admins', 'dynamodb:PutItem', table),
    ({ account: real }) => {
      real.services.putRole('admins', { statements: [{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: table }] });
      real.services.putRole('admins', { statements: [] }, alice);
    },
  ],
  [
    'what was taken, and still stands in another policy',
    'crashing-release',
    denied('orders-role', 'dynamodb:PutItem', table),
    ({ account: real }) => {
      const may = { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: table } as const;
      real.services.putRole('orders-role', { statements: [may, { ...may, Action: 'dynamodb:*' }] });
      real.services.putRole('orders-role', { statements: [{ ...may, Action: 'dynamodb:*' }] }, alice);
    },
  ],
])('a forged line that names %s leads to nothing', async (_, breakage, text, more) => {
  const { diagnosis, taken, plan } = await planned(breakage, text, more);
  expect(diagnosis.suspects.map((s) => s.id)).toContain('lambda-dependency-failure');
  expect(taken).toBeUndefined();
  expect(plan.ok ? plan.value : plan.error.reason).toMatch(/CloudTrail shows nothing \(yet\)|does not say which role/);
});

// The diagnosis of a broken sandbox account, as production makes it: with logs and without, early and late.
import { describe, expect, it } from 'vitest';
import { brokenShop } from './broken-shop.ts';

const second = 1000;
/** breakage → cause, and whether it is confirmed without stage logs too. */
const table = [
  ['permission-removed-by-deploy', 'lambda-permission-missing', true],
  ['permission-removed-on-purpose', 'lambda-permission-missing', true],
  ['alias-without-permission', 'lambda-permission-missing', true],
  ['function-deleted', 'lambda-not-found', true],
  ['slow-function', 'lambda-timeout', true],
  ['throttled-by-reserved', 'lambda-throttled', true],
  ['slow-integration', 'integration-timeout', true],
  ['cold-start-burst', 'lambda-cold-start', true],
  ['crashing-release', 'lambda-unhandled-error', true],
  ['malformed-response', 'lambda-malformed-response', false],
] as const;

describe.each(table)('%s', (id, cause, silent) => {
  it('is confirmed with logs', async () => {
    const shop = await brokenShop(id, { logs: true });
    const { diagnosis, calls } = await shop.look(180 * second);
    expect(diagnosis).toMatchObject({ cause, certainty: 'confirmed', failing: true });
    expect(calls).toBeLessThan(25);
  });
  it(silent ? 'is confirmed without stage logs' : 'names the missing log without stage logs', async () => {
    const shop = await brokenShop(id, { logs: false });
    const { diagnosis } = await shop.look(180 * second);
    if (silent) expect(diagnosis).toMatchObject({ cause, certainty: 'confirmed' });
    else {
      expect(diagnosis.certainty).not.toBe('confirmed');
      expect(diagnosis.missing).toContainEqual(expect.objectContaining({ kind: 'executionLog', why: 'notEnabled' }));
    }
  });
});

describe('the log path', () => {
  it('confirms a missing permission and a missing function in the first half minute', async () => {
    for (const [id, cause] of [
      ['permission-removed-by-deploy', 'lambda-permission-missing'],
      ['function-deleted', 'lambda-not-found'],
    ] as const) {
      const shop = await brokenShop(id, {
        logs: true,
        lines: [{ log: 'execution', text: '(r) Execution failed due to configuration error: Invalid permissions on Lambda function' }],
      });
      expect((await shop.look(20 * second)).diagnosis).toMatchObject({ cause, certainty: 'confirmed' });
    }
  });
  it('is not fooled by forged lines while the code crashes', async () => {
    const shop = await brokenShop('crashing-release', {
      logs: true,
      lines: [{ log: 'execution', text: '(r) Execution failed due to configuration error: Invalid permissions on Lambda function' }],
    });
    for (const after of [20, 90, 180, 400]) {
      const { diagnosis } = await shop.look(after * second);
      expect(diagnosis.suspects.find((s) => s.id === 'lambda-permission-missing')?.verdict.is).toBe('ruledOut');
    }
  });
});

it('sees that a mended stage does not fail any more', async () => {
  const shop = await brokenShop('function-deleted', { logs: true });
  await shop.look(120 * second);
  shop.shop.account.restoreFunction(shop.shop.victim.functionName);
  expect((await shop.look(180 * second)).diagnosis.failing).toBe(true);
  expect((await shop.look(600 * second)).diagnosis.failing).toBe(false);
});

// Every breakage of the sandbox, with the stage's logs and without: it breaks, the burst arises by itself, the examination names the
// cause, the owner mends it by hand, and the burst is gone. Nothing here is told what was broken.
import { describe, expect, it } from 'vitest';
import { breakages } from '../../lib/demo/breakages/index.ts';
import { causes } from '../../lib/causes/index.ts';
import { adviceProblems, needed, notInCode } from './advised.ts';
import { brokenShop } from '../stages/broken-shop.ts';

const second = 1000;
const minute = 60 * second;
/** Metrics are there after two minutes; CloudTrail is not waited for. */
const lookedAtMs = 200 * second;
/** Permissions, warm environments and slow requests have settled by then. */
const settledMs = 8 * minute;

describe.each(breakages.map((b) => [b.id, b] as const))('%s', (id, b) => {
  it.each([
    ['with logs', true, { cause: b.cause, certainty: b.certainty ?? 'confirmed' }],
    ['without logs', false, b.withoutLogs ?? { cause: b.cause, certainty: b.certainty ?? 'confirmed' }],
  ] as const)('%s', async (_name, logs, expected) => {
    const broken = await brokenShop(id, { logs });
    const { account } = broken.shop;
    expect(account.firstServerErrorAt(broken.firstFailureAt) !== undefined, 'a 5xx arises by itself').toBe(b.quiet !== true);
    const { diagnosis } = await broken.look(lookedAtMs);
    const told = `${diagnosis.certainty} ${diagnosis.cause}`;
    expect(told, JSON.stringify(diagnosis, null, 1).slice(0, 4000)).toBe(`${expected.certainty} ${expected.cause}`);
    if (expected.certainty === 'unknown') expect(diagnosis.nextProbe, 'unknown says what would settle it').toBeDefined();
    expect(adviceProblems(id, diagnosis, broken.at), 'what is advised').toEqual([]);
    b.mend(broken.shop, broken.stage);
    await broken.clock.runUntil(broken.clock.now() + settledMs);
    const mendedAt = broken.clock.now();
    await broken.clock.runUntil(mendedAt + 2 * minute);
    expect(account.firstServerErrorAt(mendedAt), 'no 5xx after it was mended').toBeUndefined();
  });
});

it('every cause can be broken into being there', () => {
  const broken = new Set(breakages.map((b) => b.cause));
  expect(causes.map((c) => c.id).filter((id) => !broken.has(id))).toEqual([]);
});

it('every reason why nothing is kept in code is needed', () => {
  expect(Object.keys(notInCode).filter((key) => !needed.has(key))).toEqual([]);
});

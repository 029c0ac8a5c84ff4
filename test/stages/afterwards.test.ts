// What is only fetched once a cause is confirmed: who changed it, and what it was before. CloudTrail tells some minutes later.
import { expect, it } from 'vitest';
import type { VariableFacts } from '../../lib/model/facts/gateway.ts';
import { brokenShop } from './broken-shop.ts';

const minute = 60_000;
const factsAt = async (afterMs: number): Promise<VariableFacts['variables'][number] | undefined> => {
  const { diagnosis } = await (await brokenShop('stage-variable-removed', { logs: false })).look(afterMs);
  const verdict = diagnosis.suspects.find((s) => s.id === 'stage-variable-missing')?.verdict;
  return verdict?.is === 'confirmed' ? (verdict.facts as VariableFacts).variables[0] : undefined;
};

it('tells the value from before at once, and who removed it when CloudTrail does', async () => {
  const early = await factsAt(200_000);
  expect(early).toMatchObject({ name: 'alias', why: 'absent', before: 'live' });
  expect(early?.changed).toBeUndefined();
  expect(await factsAt(9 * minute)).toMatchObject({ before: 'live', changed: { by: 'alice', name: 'UpdateStage' } });
});
it('does not ask CloudTrail for a cause that is not confirmed', async () => {
  const { gathered } = await (await brokenShop('waf-failing', { logs: false })).look(200_000);
  expect(gathered.apiTrail).toBeUndefined();
});

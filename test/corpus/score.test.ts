// The recorded cases: the floors that the diagnosis must keep. No fix would run on a wrong diagnosis, nothing wrong is called
// confirmed, what can be told is told, and what cannot is left open.
import { expect, it } from 'vitest';
import { readCase } from '../../lib/aws/recorded.ts';
import { corpus, figures, ratio, score } from '../../scripts/score.ts';

const scored = score(corpus());

it('does no harm', async () => {
  expect((await scored).cases.filter((c) => c.harm)).toEqual([]);
});
it('calls nothing confirmed that is wrong', async () => {
  expect((await scored).cases.filter((c) => c.confirmedWrong)).toEqual([]);
});
it('tells what can be told', async () => {
  const s = await scored;
  console.log(figures(s));
  expect(s.top1.of).toBeGreaterThanOrEqual(100);
  expect(ratio(s.top1)).toBeGreaterThanOrEqual(0.97);
  expect(s.macroF1).toBeGreaterThanOrEqual(0.93);
});
it('leaves hard cases open, or answers them rightly', async () => {
  const { hard } = await scored;
  expect(hard.of).toBeGreaterThanOrEqual(40);
  expect(ratio(hard)).toBeGreaterThanOrEqual(0.9);
});
it.each(['', '{', '[]', '{"id":1}', '{"id":"x","logs":"no"}', '{"id":"x","answers":[{"call":5}]}'])('refuses a broken case: %s', (text) => {
  expect(readCase(text)).toMatchObject({ ok: false });
});
it.each(['{"id":"x"}', '{"id":"x","apiType":null,"integration":null,"response":null,"logs":null,"metrics":null,"answers":null}', '{"id":"x","answers":[{"call":"lambda:GetPolicy","error":"AccessDeniedException"}],"response":{"status":500}}'])('takes a case of few words: %s', (text) => {
  expect(readCase(text)).toMatchObject({ ok: true });
});

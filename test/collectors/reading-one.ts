// One collector with answers that a test writes down: its evidence, or the value of it.
import type { Collector } from '../../lib/collectors/collector.ts';
import type { Evidence } from '../../lib/model/evidence.ts';
import { api, fakeAws, haveApi, now, rest, route, window } from './fake-aws.ts';

export const read = (c: unknown, answers: Parameters<typeof fakeAws>[0], at = rest, have: object = haveApi(api([route('/a', 'a')]))) =>
  (c as Collector).read(fakeAws(answers).aws, { at, window, have: have as never, lines: [], now });
export const valueOf = async (evidence: Promise<Evidence<unknown>>): Promise<unknown> => {
  const e = await evidence;
  return e.state === 'got' ? e.value : e;
};

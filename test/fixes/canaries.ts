// A canary as its setting reads it, and a plan of one of the two fixes that treat it: what their tests share.
import type { Fix } from '../../lib/model/change.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import { ok } from '../../lib/model/result.ts';
import type { Canary } from '../../lib/settings/canary.ts';
import { api, http, now } from '../collectors/fake-aws.ts';
import { planInput } from './plan-input.ts';

export const fifth: Canary = { percent: 20, deploymentId: 'd2', variables: { alias: 'next' }, useStageCache: true };
const reads = (value: unknown) => ({ read: async () => ok({ value }) });
export const deployedApi = (deploymentId?: string) => ({
  evidence: { deployedApi: got(api([], deploymentId === undefined ? {} : { deploymentId }), { from: now, to: now }, 'aws') },
});
export const unread = { evidence: { deployedApi: missing('denied', 'GetExport denied') } };

type Planning = Pick<Fix<'deployedApi', never>, 'plan'>;
export const planned = (fix: Planning, over: object = {}) =>
  fix.plan(planInput({ facts: { percent: 20, deploymentId: 'd2' }, ...reads(fifth), ...deployedApi('d1'), ...over }));
export async function reason(fix: Planning, over: object): Promise<string> {
  const plan = await planned(fix, over);
  return plan.ok ? 'planned' : plan.error.reason;
}

/** What both step aside for. */
export const notIt = [
  ['another share', reads({ ...fifth, percent: 50 }), /takes 50 % now, not the 20 %/],
  ['another deployment', reads({ ...fifth, deploymentId: 'd3' }), /serves deployment d3 now, not d2/],
  ['no canary any more', reads('absent'), /no canary any more/],
  ['facts of another kind', { facts: {} }, /does not say which share/],
  ['another kind of API', { at: http }, /only a stage of a REST API/],
] as const;

// Takes a failing canary's share of the requests to nought: the stage's own deployment serves everybody, and the canary stays as it is, to be
// looked at or set right. Plainly better than removing it, which nobody could take back exactly.
import * as v from 'valibot';
import { fix } from '../model/change.ts';
import { err, ok } from '../model/result.ts';
import canaryTraffic from '../settings/canary-traffic.ts';

const factsSchema = v.object({ percent: v.pipe(v.number(), v.gtValue(0)) });

export default fix<'deployedApi', never>({
  id: 'shift-canary-to-zero',
  title: 'Take the canary’s share of the requests to 0',
  about: {
    changes:
      'Sets the percentage of the requests that the stage’s canary takes to 0. The canary, its deployment and its variables stay. It steps aside where the share is not the one that was seen to fail, and where nothing shows that the canary is what fails.',
    costs: 'nothing',
  },
  treats: ['canary-failing'],
  settings: [canaryTraffic.id],
  risk: 'callers who already rely on what only the canary serves lose it',
  consent: 'asked',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['deployedApi'],
  async plan({ at, facts, read }) {
    const seen = v.safeParse(factsSchema, facts);
    if (!seen.success) return err({ reason: 'the diagnosis does not say which share of the requests the canary takes' });
    if (at.apiType !== 'REST') return err({ reason: 'only a stage of a REST API has a canary' });
    const { accountId, region, apiType, apiId, stage } = at;
    const target = { accountId, region, apiType, apiId, stage };
    const now = await read(canaryTraffic.id, target);
    if (!now.ok) return now;
    const from = v.safeParse(canaryTraffic.value, now.value.value);
    if (!from.success) return err({ reason: 'the stage has no canary any more' });
    if (from.output.percent !== seen.output.percent)
      return err({ reason: `the canary takes ${from.output.percent} % now, not the ${seen.output.percent} % that were seen to fail` });
    return ok([{ setting: canaryTraffic.id, target, from: from.output, to: { percent: 0 } }]);
  },
});

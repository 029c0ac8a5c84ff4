// Raises the limit of a stage or route that turns its callers away: back to what it was where CloudTrail knows it, else with room above what is
// asked of it. A limit may be what protects a backend, so a person decides.
import * as v from 'valibot';
import { fix, type Change, type PlanInput, type Refusal } from '../model/change.ts';
import type { ApiTrail } from '../model/kinds/gateway.ts';
import { each, err, ok, type Result } from '../model/result.ts';
import stageThrottling, { type Throttling, type ThrottlingTarget } from '../settings/stage-throttling.ts';

type Kind = 'accountLimits' | 'apiTrail';
type Plan = PlanInput<Kind>;

const limit = v.object({ route: v.string(), rate: v.optional(v.number()), burst: v.optional(v.number()) });
const factsSchema = v.object({ limits: v.array(limit), of: v.string(), perSecond: v.optional(v.number()) });
type Limit = v.InferOutput<typeof limit>;

/** Twice what is asked, or twice what it was: a burst is uneven, and seconds stand above the average of their minute. */
const room = 2;

export default fix<Kind, never>({
  id: 'set-stage-throttling',
  title: 'Raise the limit that turns requests away',
  about: {
    changes:
      'Raises the rate and burst of the stage, or of the route, at which requests stand: to the values before, where CloudTrail recorded them and they were higher; else to twice the limit or twice the busiest minute’s requests, whichever is more, and for a limit of 0 to the account’s own. Never above the account’s limit. It steps aside where the account’s limit or a usage plan’s is the one that is reached.',
    costs: 'nothing by itself; what is let in is served and billed',
  },
  treats: ['gateway-throttled'],
  settings: [stageThrottling.id],
  risk: 'the limit may be what protects a backend: more requests reach it',
  consent: 'asked',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['accountLimits', 'apiTrail'],
  async plan(input) {
    const facts = v.safeParse(factsSchema, input.facts);
    if (!facts.success || facts.output.limits.length === 0) return err({ reason: 'the diagnosis does not say which limit is reached' });
    if (facts.output.of !== 'stage')
      return err({ reason: 'the limit is not the stage’s own: the account’s is raised under Service Quotas (L-8A5B8E43)' });
    return await each(facts.output.limits, (one) => changeFor(input, one, facts.output.perSecond ?? 0));
  },
});

async function changeFor(input: Plan, reached: Limit, perSecond: number): Promise<Result<Change, Refusal>> {
  const { accountId, region, apiType, apiId, stage } = input.at;
  const target: ThrottlingTarget = { accountId, region, apiType, apiId, stage, route: reached.route };
  const now = await input.read(stageThrottling.id, target);
  if (!now.ok) return now;
  const from = v.safeParse(stageThrottling.value, now.value.value);
  if (!from.success || from.output.rate !== reached.rate || from.output.burst !== reached.burst)
    return err({ reason: `the limit of ${nameOf(reached)} is not the one that was reached; somebody changed it` });
  const to = raised(input, reached, perSecond);
  return typeof to === 'string' ? err({ reason: to }) : ok({ setting: stageThrottling.id, target, from: from.output, to });
}

const nameOf = ({ route }: Limit): string => (route === '*' ? 'the stage' : route);

function raised({ at, evidence }: Plan, reached: Limit, perSecond: number): Throttling | string {
  if (evidence.accountLimits.state !== 'got') return `the account’s own limit could not be read: ${evidence.accountLimits.detail}`;
  const account = evidence.accountLimits.value;
  if (account.rate === undefined || account.burst === undefined) return 'the account’s own limit is not known';
  const trail = at.apiType === 'REST' && evidence.apiTrail.state === 'got' ? evidence.apiTrail.value : undefined;
  const to = {
    rate: Math.min(account.rate, wanted(reached.rate, perSecond, account.rate, trail && before(trail, reached, 'rateLimit'))),
    burst: Math.min(account.burst, wanted(reached.burst, perSecond, account.burst, trail && before(trail, reached, 'burstLimit'))),
  };
  const higher = to.rate > (reached.rate ?? Infinity) || to.burst > (reached.burst ?? Infinity);
  return higher ? to : `the limit of ${nameOf(reached)} is at the account’s own already`;
}

/** Whole numbers; a limit that is not set is the account's. */
function wanted(reached: number | undefined, perSecond: number, account: number, was: number | undefined): number {
  if (reached === undefined) return account;
  if (was !== undefined && was > reached && was >= perSecond) return was;
  return reached === 0 ? account : Math.ceil(room * Math.max(reached, perSecond));
}

/** What CloudTrail recorded before the limit that stands: the newest other value. */
function before({ changes }: ApiTrail, reached: Limit, name: 'rateLimit' | 'burstLimit'): number | undefined {
  const [method = '', path = ''] = reached.route.split(' ');
  const key = reached.route === '*' ? '*/*' : `${path.replaceAll('/', '~1')}/${method}`;
  const stands = name === 'rateLimit' ? reached.rate : reached.burst;
  const values = changes.flatMap(({ edits = [] }) =>
    edits.flatMap((e) => (e.path === `/${key}/throttling/${name}` && e.op === 'replace' && e.value !== undefined ? [Number(e.value)] : [])),
  );
  return values.find((one) => Number.isFinite(one) && one !== stands);
}

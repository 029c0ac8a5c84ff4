// Keeps environments of the alias the API calls warm for a lease, so that a burst does not wait for cold starts. It costs money
// and takes from the account's pool: within the owner's caps, and unasked only where the owner says so.
import * as v from 'valibot';
import { functionKey } from '../model/api.ts';
import { absent, fix, type Objection, type PlanInput, type UnaskedInput } from '../model/change.ts';
import { err, ok, type Result } from '../model/result.ts';
import provisionedConcurrency, { warmUsdPerHour, type WarmTarget } from '../settings/provisioned-concurrency.ts';

type Kind = 'functionConfig' | 'functionConcurrency';
type Plan = PlanInput<Kind>;
type Against = Objection<'brief' | 'not-understood'>;

const factsSchema = v.object({
  ref: v.object({ accountId: v.string(), region: v.string(), name: v.string(), qualifier: v.optional(v.string()) }),
  peakConcurrency: v.number(),
  timeoutMs: v.number(),
});
/** Lambda keeps 100 of the account's concurrency unreserved for everybody else (fixes.md §2: minimum of UnreservedConcurrentExecutions). */
const headroom = 100;
/** Never more than this share of a function's own reserved concurrency: the rest serves what is not warm yet (fixes.md §2). */
const reservedShare = 0.9;
const leaseMs = 2 * 3_600_000;
/** A burst shorter than this ends before warm environments are there (they take two to three minutes). */
const lastsMs = 3 * 60_000;

export default fix<Kind, Against['id']>({
  id: 'warm-concurrency',
  title: 'Keep environments of the function warm',
  about: {
    changes:
      'Keeps as many environments of the alias warm as ran at the recent peak, within the owner’s caps and with 100 of the account’s concurrency (or a tenth of the function’s own) left alone. It steps aside where there is provisioned concurrency already, where Application Auto Scaling steers the alias, and while an alias shifts traffic between versions. After two hours its use is looked at: in use, it is extended once, then a person is asked whether to keep it; without an answer it comes down.',
    unasked: 'the owner allowed it (`"unasked": true`), and the burst lasted three minutes or came back within the hour.',
    costs: `about $${warmUsdPerHour(1024, 1).toFixed(3)} an hour for one environment of 1 GB (us-east-1, x86), with the function’s invocations billed as ever; it is shown with the question, and capped by \`usdPerHour\`, \`usdPerDay\` and \`warmEnvironments\``,
  },
  treats: ['lambda-cold-start'],
  settings: [provisionedConcurrency.id],
  risk: 'it costs money while it stands, takes concurrency from the account’s pool, and opens the function’s connections at once',
  consent: 'allowed',
  judgeMs: 20 * 60_000,
  cooldownMs: 60 * 60_000,
  leaseMs,
  looksAt: ['functionConfig', 'functionConcurrency'],
  async plan(input) {
    const facts = v.safeParse(factsSchema, input.facts);
    if (!facts.success) return err({ reason: 'the diagnosis does not say which function starts cold' });
    const { ref, peakConcurrency } = facts.output;
    const target = targetOf(input, ref);
    if (!target.ok) return err({ reason: target.error });
    const number = numberOf(input, target.value, peakConcurrency);
    if (!number.ok) return err({ reason: number.error });
    const now = await input.read(provisionedConcurrency.id, target.value);
    if (!now.ok) return now;
    if (now.value.value !== absent)
      return err({
        reason: `${functionKey({ name: target.value.functionName, qualifier: target.value.qualifier })} has provisioned concurrency already; whoever set it (Application Auto Scaling too) decides about it`,
      });
    return ok([{ setting: provisionedConcurrency.id, target: target.value, from: absent, to: { environments: number.value } }]);
  },
  objections: {
    brief: 'the burst has lasted less than three minutes and did not come back: not worth money yet',
    'not-understood': 'the plan holds a change that is not provisioned concurrency',
  },
  unasked,
});

function targetOf({ at, evidence }: Plan, ref: v.InferOutput<typeof factsSchema>['ref']): Result<WarmTarget, string> {
  if (ref.qualifier === undefined || ref.qualifier === '$LATEST')
    return err(
      `the API calls ${ref.name} without an alias; only an alias or a published version can be kept warm, and only what the integration names helps`,
    );
  const key = { name: ref.name, qualifier: ref.qualifier };
  const name = functionKey(key);
  if (ref.accountId !== at.accountId || ref.region !== at.region)
    return err(`${name} belongs to account ${ref.accountId} in ${ref.region}, which is not this one`);
  if (evidence.functionConfig.state !== 'got')
    return err(`the configuration of ${name} could not be read: ${evidence.functionConfig.detail}`);
  const config = evidence.functionConfig.value.functions[name];
  if (!config?.exists || config.memoryMb === undefined) return err(`the memory of ${name} is not known, so its price is not either`);
  if (config.weighted)
    return err(
      `traffic of ${name} is being shifted between versions (a deploy is under way); Lambda refuses provisioned concurrency meanwhile`,
    );
  return ok({
    accountId: ref.accountId,
    region: ref.region,
    functionName: ref.name,
    qualifier: ref.qualifier,
    memoryMb: config.memoryMb,
    key,
  });
}

/** The recent peak, within what the owner, the function and the account allow. */
function numberOf({ evidence, caps }: Plan, target: WarmTarget, peak: number): Result<number, string> {
  const name = `${target.functionName}:${target.qualifier}`;
  if (evidence.functionConcurrency.state !== 'got')
    return err(`the concurrency of ${name} could not be read: ${evidence.functionConcurrency.detail}`);
  const { functions, account } = evidence.functionConcurrency.value;
  const reserved = functions[name]?.reserved ?? functions[target.functionName]?.reserved;
  if (reserved === undefined && account === undefined) return err('the account’s concurrency is not known, so its headroom is not either');
  const room = reserved === undefined ? (account?.unreserved ?? 0) - headroom : Math.floor(reserved * reservedShare);
  const each = warmUsdPerHour(target.memoryMb, 1);
  const number = Math.min(
    Math.max(1, Math.ceil(peak)),
    room,
    caps.warmEnvironments,
    Math.floor(caps.usdPerHour / each),
    Math.floor(caps.usdPerDay / (each * (leaseMs / 3_600_000))),
  );
  return number >= 1
    ? ok(number)
    : err(
        `no warm environment fits: room for ${Math.max(0, room)}, at most ${caps.warmEnvironments}, one costs $${each.toFixed(3)} an hour of $${caps.usdPerHour} (cap)`,
      );
}

function unasked(input: UnaskedInput<Kind>): readonly Against[] {
  const target = v.safeParse(provisionedConcurrency.target, input.changes[0]?.target);
  if (!target.success) return [{ id: 'not-understood', lowersTo: 'ask', says: 'a change of this plan is not provisioned concurrency' }];
  const lasts = input.lastFailureAt - input.firstFailureAt >= lastsMs || input.returned > 0;
  const brief: Against[] = lasts
    ? []
    : [
        {
          id: 'brief',
          lowersTo: 'wait',
          says: 'money is spent on a burst that comes back or lasts more than three minutes',
          untilAt: Math.max(input.firstFailureAt + lastsMs, input.now + 60_000),
        },
      ];
  return brief;
}

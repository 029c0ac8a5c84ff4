// Raises a function's reserved concurrency where it is what turns calls away, or takes it away where the account's pool has room and the
// reservation cannot be raised (fixes.md §3). Zero is somebody's switch and is never touched.
import * as v from 'valibot';
import type { FunctionRef } from '../model/api.ts';
import { absent, fix, type Change, type PlanInput, type Refusal } from '../model/change.ts';
import { each, err, ok, type Result } from '../model/result.ts';
import { failingMinutes } from '../model/series.ts';
import reservedConcurrency, { type ReservedTarget, type ReservedValue } from '../settings/reserved-concurrency.ts';
import { notHere, refOf, refSchema } from './steps/failing-functions.ts';

type Kind = 'functionConcurrency' | 'functionMetrics' | 'gatewayMetrics';
type Plan = PlanInput<Kind>;

/** Which limit turned calls away is read again: a function with a reservation is throttled by it, and by no other. */
const factsSchema = v.object({ functions: v.pipe(v.array(v.object({ ref: refSchema })), v.minLength(1)) });
/** Lambda keeps 100 of the account's concurrency unreserved for everybody else (fixes.md §3). */
const leftToOthers = 100;
/** Above what the burst would have used: it is estimated from what was turned away. */
const margin = 1.25;

export default fix<Kind, never>({
  id: 'set-reserved-concurrency',
  title: 'Raise or remove the function’s reserved concurrency',
  about: {
    changes:
      'Doubles the reserved concurrency, as often as it takes for what the burst asked for (the calls turned away count), and leaves 100 of the account unreserved. Where there is no room for that but the account’s own pool has it, the reservation is removed. A reservation of 0 is somebody’s switch and stays.',
    costs: 'nothing by itself; it is taken from what all other functions share, and whatever the function calls gets more calls at once',
  },
  treats: ['lambda-throttled'],
  settings: [reservedConcurrency.id],
  risk: 'other functions have less to share, and what this one calls (a database) gets more calls at once',
  consent: 'asked',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['functionConcurrency', 'functionMetrics', 'gatewayMetrics'],
  async plan(input) {
    const facts = v.safeParse(factsSchema, input.facts);
    if (!facts.success) return err({ reason: 'the diagnosis does not say which function is throttled' });
    // two aliases of one function share one reservation
    const byName = new Map(facts.output.functions.map((one) => [one.ref.name, refOf(one.ref)]));
    return await each(byName.values(), (ref) => planOne(input, ref));
  },
});

async function planOne(input: Plan, ref: FunctionRef): Promise<Result<Change, Refusal>> {
  const reason = notHere(ref, input.at);
  if (reason !== undefined) return err({ reason });
  const target: ReservedTarget = { accountId: ref.accountId, region: ref.region, functionName: ref.name };
  const now = await input.read(reservedConcurrency.id, target);
  if (!now.ok) return now;
  if (now.value.value === absent)
    return err({
      reason: `${ref.name} has no reserved concurrency: the account’s own limit turned it away, which a quota increase raises`,
    });
  const from = v.safeParse(reservedConcurrency.value, now.value.value);
  if (!from.success) return err({ reason: `the reserved concurrency of ${ref.name} is not understood` });
  if (from.output.reserved === 0)
    return err({ reason: `${ref.name} has a reserved concurrency of 0: somebody switched it off, and a person lifts it` });
  const to = goal(input, ref, from.output.reserved);
  return to.ok ? ok({ setting: reservedConcurrency.id, target, from: from.output, to: to.value }) : err({ reason: to.error });
}

function goal({ evidence }: Plan, ref: FunctionRef, reserved: number): Result<ReservedValue | typeof absent, string> {
  const { functionConcurrency } = evidence;
  if (functionConcurrency.state !== 'got') return err(`the account’s concurrency could not be read: ${functionConcurrency.detail}`);
  const { account } = functionConcurrency.value;
  if (!account) return err('the account’s concurrency is not known, so its room is not either');
  const wanted = demand(evidence, ref, reserved);
  if (wanted === undefined) return err(`how many calls of ${ref.name} were turned away is not seen yet`);
  const doubled = reserved * 2 ** Math.max(1, Math.ceil(Math.log2((wanted * margin) / reserved)));
  const most = reserved + Math.max(0, account.unreserved - leftToOthers);
  if (most >= wanted && most > reserved) return ok({ reserved: Math.min(doubled, most) });
  if (account.unreserved + reserved >= wanted * margin) return ok(absent);
  return err(
    `${ref.name} would need about ${wanted} at once; it has ${reserved}, and the account has ${account.unreserved} left, of which ${leftToOthers} stay free: ask AWS for a higher quota`,
  );
}

/** What the worst minute asked for: while all are at work, calls turned away are to calls served what is lacking is to what is there. */
function demand({ functionMetrics, gatewayMetrics }: Plan['evidence'], { name }: FunctionRef, reserved: number): number | undefined {
  if (functionMetrics.state !== 'got' || gatewayMetrics.state !== 'got') return undefined;
  const all = Object.entries(functionMetrics.value.functions).filter(([key]) => key === name || key.startsWith(`${name}:`));
  const shares = failingMinutes(gatewayMetrics.value).flatMap((at) => {
    const sumAt = (pick: 'invocations' | 'throttles'): number =>
      all.reduce((total, [, m]) => total + (m[pick].values[m[pick].at.indexOf(at)] ?? 0), 0);
    const [ran, turnedAway] = [sumAt('invocations'), sumAt('throttles')];
    return ran > 0 && turnedAway > 0 ? [(ran + turnedAway) / ran] : [];
  });
  return shares.length === 0 ? undefined : Math.ceil(reserved * Math.max(...shares));
}

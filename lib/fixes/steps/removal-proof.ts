// The proof that a deploy, and nobody on purpose, took a permission away: what stands against putting it back unasked.
import { functionKey, type FunctionRef } from '../../model/api.ts';
import type { Objection, UnaskedInput } from '../../model/change.ts';
import { covers, deployRunning, grantsNotRemoved, removalsOf, wentOnAfter, type Removal } from '../../model/removal.ts';

type Ask = UnaskedInput<'stackEvents' | 'changeTrail' | 'gatewayMetrics'>;
type Against = Objection<'person-removed' | 'no-proof'>;

/** How long before the first failure a removal may lie and still be its reason; after it, for clocks that differ; and before it, where nobody can see whether requests went on. */
const before = { removalMs: 60 * 60_000, clocksMs: 5 * 60_000, unseenMs: 5 * 60_000 };
export const lookAgainMs = 20_000;

/** What of the proof is lacking for one statement. */
export function objectionsTo(input: Ask, ref: FunctionRef, sourceArn: string): readonly Against[] {
  const name = functionKey(ref);
  const recent = removalsOf({ ref, ...input.evidence, deployPrincipals: input.deployPrincipals }).filter(
    (r) => r.at >= input.firstFailureAt - before.removalMs,
  );
  const person = recent.find((r) => r.by.kind === 'person');
  if (person?.by.kind === 'person')
    return [
      {
        id: 'person-removed',
        lowersTo: 'ask',
        says: `${person.by.who} removed statement ${person.statementId} of ${name}: it may be on purpose`,
      },
    ];
  // until the deploy has ended its own record is not whole, and nobody is asked about it: the guard waits for its end
  if (deployRunning(ref, input.evidence.stackEvents) !== undefined) return [];
  const proven = recent.filter((r) => proves(r, sourceArn, input.firstFailureAt));
  if (proven.length === 0) return [{ id: 'no-proof', lowersTo: 'ask', says: noProof(input, name) }];
  const doubt = doubtOf(input, ref, sourceArn, proven);
  return doubt === undefined ? [] : [{ id: 'no-proof', lowersTo: 'ask', says: doubt }];
}

/** A deploy took away an equal or broader grant, around the first failure. */
const proves = (r: Removal, sourceArn: string, firstFailureAt: number): boolean =>
  r.by.kind === 'deploy' && r.grant !== undefined && covers(r.grant, sourceArn) && r.at <= firstFailureAt + before.clocksMs;

/** Why the deploy's removal may not be what made this gap: then a hand CloudTrail has not told of yet may have. */
function doubtOf({ evidence, firstFailureAt, deployPrincipals }: Ask, ref: FunctionRef, sourceArn: string, proven: readonly Removal[]) {
  const name = functionKey(ref);
  if (grantsNotRemoved({ ref, ...evidence, deployPrincipals }).some((g) => covers(g, sourceArn)))
    return `a deploy removed a permission of ${name}, but another one was there, and nobody is known to have removed that`;
  const wentOn = proven.map((r) => wentOnAfter(evidence.gatewayMetrics, r.at, firstFailureAt) ?? r.at < firstFailureAt - before.unseenMs);
  return wentOn.every((one) => one)
    ? `requests of ${name} are not known to have failed from the deploy on: something else took the permission away`
    : undefined;
}

function noProof({ evidence }: Ask, name: string): string {
  const why = [
    evidence.stackEvents.state === 'missing' ? `stack events: ${evidence.stackEvents.detail}` : '',
    evidence.changeTrail.state === 'missing' ? `CloudTrail: ${evidence.changeTrail.detail}` : '',
  ]
    .filter(Boolean)
    .join('; ');
  return `nothing proves that a deploy removed this permission of ${name}${why ? ` (${why})` : ''}`;
}

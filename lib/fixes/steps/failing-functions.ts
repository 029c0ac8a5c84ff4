// Which functions a cause says are failing, whatever else its facts hold: the causes of failing code name them in one of two shapes.
import * as v from 'valibot';
import { functionKey, type FunctionRef, type StageRef } from '../../model/api.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { StackEvents } from '../../model/kinds/change.ts';
import type { CodeDeployments, Shifting } from '../../model/kinds/release.ts';
import { deployRunning } from '../../model/removal.ts';
import { err, ok, type Result } from '../../model/result.ts';

const ref = v.object({ accountId: v.string(), region: v.string(), name: v.string(), qualifier: v.optional(v.string()) });
const schema = v.object({ functions: v.pipe(v.array(v.union([ref, v.object({ ref })])), v.minLength(1)) });

/** exactOptionalPropertyTypes: an absent qualifier stays absent. */
export const refOf = ({ qualifier, ...rest }: v.InferOutput<typeof ref>): FunctionRef => ({
  ...rest,
  ...(qualifier === undefined ? {} : { qualifier }),
});
export { ref as refSchema };

/** The functions of a confirmed cause, all of this account and Region. */
export function failingFunctions(facts: unknown, at: StageRef): Result<readonly FunctionRef[], string> {
  const read = v.safeParse(schema, facts);
  if (!read.success) return err('the diagnosis does not say which function fails');
  const refs = read.output.functions.map((one) => refOf('ref' in one ? one.ref : one));
  const other = refs.find((one) => notHere(one, at) !== undefined);
  return other ? err(notHere(other, at) ?? '') : ok(refs);
}

/** Why a function is not ours to change. */
export const notHere = (one: FunctionRef, at: StageRef): string | undefined =>
  one.accountId === at.accountId && one.region === at.region
    ? undefined
    : `${functionKey(one)} belongs to account ${one.accountId} in ${one.region}, which is not this one`;

export const isAlias = (qualifier: string | undefined): qualifier is string =>
  qualifier !== undefined && qualifier !== '$LATEST' && !/^\d{1,20}$/.test(qualifier);

/** The deployment of CodeDeploy that shifts this alias now. */
export const shiftingOf = (running: CodeDeployments['running'], one: FunctionRef): Shifting | undefined =>
  running.find((d) => d.functionName === one.name && d.alias === one.qualifier);

/** Whose deploy moves the function at this moment, and would overwrite what is changed: a reason to leave it alone. */
export function deployedNow(
  one: FunctionRef,
  { stackEvents, codeDeployments }: { readonly stackEvents: Evidence<StackEvents>; readonly codeDeployments: Evidence<CodeDeployments> },
): string | undefined {
  const stack = deployRunning(one, stackEvents);
  if (stack !== undefined) return `stack ${stack} is being updated and may change ${functionKey(one)} itself`;
  if (codeDeployments.state !== 'got') return `whether CodeDeploy shifts ${functionKey(one)} could not be read: ${codeDeployments.detail}`;
  const shifting = shiftingOf(codeDeployments.value.running, one);
  return shifting === undefined
    ? undefined
    : `deployment ${shifting.id} of CodeDeploy shifts ${functionKey(one)} from version ${shifting.from} to ${shifting.to}; it would be overrun, or fail`;
}

// Who may call each function behind the stage: its resource policy under exactly the qualifier the deployment names, since a
// statement on the plain function does not cover an alias, nor the reverse (fixes.md §1).
import type { Answer, Aws } from '../aws/calls.ts';
import type { FunctionRef, StageRef } from '../model/api.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import type { FunctionPolicy } from '../model/kinds/function.ts';
import { parsePolicy, unlatest } from '../model/policy.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector, notHad } from './collector.ts';
import { askEach, functionName, outOfReach, partly, qualified } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    functionPolicy: FunctionPolicy;
  }
}

type Policy = FunctionPolicy['policies'][string];

export default collector({
  kind: 'functionPolicy',
  title: 'Resource policies of the functions',
  trust: 'aws',
  calls: ['lambda:GetPolicy'],
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: 10,
  async read(aws, { at, have, lines, now }) {
    const asked = await askEach(have.deployedApi, lines, ({ ref }) => readPolicy(aws, ref, at));
    return asked.ok ? got({ policies: asked.value.had, ...partly(asked.value.notHad) }, { from: now, to: now }, 'aws') : asked.error;
  },
});

/** The policy of exactly the qualifier a reference names. */
export const readPolicy = async (aws: Aws<'lambda:GetPolicy'>, ref: FunctionRef, at: StageRef): Promise<Result<Policy, Missing>> =>
  outOfReach(ref, at)
    ? err(missing('gone', `the function is in ${ref.region}, the API in ${at.region}`))
    : policyOf(await aws.call('lambda:GetPolicy', { FunctionName: functionName(ref, at), ...qualified(unlatest(ref)) }));

/** ResourceNotFound is Lambda's way to say "no policy" (or no function: functionConfig tells which). */
function policyOf(answer: Answer<'lambda:GetPolicy'>): Result<Policy, Missing> {
  if (!answer.ok) return answer.error.kind === 'gone' ? ok('absent') : err(notHad(answer.error));
  const { Policy: text, RevisionId: revision } = answer.value;
  const statements = text === undefined ? undefined : parsePolicy(text);
  if (text === undefined || !statements) return err(missing('empty', 'lambda:GetPolicy answered no policy document we can read'));
  return ok({ statements, ...(revision === undefined ? {} : { revision }), sizeBytes: new TextEncoder().encode(text).length });
}

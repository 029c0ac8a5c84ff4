// What the settings of a stage share: where it is, the lock, the ARN IAM compares, and how the command line and a patch name it.
import * as v from 'valibot';
import type { Aws, CallError } from '../../aws/calls.ts';
import { shell, stageArgs } from '../../model/advice.ts';
import { apiTypes } from '../../model/api.ts';
import { ok, type Result } from '../../model/result.ts';

export const place = {
  accountId: v.string(),
  region: v.string(),
  apiType: v.picklist(apiTypes),
  apiId: v.string(),
  stage: v.string(),
};
const whole = v.object(place);
export type Place = v.InferOutput<typeof whole>;

/** One lock an API: a deployment takes along what another change of it has edited. */
export const lockKey = (t: Place): string => `api:${t.accountId}:${t.region}:${t.apiId}`;

/** IAM's path has no account and no /v2 (fixes.md, preamble and §8). */
export const apiArn = (t: Place): string => `arn:aws:apigateway:${t.region}::/${t.apiType === 'REST' ? 'restapis' : 'apis'}/${t.apiId}`;
export const stageArn = (t: Place): string => `${apiArn(t)}/stages/${t.stage}`;

export const restOf = (t: Place) => ({ restApiId: t.apiId, stageName: t.stage });
export const v2Of = (t: Place) => ({ ApiId: t.apiId, StageName: t.stage });

export type Patch = { readonly op: 'replace' | 'remove'; readonly path: string; readonly value?: string };

/** Writes a REST stage; all operations of one call are taken, or none. */
export async function patchStage(
  aws: Aws<'apigateway:UpdateStage'>,
  t: Place,
  patchOperations: readonly Patch[],
): Promise<Result<void, CallError>> {
  const answer = await aws.call('apigateway:UpdateStage', { ...restOf(t), patchOperations: [...patchOperations] });
  return answer.ok ? ok(undefined) : answer;
}

/** A value in the command line's shorthand, where a comma or an equals sign would end it. */
const shorthand = (text: string): string => (/^[^,=\s"'\\]*$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
/** The same by hand. */
export const patchByHand = (t: Place, patches: readonly Patch[]): string =>
  `aws apigateway update-stage ${stageArgs(t)} --patch-operations ${patches
    .map((p) => shell(`op=${p.op},path=${p.path}${p.value === undefined ? '' : `,value=${shorthand(p.value)}`}`))
    .join(' ')}`;

/** API Gateway offers no revision: the same window for every setting of it. */
export const race =
  'between our read and our write (well under a second): API Gateway offers no revision; the value is read back after the write, and a third value is told, never written over.';

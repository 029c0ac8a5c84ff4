// The canary that was seen to fail, as it stands now: what both fixes of a canary start from, and step aside from where it is another one.
import * as v from 'valibot';
import type { StageRef } from '../../model/api.ts';
import type { ReadSetting, Refusal } from '../../model/change.ts';
import { err, ok, type Result } from '../../model/result.ts';
import canary, { type Canary, type CanaryTarget } from '../../settings/canary.ts';

const factsSchema = v.object({ percent: v.pipe(v.number(), v.gtValue(0)), deploymentId: v.optional(v.string()) });

interface Seen {
  readonly at: StageRef;
  readonly facts: unknown;
  readonly read: ReadSetting;
}
interface Failing {
  readonly target: CanaryTarget;
  readonly now: Canary;
}

export async function failingCanary({ at, facts, read }: Seen): Promise<Result<Failing, Refusal>> {
  const seen = v.safeParse(factsSchema, facts);
  if (!seen.success) return err({ reason: 'the diagnosis does not say which share of the requests the canary takes' });
  if (at.apiType !== 'REST') return err({ reason: 'only a stage of a REST API has a canary' });
  const { accountId, region, apiType, apiId, stage } = at;
  const target: CanaryTarget = { accountId, region, apiType, apiId, stage };
  const there = await read(canary.id, target);
  if (!there.ok) return there;
  const now = v.safeParse(canary.value, there.value.value);
  if (!now.success) return err({ reason: 'the stage has no canary any more' });
  const { percent, deploymentId } = seen.output;
  if (now.output.percent !== percent)
    return err({ reason: `the canary takes ${now.output.percent} % now, not the ${percent} % that were seen to fail` });
  if (deploymentId !== undefined && now.output.deploymentId !== deploymentId)
    return err({ reason: `the canary serves deployment ${now.output.deploymentId} now, not ${deploymentId}, which was seen to fail` });
  return ok({ target, now: now.output });
}

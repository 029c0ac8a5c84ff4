// Pins a function's version to the runtime version it ran on before AWS updated it, where the failures began with the update and nothing
// was released. AWS goes on updating once it is let go again; a pinned runtime gets no security fixes, so it is asked, and told.
import * as v from 'valibot';
import { functionKey, type FunctionRef } from '../model/api.ts';
import { absent, fix, type Change, type PlanInput, type Refusal } from '../model/change.ts';
import type { RuntimeSeen } from '../model/kinds/release.ts';
import { each, err, ok, type Result } from '../model/result.ts';
import { beganWith } from '../model/release.ts';
import { minuteMs } from '../model/series.ts';
import runtimeVersion, { type RuntimeTarget } from '../settings/runtime-version.ts';
import { deployedNow, failingFunctions } from './steps/failing-functions.ts';

type Kind = 'functionConfig' | 'aliasVersions' | 'runtimeLog' | 'gatewayMetrics' | 'stackEvents' | 'codeDeployments';
type Plan = PlanInput<Kind>;

/** A release this shortly before the new runtime was seen may be what brought the failures; one before that was seen to serve well. */
const releaseMs = 2 * minuteMs;

export default fix<Kind, never>({
  id: 'pin-runtime-version',
  title: 'Pin the runtime version of before',
  about: {
    changes:
      'Sets the runtime management of the version that the API calls to manual, with the runtime version its environments started on until the failures began. Only where the configuration shows another one now, INIT_START lines show exactly one before it, the stage failed within half an hour of the first start on the new one and not before, nothing was released meanwhile, and AWS updates the runtime by itself.',
    costs: 'nothing; a pinned runtime gets no security fixes until it is let go',
  },
  treats: ['lambda-unhandled-error', 'lambda-init-failure', 'lambda-malformed-response', 'lambda-timeout', 'lambda-out-of-memory'],
  settings: [runtimeVersion.id],
  risk: 'the function runs without the runtime’s newest security fixes until it is let go; all its warm environments start anew',
  consent: 'asked',
  judgeMs: 15 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['functionConfig', 'aliasVersions', 'runtimeLog', 'gatewayMetrics', 'stackEvents', 'codeDeployments'],
  async plan(input) {
    const functions = failingFunctions(input.facts, input.at);
    if (!functions.ok) return err({ reason: functions.error });
    return await each(functions.value, (one) => planOne(input, one));
  },
});

async function planOne(input: Plan, one: FunctionRef): Promise<Result<Change, Refusal>> {
  const deployed = deployedNow(one, input.evidence);
  if (deployed !== undefined) return err({ reason: deployed });
  const update = updateOf(input, one);
  if (!update.ok) return err({ reason: update.error });
  const { version, before } = update.value;
  const target: RuntimeTarget = { accountId: one.accountId, region: one.region, functionName: one.name, version };
  const now = await input.read(runtimeVersion.id, target);
  if (!now.ok) return now;
  const from = now.value.value === absent ? undefined : v.safeParse(runtimeVersion.value, now.value.value);
  if (!from?.success) return err({ reason: `${one.name}:${version} is gone` });
  if (from.output.updateOn !== 'Auto')
    return err({ reason: `AWS does not update the runtime of ${one.name}:${version} by itself: somebody else decides about it` });
  return ok({ setting: runtimeVersion.id, target, from: from.output, to: { updateOn: 'Manual', arn: before.arn } });
}

interface Update {
  /** `$LATEST`, or the number the alias points to. */
  readonly version: string;
  readonly before: RuntimeSeen;
}

function updateOf({ evidence }: Plan, one: FunctionRef): Result<Update, string> {
  const name = functionKey(one);
  const { functionConfig, runtimeLog, gatewayMetrics } = evidence;
  const config = functionConfig.state === 'got' ? functionConfig.value.functions[name] : undefined;
  if (config?.runtimeVersionArn === undefined) return err(`the runtime version of ${name} could not be read`);
  const seen = runtimeLog.state === 'got' ? runtimeLog.value.functions[name] : undefined;
  if (!seen) return err(`which runtime ${name} started on is not known${runtimeLog.state === 'got' ? '' : `: ${runtimeLog.detail}`}`);
  const current = seen.find((s) => s.arn === config.runtimeVersionArn);
  const [before, ...more] = seen.filter((s) => s.arn !== config.runtimeVersionArn);
  if (!current || !before) return err(`${name} is not seen to have started on another runtime version lately`);
  if (more.length > 0) return err(`${name} started on more than two runtime versions; which one to go back to is for a person to say`);
  if (before.firstAt >= current.firstAt) return err(`the other runtime version of ${name} did not come before the present one`);
  const released = releasedAt(evidence, one, config);
  if (released === undefined || released > current.firstAt - releaseMs)
    return err(
      `${name} was released ${released === undefined ? 'at a time that is not known' : 'about when its runtime changed'}: it may be the release`,
    );
  const began = beganWith(gatewayMetrics, current.firstAt, 'the new runtime version');
  if (!began.ok) return began;
  return ok({ version: config.aliasVersion ?? one.qualifier ?? '$LATEST', before });
}

/** When what the API calls was last another code: the alias' version by the first minute it served, else the function's own date. */
function releasedAt(
  { aliasVersions }: Plan['evidence'],
  one: FunctionRef,
  { lastModifiedAt, aliasVersion }: { readonly lastModifiedAt?: number; readonly aliasVersion?: string },
): number | undefined {
  if (aliasVersion === undefined) return lastModifiedAt;
  const fact = aliasVersions.state === 'got' ? aliasVersions.value.aliases[functionKey(one)] : undefined;
  const served = fact && Object.keys(fact.weights).length === 0 ? fact.served[aliasVersion]?.invocations.at[0] : undefined;
  return served === undefined || lastModifiedAt === undefined ? undefined : Math.max(served, lastModifiedAt);
}

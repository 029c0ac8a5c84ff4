// A stage whose gateway itself is at fault, as its tests write it, judged by the causes that are mistaken for each other.
import awsIncident from '../../lib/causes/aws-incident.ts';
import customDomain from '../../lib/causes/custom-domain.ts';
import gatewayThrottled from '../../lib/causes/gateway-throttled.ts';
import integrationMissing from '../../lib/causes/integration-missing.ts';
import permissionMissing from '../../lib/causes/lambda-permission-missing.ts';
import stageVariable from '../../lib/causes/stage-variable-missing.ts';
import wafError from '../../lib/causes/waf-error.ts';
import type { StageRef } from '../../lib/model/api.ts';
import type { Cause, Healed, Verdict } from '../../lib/model/cause.ts';
import { got, type Evidence, type EvidenceKind, type Gathered } from '../../lib/model/evidence.ts';
import type { DeployedApi, Route } from '../../lib/model/kinds/api.ts';
import type { ApiChange } from '../../lib/model/kinds/gateway.ts';
import { diagnose, seen } from '../../lib/stages/looking/diagnose.ts';
import { at, deployed, evidence, gateway, key, metrics, minute, now, span } from './evidence.ts';

const family = [
  awsIncident,
  customDomain,
  gatewayThrottled,
  integrationMissing,
  stageVariable,
  wafError,
  permissionMissing,
] as unknown as readonly Cause[];
export const ends = (more: Gathered): string => {
  const d = diagnose({ gathered: evidence(more), at, lines: [], now, causes: family, widened: true });
  return `${d.certainty} ${d.cause}`;
};
interface Judging<F> {
  readonly looksAt: readonly EvidenceKind[];
  confirm(e: never, at: StageRef): Verdict<F>;
}
export const verdict = <F>(c: Judging<F>, more: Gathered): Verdict<F> => c.confirm(seen(c, evidence(more)) as never, at);
export const factsOf = <F>(v: Verdict<F>): F | undefined => (v.is === 'ruledOut' ? undefined : v.facts);
export const healed = (c: unknown, more: Gathered, facts: unknown): Healed['is'] =>
  (c as Cause).healed(seen(c as Cause, evidence(more)), at, now - 9 * minute, facts).is;

export const api = (routes: readonly Route[], more: Partial<DeployedApi> = {}): Evidence<DeployedApi> => {
  const base = deployed(...routes);
  return base.state === 'got' ? { ...base, value: { ...base.value, ...more } } : base;
};
/** No request reaches a function any more. */
export const unreached = metrics({
  [key]: { invocations: [100, undefined], durationMaxMs: [80, undefined], concurrentMax: [2, undefined] },
});
export const changes = (...list: readonly ApiChange[]) => got({ changes: list }, span, 'aws');
export const works = { gatewayMetrics: gateway({ serverErrors: [0, 0] }) };

// Which version served before a release, and the proof that it was clean: numbers that Lambda counts by the version that ran, and the
// gateway's own. Pure; no caller can forge any of it. Every doubt is a refusal in words, for whoever is told why nothing is proposed.
import type { Evidence } from './evidence.ts';
import type { GatewayMetrics } from './kinds/api.ts';
import type { AliasFact, Served } from './kinds/release.ts';
import { err, ok, type Result } from './result.ts';
import { minuteMs, minuteOf, sum } from './series.ts';

/** The version to go back to, and since when another one serves. */
export interface Before {
  readonly version: string;
  readonly bad: string;
  readonly since: number;
  readonly because: string;
}

/** So many requests say something of a version; one in a hundred is the noise that any function has. */
const [servedAtLeast, noise] = [30, 0.01];
/** Above this share of a minute's requests it is a burst and no longer noise; a shift of traffic begins with few. */
const failing = 0.02;
/** A release is the reason of a burst that begins this soon after it. */
const soonMs = 30 * minuteMs;
/** A version that is being left may serve for as long as a shift of traffic takes. */
const overlapMs = 60 * minuteMs;

const clockOf = (at: number): string => `${new Date(at).toISOString().slice(11, 16)} UTC`;
const name = (alias: AliasFact): string => `${alias.ref.name}:${alias.ref.qualifier ?? ''}`;

/** A release that went wrong: the alias stands on it, or gives it a share. */
export function versionBefore(alias: AliasFact, gateway: Evidence<GatewayMetrics>): Result<Before, string> {
  if (gateway.state !== 'got')
    return err(`the stage’s metrics could not be read (${gateway.detail}), so when it began to fail is not known`);
  const extra = Object.keys(alias.weights)[0];
  const before = extra === undefined ? moved(alias) : shared(alias, extra);
  if (!before.ok) return before;
  const there = alias.versions[before.value.version];
  if (there?.exists !== true)
    return err(`version ${before.value.version} of ${alias.ref.name}, which served before, ${there ? 'is gone' : 'was not looked at'}`);
  const clean = cleanBefore(alias, before.value, gateway.value);
  return clean.ok ? ok({ ...before.value, because: clean.value }) : clean;
}

/** The same proof for a version that CodeDeploy is leaving: since its deployment began, another gets more and more of the traffic. */
export function shiftedFrom(alias: AliasFact, gateway: Evidence<GatewayMetrics>, told: Told): Result<Before, string> {
  if (gateway.state !== 'got')
    return err(`the stage’s metrics could not be read (${gateway.detail}), so when it began to fail is not known`);
  const clean = cleanBefore(alias, told, gateway.value);
  return clean.ok ? ok({ ...told, because: clean.value }) : clean;
}

type Told = Omit<Before, 'because'>;
const ran = (one: Served | undefined, from = -Infinity, to = Infinity): number => (one ? sum(one.invocations, from, to) : 0);
const minutesOf = (one: Served): readonly number[] => one.invocations.at.filter((_, i) => (one.invocations.values[i] ?? 0) > 0);

/** The alias gives a share to another version: that one is the release. Which of the two fails is for the numbers to say. */
function shared(alias: AliasFact, extra: string): Result<Told, string> {
  const [main, other] = [alias.served[alias.version], alias.served[extra]];
  const since = other ? minutesOf(other)[0] : undefined;
  if (!main || !other || since === undefined)
    return err(`${name(alias)} shares its traffic between version ${alias.version} and ${extra}, and what each served is not seen yet`);
  // whoever shifts traffic may be mending what the alias stands on: then there is nothing clean to go back to
  return sum(main.errors, since) > noise * ran(main, since)
    ? err(`version ${alias.version} of ${name(alias)} fails as well as version ${extra}, which gets a share of its traffic`)
    : ok({ version: alias.version, bad: extra, since });
}

/** Another version served until this one came: it is the version before. */
function moved(alias: AliasFact): Result<Told, string> {
  const since = alias.served[alias.version] === undefined ? undefined : minutesOf(alias.served[alias.version] ?? never)[0];
  if (since === undefined) return err(`what version ${alias.version} of ${name(alias)} served is not seen yet`);
  const others = Object.entries(alias.served)
    .filter(([version]) => version !== alias.version)
    .flatMap(([version, served]) => {
      const minutes = minutesOf(served);
      const [first, last] = [minutes[0], minutes.at(-1)];
      return first === undefined || last === undefined ? [] : [{ version, first, last }];
    })
    .filter(({ first, last }) => first < since && last >= since - overlapMs)
    .toSorted((a, b) => b.last - a.last);
  const [before] = others;
  return before
    ? ok({ version: before.version, bad: alias.version, since })
    : err(`no other version served ${name(alias)} within the hour before version ${alias.version}: nothing says which one to go back to`);
}
const never: Served = { invocations: { at: [], values: [] }, errors: { at: [], values: [] }, durationMaxMs: { at: [], values: [] } };

/** The words of the proof, or what is lacking of it. */
function cleanBefore(alias: AliasFact, { version, bad, since }: Told, gateway: GatewayMetrics): Result<string, string> {
  const served = alias.served[version];
  const invocations = ran(served, -Infinity, since);
  if (!served || invocations < servedAtLeast)
    return err(`version ${version} served ${invocations} requests before ${clockOf(since)}: too few to say that it was clean`);
  const errors = sum(served.errors, -Infinity, since);
  if (errors > noise * invocations)
    return err(`version ${version} had ${errors} errors in ${invocations} runs before ${clockOf(since)}: it was not clean`);
  const began = beganIn(gateway, since, `version ${bad}`);
  return began.ok ? ok(`it served clean until version ${bad} came at ${clockOf(since)}`) : began;
}

/** Whether the stage was well until then, and failed soon after; `what` is what came then, in words. */
export const beganWith = (gateway: Evidence<GatewayMetrics>, at: number, what: string): Result<void, string> =>
  gateway.state === 'got'
    ? beganIn(gateway.value, minuteOf(at), what)
    : err(`the stage’s metrics could not be read (${gateway.detail}), so when it began to fail is not known`);

function beganIn(gateway: GatewayMetrics, since: number, what: string): Result<void, string> {
  const [requests, failures] = [sum(gateway.count, -Infinity, since), sum(gateway.serverErrors, -Infinity, since)];
  if (requests < servedAtLeast) return err(`the stage had ${requests} requests before ${clockOf(since)}: too few to say that it was clean`);
  if (failures > noise * requests)
    return err(`${failures} of ${requests} requests failed before ${what} came at ${clockOf(since)}: it is not (only) that`);
  const began = firstFailing(gateway, since);
  if (began === undefined) return err(`the stage is not seen failing since ${what} came at ${clockOf(since)}`);
  return began > since + soonMs
    ? err(`${what} served well from ${clockOf(since)} until ${clockOf(began)}: it is not what broke it`)
    : ok(undefined);
}

/** The first minute from `since` on in which the stage fails. */
const firstFailing = (gateway: GatewayMetrics, since: number): number | undefined =>
  gateway.serverErrors.at.find(
    (at, i) => at >= since && (gateway.serverErrors.values[i] ?? 0) > failing * sum(gateway.count, at, at + gateway.periodMs),
  );

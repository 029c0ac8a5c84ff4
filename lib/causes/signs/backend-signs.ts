// What the causes of HTTP backends share: whether a burst is theirs to explain, and the positive signs that it is over.
import type { StageRef } from '../../model/api.ts';
import { burstOf, type Burst } from '../../model/burst.ts';
import { lacking, ref, type Clue, type Healed } from '../../model/cause.ts';
import { httpRoutesOf, noHttpBackend } from '../../model/backends.ts';
import type { Evidence, EvidenceRef } from '../../model/evidence.ts';
import type { DeployedApi, GatewayMetrics } from '../../model/kinds/api.ts';
import type { TestInvoke } from '../../model/kinds/backend.ts';
import type { FunctionMetrics } from '../../model/kinds/function.ts';
import type { LogLines } from '../../model/kinds/log.ts';
import { gatewaySince, successesNeeded } from './since.ts';

interface Numbers {
  readonly deployedApi: Evidence<DeployedApi>;
  readonly gatewayMetrics: Evidence<GatewayMetrics>;
  readonly functionMetrics: Evidence<FunctionMetrics>;
}

/** The burst, where there is one with failures that no function accounts for. */
export function openBurst(e: Numbers): Burst | undefined {
  const burst = seenBurst(e);
  return burst && burst.unexplained > 0 ? burst : undefined;
}
const seenBurst = (e: Numbers): Burst | undefined =>
  e.deployedApi.state === 'got' ? burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics) : undefined;

/**
 * Whether requests fail by what is wrong with an HTTP backend. What is wrong is a fact; that requests fail by it needs a sign: numbers of a
 * stage with nothing else behind it, or the gateway's own words in a log (`said`), which are there minutes before the numbers. No failure
 * left to explain clears it.
 */
export function failsByBackend(e: Numbers, said: boolean): { readonly explains?: number } | undefined {
  if (e.deployedApi.state === 'missing') return undefined;
  const burst = seenBurst(e);
  if (!burst) return said ? {} : undefined;
  return burst.unexplained > 0 && (said || onlyBackends(e.deployedApi.value)) ? { explains: burst.unexplained } : undefined;
}

/** In a mixed stage the numbers do not tell whose the failures are. */
const onlyBackends = (api: DeployedApi): boolean =>
  api.routes.every((r) => r.integration === undefined || r.integration.type === 'MOCK' || httpRoutesOf({ ...api, routes: [r] }).length > 0);

/** The first line of these logs that one of the clues matches. */
export function sayingOf(clues: readonly Clue[], logs: readonly Evidence<LogLines>[]): string | undefined {
  const lines = logs.flatMap((log) => (log.state === 'got' ? log.value.lines : []));
  const patterns = clues.flatMap((clue) => (clue.kind === 'line' && clue.hint !== true ? [clue] : []));
  return lines.find(({ log, text }) =>
    patterns.some(
      (p) =>
        p.in.includes(log) &&
        p.gates.some((gate) => text.includes(gate)) &&
        !(p.unless ?? []).some((other) => text.includes(other)) &&
        p.line.test(text),
    ),
  )?.text;
}

/**
 * What the gateway said of a test call, as lines of its log. No caller wrote them; but they are about the edited configuration, so they name
 * a cause and never prove one.
 */
export function testLines(test: Evidence<TestInvoke>): Evidence<LogLines> {
  if (test.state === 'missing') return test;
  const lines = Object.values(test.value.methods).flatMap((m) => m.lines.map((text) => ({ at: test.to, log: 'execution' as const, text })));
  return { ...test, value: { lines, cut: false } };
}

/** Quotes are kept in facts: a line's head names the failure. */
export const quoted = (text: string | undefined): { readonly quote?: string } => (text === undefined ? {} : { quote: text.slice(0, 300) });

/** The stage has HTTP integrations and answers 5xx: which of their causes it is, other evidence tells. */
export const httpBackend: Clue = {
  kind: 'shape',
  in: 'deployedApi',
  title: 'a deployed route leads to an HTTP backend',
  shape: (api) => {
    const [first] = httpRoutesOf(api);
    return first && `${first.method} ${first.path} leads to ${first.integration.uri ?? 'an HTTP backend'}`;
  },
  source: 'causes.md, backend-unreachable (Confirm)',
};

/** Why no HTTP backend can be at fault, where that is known. */
export const withoutBackend = (api: Evidence<DeployedApi>): EvidenceRef | undefined =>
  api.state === 'got' && noHttpBackend(api.value) ? ref('deployedApi', api, 'no deployed route leads to an HTTP backend') : undefined;

/** Two whole minutes with requests that all, or nearly all, went well. `still`: what says that it is not over. */
export function servedSince(metrics: Evidence<GatewayMetrics>, sinceAt: number, still: EvidenceRef | undefined): Healed {
  const since = gatewaySince(metrics, sinceAt);
  if (still) return { is: 'stillThere', by: [still] };
  const served = since ? since.requests - since.failures : 0;
  if (since && since.minutes >= 2 && served >= successesNeeded && since.failures <= failuresAllowed * since.requests)
    return {
      is: 'healed',
      by: [ref('gatewayMetrics', metrics, `${served} of ${since.requests} requests since were answered without a 5xx`)],
    };
  return { is: 'tooEarly', missing: [lacking('gatewayMetrics', metrics, 'too few good answers since')] };
}
/** A share of failures that is a stage's usual noise rather than a backend that is still away. */
const failuresAllowed = 0.05;

/** A stage's address in a shell command of either API type. */
export const exportCommand = (at: StageRef): string =>
  at.apiType === 'REST'
    ? `aws apigateway get-export --rest-api-id ${at.apiId} --stage-name ${at.stage} --export-type oas30 --parameters extensions=integrations --accepts application/json --region ${at.region} deployed.json`
    : `aws apigatewayv2 export-api --api-id ${at.apiId} --stage-name '${at.stage}' --specification OAS30 --output-type JSON --include-extensions --region ${at.region} deployed.json`;

// The function ran without an error, and the gateway could not read its answer. Metrics alone look the same when the code
// answers 5xx itself, so a log line has to name it; without one this is a suspicion that says so.
import { functionKey, type StageRef } from '../model/api.ts';
import { listed } from '../model/advice.ts';
import { burstOf, type Burst } from '../model/burst.ts';
import { cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, functionSays, gatewaySays } from './signs/clue-lines.ts';
import { functionsOf, type DeployedFunction } from '../model/deployed.ts';
import { kindOfError } from './signs/error-words.ts';
import type { EvidenceSet } from '../model/evidence.ts';
import type { MalformedFacts } from '../model/facts/lambda.ts';
import type { FunctionMetrics } from '../model/kinds/function.ts';
import type { LogLine } from '../model/signal.ts';
import { inBurst, sum } from '../model/series.ts';
import { eachOf, functionSince, gatewaySince, successesNeeded } from './signs/since.ts';

const looksAt = ['deployedApi', 'functionMetrics', 'gatewayMetrics', 'executionLog', 'accessLog'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;

const restText = 'Malformed Lambda proxy response';
const httpText = 'Lambda body contains the wrong type';
const formatText = 'response from the Lambda function doesn';

export default cause({
  id: 'lambda-malformed-response',
  title: 'The function answers in a form the gateway cannot read',
  about: {
    is: 'The function runs without an error, and the gateway cannot read its answer: 502 (REST) or 500 (HTTP).',
    told: 'The function ran without an error in the failing minutes while the gateway answered 5xx, and a line of the stage’s log names a malformed answer. The metrics alone look the same when the code answers 5xx itself.',
    withoutLogs: 'Suspected at most: turn on execution logging at level ERROR (REST) or access logging (HTTP) to have it confirmed.',
  },
  looksAt,
  clues: [
    gatewaySays([restText], `(?:Execution failed due to configuration error: )?${restText}`, 'messages.md §2'),
    accessSays([restText, httpText, formatText], `${restText}|${httpText}|${formatText}.t match the format`, 'messages.md §2, §6', [
      'Authorizer',
      'authorizer',
    ]),
    // An array where a header's text belongs, in a dump of the answer: neither REST nor payload format 2.0 takes it.
    functionSays(['set-cookie', 'Set-Cookie'], String.raw`[Ss]et-[Cc]ookie\\?["']: \[`, 'messages.md §9'),
    {
      kind: 'shape',
      in: 'functionMetrics',
      shape: noErrors,
      title: 'the functions were invoked and report no error',
      source: 'causes.md, lambda-malformed-response (Confirm)',
    },
  ],
  confirm,
  healed,
  advice,
});

/** 5xx bring us here; functions that run without errors or throttles are what is left when nothing else fits. */
function noErrors(metrics: FunctionMetrics): string | undefined {
  const all = Object.values(metrics.functions);
  const clean = all.some((f) => sum(f.invocations) > 0) && all.every((f) => sum(f.errors) === 0 && sum(f.throttles) === 0);
  return clean ? 'the functions were invoked and report no error' : undefined;
}

/**
 * In reports of 2017 and 2018 the gateway called Lambda's own refusal malformed too (messages.md §9): then the dump before it holds
 * Lambda's words, and no answer of the code.
 */
const notTheCode = ({ text }: LogLine): boolean =>
  text.includes('Process exited before completing request') || text.includes('InvocationLimitExceeded') || kindOfError(text) === 'state';

const dump = 'Endpoint response body before transformations:';
/** The error object of a crash, dumped where the answer should stand. Only where every dump is one: among others it may be another request's. */
function crashDumped(lines: readonly LogLine[]): LogLine | undefined {
  const dumps = lines.filter(({ text }) => text.includes(dump));
  return dumps.every(({ text }) => /^\s{0,4}\{\s{0,4}"errorMessage"/.test(text.slice(text.indexOf(dump) + dump.length)))
    ? dumps[0]
    : undefined;
}

function confirm(e: Seen): Verdict<MalformedFacts> {
  const lines = e.executionLog.state === 'got' ? e.executionLog.value.lines : [];
  const refusal = lines.find(notTheCode) ?? crashDumped(lines);
  if (refusal) return ruledOut(ref('executionLog', e.executionLog, `Lambda itself said: ${refusal.text.slice(0, 200)}`));
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  if (e.functionMetrics.state === 'missing') return unproven(lacking('functionMetrics', e.functionMetrics));
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  if (!burst) return unproven(lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet'));
  const proxies = functionsOf(e.deployedApi.value).filter((f) => f.routes.some((r) => r.integration.type === 'AWS_PROXY'));
  const ran = proxies.filter((f) => ranClean(f, e, burst));
  if (ran.length === 0 || burst.unexplained === 0)
    return ruledOut(
      ref(
        'functionMetrics',
        e.functionMetrics,
        'no proxy function ran without errors in the failing minutes, or its errors are all there is',
      ),
    );
  return named(ran, e, burst);
}

function ranClean(f: DeployedFunction, e: Seen, burst: Burst): boolean {
  const seen = e.functionMetrics.state === 'got' ? inBurst(e.functionMetrics.value.functions[f.key], burst.minutes) : undefined;
  return seen !== undefined && seen.invocations > 0 && seen.errors < seen.invocations;
}

/** Requests that never reached a function cannot have been answered in a wrong form. */
function named(ran: readonly DeployedFunction[], e: Seen, burst: Burst): Verdict<MalformedFacts> {
  const facts: MalformedFacts = { functions: ran.map((f) => f.ref) };
  const reached = burst.uninvoked === undefined ? undefined : burst.uninvoked < burst.unexplained / 2;
  const quote = quoteIn(e, burst.minutes[0] ?? 0);
  if (reached === false) return unproven(lacking('functionMetrics', e.functionMetrics, 'most failing requests reached no function'));
  if (!quote)
    return {
      is: 'unproven',
      missing: [lacking('executionLog', e.executionLog), lacking('accessLog', e.accessLog)],
      ...(reached ? { facts } : {}),
    };
  return confirmed(
    { ...facts, quote: quote.text },
    [
      ref('functionMetrics', e.functionMetrics, `${listed(ran.map((f) => f.key))} ran without an error while the gateway answered 5xx`),
      ref(quote.kind, e[quote.kind], quote.text),
    ],
    burst.unexplained,
  );
}

function quoteIn(e: Seen, from: number): { readonly kind: 'executionLog' | 'accessLog'; readonly text: string } | undefined {
  const found = (['executionLog', 'accessLog'] as const).flatMap((kind) => {
    const log = e[kind];
    return log.state === 'got'
      ? log.value.lines
          .filter(({ at, text }) => at >= from && [restText, httpText, formatText].some((t) => text.includes(t)))
          .map((line) => ({ kind, text: line.text.slice(0, 200), at: line.at }))
      : [];
  });
  return found.sort((a, b) => a.at - b.at).at(-1);
}

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: MalformedFacts): Healed {
  const gateway = gatewaySince(e.gatewayMetrics, sinceAt);
  const invoked = eachOf(
    facts.functions,
    (f) => (functionSince(e.functionMetrics, functionKey(f), sinceAt)?.invocations ?? 0) >= successesNeeded,
  );
  if (!gateway || gateway.minutes < 2 || !invoked)
    return { is: 'tooEarly', missing: [lacking('gatewayMetrics', e.gatewayMetrics, 'too few requests since')] };
  return gateway.failures === 0
    ? { is: 'healed', by: [ref('gatewayMetrics', e.gatewayMetrics, `${gateway.requests} requests since, none failed`)] }
    : { is: 'stillThere', by: [ref('gatewayMetrics', e.gatewayMetrics, `${gateway.failures} requests failed since`)] };
}

function advice(facts: MalformedFacts | undefined, at: StageRef): Advice {
  const shape =
    at.apiType === 'HTTP'
      ? 'an object with statusCode, headers and a text body (payload format 2.0 takes cookies apart from headers)'
      : 'an object with statusCode, headers and a text body, and no key besides (REST knows no "cookies")';
  return {
    summary: `${facts && facts.functions.length > 0 ? listed(facts.functions.map(functionKey)) : 'The function'} answers in a form the gateway cannot read.`,
    steps: [
      `Answer with ${shape}.`,
      'If it began with a release or a new framework version, point the alias back at the version before.',
      'Turn on execution logging (ERROR) to see which answer it was.',
    ],
    snippets: [
      {
        title: 'What a proxy integration takes',
        language: 'typescript',
        code: "return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };",
      },
    ],
  };
}

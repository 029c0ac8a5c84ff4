// What the causes of failing code share: metrics, which no caller can forge, say which functions fail and how often; a log, which
// proves nothing alone, says of what kind the errors are. Both together make a verdict.
import { listed, utcMinute } from '../../model/advice.ts';
import { functionKey, type FunctionRef } from '../../model/api.ts';
import { burstOf, type Burst } from '../../model/burst.ts';
import { lacking, ref, ruledOut, unproven, type Healed, type Verdict } from '../../model/cause.ts';
import { functionsOf, type DeployedFunction } from '../../model/deployed.ts';
import type { ErrorKind } from './error-vocabulary.ts';
import { kindOfError } from './error-words.ts';
import type { Evidence, EvidenceRef, EvidenceSet, MissingRef } from '../../model/evidence.ts';
import type { FunctionFact } from '../../model/kinds/function.ts';
import type { LogLines } from '../../model/kinds/log.ts';
import { asObject, asText, parseJson } from '../../model/json.ts';
import { inBurst } from '../../model/series.ts';
import { eachOf, functionSince, successesNeeded } from './since.ts';
import type { LogLine } from '../../model/signal.ts';

/** What such a cause looks at. */
export const codeLooksAt = [
  'deployedApi',
  'functionMetrics',
  'functionConfig',
  'gatewayMetrics',
  'functionLog',
  'executionLog',
  'accessLog',
] as const;
export type CodeSeen = EvidenceSet<(typeof codeLooksAt)[number]>;

/** Errors below a fifth of the failures do not make the burst. */
export const shareOfFailures = 0.2;
/** Duration reaches Timeout × 1000 when a function is stopped; causes.md allows 50 ms below. */
const slackMs = 50;

export interface FailingFunction {
  readonly key: string;
  readonly ref: FunctionRef;
  readonly deployed: DeployedFunction;
  readonly fact?: FunctionFact;
  readonly errors: number;
  readonly invocations: number;
  /** Its longest run stood at its own timeout. */
  readonly atLimit: boolean;
}

/** The functions with errors of their own in these minutes. */
export function failingFunctions(
  e: EvidenceSet<'deployedApi' | 'functionMetrics' | 'functionConfig'>,
  minutes: readonly number[],
): readonly FailingFunction[] {
  const metrics = e.functionMetrics.state === 'got' ? e.functionMetrics.value.functions : {};
  const config = e.functionConfig.state === 'got' ? e.functionConfig.value.functions : {};
  const functions = e.deployedApi.state === 'got' ? functionsOf(e.deployedApi.value) : [];
  return functions.flatMap((deployed) => {
    const seen = inBurst(metrics[deployed.key], minutes);
    const fact = config[deployed.key];
    if (!seen || seen.errors === 0) return [];
    const atLimit = (seen.durationMaxMs ?? 0) >= (fact?.timeoutSeconds ?? Infinity) * 1000 - slackMs;
    const { errors, invocations } = seen;
    return [{ key: deployed.key, ref: deployed.ref, deployed, errors, invocations, atLimit, ...(fact ? { fact } : {}) }];
  });
}

const errorLogs = ['functionLog', 'executionLog', 'accessLog'] as const;
type ErrorLog = (typeof errorLogs)[number];
export interface Told {
  readonly in: ErrorLog;
  readonly line: LogLine;
}

/** What code writes at leisure names no failure; it is also where callers' own text lands (a path, a header). Node's text format, and JSON. */
const atLeisure = /\t(?:INFO|DEBUG|TRACE)\t|"level"\s{0,2}:\s{0,2}"(?:INFO|DEBUG|TRACE|info|debug|trace)"/;

/** Lines of the logs from `from` on that may tell of a failure: an error from before this burst does not speak for it. */
export const linesSince = (e: EvidenceSet<ErrorLog>, from: number): readonly Told[] =>
  errorLogs
    .flatMap((kind) => {
      const log: Evidence<LogLines> = e[kind];
      return log.state === 'got'
        ? log.value.lines.filter((line) => line.at >= from && !atLeisure.test(line.text)).map((line) => ({ in: kind, line }))
        : [];
    })
    .sort((a, b) => a.line.at - b.line.at);

/** Why no log names the error. */
export const lackingLogs = (e: EvidenceSet<ErrorLog>): readonly MissingRef[] =>
  errorLogs.map((kind) => lacking(kind, e[kind], e[kind].state === 'got' ? 'no line says which error it was' : undefined));

export interface CodeFault {
  readonly is: 'found';
  readonly burst: Burst;
  readonly failing: readonly FailingFunction[];
  /** The newest line of this kind; undefined where no line names any. */
  readonly quote?: Told;
  /** Every line of the burst, oldest first. */
  readonly lines: readonly Told[];
  readonly by: readonly EvidenceRef[];
  readonly explains: number;
}

/**
 * Whether the functions behind the stage fail with errors of this kind. `also` finds lines that name it without its words. Any
 * other answer than *found* is the verdict already.
 */
export function codeFault(e: CodeSeen, kind: ErrorKind, also: (line: LogLine) => boolean = () => false): CodeFault | Verdict<never> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  if (e.functionMetrics.state === 'missing') return unproven(lacking('functionMetrics', e.functionMetrics));
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  if (!burst) return unproven(lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet'));
  const failing = failingFunctions(e, burst.minutes);
  const errors = failing.reduce((all, f) => all + f.errors, 0);
  if (errors === 0) return ruledOut(ref('functionMetrics', e.functionMetrics, 'no function had an error in the failing minutes'));
  if (errors < shareOfFailures * burst.failures)
    return unproven(lacking('functionMetrics', e.functionMetrics, `${errors} errors do not explain ${burst.failures} failures`));
  return named(e, { burst, failing, lines: linesSince(e, burst.minutes[0] ?? 0), explains: Math.min(errors, burst.failures) }, kind, also);
}

/** Most of the lines that name a kind of error must name this one: one stray line among many others does not speak for the burst. */
function named(
  e: CodeSeen,
  so: Pick<CodeFault, 'burst' | 'failing' | 'lines' | 'explains'>,
  kind: ErrorKind,
  also: (line: LogLine) => boolean,
): CodeFault | Verdict<never> {
  const told = so.lines.map((t) => ({ ...t, kind: also(t.line) ? kind : kindOfError(t.line.text) })).filter((t) => t.kind !== undefined);
  const own = told.filter((t) => t.kind === kind);
  // a REPORT says that it failed, the error object beside it says why
  const quote = own.findLast((t) => !isReport(t.line.text)) ?? own.at(-1);
  if (!quote) {
    const other = told.at(-1);
    return other ? unproven(otherKind(other)) : unproven(...lackingLogs(e));
  }
  if (own.length * 2 < told.length) return unproven(otherKind(told.findLast((t) => t.kind !== kind) ?? quote));
  const says = so.failing.map((f) => `${f.key} had ${f.errors} errors in the failing minutes`).join('; ');
  const by = [ref('functionMetrics', e.functionMetrics, says), ref(quote.in, e[quote.in], quote.line.text.slice(0, 200))];
  return { is: 'found', ...so, quote, by };
}
const isReport = (text: string): boolean => /^(?:INIT_)?REPORT\b|"platform\.\w{0,4}[rR]eport"/.test(text);

/** The error that a line holds, without time, id and stack; the line itself where it holds no error object. For people. */
export function errorIn(text: string): string {
  const json = text.includes('"error') ? parseJson(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) : undefined;
  const error = json?.ok ? asObject(json.value) : undefined;
  const [type, message] = [asText(error?.['errorType']), asText(error?.['errorMessage'])];
  if (message === undefined) return text.slice(0, 300);
  const first = message.split('\n', 1)[0] ?? '';
  return (type === undefined || first.startsWith(type) ? first : `${type}: ${first}`).slice(0, 300);
}

const otherKind = (told: Told): MissingRef => ({
  kind: told.in,
  why: 'empty',
  detail: `the log names another kind of error: ${told.line.text.slice(0, 200)}`,
});

/** A step that tells when the code was changed last, for whoever wonders whether a release did it. */
export const lastChange = (modifiedAt: number | undefined): readonly string[] =>
  modifiedAt === undefined ? [] : [`It was changed last at ${utcMinute(modifiedAt)}: was that just before the failures began?`];

/** Healed when each of the functions was invoked since, in two whole minutes, without an error. */
export function ranWell(e: EvidenceSet<'functionMetrics'>, refs: readonly FunctionRef[], sinceAt: number): Healed {
  const since = refs.map((one) => ({ key: functionKey(one), seen: functionSince(e.functionMetrics, functionKey(one), sinceAt) }));
  const still = since.filter((s) => (s.seen?.errors ?? 0) > 0);
  if (still.length > 0)
    return { is: 'stillThere', by: [ref('functionMetrics', e.functionMetrics, `${listed(still.map((s) => s.key))} still has errors`)] };
  const enough = eachOf(since, (s) => s.seen !== undefined && s.seen.minutes >= 2 && s.seen.invocations >= successesNeeded);
  return enough
    ? { is: 'healed', by: [ref('functionMetrics', e.functionMetrics, 'invoked since, without an error')] }
    : { is: 'tooEarly', missing: [lacking('functionMetrics', e.functionMetrics, 'too few invocations since')] };
}

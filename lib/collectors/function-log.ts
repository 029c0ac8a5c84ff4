// What the functions behind the stage wrote: errors, timeouts, slow inits. Their own group where the configuration names one.
import { functionKey, type FunctionRef } from '../model/api.ts';
import { functionsToLookAt } from '../model/deployed.ts';
import type { Evidence, Missing } from '../model/evidence.ts';
import type { FunctionConfig } from '../model/kinds/function.ts';
import type { LogLines } from '../model/kinds/log.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector } from './collector.ts';
import { ownLines, readLines, together } from './reading/log-lines.ts';
import { behindTheStage } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    functionLog: LogLines;
  }
}

/** Words of Lambda and its runtimes for trouble (messages.md §4), in text and JSON logs, and the REPORT of a first invocation. */
const terms = [
  'timed out',
  'timeout',
  'ERROR',
  'Error',
  'Exception',
  'Traceback',
  'Runtime.',
  'Status: ',
  'INIT_REPORT',
  'Init Duration',
  'platform.initReport',
  'initDurationMs',
  'errorType',
  'errorMessage',
  'Fatal',
  'FATAL',
  'fatal',
  'refused',
  'denied',
  'exhausted',
  'out of memory',
  'Launch error',
  'not found',
  'LAMBDA_RUNTIME',
  'Lambda was ',
];
/** A log read costs one of five a second in some Regions (evidence.md §4): the first functions only. */
const functionsRead = 5;
const pagesEach = 2;

export default collector({
  kind: 'functionLog',
  title: 'Logs of the functions',
  trust: 'forgeable',
  calls: ['logs:FilterLogEvents'],
  needs: ['deployedApi', 'functionConfig'],
  round: 'suspect',
  maxCalls: functionsRead * pagesEach,
  async read(aws, input) {
    const behind = behindTheStage(input.have.deployedApi, (api) => functionsToLookAt(api, input.lines).slice(0, functionsRead));
    if (!behind.ok) return together(ownLines(input, 'function'), err(behind.error), input.window);
    const groups = [...new Set(behind.value.map(({ ref }) => groupOf(ref, input.have.functionConfig)))];
    const reads = await Promise.all(
      groups.map((group) => readLines(aws, { group, log: 'function', terms, pages: pagesEach }, input.window)),
    );
    return together(ownLines(input, 'function'), merge(reads), input.window);
  },
});

const groupOf = (ref: FunctionRef, config: Evidence<FunctionConfig>): string =>
  (config.state === 'got' ? config.value.functions[functionKey(ref)]?.logGroup : undefined) ?? `/aws/lambda/${ref.name}`;

type Read = { readonly lines: LogLines['lines']; readonly cut: boolean };
function merge(reads: readonly Result<Read, Missing>[]): Result<Read, Missing> {
  const had = reads.flatMap((r) => (r.ok ? [r.value] : []));
  const failed = reads.find((r) => !r.ok);
  if (had.length === 0 && failed) return failed;
  return ok({ lines: had.flatMap((r) => r.lines), cut: had.some((r) => r.cut) || failed !== undefined });
}

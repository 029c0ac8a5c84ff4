// What a Lambda function's log says of one run, in Lambda's text format (AWS "Lambda function logs"; messages of Node.js).
import { endingText, reportStatus, usedMb } from './function-endings.ts';
import { type Base, uuidOf } from './base.ts';
import { runtimeArn } from './functions.ts';
import type { Run } from './invoke.ts';
import type { Line } from './logs.ts';

/** The Lambda request id of invocation `n`: the same whoever renders it. */
export const lambdaRequestId = (base: Base, n: number): string => uuidOf(base.seed, 'invocation', n);

const seconds = (n: number): string => n.toFixed(2);

/** `<ISO ts> <id> Task timed out after 3.00 seconds`: Lambda's own words, in log and payload. */
export const timedOutText = (base: Base, run: Pick<Run, 'n' | 'endAt'>, timeoutSeconds: number): string =>
  `${new Date(run.endAt).toISOString()} ${lambdaRequestId(base, run.n)} Task timed out after ${seconds(timeoutSeconds)} seconds`;

function report(run: Run, id: string): string {
  const billedMs = Math.ceil(run.handlerMs + (run.initMs ?? 0));
  const memory = `Memory Size: ${run.release.memoryMb} MB\tMax Memory Used: ${usedMb(run)} MB`;
  const init = run.initMs === undefined ? '' : `\tInit Duration: ${seconds(run.initMs)} ms`;
  return `REPORT RequestId: ${id}\tDuration: ${seconds(run.handlerMs)} ms\tBilled Duration: ${billedMs} ms\t${memory}${init}${reportStatus(run)}`;
}

function initLines(run: Run, base: Base): Line[] {
  // an environment whose init failed is thrown away: the next call starts another
  if (run.ending?.dies === 'start')
    return [
      {
        at: run.at,
        text: `INIT_REPORT Init Duration: ${seconds(run.release.initMs)} ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError`,
      },
    ];
  if (run.initMs === undefined) return [];
  const runtime = `nodejs:${run.release.runtime.replace(/\D/g, '').slice(0, 2)}.v${run.runtime}`;
  const arn = runtimeArn(base, run.release.runtime, run.runtime);
  const first = { at: run.at, text: `INIT_START Runtime Version: ${runtime}\tRuntime Version ARN: ${arn}` };
  if (run.release.initMs <= run.initMs) return [first];
  return [
    first,
    { at: run.at + run.initMs, text: `INIT_REPORT Init Duration: ${seconds(run.initMs - 0.8)} ms\tPhase: init\tStatus: timeout` },
  ];
}

export function functionLines(base: Base, run: Run): Line[] {
  const id = lambdaRequestId(base, run.n);
  const startAt = Math.round(run.at + (run.initMs ?? 0));
  return [
    ...initLines(run, base),
    { at: startAt, text: `START RequestId: ${id} Version: ${run.release.version}` },
    ...(run.release.work.logsPath ? [{ at: startAt, text: `${new Date(startAt).toISOString()}\t${id}\tINFO\tpath ${run.path}` }] : []),
    ...(run.outcome === 'throw' ? [{ at: run.endAt, text: endingText(base, run) }] : []),
    ...(run.outcome === 'timeout' ? [{ at: run.endAt, text: timedOutText(base, run, run.release.timeoutSeconds) }] : []),
    { at: run.endAt, text: `END RequestId: ${id}` },
    { at: run.endAt, text: report(run, id) },
  ];
}

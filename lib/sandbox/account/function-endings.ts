// How runs end that do not return: the error object Lambda hands to the gateway, the lines it writes, the memory it reports
// (messages.md §4, §9). And how Lambda refuses to run a function at all (§5).
import type { Base } from './base.ts';
import { lambdaRequestId } from './function-lines.ts';
import type { Death, LambdaFunction, Release } from './functions.ts';
import type { Run, RunOutcome } from './invoke.ts';

/** `errorType` and `errorMessage` of a run that throws. */
export interface Ending {
  readonly errorType: string;
  readonly dies?: Death;
  readonly message: (requestId: string) => string;
}
const endings: Readonly<Record<Death, Ending>> = {
  start: {
    errorType: 'Runtime.ImportModuleError',
    message: () => "Error: Cannot find module './config'\nRequire stack:\n- /var/task/index.js\n- /var/runtime/index.mjs",
  },
  memory: { errorType: 'Runtime.ExitError', message: (id) => `RequestId: ${id} Error: Runtime exited with error: signal: killed` },
  size: {
    errorType: 'Function.ResponseSizeTooLarge',
    message: () => 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
  },
};

/** What a field that the event lacks does to code that reads the other payload format. */
const missed = {
  '1.0': "Cannot read properties of undefined (reading 'resourcePath')",
  '2.0': "Cannot read properties of undefined (reading 'method')",
};

/** How a run ends that throws; undefined for one that returns. Code that reads another payload format than it gets throws whatever it would do else. */
export function endingOf(release: Release, run: Meets): Ending | undefined {
  const { work } = release;
  if (run.wanted === 'timeout') return undefined;
  const { reads } = work;
  if (reads !== undefined && reads !== run.sends) return { errorType: 'TypeError', message: () => missed[reads] };
  if (work.runsUpTo !== undefined && run.runtime > work.runsUpTo) return { errorType: 'TypeError', message: () => goneText };
  if ((work.needsMb ?? 0) > release.memoryMb) return { ...endings.memory, dies: 'memory' };
  if (run.denied !== undefined) return { errorType: 'AccessDeniedException', message: () => run.denied ?? '' };
  if (run.refused) return { errorType: 'Error', message: () => `connect ECONNREFUSED ${work.downstream ?? ''}` };
  if (run.wanted !== 'throw') return undefined;
  if (work.dies) return { ...endings[work.dies], dies: work.dies };
  return { errorType: work.errorType ?? 'TypeError', message: () => work.errorText ?? usualText };
}
/** What one run meets. */
export interface Meets {
  readonly wanted: RunOutcome;
  /** The payload format of the event. */
  readonly sends: string;
  /** What it calls turns it away. */
  readonly refused: boolean;
  /** What the service says that its role does not let it ask. */
  readonly denied?: string | undefined;
  /** The number of the runtime version it runs on. */
  readonly runtime: number;
}
/** What a runtime that dropped something does to code that leans on it. */
const goneText = 'process.binding(...).lookup is not a function';
const usualText = "Cannot read properties of undefined (reading 'id')";

/** Megabytes a REPORT shows. */
export const usedMb = ({ release, ending }: Run): number =>
  Math.round(ending?.dies === 'memory' ? release.memoryMb : (release.work.needsMb ?? release.memoryMb * 0.6));

/** `\tStatus: …` of a REPORT. */
export function reportStatus(run: Run): string {
  if (run.outcome === 'timeout') return '\tStatus: timeout';
  const died = run.ending?.dies;
  return died === undefined ? '' : `\tStatus: error\tError Type: ${died === 'size' ? 'Runtime.ExitError' : endings[died].errorType}`;
}

/** What the log says of the end, between START and END. */
export function endingText(base: Base, run: Run): string {
  const id = lambdaRequestId(base, run.n);
  const time = new Date(run.endAt).toISOString();
  const body = JSON.stringify({
    errorType: run.ending?.errorType ?? 'TypeError',
    errorMessage: run.errorText,
    stack: [`${run.ending?.errorType ?? 'TypeError'}: ${run.errorText}`, '    at Runtime.handler (/var/task/index.js:12:9)'],
  });
  switch (run.ending?.dies) {
    case 'start':
      return `${time}\tundefined\tERROR\tUncaught Exception \t${body}`;
    case 'memory':
      return `RequestId: ${id} Error: Runtime exited with error: signal: killed\nRuntime.ExitError`;
    case 'size':
      return '[ERROR] [1732] LAMBDA_RUNTIME Failed to post handler success response. Http response code: 413.';
    default:
      return `${time}\t${id}\tERROR\tInvoke Error \t${body}`;
  }
}

/** Lambda's refusal before any code runs. */
export interface Refusal {
  readonly status: number;
  readonly says: string;
}

/** Whether Lambda runs it: a key that is switched off, subnets without an address or a state other than active turn calls away. Warm environments would last a while; here it is at once. */
export function refusalOf(fn: LambdaFunction, keys: ReadonlyMap<string, string>): Refusal | undefined {
  if (fn.state)
    return {
      status: 409,
      says: `The operation cannot be performed at this time. The function is currently in the following state: ${fn.state.state}`,
    };
  if (fn.withoutAddress)
    return {
      status: 502,
      says: 'Lambda was not able to set up VPC access for the Lambda function because one or more configured subnets has no available IP addresses.',
    };
  const key = fn.kmsKeyArn === undefined ? undefined : keys.get(fn.kmsKeyArn);
  return key === undefined || key === 'Enabled'
    ? undefined
    : {
        status: 502,
        says: "Lambda was unable to decrypt the environment variables because the KMS key used is disabled. Please check the function's KMS key settings.",
      };
}

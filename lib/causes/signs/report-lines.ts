// The REPORT that Lambda writes at the end of each run, in text and in JSON (`platform.report`): how much memory it used, whether it failed.
// It stands in the function's own log, where the code writes too: a sign, never a proof.
import { asObject, asText, parseJson } from '../../model/json.ts';

export interface Report {
  readonly memoryMb: number;
  readonly usedMb: number;
  /** Lambda's own status of the run; absent in older reports. */
  readonly status?: string;
  readonly errorType?: string;
}

/** Tabs between the fields are often lost where a line was copied. */
const textReport = /Memory Size: (\d{1,6}) MB\s{0,4}Max Memory Used: (\d{1,6}) MB/;

/** Reads a REPORT; undefined for any other line. */
export function reportIn(text: string): Report | undefined {
  if (text.includes('platform.report')) return jsonReport(text);
  const found = text.includes('Max Memory Used') ? textReport.exec(text) : null;
  if (!found) return undefined;
  const status = /\bStatus: (\w{1,20})/.exec(text)?.[1];
  const errorType = /\bError Type: ([\w.]{1,60})/.exec(text)?.[1];
  return { memoryMb: Number(found[1]), usedMb: Number(found[2]), ...(status ? { status } : {}), ...(errorType ? { errorType } : {}) };
}

function jsonReport(text: string): Report | undefined {
  const json = parseJson(text);
  const record = asObject(asObject(json.ok ? json.value : undefined)?.['record']);
  const metrics = asObject(record?.['metrics']);
  const memoryMb = metrics?.['memorySizeMB'];
  const usedMb = metrics?.['maxMemoryUsedMB'];
  if (typeof memoryMb !== 'number' || typeof usedMb !== 'number') return undefined;
  const status = asText(record?.['status']);
  const errorType = asText(record?.['errorType']);
  return { memoryMb, usedMb, ...(status ? { status } : {}), ...(errorType ? { errorType } : {}) };
}

/** At this share of its memory a run that failed has run out of it (causes.md, lambda-out-of-memory). */
const full = 0.97;

/** A run that failed with its memory full; a run that succeeded may use all of it. Without a status (older reports) the caller needs another sign. */
export const ranFull = (report: Report): boolean =>
  report.usedMb >= full * report.memoryMb && report.status !== 'success' && report.status !== 'timeout';

/** How long a run took, by the REPORT that Lambda wrote at its end; undefined for any other line. The start's own duration is another field. */
export function durationMsIn(text: string): number | undefined {
  if (!text.includes('REPORT') || !text.includes('Duration: ')) return undefined;
  const found = /(?<!Init |Restore |Billed )\bDuration: (\d{1,7}(?:\.\d{1,3})?) ms/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

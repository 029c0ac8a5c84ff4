// What the service behind a route answered, by the gateway's own log: the status it gave and the error it named. Lines can be forged, so this
// orders suspects and confirms nothing.
import type { Evidence } from '../../model/evidence.ts';
import type { LogLines } from '../../model/kinds/log.ts';

/** AWS services answer a refusal with one of these (messages.md §2, No match for output mapping). */
const refused = /(?:Received response\. Status: |Endpoint Response Status Code: )(400|403|404|429)\b/;

/**
 * How the gateway's log shows what a service answered, up to what is looked for: behind its own words, or, where the answer runs over
 * several lines or was copied alone, on a line that opens with a tag or with a service's error as JSON. A pattern's source.
 */
export const answerShown = String.raw`(?:Endpoint response body before transformations: |<[?\w]|\{\s{0,8}(?="(?:Error|__type)"))[\s\S]{0,400}`;

/** How JSON services name an error; a pattern's source, before the name. */
export const typed = String.raw`"__type"\s{0,3}:\s{0,3}"(?:[\w.]{1,60}#)?`;
/** How query services do, asked for XML or, as the gateway's `Accept` asks, for JSON: `{"Error":{"Code":"…","Message":"…","Type":"Sender"}}`. */
export const coded = String.raw`(?:<Code>|"Error"\s{0,8}:\s{0,8}\{\s{0,8}"Code"\s{0,8}:\s{0,8}")`;

interface Logs {
  readonly executionLog: Evidence<LogLines>;
  readonly accessLog: Evidence<LogLines>;
}

/** The first line that says the service refused the call. */
export const upstreamRefused = (e: Logs): string | undefined => lineWith(e, (text) => refused.test(text));

/** The first line of the gateway's logs that `is`. */
export function lineWith(e: Logs, is: (text: string) => boolean): string | undefined {
  const lines = [e.executionLog, e.accessLog].flatMap((log) => (log.state === 'got' ? log.value.lines : []));
  return lines.find((line) => is(line.text.slice(0, 4096)))?.text.slice(0, 300);
}

// Which log a pasted text can also have come from: reports file the gateway's sentences under access logs and answers, and Lambda's
// under the gateway's. Only a service's own words move, to the log that service writes; live lines never come through here.
import type { LogName } from '../../model/signal.ts';

/** A line of a report, and the log it was filed under. */
export interface Pasted {
  readonly log: LogName;
  readonly text: string;
}

/** Sentences that only an execution log opens a line with (messages.md §2, §9). */
const gatewaySentence =
  /^(?:\([\w=-]{1,64}\) )?(?:Execution failed due to|Lambda (?:invocation|execution) failed with status|Key throttle limit exceeded|Invalid stage variable value|Endpoint response body before transformations: )/;
/** Sentences that only `$context.integrationErrorMessage` and `$context.authorizer.error` hold (messages.md §6). */
const accessSentence =
  /The IAM role configured on the (?:integration|authorizer)|The Lambda function returned the following error:|match the format that API Gateway expects|Lambda Customer Function Error:|permissions to assume the IAM role configured|No target endpoints found for integration|WAF call got timed out|Failed to call WAF|There was an error evaluating the AWS WAF/;
/** What Lambda and its runtimes write (messages.md §4). */
const lambdaSentence =
  /^(?:(?:START|END|REPORT) RequestId: |INIT_REPORT |Traceback \(most recent call last\))|\bTask timed out after \d|\bRuntime\.(?:ImportModuleError|HandlerNotFound|UserCodeSyntaxError|InvalidEntrypoint|ExitError|OutOfMemory|UnhandledPromiseRejection)|^(?:Unable to import module|Cannot find module|Handler '[\w.]{1,64}' missing on module)|Process exited before completing request|"errorType"\s?:\s?"/;

/** The line as it was filed, and under the log that alone writes such words. */
export function filed({ log, text }: Pasted): readonly Pasted[] {
  if (log !== 'access' && log !== 'execution') return [{ log, text }];
  const parts = log === 'access' ? valuesIn(text) : [text];
  const [other, sentence] = log === 'access' ? (['execution', gatewaySentence] as const) : (['access', accessSentence] as const);
  return [
    { log, text },
    ...parts.filter((one) => sentence.test(one)).map((one) => ({ log: other, text: one })),
    ...parts.filter(speaksOfLambda).map((one) => ({ log: 'function' as const, text: one })),
  ];
}

/** A customer's error inside the gateway's own sentence is the gateway's line. */
const speaksOfLambda = (text: string): boolean => lambdaSentence.test(text) && !gatewaySentence.test(text) && !accessSentence.test(text);

/** The values of an access record or of an answer's body, each by itself, and the whole. */
function valuesIn(text: string): readonly string[] {
  const values = [...text.matchAll(/"[\w.$-]{1,64}"\s{0,4}:\s{0,4}"((?:[^"\\]|\\.){4,4000})"/g)].map((m) =>
    (m[1] ?? '').replaceAll('\\"', '"').replaceAll('\\n', '\n'),
  );
  const body = /\bbody=(.{4,4000})/s.exec(text)?.[1];
  return [text, ...values, ...(body === undefined ? [] : [body])];
}

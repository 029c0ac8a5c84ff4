// What the logs say of an authorizer, and the clues both authorizer causes start from. The words name the layer; which of the two it
// is, they say only beside each other, so that both causes ask here.
import { authorizerPhase } from './authorizer-lines.ts';
import type { Clue } from '../../model/cause.ts';
import { accessSays, gatewaySays } from './clue-lines.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { DeployedApi } from '../../model/kinds/api.ts';
import type { LogLines } from '../../model/kinds/log.ts';

const failed = '(?:Execution failed due to configuration error: )?';

/** "The authorizer gave nothing the gateway could use": the layer is named, the reason is not. */
const layerNamed: readonly Clue[] = [
  gatewaySays(
    ['Authorizer error', 'AuthorizerConfigurationException'],
    `${failed}(?:Authorizer error|AuthorizerConfigurationException)`,
    'messages.md §2 (Authorizer lines)',
  ),
  gatewaySays(
    ['AUTHORIZER_CONFIGURATION_ERROR', 'AUTHORIZER_FAILURE'],
    'Gateway response type: AUTHORIZER_(?:CONFIGURATION_ERROR|FAILURE)',
    'messages.md §1, §9',
  ),
  accessSays(
    ['AUTHORIZER_CONFIGURATION_ERROR', 'AUTHORIZER_FAILURE', 'AuthorizerConfigurationException'],
    String.raw`\b(?:AUTHORIZER_(?:CONFIGURATION_ERROR|FAILURE)|AuthorizerConfigurationException)\b`,
    'messages.md §0.3, §8',
  ),
];

/** A client's answer as a report gives it: on REST this very body comes of an authorizer's failure only. */
const emptyMessage: Clue = accessSays(
  ['body={'],
  String.raw`^status=500 .{0,200}body=\{\s{0,4}"message"\s{0,4}:\s{0,4}null\s{0,4}\}`,
  'messages.md §0.3',
);

/** Worth a look: a request that did not come past its authorizer, and the body only an authorizer's failure has. */
const layerHinted: readonly Clue[] = [
  { ...gatewaySays(['Starting authorizer'], 'Starting authorizer: ', 'messages.md §2 (Authorizer lines)'), hint: true },
  { ...accessSays(['"message"'], String.raw`"message"\s{0,4}:\s{0,4}null`, 'messages.md §0.3'), hint: true },
];

/** Whether an authorizer of the deployment calls a function. */
export const asksFunctions = (api: DeployedApi): boolean =>
  (api.authorizers ?? []).some((a) => a.uri !== undefined || a.function !== undefined);

const before = (api: DeployedApi): string | undefined => {
  const names = new Set((api.authorizers ?? []).filter((a) => a.uri !== undefined || a.function !== undefined).map((a) => a.name));
  const routes = api.routes.filter((r) => r.authorizer !== undefined && names.has(r.authorizer)).length;
  return routes === 0 ? undefined : `a Lambda authorizer stands before ${routes} of ${api.routes.length} routes`;
};

/** The clues of the layer, the same for both causes. */
export const authorizerClues: readonly Clue[] = [
  ...layerNamed,
  emptyMessage,
  ...layerHinted,
  {
    kind: 'shape',
    in: 'deployedApi',
    shape: before,
    title: 'a Lambda authorizer stands before routes of the stage',
    source: 'causes.md, authorizer-error (Confirm)',
  },
];

export const barredText = 'Invalid permissions on Lambda function';
export const roleText = 'permission to assume the provided role';
/** HTTP APIs, `$context.authorizer.error` (messages.md §6). */
export const barredHttpText = 'permissions to call the authorizer';
export const roleHttpText = 'IAM role configured on the authorizer';

/** What the gateway says of an answer it cannot use (messages.md §2, §9). */
export const badAnswers: readonly string[] = [
  'Could not parse policy',
  'Unable to parse given policy',
  'Invalid JSON in response',
  'Authorizer result body before parsing: {"error',
  'Authorizer result body before parsing: null',
  'Invalid endpoint address',
];
export const badAnswerHttp = 'response from the Lambda Authorizer function';

type Logs = { readonly executionLog: Evidence<LogLines>; readonly accessLog: Evidence<LogLines> };

/** The first line of the authorizer's phase, or of the access log, that holds one of the words. */
export function authorizerSays(logs: Logs, inPhase: readonly string[], inAccess: readonly string[]): string | undefined {
  const phase = logs.executionLog.state === 'got' ? authorizerPhase(logs.executionLog.value.lines) : [];
  const access = logs.accessLog.state === 'got' ? logs.accessLog.value.lines : [];
  const holds = (text: string, words: readonly string[]): boolean => words.some((word) => text.includes(word));
  return (phase.find((l) => holds(l.text, inPhase)) ?? access.find((l) => holds(l.text, inAccess)))?.text.slice(0, 300);
}

/** Thrown on purpose, this word alone turns a caller away with 401 (messages.md §2). */
const denials: readonly string[] = ['Unauthorized'];
const troubles: readonly string[] = ['ERROR', 'Error', 'Exception', 'Traceback', 'Task timed out', 'Runtime.'];

/** The first line of an authorizer's own log that tells of trouble, not of a caller turned away. */
export const authorizerWrote = (log: Evidence<LogLines>): string | undefined =>
  log.state === 'got'
    ? log.value.lines
        .find(({ text }) => troubles.some((word) => text.includes(word)) && !denials.some((word) => text.includes(word)))
        ?.text.slice(0, 300)
    : undefined;

/** Whether a log says, without a reason, that a request failed at its authorizer. */
export const authorizerFailed = (logs: Logs): boolean =>
  authorizerSays(
    logs,
    ['Authorizer error', 'AuthorizerConfigurationException', 'AUTHORIZER_'],
    ['AUTHORIZER_CONFIGURATION_ERROR', 'AUTHORIZER_FAILURE', 'AuthorizerConfigurationException'],
  ) !== undefined;

// What API Gateway itself wrote about failing requests. HTTP APIs write no execution log; REST stages only where logging is on.
import type { StageRef } from '../model/api.ts';
import { missing, type Evidence, type Missing } from '../model/evidence.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import type { LogLines } from '../model/kinds/log.ts';
import { err, type Result } from '../model/result.ts';
import { collector } from './collector.ts';
import { logPages, ownLines, readLines, together } from './reading/log-lines.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    executionLog: LogLines;
  }
}

/** Group names are AWS's own: signals.md §5; WebSocket: messages.md §7. */
const groupOf = (at: StageRef): string =>
  at.apiType === 'WEBSOCKET' ? `/aws/apigateway/${at.apiId}/${at.stage}` : `API-Gateway-Execution-Logs_${at.apiId}/${at.stage}`;

/** The gateway's words for a failure, and those that say it was the authorizer's (messages.md §2, §9). */
const terms = [
  'Execution failed',
  'Lambda execution failed',
  'Lambda invocation failed',
  'AuthorizerConfigurationException',
  'Authorizer result body',
  'AUTHORIZER_',
];

export default collector({
  kind: 'executionLog',
  title: 'Execution log of the stage',
  trust: 'forgeable',
  calls: ['logs:FilterLogEvents'],
  needs: ['deployedApi'],
  round: 'cheap',
  maxCalls: logPages,
  async read(aws, input) {
    const off = offBecause(input.at, input.have.deployedApi);
    const read: Result<{ lines: LogLines['lines']; cut: boolean }, Missing> = off
      ? err(off)
      : await readLines(aws, { group: groupOf(input.at), log: 'execution', terms }, input.window);
    return together(ownLines(input, 'execution'), read, input.window);
  },
});

function offBecause(at: StageRef, api: Evidence<DeployedApi>): Missing | undefined {
  if (at.apiType === 'HTTP') return missing('notEnabled', 'an HTTP API writes no execution log');
  return api.state === 'got' && api.value.executionLogging === 'OFF'
    ? missing('notEnabled', 'execution logging is off on this stage')
    : undefined;
}

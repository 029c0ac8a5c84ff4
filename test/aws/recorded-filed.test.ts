// Pasted lines that a report filed under the wrong log: the service's own words are found, a caller's or a reporter's are not moved.
import { expect, test } from 'vitest';
import { filed } from '../../lib/aws/recorded/filed.ts';
import type { LogName } from '../../lib/model/signal.ts';

const logsOf = (log: LogName, text: string): readonly string[] => filed({ log, text }).map((line) => line.log);

test.each([
  ['access', 'Execution failed due to configuration error: Rate Exceeded.', ['access', 'execution']],
  ['access', '{"status":"500","integrationErrorMessage":"Execution failed due to a timeout error"}', ['access', 'execution']],
  ['access', 'status=500 body={"message": "Invalid stage variable value: null. Please use values"}', ['access', 'execution']],
  ['access', 'status=500 body={"errorMessage":"boom","errorType":"TypeError"}', ['access', 'function', 'function']],
  ['execution', 'Lambda Customer Function Error:boom', ['execution', 'access']],
  ['execution', 'REPORT RequestId: 1 Duration: 3000.00 ms Status: timeout', ['execution', 'function']],
] as const)('%s: %s', (log, text, logs) => {
  expect(logsOf(log, text)).toEqual(logs);
});

test.each([
  ['execution', 'Execution failed due to configuration error: Rate Exceeded.'],
  // the function's error inside the gateway's own sentence is the gateway's line
  ['execution', 'Lambda execution failed with status 200 due to customer function error: Task timed out after 3.00 seconds'],
  ['access', '{"status":"500","path":"/say Execution failed due to a timeout error"}'],
  ['function', 'Execution failed due to configuration error: Rate Exceeded.'],
  ['access', '10.0.0.1 - - "GET / HTTP/1.1" 502'],
] as const)('stays where it is: %s: %s', (log, text) => {
  expect(logsOf(log, text)).toEqual([log]);
});

// What the functions that authorize wrote: crashes, timeouts, failed starts. The kind is registered in model/kinds/log.ts.
import type { AuthorizerFact } from '../model/kinds/authorizer.ts';
import type { LogLines } from '../model/kinds/log.ts';
import { missing, type Missing } from '../model/evidence.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector } from './collector.ts';
import { ownLines, readLines, together } from './reading/log-lines.ts';

/** Words of Lambda and its runtimes for trouble (messages.md §4). */
const terms = ['Task timed out', 'ERROR', 'Error', 'Exception', 'Traceback', 'Runtime.', 'Status: ', 'errorType'];
/** Two logs are read: a stage seldom has more authorizers, and a log read is one of few a second. */
const logsRead = 2;
const pagesEach = 2;

export default collector({
  kind: 'authorizerLog',
  title: 'Logs of the authorizers’ functions',
  trust: 'forgeable',
  calls: ['logs:FilterLogEvents'],
  needs: ['authorizers'],
  round: 'suspect',
  maxCalls: logsRead * pagesEach,
  async read(aws, input) {
    const own = ownLines(input, 'authorizer');
    const { authorizers } = input.have;
    if (authorizers.state === 'missing') return together(own, err(authorizers), input.window);
    const groups = [...new Set(authorizers.value.authorizers.flatMap(groupOf))].slice(0, logsRead);
    if (groups.length === 0) return together(own, err(missing('empty', 'no authorizer of this stage calls a function')), input.window);
    const reads = await Promise.all(
      groups.map((group) => readLines(aws, { group, log: 'authorizer', terms, pages: pagesEach }, input.window)),
    );
    return together(own, merged(reads), input.window);
  },
});

const groupOf = (one: AuthorizerFact): readonly string[] =>
  one.function ? [one.fact?.logGroup ?? `/aws/lambda/${one.function.name}`] : [];

type Read = { readonly lines: LogLines['lines']; readonly cut: boolean };
function merged(reads: readonly Result<Read, Missing>[]): Result<Read, Missing> {
  const had = reads.flatMap((r) => (r.ok ? [r.value] : []));
  const failed = reads.find((r) => !r.ok);
  if (had.length === 0 && failed) return failed;
  return ok({ lines: had.flatMap((r) => r.lines), cut: had.some((r) => r.cut) || failed !== undefined });
}

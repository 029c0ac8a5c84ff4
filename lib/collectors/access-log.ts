// The stage's access log, where it goes to CloudWatch Logs: one line a request, in the owner's own format.
import { missing, type Evidence, type Missing } from '../model/evidence.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import type { LogLines } from '../model/kinds/log.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector } from './collector.ts';
import { logPages, ownLines, readLines, together } from './reading/log-lines.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    accessLog: LogLines;
  }
}

/** The format is the owner's, so the status is looked for as text; a number elsewhere in a line does no harm. */
const terms = ['500', '502', '503', '504'];

export default collector({
  kind: 'accessLog',
  title: 'Access log of the stage',
  trust: 'forgeable',
  calls: ['logs:FilterLogEvents'],
  needs: ['deployedApi'],
  round: 'cheap',
  maxCalls: logPages,
  async read(aws, input) {
    const group = groupOf(input.have.deployedApi);
    const read: Result<{ lines: LogLines['lines']; cut: boolean }, Missing> = group.ok
      ? await readLines(aws, { group: group.value, log: 'access', terms }, input.window)
      : group;
    return together(ownLines(input, 'access'), read, input.window);
  },
});

function groupOf(api: Evidence<DeployedApi>): Result<string, Missing> {
  if (api.state === 'missing') return err(missing(api.why, `where the access log goes is not known: ${api.detail}`));
  const destination = api.value.accessLog?.destinationArn;
  if (destination === undefined) return err(missing('notEnabled', 'access logging is off on this stage'));
  const group = /:log-group:([^:*]{1,512})/.exec(destination)?.[1];
  return group === undefined
    ? err(missing('notEnabled', `the access log goes to ${destination.slice(0, 200)}, which is no log group`))
    : ok(group);
}

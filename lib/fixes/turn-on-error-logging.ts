// Has a blind stage write its failures to its execution log for a while: it heals nothing, and tells the next look what is wrong.
import { fix, type Objection } from '../model/change.ts';
import { err, ok } from '../model/result.ts';
import * as v from 'valibot';
import stageLogging from '../settings/stage-logging.ts';

type Kind = 'executionLog' | 'accountLimits';
type Against = Objection<'not-seen-failing' | 'brief'>;

/** Long enough for a few minutes of failures and the looks that read them; the log ends with it. */
const leaseMs = 20 * 60_000;
/** Shorter bursts end before their lines could be read. */
const lastsMs = 60_000;
/** Metrics show a minute up to three after it began. */
const stillMs = 5 * 60_000;

export default fix<Kind, Against['id']>({
  id: 'turn-on-error-logging',
  title: 'Log the stage’s failures for a while',
  about: {
    changes:
      'Sets the log level of a REST or WebSocket stage to ERROR for all routes, for twenty minutes; then the level is as it was, not set included. Bodies and headers (data trace) are never logged. It steps aside where the account has no role for CloudWatch logs, which is set once for the whole account, and on HTTP APIs, which write no execution log. The log group that API Gateway makes stays, with its lines.',
    unasked: 'the owner allowed it (`"unasked": true`), and the stage has failed for a minute and fails still.',
    costs: 'CloudWatch ingestion, $0.50 a GB (us-east-1): a failure is a few lines of at most 1 KB, about a cent for ten thousand failures',
  },
  treats: [],
  gains: ['executionLog'],
  settings: [stageLogging.id],
  risk: 'error lines quote what backends answered; whoever may read the log group reads them',
  consent: 'allowed',
  judgeMs: 5 * 60_000,
  cooldownMs: 60 * 60_000,
  leaseMs,
  looksAt: ['executionLog', 'accountLimits'],
  async plan({ at, evidence, read }) {
    if (at.apiType === 'HTTP') return err({ reason: 'an HTTP API writes no execution log; its access log tells more' });
    if (evidence.accountLimits.state !== 'got')
      return err({ reason: `whether the account lets API Gateway write logs could not be read: ${evidence.accountLimits.detail}` });
    if (!evidence.accountLimits.value.logsRole)
      return err({
        reason:
          'the account has no role by which API Gateway writes logs (cloudwatchRoleArn of its account settings); a person sets that once',
      });
    const { accountId, region, apiType, apiId, stage } = at;
    const target = { accountId, region, apiType, apiId, stage };
    const now = await read(stageLogging.id, target);
    if (!now.ok) return now;
    const level = v.safeParse(stageLogging.value, now.value.value);
    if (level.success && level.output.level !== 'OFF') return err({ reason: `the stage logs already (${level.output.level})` });
    return ok([{ setting: stageLogging.id, target, from: now.value.value, to: { level: 'ERROR' } }]);
  },
  objections: {
    'not-seen-failing': 'no request was seen to fail for five minutes: there is nothing to log',
    brief: 'the burst has lasted less than a minute and did not come back',
  },
  unasked({ now, firstFailureAt, lastFailureAt, returned }) {
    const quiet: Against[] =
      now - lastFailureAt > stillMs
        ? [
            {
              id: 'not-seen-failing',
              lowersTo: 'wait',
              says: 'no request was seen to fail for five minutes: logs are turned on when one fails again',
              untilAt: now + 60_000,
            },
          ]
        : [];
    const brief: Against[] =
      lastFailureAt - firstFailureAt < lastsMs && returned === 0
        ? [
            {
              id: 'brief',
              lowersTo: 'wait',
              says: 'logs are turned on for a burst that lasts a minute or comes back',
              untilAt: Math.max(firstFailureAt + lastsMs, now + 60_000),
            },
          ]
        : [];
    return [...quiet, ...brief];
  },
});

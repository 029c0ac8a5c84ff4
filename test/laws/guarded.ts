// An authorizer before the routes of an API of the laws' shop.
import type { StageRef } from '../../lib/model/api.ts';
import type { Account } from '../../lib/sandbox/account/index.ts';

export function putGuard(account: Account, at: StageRef, ttlSeconds = 0): void {
  account.putFunction({ name: 'guard', timeoutSeconds: 5, memoryMb: 256, initMs: 100, work: { outcome: 'ok', ms: 900 } });
  const { sourceArn } = account.putAuthorizer(at, {
    name: 'Guard',
    type: at.apiType === 'REST' ? 'token' : 'request',
    functionName: 'guard',
    ttlSeconds,
  });
  account.grant({ functionName: 'guard', statementId: 'guard-invoke', sourceArn });
}

/** One answer that is no policy, and a good function again. */
export function keepBadAnswer(account: Account, at: StageRef): void {
  account.forgetAnswers(at);
  account.setWork('guard', { outcome: 'malformed' });
  account.clock.after(5000, () => account.setWork('guard', { outcome: 'ok' }));
}

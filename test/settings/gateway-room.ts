// One API of the sandbox, and a client that may make a setting's own calls only: what the tests of the gateway's settings share.
import { awsClient } from '../../lib/aws/client.ts';
import type { Aws, CallName } from '../../lib/aws/calls.ts';
import type { ApiType, StageRef } from '../../lib/model/api.ts';
import { createAccount, type Account } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';

export interface Room {
  readonly account: Account;
  readonly clock: SimulatedClock;
  readonly at: StageRef;
  readonly aws: Aws<CallName>;
}

export function room(
  { calls }: { readonly calls: { readonly read: readonly CallName[]; readonly write: readonly CallName[] } },
  apiType: ApiType = 'REST',
  timeoutMs?: number,
): Room {
  const clock = new SimulatedClock(Date.parse('2026-10-01T12:00:00Z'));
  const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 5, latency: false });
  const route = {
    method: apiType === 'WEBSOCKET' ? 'ANY' : 'GET',
    path: apiType === 'WEBSOCKET' ? '$default' : '/orders',
    httpBackend: { uri: 'https://old.example.com/', ms: 20 },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  const { apiId } = account.putApi({ apiType, name: 'orders', stage: 'prod', routes: [route] });
  const attempt = account.attempt('admin');
  return {
    account,
    clock,
    at: { accountId: '111122223333', region: 'us-east-1', apiType, apiId, stage: 'prod' },
    aws: awsClient<CallName>({ attempt, clock, random: () => 0, declared: [...calls.read, ...calls.write] }),
  };
}

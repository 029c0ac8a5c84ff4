// One API of the sandbox with an HTTP backend, and short words for the calls that change it: what the tests of writes share.
import type { CallName, In, Out } from '../../lib/aws/calls.ts';
import type { HttpBackend } from '../../lib/sandbox/account/http-backends.ts';
import { createAccount, type Account } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';

const start = Date.parse('2026-10-01T12:00:00Z');

export const backend = (path: string, httpBackend: HttpBackend, timeoutMs?: number) => ({
  method: 'GET',
  path,
  httpBackend,
  ...(timeoutMs === undefined ? {} : { timeoutMs }),
});

export interface Place {
  readonly account: Account;
  readonly clock: SimulatedClock;
  readonly apiId: string;
  readonly at: { readonly apiId: string; readonly stage: string };
  /** As REST calls name the stage. */
  readonly stage: { readonly restApiId: string; readonly stageName: string };
  ok<N extends CallName>(name: N, input: In<N>): Promise<Out<N>>;
  /** Kind, name and message of the refusal. */
  refused<N extends CallName>(name: N, input: In<N>): Promise<string>;
  patch(patchOperations: In<'apigateway:UpdateStage'>['patchOperations']): Promise<unknown>;
  deploymentId(): Promise<string>;
  export(): Promise<string>;
  get(path?: string): ReturnType<Account['request']>;
}

export function place(
  options: { readonly apiType?: 'REST' | 'HTTP'; readonly timeoutMs?: number; readonly account?: Pick<Place, 'account' | 'clock'> } = {},
): Place {
  const clock = options.account?.clock ?? new SimulatedClock(start);
  const account =
    options.account?.account ?? createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 3, latency: false });
  const { apiId } = account.putApi({
    apiType: options.apiType ?? 'REST',
    name: 'orders',
    stage: 'prod',
    routes: [backend('/orders', { uri: 'https://old.example.com/', ms: 20 }, options.timeoutMs)],
  });
  const at = { apiId, stage: 'prod' };
  const stage = { restApiId: apiId, stageName: 'prod' };
  const attempt = account.attempt('admin');
  const ok: Place['ok'] = async (name, input) => {
    const answer = await attempt(name, input);
    if (!answer.ok) throw new Error(`${name}: ${answer.error.name} ${answer.error.message}`);
    return answer.value;
  };
  return {
    account,
    clock,
    apiId,
    at,
    stage,
    ok,
    async refused(name, input) {
      const answer = await attempt(name, input);
      return answer.ok ? 'it was not refused' : `${answer.error.kind} ${answer.error.name} ${answer.error.message}`;
    },
    patch: (patchOperations) => ok('apigateway:UpdateStage', { ...stage, patchOperations }),
    deploymentId: async () => (await ok('apigateway:GetStage', stage)).deploymentId ?? '',
    async export() {
      const { body } = await ok('apigateway:GetExport', { ...stage, exportType: 'oas30' });
      return new TextDecoder().decode(body);
    },
    get: (path = '/orders') => account.request({ ...at, method: 'GET', path }),
  };
}

// An `Aws` whose answers a test writes down; it keeps what was asked.
import type { Aws, CallError, CallName } from '../../lib/aws/calls.ts';
import type { StageRef } from '../../lib/model/api.ts';
import { got, missing, type EvidenceSet } from '../../lib/model/evidence.ts';
import type { DeployedApi, Route } from '../../lib/model/kinds/api.ts';
import { err, ok } from '../../lib/model/result.ts';

export const now = Date.parse('2026-11-20T10:00:00Z');
export const window = { from: now - 20 * 60_000, to: now };
export const rest: StageRef = {
  accountId: '111122223333',
  region: 'us-east-1',
  apiType: 'REST',
  apiId: 'a1b2c3d4e5',
  stage: 'prod',
  apiName: 'orders',
};
export const http: StageRef = { ...rest, apiType: 'HTTP', apiId: 'h1h2h3h4h5' };

type Given = unknown | ((input: never) => unknown);
export interface FakeAws {
  readonly aws: Aws<CallName>;
  readonly asked: { readonly name: CallName; readonly input: Readonly<Record<string, unknown>> }[];
}

export const refusal = (kind: CallError['kind']): { readonly refused: CallError['kind'] } => ({ refused: kind });
const isRefusal = (value: unknown): value is { refused: CallError['kind'] } =>
  typeof value === 'object' && value !== null && 'refused' in value;

/** `answers` by call: an output, a function of the input, or a refusal. A call that has none is refused as denied. */
export function fakeAws(answers: Readonly<Partial<Record<CallName, Given>>>): FakeAws {
  const asked: { name: CallName; input: Readonly<Record<string, unknown>> }[] = [];
  const call = async (name: CallName, input: unknown) => {
    asked.push({ name, input: input as Readonly<Record<string, unknown>> });
    const given = answers[name];
    const value = typeof given === 'function' ? (given as (input: unknown) => unknown)(input) : given;
    const kind = value === undefined ? 'denied' : isRefusal(value) ? value.refused : undefined;
    return kind ? err({ kind, call: name, name: kind, message: `${name} ${kind}` }) : ok(value);
  };
  return { aws: { call: call as Aws<CallName>['call'] }, asked };
}

const fn = (name: string, qualifier?: string) => ({
  accountId: rest.accountId,
  region: rest.region,
  name,
  ...(qualifier ? { qualifier } : {}),
});
export const route = (path: string, name: string, qualifier?: string, timeoutMs = 29_000): Route => ({
  method: 'GET',
  path,
  integration: { type: 'AWS_PROXY', timeoutMs, function: fn(name, qualifier) },
});
export const api = (routes: readonly Route[], more: Partial<DeployedApi> = {}): DeployedApi => ({
  routes,
  variables: {},
  tags: {},
  executionLogging: 'ERROR',
  ...more,
});
export const haveApi = (value: DeployedApi): EvidenceSet<'deployedApi'> => ({ deployedApi: got(value, { from: now, to: now }, 'aws') });
export const haveNothing = (): EvidenceSet<'deployedApi'> => ({ deployedApi: missing('denied', 'apigateway:GetExport denied') });

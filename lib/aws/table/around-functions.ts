// Rows of what stands around a function: the key its variables are sealed with, and the traces of its calls. Reads only.
import type { CallName, CallRow, GrantScope, Here } from '../calls.ts';

type Rows = { readonly [N in Extract<CallName, `kms:${string}` | `xray:${string}`>]: CallRow<N> };

const keyArn = (here: Here, id: string | undefined): string =>
  id?.startsWith('arn:') ? id : `arn:aws:kms:${here.region}:${here.accountId}:key/${id ?? '*'}`;

/** X-Ray's reads know no resources (Service Authorization Reference). */
const traces = {
  effect: 'read',
  resource: () => ['*'],
  grants: () => [{ resources: ['*'] }],
} as const satisfies Partial<CallRow<'xray:GetTraceSummaries'>>;

export const aroundFunctionRows: Rows = {
  'kms:DescribeKey': {
    iam: ['kms:DescribeKey'],
    effect: 'read',
    why: 'Reads whether the key of a function’s environment variables is enabled.',
    wide: 'Which key a function uses is only known at run time: the description of every key of the account and Region can be read, never what it seals.',
    resource: (input, here) => [keyArn(here, input.KeyId)],
    grants: (scope: GrantScope) => [{ resources: [keyArn(scope, '*')] }],
  },
  'xray:GetTraceSummaries': {
    iam: ['xray:GetTraceSummaries'],
    why: 'Finds the traces of failed requests, where tracing is on.',
    wide: 'It has no resource: the traces of the whole account and Region can be listed; only those of the stage and its functions are asked for.',
    ...traces,
  },
  'xray:BatchGetTraces': {
    iam: ['xray:BatchGetTraces'],
    why: 'Reads at most five of them: which call behind a function failed or hung.',
    wide: 'It has no resource: every trace of the account and Region can be read.',
    ...traces,
  },
};

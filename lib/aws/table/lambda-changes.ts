// Rows of what changes a function itself: where an alias points, how much it may run at once, its configuration, its runtime.
// All of them are checked on the function's ARN, alias calls too (fixes.md §5; Service Authorization Reference).
import type { CallName, CallRow, GrantScope } from '../calls.ts';
import { anyFunction, functionArnOf, readable, writable } from './lambda-names.ts';

const changes = [
  'lambda:ListVersionsByFunction',
  'lambda:GetRuntimeManagementConfig',
  'lambda:UpdateAlias',
  'lambda:PublishVersion',
  'lambda:PutFunctionConcurrency',
  'lambda:DeleteFunctionConcurrency',
  'lambda:PutRuntimeManagementConfig',
  'lambda:UpdateFunctionConfiguration',
] as const satisfies readonly CallName[];
export type LambdaChange = (typeof changes)[number];

const functions = (scope: GrantScope) => writable(scope, (arn) => [arn], {});
/** The function alone, whatever qualifier the call names. */
const itself = <N extends LambdaChange>(): Pick<CallRow<N>, 'resource'> => ({
  resource: (input, here) => [functionArnOf(here, input.FunctionName).replace(/(:function:[^:]{1,140}):.{1,140}$/, '$1')],
});
const reads = { effect: 'read', grants: readable } as const;
const writes = { effect: 'write', grants: functions } as const;

export const lambdaChangeRows: { readonly [N in LambdaChange]: CallRow<N> } = {
  'lambda:ListVersionsByFunction': {
    ...reads,
    ...itself(),
    iam: ['lambda:ListVersionsByFunction'],
    why: 'Finds the version that a change of Gatemedic itself published, by its description.',
    wide: `${anyFunction} Environment variables come with it in clear; their values are dropped before anybody sees them.`,
  },
  'lambda:GetRuntimeManagementConfig': {
    ...reads,
    ...itself(),
    iam: ['lambda:GetRuntimeManagementConfig'],
    why: 'Reads whether a version follows AWS’s updates of its runtime.',
    wide: anyFunction,
  },
  'lambda:UpdateAlias': {
    ...writes,
    ...itself(),
    iam: ['lambda:UpdateAlias'],
    why: 'Points an alias back at the version before, or at the one a change published.',
    wide: 'IAM limits it to functions, not to one alias or version of them: the code moves only the alias the API calls, and only under the revision it read.',
  },
  'lambda:PublishVersion': {
    ...writes,
    ...itself(),
    iam: ['lambda:PublishVersion'],
    why: 'Publishes the code of before with the changed timeout or memory, for an alias to point at.',
    wide: 'IAM cannot limit what is published: the code names the hash of the code that is in service, and Lambda refuses any other.',
  },
  'lambda:PutFunctionConcurrency': {
    ...writes,
    ...itself(),
    iam: ['lambda:PutFunctionConcurrency'],
    why: 'Raises a function’s reserved concurrency, or puts the old number back.',
    wide: 'IAM cannot limit the number: the code leaves 100 of the account unreserved, and never starts from 0.',
  },
  'lambda:DeleteFunctionConcurrency': {
    ...writes,
    ...itself(),
    iam: ['lambda:DeleteFunctionConcurrency'],
    why: 'Takes a function’s reserved concurrency away where there is no room to raise it.',
    wide: 'IAM cannot tell a reservation of 0, which is somebody’s switch: the code never takes that away.',
  },
  'lambda:PutRuntimeManagementConfig': {
    ...writes,
    ...itself(),
    iam: ['lambda:PutRuntimeManagementConfig'],
    why: 'Pins a version to the runtime it ran on before AWS updated it, or lets it follow again.',
    wide: 'IAM cannot limit which runtime version is named: Lambda takes only those of the function’s own runtime.',
  },
  'lambda:UpdateFunctionConfiguration': {
    ...writes,
    ...itself(),
    iam: ['lambda:UpdateFunctionConfiguration'],
    why: 'Sets a function’s timeout or memory.',
    wide: 'IAM cannot limit which field is changed (its role, its environment, its layers too): a role of its own makes this call, and the code sends the timeout and the memory only.',
  },
};

// Lambda's rows. Reads cover the functions of the account and Region, for which one is behind a route is only known at run time;
// writes only the functions the owner listed or tagged, and statements only for API Gateway's own principal.
import type { CallName, CallRow, Grant, GrantScope } from '../calls.ts';
import { lambdaChangeRows, type LambdaChange } from './lambda-changes.ts';
import { anyFunction, functionArnOf, readable, writable } from './lambda-names.ts';

type Rows = { readonly [N in Exclude<Extract<CallName, `lambda:${string}`>, LambdaChange>]: CallRow<N> };

/** API Gateway's service principal: the only one whose statements may be added or removed (fixes.md §1). */
const gatewayPrincipal = { 'lambda:Principal': 'apigateway.amazonaws.com' };

const statements = (scope: GrantScope): readonly Grant[] => writable(scope, (arn) => [arn, `${arn}:*`], gatewayPrincipal);
/** Provisioned concurrency is checked on the alias' or version's ARN only (fixes.md §2). */
const aliases = (scope: GrantScope): readonly Grant[] => writable(scope, (arn) => [`${arn}:*`], {});

const rows: Rows = {
  'lambda:GetFunctionConfiguration': {
    iam: ['lambda:GetFunctionConfiguration'],
    effect: 'read',
    why: 'Reads timeout, memory and state of the functions behind the stage.',
    wide: `${anyFunction} Environment variables come with it in clear; their values are dropped before anybody sees them.`,
    resource: (input, here) => [functionArnOf(here, input.FunctionName, input.Qualifier)],
    grants: readable,
  },
  'lambda:GetPolicy': {
    iam: ['lambda:GetPolicy'],
    effect: 'read',
    why: 'Reads who may invoke a function: the proof of a missing permission.',
    wide: anyFunction,
    resource: (input, here) => [functionArnOf(here, input.FunctionName, input.Qualifier)],
    grants: readable,
  },
  'lambda:GetAlias': {
    iam: ['lambda:GetAlias'],
    effect: 'read',
    why: 'Reads the version an alias points to, and whether a shift of traffic is under way.',
    wide: anyFunction,
    // GetAlias is checked on the function, not the alias (fixes.md §5).
    resource: (input, here) => [functionArnOf(here, input.FunctionName)],
    grants: readable,
  },
  'lambda:ListTags': {
    iam: ['lambda:ListTags'],
    effect: 'read',
    why: 'Finds the stack that owns a function, and the tag gatemedic:hands-off.',
    wide: anyFunction,
    resource: (input, here) => [functionArnOf(here, input.Resource)],
    grants: readable,
  },
  'lambda:GetFunctionConcurrency': {
    iam: ['lambda:GetFunctionConcurrency'],
    effect: 'read',
    why: 'Reads a function’s reserved concurrency.',
    wide: anyFunction,
    resource: (input, here) => [functionArnOf(here, input.FunctionName)],
    grants: readable,
  },
  'lambda:GetAccountSettings': {
    iam: ['lambda:GetAccountSettings'],
    effect: 'read',
    why: 'Reads the account’s concurrency limit, so that a fix leaves headroom.',
    wide: 'It has no resource; it shows limits and totals only.',
    resource: () => ['*'],
    grants: () => [{ resources: ['*'] }],
  },
  'lambda:GetProvisionedConcurrencyConfig': {
    iam: ['lambda:GetProvisionedConcurrencyConfig'],
    effect: 'read',
    why: 'Reads the provisioned concurrency of an alias, and whether it is ready.',
    wide: anyFunction,
    resource: (input, here) => [functionArnOf(here, input.FunctionName, input.Qualifier ?? '*')],
    grants: (scope) => [{ resources: [`${functionArnOf(scope, '*')}:*`] }],
  },
  'lambda:AddPermission': {
    iam: ['lambda:AddPermission'],
    effect: 'write',
    why: 'Puts a missing invoke permission back.',
    wide: 'IAM limits the principal to API Gateway, not the API (SourceArn), the statement’s id or the action granted: the code writes the exact SourceArn of a deployed route and always lambda:InvokeFunction.',
    resource: (input, here) => [functionArnOf(here, input.FunctionName, input.Qualifier)],
    conditions: (input) => ({ 'lambda:Principal': input.Principal ?? '' }),
    grants: statements,
  },
  'lambda:RemovePermission': {
    iam: ['lambda:RemovePermission'],
    effect: 'write',
    why: 'Takes back a permission that Gatemedic itself added.',
    wide: 'IAM limits it to statements for API Gateway, not to those Gatemedic wrote: the code only removes the statement id it stored in its journal.',
    resource: (input, here) => [functionArnOf(here, input.FunctionName, input.Qualifier)],
    // AWS reads the principal from the stored statement; whoever holds the policy (the sandbox) puts the true one in its place.
    conditions: () => gatewayPrincipal,
    grants: statements,
  },
  'lambda:PutProvisionedConcurrencyConfig': {
    iam: ['lambda:PutProvisionedConcurrencyConfig'],
    effect: 'write',
    why: 'Keeps environments of an alias warm for the length of a lease.',
    wide: 'IAM cannot limit the number of environments, which cost money: the caps do, in code.',
    resource: (input, here) => [functionArnOf(here, input.FunctionName, input.Qualifier ?? '*')],
    grants: aliases,
  },
  'lambda:DeleteProvisionedConcurrencyConfig': {
    iam: ['lambda:DeleteProvisionedConcurrencyConfig'],
    effect: 'write',
    why: 'Ends the lease of warm environments where there were none before.',
    wide: 'IAM cannot tell our provisioned concurrency from another: the code only deletes what still has the value it wrote.',
    resource: (input, here) => [functionArnOf(here, input.FunctionName, input.Qualifier ?? '*')],
    grants: aliases,
  },
};

export const lambdaRows = { ...rows, ...lambdaChangeRows };

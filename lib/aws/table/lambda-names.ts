// What Lambda's rows share: the ARN IAM compares, the functions that may be read, those that may be changed.
import type { Grant, GrantScope, Here } from '../calls.ts';
import { tagged } from './tagged.ts';

/** Name, name:qualifier, partial or full ARN, as the SDK's `FunctionName` takes them → the ARN IAM compares. */
export function functionArnOf(here: Here, nameOrArn: string | undefined, qualifier?: string): string {
  const [name = '*', own] = (nameOrArn ?? '*')
    .replace(/^(?:arn:aws[\w-]{0,10}:lambda:[a-z0-9-]{1,30}:)?(?:\d{12}:)?function:/, '')
    .split(':', 2);
  const place = /^arn:aws[\w-]{0,10}:lambda:([a-z0-9-]{1,30}):(\d{12}):/.exec(nameOrArn ?? '');
  const last = qualifier ?? own;
  return `arn:aws:lambda:${place?.[1] ?? here.region}:${place?.[2] ?? here.accountId}:function:${name}${last ? `:${last}` : ''}`;
}

export const readable = (scope: GrantScope): readonly Grant[] => [{ resources: [functionArnOf(scope, '*')] }];

/** Listed functions by ARN, any other by its tag; `forms` are the ARN forms the action is checked on. */
export function writable(
  scope: GrantScope,
  forms: (arn: string) => readonly string[],
  condition: Readonly<Record<string, string>>,
): readonly Grant[] {
  const own = Object.keys(condition).length === 0 ? {} : { conditions: { StringEquals: condition } };
  const listed = scope.functions.flatMap(forms);
  const others = { resources: forms(functionArnOf(scope, '*')), conditions: { StringEquals: { ...condition, ...tagged } } };
  return [...(listed.length === 0 ? [] : [{ resources: listed, ...own }]), others];
}

export const anyFunction =
  'Which function is behind a route is only known at run time: the answer can be had for every function of the account and Region.';

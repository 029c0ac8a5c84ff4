// Findings of cdk-nag that are meant: one resource, one finding, its reason.
import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Needed } from './roles.ts';

/** Accepts one finding on one resource. */
export function accept(resource: IConstruct, finding: string, reason: string): void {
  Validations.of(resource).acknowledge({ id: finding, reason });
}

/** A wildcard of a role, each with the reason its table gives. */
export function acceptWildcards(role: IConstruct, needed: readonly Needed[]): void {
  const reasons = new Map<string, Set<string>>();
  for (const { resources, because } of needed)
    for (const arn of resources.map((r) => flat(Stack.of(role).resolve(r))).filter((r) => r.includes('*')))
      reasons.set(arn, (reasons.get(arn) ?? new Set()).add(because));
  for (const [arn, because] of reasons) accept(role, `AwsSolutions-IAM5[Resource::${arn}]`, [...because].join(' '));
}

/** An ARN as cdk-nag writes it: `<AWS::Region>` for a reference, `<Table.Arn>` for an attribute. */
function flat(resolved: unknown): string {
  if (typeof resolved !== 'object' || resolved === null) return String(resolved);
  const {
    Ref: ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
  } = resolved as { Ref?: string; 'Fn::GetAtt'?: readonly string[]; 'Fn::Join'?: readonly [string, readonly unknown[]] };
  if (ref !== undefined) return `<${ref}>`;
  if (attribute) return `<${attribute.join('.')}>`;
  return join ? join[1].map(flat).join(join[0]) : JSON.stringify(resolved);
}

// Findings of cdk-nag that are meant: one resource, one rule, its reason.
import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts one finding on one resource. */
export function accept(resource: IConstruct, rule: string, reason: string): void {
  Validations.of(resource).acknowledge({ id: rule, reason });
}

/** A duty's role is written from the tables, which say of each wildcard why IAM cannot narrow it. */
export function acceptWildcards(role: IConstruct): void {
  accept(
    role,
    'AwsSolutions-IAM5',
    'Every statement is written from lib/duties.ts, lib/aws/table.ts and lib/aws/own.ts; docs/permissions.md says of each wildcard what IAM cannot narrow.',
  );
}

// What evidence tells of who owns a resource: the code it was deployed from, as far as AWS's own records say it.
import type { PartlyHad } from './function.ts';

export type OwnerTool = 'cdk' | 'sam' | 'serverless' | 'cloudformation' | 'terraform';

/** The code a resource is deployed from. */
export interface Owner {
  readonly tool: OwnerTool;
  /** Read off names only: it looks like this tool, and nothing proves it. */
  readonly likely?: true;
  readonly stack?: string;
  /** In the stack's template. */
  readonly logicalId?: string;
  /** The construct's path (CDK), the resource of template.yaml (SAM). */
  readonly path?: string;
}

/** By ARN: functions without a qualifier, and the stage. What is owned by nobody known is not there. */
export interface Ownership extends PartlyHad {
  readonly owners: Readonly<Record<string, Owner>>;
}

// Who owns what was changed, in words: what is set beside the code that deploys it is drift, and the next deploy may take it away.
import type { Owner } from '../model/kinds/ownership.ts';
import { code } from './text.ts';

const where: Readonly<Record<Owner['tool'], (owner: Owner) => string>> = {
  cdk: ({ path, logicalId }) => `CDK: ${code(path ?? logicalId ?? 'its app', 200)}`,
  sam: ({ path, logicalId }) => `SAM: ${code(path ?? logicalId ?? 'a resource', 120)} in ${code('template.yaml')}`,
  serverless: ({ logicalId }) =>
    `it looks like the Serverless Framework: ${code('serverless.yml')}${logicalId === undefined ? '' : `, ${code(logicalId, 120)}`}`,
  cloudformation: ({ logicalId }) => (logicalId === undefined ? 'CloudFormation' : `${code(logicalId, 120)} in its template`),
  terraform: () => '',
};

/** `Owned by stack orders-stack (CDK: OrdersStack/Api/Orders): make it last there, or the next deploy takes it away`. */
export function ownerLine(owner: Owner): string {
  const last = 'make it last there, or the next deploy may take it away';
  if (owner.tool === 'terraform') return `Owned by Terraform, which changed it last: ${last}`;
  const stack = owner.stack === undefined ? 'a stack' : `stack ${code(owner.stack, 140)}`;
  return `Owned by ${stack} (${where[owner.tool](owner)}): ${last}`;
}

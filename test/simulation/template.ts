// The one synthesised template on its way to another thread: it is synthesised once, and what is a function of it becomes a table.
import type { ResolvedTemplate, Statement } from '../../lib/workflow/template.ts';

export interface Frozen {
  readonly template: Omit<ResolvedTemplate, 'statementsOf'>;
  readonly statements: Readonly<Record<string, readonly Statement[]>>;
}

export function frozen(all: ResolvedTemplate): Frozen {
  const { resources, functions, machines, rules, schedules, alarms } = all;
  const template = { resources, functions, machines, rules, schedules, alarms };
  const roles = Object.values(resources).flatMap((r) => (r.type === 'AWS::IAM::Role' && r.arn !== undefined ? [r.arn] : []));
  return { template, statements: Object.fromEntries(roles.map((arn) => [arn, all.statementsOf(arn)])) };
}

export const thawed = ({ template, statements }: Frozen): ResolvedTemplate => ({
  ...template,
  statementsOf: (arn) => statements[arn] ?? [],
});

// What the command line may call: what gathers evidence, what plans read, what finds an API by its id or address. Reads, every one of them:
// a call that writes stops the command before anything is asked.
import type { CallName } from '../aws/calls.ts';
import { table } from '../aws/table.ts';
import type { Probes } from '../collectors/collector.ts';
import { collectors } from '../collectors/index.ts';
import { duties } from '../duties.ts';
import { defaults } from '../model/installation.ts';

/** To find the API and its stage. */
export const findingCalls = [
  'apigateway:GetBasePathMappings',
  'apigateway:GetRestApi',
  'apigateway:GetStage',
  'apigateway:GetStages',
  'apigatewayv2:GetApi',
  'apigatewayv2:GetApiMappings',
  'apigatewayv2:GetStage',
  'apigatewayv2:GetStages',
] as const satisfies readonly CallName[];

/** The brakes are an installation's own: there may be none. */
const brakes = /^ssm:/;

/** What collectors read. Those that act must be opted into: a test call reaches the real backend, a probe knocks at it. */
const evidence = (probes: Probes): readonly CallName[] =>
  collectors.filter((c) => c.optIn === undefined || probes[c.optIn].length > 0).flatMap((c) => c.calls);

const none: Probes = { hosts: [], methods: [] };

export function declared(probes: Probes = none): readonly CallName[] {
  const plans = duties.find((d) => d.id === 'decide')?.calls({ fixes: [...defaults.fixes] }) ?? [];
  const names = [...new Set([...evidence(probes), ...plans.filter((name) => !brakes.test(name)), ...findingCalls])].sort();
  const writing = names.find((name) => table[name].effect === 'write');
  if (writing !== undefined)
    throw new Error(`the command line only reads, and ${writing} writes; take it out of what evidence or plans call`);
  return names;
}

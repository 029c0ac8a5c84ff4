// What the command line may call: what gathers evidence, what plans read, what finds an API by its id or address. Reads, every one of them:
// a call that writes stops the command before anything is asked.
import type { CallName } from '../aws/calls.ts';
import { table } from '../aws/table.ts';
import { collectors } from '../collectors/index.ts';
import { duties } from '../duties.ts';
import { defaults } from '../model/installation.ts';

/** To find the API and its stage. */
export const findingCalls = [
  'apigateway:GetBasePathMappings',
  'apigateway:GetRestApi',
  'apigateway:GetStage',
  'apigatewayv2:GetApi',
  'apigatewayv2:GetApiMappings',
  'apigatewayv2:GetStage',
] as const satisfies readonly CallName[];

/** The brakes are an installation's own: there may be none. */
const brakes = /^ssm:/;

/** What collectors read; not those that act and must be opted into: a test call reaches the real backend, a probe knocks at it. */
const evidence = (): readonly CallName[] => collectors.filter((c) => c.optIn === undefined).flatMap((c) => c.calls);

export function declared(): readonly CallName[] {
  const plans = duties.find((d) => d.id === 'decide')?.calls({ fixes: [...defaults.fixes] }) ?? [];
  const names = [...new Set([...evidence(), ...plans.filter((name) => !brakes.test(name)), ...findingCalls])].sort();
  const writing = names.find((name) => table[name].effect === 'write');
  if (writing !== undefined)
    throw new Error(`the command line only reads, and ${writing} writes; take it out of what evidence or plans call`);
  return names;
}

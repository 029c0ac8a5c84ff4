// Every fault of the laws, by the fix it is for: a fix without one fails the first law.
import { readdirSync } from 'node:fs';
import type { Fault } from './fault.ts';

/** A fix's own before its others. */
const files = readdirSync(new URL('faults/', import.meta.url))
  .map((file) => file.replace('.ts', ''))
  .toSorted();
export const faults: readonly Fault[] = await Promise.all(
  files.map(async (file) => ((await import(`./faults/${file}.ts`)) as { default: Fault }).default),
);

/** By a name of its own: the fix, the kind of API where it is not the shop's, and its number where the fix has several. */
export const named = faults.map((fault) => {
  const others = faults.filter((f) => f.fix === fault.fix && f.at?.apiType === fault.at?.apiType);
  const more = others.length > 1 ? [`${others.indexOf(fault) + 1} of ${others.length}, ${fault.cause}`] : [];
  const of = [...(fault.at ? [fault.at.apiType] : []), ...more];
  return [`${fault.fix}${of.length > 0 ? ` (${of.join(', ')})` : ''}`, fault] as const;
});

export function faultOf(fix: string): Fault {
  const found = faults.find((f) => f.fix === fix);
  if (!found) throw new Error(`no fault for the fix ${fix}; add test/laws/faults/${fix}.ts`);
  return found;
}

// Every fault of the laws, by the fix it is for: a fix without one fails the first law.
import { readdirSync } from 'node:fs';
import type { Fault } from './fault.ts';

const files = readdirSync(new URL('faults/', import.meta.url)).toSorted();
export const faults: readonly Fault[] = await Promise.all(
  files.map(async (file) => ((await import(`./faults/${file.replace('.ts', '')}.ts`)) as { default: Fault }).default),
);

/** By a name of its own: the fix, and the kind of API where it is not the shop's. */
export const named = faults.map((fault) => [`${fault.fix}${fault.at ? ` (${fault.at.apiType})` : ''}`, fault] as const);

export function faultOf(fix: string): Fault {
  const found = faults.find((f) => f.fix === fix);
  if (!found) throw new Error(`no fault for the fix ${fix}; add test/laws/faults/${fix}.ts`);
  return found;
}

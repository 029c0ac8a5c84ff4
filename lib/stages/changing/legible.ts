// Whether this version can read a stored change: its setting is known, its target and values are of the shape that setting has, and they are
// the ones that were decided. What it cannot read it neither writes nor guesses at: a person is told what stands in the row.
import * as v from 'valibot';
import { hashOf } from '../../journal/hash.ts';
import { absent, type Change, type Plan } from '../../model/change.ts';
import { settings } from '../../settings/index.ts';

/** Why it cannot be read, or is not to be trusted; undefined when it can. */
export const illegible = (plan: Plan): string | undefined =>
  unknownIn(plan) ??
  (hashOf(plan.fix, plan.changes) === plan.hash ? undefined : 'its changes are not the ones that were decided: the row was altered');

/** What of it this version does not know. */
export function unknownIn({ changes }: Plan): string | undefined {
  for (const change of changes) {
    const why = wrongIn(change);
    if (why !== undefined) return why;
  }
  return undefined;
}

function wrongIn({ setting: id, target, from, to }: Change): string | undefined {
  const setting = settings.find((s) => s.id === id);
  if (!setting) return `this version has no setting "${id.slice(0, 80)}"`;
  const is = (schema: unknown, value: unknown): boolean => v.safeParse(schema as v.GenericSchema, value).success;
  if (!is(setting.target, target)) return `the target is none of setting "${id}" in this version`;
  const odd = [from, to].find((value) => value !== absent && !is(setting.value, value));
  return odd === undefined ? undefined : `a value is none of setting "${id}" in this version`;
}

/** A row holds 400 KB, a note is read by a person. */
const mostShown = 600;
const cutTo = (text: string): string => (text.length > mostShown ? `${text.slice(0, mostShown)}…` : text);

/** Exactly what stands in the row, each change in a line. */
export const inRow = ({ changes }: Plan): string =>
  changes
    .map(({ setting, target, from, to }) =>
      cutTo(`${setting} of ${JSON.stringify(target)}: from ${JSON.stringify(from)} to ${JSON.stringify(to)}`),
    )
    .join(' · ');

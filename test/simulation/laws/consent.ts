// Whose word a fix takes, read from the catalogue and the owner's list alone: written apart from the product's own rule, so that each tests the other.
import { fixes } from '../../../lib/fixes/index.ts';
import type { Installation } from '../../../lib/model/installation.ts';

const consentOf = (id: string): string | undefined => fixes.find((f) => f.id === id)?.consent;

/** Unasked by itself, or allowed by the owner; never what the owner did not list. */
export function mayRunUnasked({ fixes: listed }: Pick<Installation, 'fixes'>, id: string): boolean {
  const owner = listed.find((f) => f.id === id);
  if (!owner || owner.unasked === false) return false;
  return consentOf(id) === 'unasked' || (consentOf(id) === 'allowed' && owner.unasked === true);
}

export const takesTwo = (id: string): boolean => consentOf(id) === 'two-person';

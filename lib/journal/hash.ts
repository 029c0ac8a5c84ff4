// The hash an approval binds to: the same fix and changes give the same hash, whatever the order of an object's keys.
import { createHash } from 'node:crypto';
import type { Change, FixId } from '../model/change.ts';

/** JSON with sorted keys and without undefined fields. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}

/** sha256 over the fix and exactly the changes shown. */
export const hashOf = (fix: FixId, changes: readonly Change[]): string =>
  createHash('sha256').update(canonical({ fix, changes })).digest('hex');

/** A short name made of what it stands for: the same parts give the same name. */
export const nameOf = (...parts: readonly string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 20);

// Text that ought to be JSON and comes from outside: an answer in a union instead of an exception.
import { err, ok, type Result } from './result.ts';

/** Parses JSON text; never throws. The one place where `JSON.parse` may fail as a matter of course. */
export function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : 'not JSON');
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** An object with unknown fields, or undefined for anything else (arrays too). */
export const asObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
export const asText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
/** One value or a list of them, as policy documents write it; what is not text is left out. */
export const asTexts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one) =>
    typeof one === 'string' ? [one] : typeof one === 'number' || typeof one === 'boolean' ? [String(one)] : [],
  );

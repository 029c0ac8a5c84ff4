// A span back from now, as a person writes it: 30m, 3h, 30d.
import { CommandError } from './command-error.ts';

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** Closed incidents are kept for 90 days (lib/store/rows.ts). */
const longestMs = 90 * units.d;

export function spanOf(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,5})(m|h|d)$/.exec(text) ?? [];
  const ms = Number(number) * (units[unit as keyof typeof units] ?? Number.NaN);
  if (!(ms > 0 && ms <= longestMs))
    throw new CommandError(`--since is ${JSON.stringify(text)}; give a span up to 90d, such as 30m, 24h or 30d`);
  return ms;
}

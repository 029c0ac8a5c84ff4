// The hours in which somebody is there: days of the week, from and to, on the clock of a place (an IANA zone, with its summer time).
import * as v from 'valibot';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Weekday = (typeof weekdays)[number];

const clockTime = v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00'));
const knownZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: zone }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(zone);
  } catch {
    return false;
  }
};

/** `to` before `from` runs over midnight, and counts to the day on which it began. */
export const hours = v.pipe(
  v.strictObject({
    days: v.pipe(v.array(v.picklist(weekdays, `must be one of ${weekdays.join(', ')}`)), v.minLength(1, 'must name at least one day')),
    from: clockTime,
    to: clockTime,
    timezone: v.pipe(v.string(), v.check(knownZone, 'must be an IANA time zone such as Europe/Berlin')),
  }),
  v.check(({ from, to }) => from !== to, 'must end at another time than it begins; leave it out for every hour of the day'),
);
export type Hours = v.InferOutput<typeof hours>;

interface Local {
  readonly day: number;
  /** Minutes since midnight. */
  readonly minutes: number;
}

function localAt(atMs: number, timeZone: string): Local {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const part = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const day = weekdays.findIndex((one) => one === part['weekday']?.toLowerCase());
  return { day, minutes: Number(part['hour']) * 60 + Number(part['minute']) };
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Whether the moment lies within; the last minute is out. */
export function within({ days, from, to, timezone }: Hours, atMs: number): boolean {
  const { day, minutes } = localAt(atMs, timezone);
  const [opens, closes] = [minutesOf(from), minutesOf(to)];
  const on = (n: number): boolean => days.some((one: Weekday) => one === weekdays[(n + weekdays.length) % weekdays.length]);
  if (opens < closes) return on(day) && minutes >= opens && minutes < closes;
  return (on(day) && minutes >= opens) || (on(day - 1) && minutes < closes);
}

/** As the owner wrote them. */
export const hoursWords = ({ days, from, to, timezone }: Hours): string => `${days.join(', ')} ${from}–${to} ${timezone}`;

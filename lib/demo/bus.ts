// EventBridge as far as the stack uses it: event patterns matched against events, and the expressions schedules are written in.

/** Whether an event matches a pattern: nested objects, lists of values, and the `prefix`, `anything-but` and `exists` filters. */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((wanted) => matchesValue(wanted, event));
  if (typeof pattern !== 'object' || pattern === null) throw new Error(`event pattern ${JSON.stringify(pattern)} is not one`);
  // objects in a list: one of them must fit as a whole
  if (Array.isArray(event)) return event.some((one) => matchesPattern(pattern, one));
  return Object.entries(pattern).every(([key, wanted]) => matchesPattern(wanted, field(event, key)));
}

const field = (event: unknown, key: string): unknown =>
  typeof event === 'object' && event !== null ? (event as Readonly<Record<string, unknown>>)[key] : undefined;

function matchesValue(wanted: unknown, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((one) => matchesValue(wanted, one));
  if (typeof wanted !== 'object' || wanted === null) return wanted === value;
  const [[filter, operand] = ['', undefined]] = Object.entries(wanted);
  if (filter === 'prefix') return typeof value === 'string' && value.startsWith(String(operand));
  if (filter === 'exists') return (value !== undefined) === operand;
  if (filter === 'anything-but')
    return value !== undefined && !(Array.isArray(operand) ? operand : [operand]).some((one: unknown) => matchesValue(one, value));
  throw new Error(`event filter ${filter} is not matched here`);
}

const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** When a schedule fires next after `now`; `rate(n unit)` and weekly `cron(m h ? * DAY *)` in UTC. */
export function nextFiring(expression: string, now: number): number {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) return now + Number(rate[1]) * (units[rate[2] ?? ''] ?? 0);
  const weekly = /^cron\((\d+) (\d+) \? \* ([A-Z]{3}) \*\)$/.exec(expression);
  if (!weekly) throw new Error(`schedule ${expression} is not understood here`);
  const day = days.indexOf(weekly[3] ?? '');
  const next = new Date(now);
  next.setUTCHours(Number(weekly[2]), Number(weekly[1]), 0, 0);
  while (next.getUTCDay() !== day || next.getTime() <= now) next.setUTCDate(next.getUTCDate() + 1);
  return next.getTime();
}

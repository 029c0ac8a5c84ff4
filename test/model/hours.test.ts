// The owner's hours on the clock of his place: summer time, midnight, and the two minutes at the ends.
import { describe, expect, test } from 'vitest';
import { within, type Hours } from '../../lib/model/hours.ts';

const office: Hours = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00', timezone: 'Europe/Berlin' };
const at = (iso: string): number => Date.parse(iso);

describe('a working day in Berlin', () => {
  test.each([
    ['in winter it opens at eight, UTC', '2026-11-25T08:00:00Z', true],
    ['a minute before', '2026-11-25T07:59:59Z', false],
    ['in summer it opens at seven, UTC', '2026-07-01T07:00:00Z', true],
    ['and not at eight less a minute of winter time', '2026-07-01T06:59:59Z', false],
    ['the last second', '2026-11-25T15:59:59Z', true],
    ['the end is out', '2026-11-25T16:00:00Z', false],
    ['Saturday', '2026-11-28T10:00:00Z', false],
    ['Sunday evening in UTC is Monday in Tokyo only', '2026-11-29T23:30:00Z', false],
  ])('%s', (_, iso, open) => expect(within(office, at(iso))).toBe(open));
});

describe('over midnight', () => {
  const night: Hours = { days: ['fri'], from: '22:00', to: '06:00', timezone: 'America/New_York' };
  test.each([
    ['Friday, 22:00', '2026-11-28T03:00:00Z', true],
    ['Saturday, 05:59, belongs to Friday', '2026-11-28T10:59:00Z', true],
    ['Saturday, 06:00', '2026-11-28T11:00:00Z', false],
    ['Saturday, 22:00', '2026-11-29T03:00:00Z', false],
    ['Friday, 05:00, belongs to Thursday', '2026-11-27T10:00:00Z', false],
    ['midnight itself', '2026-11-28T05:00:00Z', true],
  ])('%s', (_, iso, open) => expect(within(night, at(iso))).toBe(open));
  test('Sunday’s night runs into Monday', () => {
    const sunday: Hours = { ...night, days: ['sun'] };
    expect(within(sunday, at('2026-11-30T10:00:00Z'))).toBe(true);
    expect(within(sunday, at('2026-11-30T12:00:00Z'))).toBe(false);
  });
});

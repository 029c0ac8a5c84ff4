// A deploy drops the permission while the change calendar is closed: what would be mended unasked is asked about.
import { breakThenMend, endsOfAsking, minute, type Scenario } from './scenario.ts';

export default {
  id: 'change-freeze',
  title: 'A closed change calendar: a person is asked',
  owner: { changeCalendars: ['freeze'] },
  forMs: 200 * minute,
  prepare: (shop) => shop.account.putCalendar('freeze', 'CLOSED'),
  play: (shop) => breakThenMend(shop, 'permission-removed-by-deploy', 150 * minute),
  ends: { ...endsOfAsking, silent: { ...endsOfAsking.silent, says: /calendar is closed/ } },
} satisfies Scenario;

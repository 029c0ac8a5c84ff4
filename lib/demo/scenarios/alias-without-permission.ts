// A new alias never had the grant: nothing proves that it should, so a person is asked.
import { breakThenMend, endsOfAsking, minute, type Scenario } from './scenario.ts';

export default {
  id: 'alias-without-permission',
  title: 'The API is pointed at an alias that never had the grant',
  forMs: 120 * minute,
  play: (shop) => breakThenMend(shop, 'alias-without-permission', 90 * minute),
  ends: endsOfAsking,
} satisfies Scenario;

// A WebSocket API whose function may be called for $connect only: asked, never mended unasked, for its routes are known as edited only.
import { breakThenMend, endsOfAsking, minute, type Scenario } from './scenario.ts';

export default {
  id: 'websocket-permission-missing',
  title: 'WebSocket: permission for $connect only',
  forMs: 200 * minute,
  play: (shop) => breakThenMend(shop, 'websocket-permission-missing', 150 * minute),
  ends: endsOfAsking,
} satisfies Scenario;

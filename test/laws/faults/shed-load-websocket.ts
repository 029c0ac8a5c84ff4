// Two routes of a WebSocket API lead to a function that became slow, and has fewer environments than both APIs' callers ask for.
import type { ThrottlingTarget } from '../../../lib/settings/stage-throttling.ts';
import { chat, putChat } from '../chat.ts';
import { ref, type Fault } from '../fault.ts';

export default {
  fix: 'shed-load',
  at: chat,
  cause: 'lambda-throttled',
  prepare: putChat,
  breakIt: (account) => {
    account.setLoad('orders', { ms: 2500 });
    account.putReserved('orders', 5);
  },
  facts: { functions: [{ ref, throttles: 99, peakConcurrency: 5, limit: 'reserved', reserved: 5 }] },
  drift: (attempt, { target }) =>
    attempt('apigatewayv2:UpdateStage', {
      ApiId: chat.apiId,
      StageName: chat.stage,
      RouteSettings: { [(target as ThrottlingTarget).route]: { ThrottlingRateLimit: 77, ThrottlingBurstLimit: 77 } },
    }),
} satisfies Fault;

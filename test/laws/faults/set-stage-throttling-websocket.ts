// The same on a WebSocket stage, whose settings are written by the newer calls.
import { chat, putChat } from '../chat.ts';
import type { Fault } from '../fault.ts';

export default {
  fix: 'set-stage-throttling',
  at: chat,
  cause: 'gateway-throttled',
  prepare: putChat,
  breakIt: (account) => account.setThrottle({ ...chat, limit: { rate: 0, burst: 0 } }),
  facts: { limits: [{ route: '*', rate: 0, burst: 0 }], of: 'stage', perSecond: 2 },
  drift: (attempt) =>
    attempt('apigatewayv2:UpdateStage', {
      ApiId: chat.apiId,
      StageName: chat.stage,
      DefaultRouteSettings: { LoggingLevel: 'OFF', ThrottlingRateLimit: 77, ThrottlingBurstLimit: 77 },
    }),
} satisfies Fault;

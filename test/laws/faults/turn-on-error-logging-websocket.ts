// The function behind a WebSocket stage crashes, and the stage writes no log.
import { chat, putChat } from '../chat.ts';
import type { Fault } from '../fault.ts';

export default {
  fix: 'turn-on-error-logging',
  at: chat,
  cause: 'lambda-unhandled-error',
  certainty: 'suspected',
  prepare: putChat,
  breakIt: (account) => void account.release('orders', { outcome: 'throw' }),
  facts: {},
  drift: (attempt) =>
    attempt('apigatewayv2:UpdateStage', {
      ApiId: chat.apiId,
      StageName: chat.stage,
      DefaultRouteSettings: { LoggingLevel: 'INFO' },
    }),
} satisfies Fault;

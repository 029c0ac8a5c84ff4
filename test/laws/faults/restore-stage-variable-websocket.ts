// The same on a WebSocket API, whose stage is written by the newer calls.
import { chat, putChat } from '../chat.ts';
import type { Fault } from '../fault.ts';

const name = 'alias';

export default {
  fix: 'restore-stage-variable',
  at: chat,
  cause: 'stage-variable-missing',
  prepare: (account) => {
    putChat(account);
    account.setVariable({ ...chat, name, value: 'live', trailDelayMs: 60_000 });
    account.repoint({ ...chat, qualifier: `\${stageVariables.${name}}` });
  },
  breakIt: (account) => account.setVariable({ ...chat, name, by: { kind: 'stack', stack: 'orders-stack' }, trailDelayMs: 60_000 }),
  facts: { variables: [{ name, why: 'absent', routes: ['$connect', '$default'] }] },
  drift: (attempt) =>
    attempt('apigatewayv2:UpdateStage', { ApiId: chat.apiId, StageName: chat.stage, StageVariables: { [name]: 'canary' } }),
} satisfies Fault;

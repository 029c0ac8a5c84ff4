// A WebSocket API beside the shop's: for faults of what only such an API has.
import type { StageRef } from '../../lib/model/api.ts';
import type { Account } from '../../lib/sandbox/account/index.ts';
import { accountId, region } from './fault.ts';

export const chat: StageRef = { accountId, region, apiType: 'WEBSOCKET', apiId: 'chat1003', stage: 'prod', apiName: 'chat' };

/** It calls the shop's own function, by a statement of its own. */
export function putChat(account: Account): void {
  const routes = ['$connect', '$default'].map((path) => ({ method: 'ANY', path, functionName: 'orders', qualifier: 'live' }));
  account.putApi({ apiId: chat.apiId, apiType: 'WEBSOCKET', name: 'chat', stage: chat.stage, routes });
  account.grant({
    functionName: 'orders',
    qualifier: 'live',
    statementId: 'chat-gateway-invoke',
    sourceArn: `arn:aws:execute-api:${region}:${accountId}:${chat.apiId}/*`,
  });
  account.traffic({ apiId: chat.apiId, stage: chat.stage, route: { method: 'ANY', path: '$default' }, perSecond: 2 });
}

// One permission for $connect only, as a tool writes it when routes share an integration (aws-cdk#18208, #38148): who connects gets in,
// and every message fails.
import { alice, revokedBy, type Breakage } from './breakage.ts';
import { permissionOf } from '../shop.ts';

export default {
  id: 'websocket-permission-missing',
  title: 'WebSocket: permission for $connect only',
  says: 'the function may be called for $connect, but not for $default: every message fails',
  cause: 'lambda-permission-missing',
  asks: 're-add-invoke-permission',
  on: 'WEBSOCKET',
  breakIt: (shop, stage) => {
    const { sourceArn, ...grant } = permissionOf(shop.account, stage);
    revokedBy()(shop, stage);
    shop.account.grant({
      ...grant,
      statementId: 'connect-only',
      sourceArn: sourceArn.replace(/\*$/, `${stage.stage}/$connect`),
      by: alice,
    });
  },
  mend: (shop, stage) =>
    shop.account.grant({ ...permissionOf(shop.account, stage), statementId: `${stage.statementId}-by-hand`, by: alice }),
} satisfies Breakage;

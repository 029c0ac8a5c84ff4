// The listener behind a VPC link gets a certificate for a name that the integration does not use.
import { backendOf, serveByLink } from '../private-stage.ts';
import type { Shop, ShopStage } from '../shop.ts';
import type { Breakage } from './breakage.ts';

const yearMs = 365 * 86_400_000;
const show = (shop: Shop, stage: ShopStage, name: string): void =>
  shop.account.network.putCertificate(backendOf(shop, stage).balancerArn, [name], shop.account.clock.now() + yearMs);

export default {
  id: 'listener-certificate-wrong-name',
  title: 'Listener’s certificate for another name',
  says: 'the listener behind the VPC link gets a certificate that does not cover the name in the integration',
  cause: 'backend-tls-failure',
  prepare: (shop, stage) => {
    serveByLink(shop, stage, { tls: true });
    show(shop, stage, `${stage.apiName}.internal`);
  },
  breakIt: (shop, stage) => show(shop, stage, 'services.example.net'),
  mend: (shop, stage) => show(shop, stage, `${stage.apiName}.internal`),
} satisfies Breakage;

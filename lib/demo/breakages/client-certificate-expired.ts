// The certificate that the gateway shows to its backend runs out, a year after somebody generated it and forgot.
import { serveByHttp } from '../http-stage.ts';
import type { Breakage } from './breakage.ts';

const dayMs = 86_400_000;

export default {
  id: 'client-certificate-expired',
  title: 'Client certificate ran out',
  says: 'the client certificate that the stage shows to its backend runs out; the backend takes nobody without one',
  cause: 'backend-tls-failure',
  prepare: (shop, stage) => {
    serveByHttp(shop, stage, { asksForCertificate: true });
    shop.account.putClientCertificate({ apiId: stage.apiId, stage: stage.stage, forMs: 365 * dayMs });
  },
  breakIt: (shop, stage) => shop.account.putClientCertificate({ apiId: stage.apiId, stage: stage.stage, forMs: 0 }),
  mend: (shop, stage) => shop.account.putClientCertificate({ apiId: stage.apiId, stage: stage.stage, forMs: 365 * dayMs }),
} satisfies Breakage;

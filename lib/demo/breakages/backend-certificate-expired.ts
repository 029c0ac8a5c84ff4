// Nobody renewed the certificate of an HTTP backend.
import { changeBackend, serveByHttp } from '../http-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'backend-certificate-expired',
  title: 'Certificate ran out',
  says: 'the certificate of the backend runs out',
  cause: 'backend-tls-failure',
  prepare: (shop, stage) => serveByHttp(shop, stage),
  breakIt: (shop, stage) => changeBackend(shop, stage, { certificate: 'expired' }),
  mend: (shop, stage) => changeBackend(shop, stage, { certificate: 'good' }),
} satisfies Breakage;

// The backend shows a certificate of a private authority.
import { changeBackend, serveByHttp } from '../http-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'backend-certificate-untrusted',
  title: 'Certificate nobody trusts',
  says: 'the backend gets a certificate of a private authority',
  cause: 'backend-tls-failure',
  prepare: (shop, stage) => serveByHttp(shop, stage),
  breakIt: (shop, stage) => changeBackend(shop, stage, { certificate: 'untrusted' }),
  mend: (shop, stage) => changeBackend(shop, stage, { certificate: 'good' }),
} satisfies Breakage;

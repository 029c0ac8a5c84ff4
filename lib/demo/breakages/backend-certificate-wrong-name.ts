// The backend shows a certificate for another name.
import { changeBackend, serveByHttp } from '../http-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'backend-certificate-wrong-name',
  title: 'Certificate for another name',
  says: 'the backend gets a certificate for its old name',
  cause: 'backend-tls-failure',
  prepare: (shop, stage) => serveByHttp(shop, stage),
  breakIt: (shop, stage) => changeBackend(shop, stage, { certificate: 'wrongName' }),
  mend: (shop, stage) => changeBackend(shop, stage, { certificate: 'good' }),
} satisfies Breakage;

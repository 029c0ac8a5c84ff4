// Somebody deletes the DNS record of an HTTP backend.
import { changeBackend, serveByHttp } from '../http-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'backend-name-gone',
  title: 'DNS record deleted',
  says: 'the DNS record of the backend is deleted; the gateway calls it an invalid address',
  cause: 'backend-unreachable',
  prepare: (shop, stage) => serveByHttp(shop, stage),
  breakIt: (shop, stage) => changeBackend(shop, stage, { unreachable: 'unknownName' }),
  mend: (shop, stage) => changeBackend(shop, stage, { unreachable: false }),
} satisfies Breakage;

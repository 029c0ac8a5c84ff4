// An HTTP backend takes connections and answers nobody in time.
import { changeBackend, serveByHttp } from '../http-stage.ts';
import { second, type Breakage } from './breakage.ts';

export default {
  id: 'backend-hangs',
  title: 'Backend slower than the gateway waits',
  says: 'the backend behind an HTTP integration answers after 40 s; the gateway gives up after 29 s',
  cause: 'integration-timeout',
  prepare: (shop, stage) => serveByHttp(shop, stage),
  breakIt: (shop, stage) => changeBackend(shop, stage, { ms: 40 * second }),
  mend: (shop, stage) => changeBackend(shop, stage, { ms: 40 }),
} satisfies Breakage;

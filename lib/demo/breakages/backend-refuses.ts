// An HTTP backend stops listening.
import { changeBackend, serveByHttp } from '../http-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'backend-refuses',
  title: 'Backend down',
  says: 'the process behind an HTTP integration stops; its port refuses connections',
  cause: 'backend-unreachable',
  prepare: (shop, stage) => serveByHttp(shop, stage),
  breakIt: (shop, stage) => changeBackend(shop, stage, { unreachable: true }),
  mend: (shop, stage) => changeBackend(shop, stage, { unreachable: false }),
} satisfies Breakage;

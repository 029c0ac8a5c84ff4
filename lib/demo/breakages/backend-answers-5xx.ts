// A release of the HTTP backend answers 503; the gateway only passes it on.
import { changeBackend, serveByHttp } from '../http-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'backend-answers-5xx',
  title: 'Backend answers 503',
  says: 'a release of the backend behind an HTTP API answers 503 to all',
  cause: 'backend-error',
  on: 'HTTP',
  prepare: (shop, stage) => serveByHttp(shop, stage),
  breakIt: (shop, stage) => changeBackend(shop, stage, { status: 503 }),
  mend: (shop, stage) => changeBackend(shop, stage, { status: 200 }),
} satisfies Breakage;

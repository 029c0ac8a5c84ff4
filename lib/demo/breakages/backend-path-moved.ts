// The backend moves a path, and the integration turns its 404 into a 500.
import { changeBackend, serveByHttp } from '../http-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'backend-path-moved',
  title: 'Path gone at the backend',
  says: 'the backend moves its path; the integration hides the 404 behind a 500',
  cause: 'integration-route-mismatch',
  prepare: (shop, stage) => serveByHttp(shop, stage, { answers: { '': '200', [String.raw`4\d{2}`]: '500' } }),
  breakIt: (shop, stage) => changeBackend(shop, stage, { paths: [`/v2/${stage.apiName}`] }),
  mend: (shop, stage) => changeBackend(shop, stage, { paths: [`/${stage.apiName}`] }),
} satisfies Breakage;

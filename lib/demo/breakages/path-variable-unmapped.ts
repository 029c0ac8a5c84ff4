// A deployment forgets to map a path variable of its integration.
import { backendHost, serveByHttp } from '../http-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'path-variable-unmapped',
  title: 'Path variable not mapped',
  says: 'a deployment uses {id} in the address of the backend and maps nothing to it',
  cause: 'integration-route-mismatch',
  prepare: (shop, stage) => serveByHttp(shop, stage),
  breakIt: (shop, stage) => serveByHttp(shop, stage, { uri: `https://${backendHost}/${stage.apiName}/{id}` }),
  mend: (shop, stage) => serveByHttp(shop, stage),
} satisfies Breakage;

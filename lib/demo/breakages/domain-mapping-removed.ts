// A person removes the base path mapping of the custom domain: its callers get 403, and the stage never hears of them.
import type { ShopStage } from '../shop.ts';
import { alice, type Breakage } from './breakage.ts';

const name = 'api.shop.example.com';
const mapped = ({ apiId, stage }: ShopStage) => [{ path: '', apiId, stage }];

export default {
  id: 'domain-mapping-removed',
  title: 'Domain mapping removed',
  says: 'alice removes the base path mapping of the custom domain',
  cause: 'custom-domain',
  quiet: true,
  prepare: (shop, stage) => shop.account.putDomain({ name, mappings: mapped(stage) }),
  breakIt: (shop) => shop.account.setDomain(name, { mappings: [], by: alice }),
  mend: (shop, stage) => shop.account.setDomain(name, { mappings: mapped(stage) }),
} satisfies Breakage;

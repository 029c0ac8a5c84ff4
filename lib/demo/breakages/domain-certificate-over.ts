// The imported certificate of the custom domain is over: callers meet a TLS error, and the stage never hears of them.
import type { Breakage } from './breakage.ts';

const name = 'api.shop.example.com';

export default {
  id: 'domain-certificate-over',
  title: 'Domain certificate over',
  says: 'the imported certificate of the custom domain is over and has to be imported again',
  cause: 'custom-domain',
  quiet: true,
  prepare: (shop, { apiId, stage }) => shop.account.putDomain({ name, mappings: [{ path: '', apiId, stage }] }),
  breakIt: (shop) => shop.account.setDomain(name, { status: 'PENDING_CERTIFICATE_REIMPORT' }),
  mend: (shop) => shop.account.setDomain(name, { status: 'AVAILABLE' }),
} satisfies Breakage;

// The certificate of the custom domain is over: callers meet a TLS error, and the stage never hears of them.
import type { Breakage } from './breakage.ts';

const yearMs = 395 * 24 * 3_600_000;
const name = 'api.shop.example.com';

export default {
  id: 'domain-certificate-over',
  title: 'Domain certificate over',
  says: 'the certificate of the custom domain is over, and nobody renewed it',
  cause: 'custom-domain',
  quiet: true,
  prepare: (shop, { apiId, stage }) => shop.account.putDomain({ name, mappings: [{ path: '', apiId, stage }] }),
  breakIt: (shop) => shop.account.setDomain(name, { certificateUntil: shop.account.clock.now() }),
  mend: (shop) => shop.account.setDomain(name, { certificateUntil: shop.account.clock.now() + yearMs }),
} satisfies Breakage;

// AWS WAF does not answer the gateway: every request to the guarded stage fails before anything behind it is asked.
import type { Breakage } from './breakage.ts';

const webAcl = 'shop-web-acl';

export default {
  id: 'waf-failing',
  title: 'AWS WAF fails',
  says: 'AWS WAF does not answer the gateway’s call for the stage’s web ACL',
  cause: 'waf-error',
  prepare: (shop, stage) => shop.account.guard({ apiId: stage.apiId, stage: stage.stage, webAcl }),
  breakIt: (shop) => shop.account.setWafFailing(webAcl, true),
  mend: (shop) => shop.account.setWafFailing(webAcl, false),
} satisfies Breakage;

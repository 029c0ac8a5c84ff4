// The VPC link of a REST API fails.
import { backendOf, serveByLink } from '../private-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'vpc-link-failed',
  title: 'VPC link failed',
  says: 'the VPC link behind the stage turns to FAILED',
  cause: 'vpc-link-unavailable',
  prepare: serveByLink,
  breakIt: (shop, stage) =>
    shop.account.network.setLink(backendOf(shop, stage).linkId, 'FAILED', 'NLB ARN is malformed or its endpoint service is rejected'),
  mend: (shop, stage) => shop.account.network.setLink(backendOf(shop, stage).linkId, 'AVAILABLE'),
} satisfies Breakage;

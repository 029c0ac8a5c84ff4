// The VPC link of an HTTP API fell asleep: nothing went through it for sixty days.
import { backendOf, serveByLink } from '../private-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'vpc-link-asleep',
  title: 'VPC link asleep',
  says: 'the VPC link of an HTTP API is INACTIVE, as after sixty days without traffic',
  cause: 'vpc-link-unavailable',
  on: 'HTTP',
  prepare: serveByLink,
  breakIt: (shop, stage) =>
    shop.account.network.setLink(backendOf(shop, stage).linkId, 'INACTIVE', 'VPC link is inactive because no traffic went through it'),
  mend: (shop, stage) => shop.account.network.setLink(backendOf(shop, stage).linkId, 'AVAILABLE'),
} satisfies Breakage;

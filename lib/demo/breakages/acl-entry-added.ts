// Somebody adds a network ACL entry that refuses the port the targets listen on: security groups all look right.
import { broken, mended, serveByLink } from '../private-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'acl-entry-added',
  title: 'Network ACL entry added',
  says: 'a network ACL entry refuses the port of the targets; security groups all look right',
  cause: 'network-blocked',
  on: 'HTTP',
  prepare: serveByLink,
  breakIt: (shop) => broken(shop, shop.account.network.denyPort(8080, alice)),
  mend: mended,
} satisfies Breakage;

// Somebody switches off the key that a function's environment variables are sealed with: Lambda runs it no more.
import type { Shop } from '../shop.ts';
import type { Breakage } from './breakage.ts';

const keyId = '4f1e9a52-0c57-4c1d-9a51-2f6a3f5a1f10';
const arnIn = (shop: Shop): string => `arn:aws:kms:${shop.account.region}:${shop.account.accountId}:key/${keyId}`;

export default {
  id: 'key-disabled',
  title: 'Key switched off',
  says: 'somebody disables the KMS key that a function’s environment variables are sealed with',
  cause: 'lambda-state',
  prepare: (shop, stage) => void shop.account.sealWith(stage.functionName, keyId),
  breakIt: (shop) => shop.account.setKey(arnIn(shop), 'Disabled'),
  mend: (shop) => shop.account.setKey(arnIn(shop), 'Enabled'),
} satisfies Breakage;

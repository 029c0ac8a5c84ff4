// A function of an HTTP API is called with a role, and the role's trust goes: the gateway cannot even assume it.
import { letInvoke, roleOf, serveWithRole } from '../service-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'function-role-not-trusting',
  title: 'Role of the function’s routes trusts nobody',
  says: 'the trust policy of the role that an HTTP API calls its function with loses API Gateway',
  cause: 'lambda-permission-missing',
  on: 'HTTP',
  prepare: serveWithRole,
  breakIt: (shop, stage) => shop.account.services.putRole(roleOf(stage), { trust: [] }, alice),
  mend: letInvoke,
} satisfies Breakage;

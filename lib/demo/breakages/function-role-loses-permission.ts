// A function is called with a role, and the role loses its permission: the function's own policy would let the gateway in, and is not asked.
import { letInvoke, roleOf, serveWithRole } from '../service-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'function-role-loses-permission',
  title: 'Role of the function’s routes loses its permission',
  says: 'the role that the routes call the function with loses lambda:InvokeFunction',
  cause: 'lambda-permission-missing',
  prepare: serveWithRole,
  breakIt: (shop, stage) => shop.account.services.putRole(roleOf(stage), { statements: [] }, alice),
  mend: letInvoke,
} satisfies Breakage;

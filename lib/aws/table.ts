// Every call Gatemedic can make, with what IAM must allow for it: roles, docs/permissions.md and the sandbox's IAM are read from here,
// so that no permission is written by hand beside the code that needs it.
import type { CallName, CallRow } from './calls.ts';
import { aroundFunctionRows } from './table/around-functions.ts';
import { backendRows } from './table/backends.ts';
import { codeDeployRows } from './table/codedeploy.ts';
import { gatewayRows } from './table/gateway.ts';
import { healthRows } from './table/health.ts';
import { lambdaRows } from './table/lambda.ts';
import { listedRows } from './table/listed-resources.ts';
import { logRows } from './table/logs.ts';
import { networkRows } from './table/network.ts';
import { serviceRows } from './table/behind-routes.ts';
import { watchRows } from './table/watch.ts';

export const table: { readonly [N in CallName]: CallRow<N> } = {
  ...aroundFunctionRows,
  ...backendRows,
  ...codeDeployRows,
  ...gatewayRows,
  ...watchRows,
  ...serviceRows,
  ...healthRows,
  ...listedRows,
  ...logRows,
  ...lambdaRows,
  ...networkRows,
};

/** All call names, in order. */
export const callNames: readonly CallName[] = (Object.keys(table) as CallName[]).sort();

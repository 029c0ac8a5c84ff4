// A function that is called with a role: the gateway has to assume it, and the role has to be allowed to invoke. The function's own policy is
// not asked then (fixes.md §1).
import { withVariables } from '../apis.ts';
import type { Fault } from '../exchange.ts';
import { arnOf } from '../functions.ts';
import { roleArn } from '../mapped.ts';
import { assumes, roleMay, type CalledParts } from '../service-calls.ts';
import type { Phase } from './phase.ts';

/** With a curly apostrophe, as HTTP APIs write it (messages.md §9). */
export const notAssumedOnHttp =
  'API Gateway doesn’t have permissions to assume the IAM role configured on the integration. Check the permissions and try again.';
export const notAllowedOnHttp =
  "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again.";

export const functionRole = (parts: CalledParts): Phase => ({
  answer({ api, route }) {
    if (route?.functionName === undefined || route.role === undefined) return undefined;
    const role = parts.services.roles.get(route.role);
    const rest = api.apiType !== 'HTTP';
    const refused = (
      name: string,
      words: string,
      http: string,
      responseType: string,
    ): { status: number; fault: Fault; integrationMs: number } => ({
      status: 500,
      integrationMs: 5,
      fault: {
        name,
        status: 500,
        responseType: rest ? responseType : 'INTEGRATION_FAILURE',
        lines: () => [`Execution failed due to configuration error: ${words}`],
        ...(rest ? {} : { says: () => http }),
      },
    });
    if (!role || !assumes(role))
      return refused(
        'role',
        `API Gateway does not have permission to assume the provided role ${roleArn(parts.base, route.role)}`,
        notAssumedOnHttp,
        'DEFAULT_5XX',
      );
    const qualifier = route.qualifier === undefined ? undefined : withVariables(api, route.qualifier);
    return roleMay(parts.base, role, 'lambda:InvokeFunction', arnOf(parts.base, route.functionName, qualifier))
      ? undefined
      : refused('role-permission', 'Invalid permissions on Lambda function', notAllowedOnHttp, 'API_CONFIGURATION_ERROR');
  },
});

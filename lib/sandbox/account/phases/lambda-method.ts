// A Lambda integration that does not call with POST: Lambda refuses before it looks at any permission, and the gateway's line ends in
// nothing (AWS knowledge centre, "api-gateway-lambda-template-invoke-error").
import { lambdaRequestId } from '../function-lines.ts';
import type { Phase, PhaseParts } from './phase.ts';

const body =
  '<AccessDeniedException><Message>Unable to determine service/operation name to be authorized</Message></AccessDeniedException>';

export const lambdaMethod = ({ base }: Pick<PhaseParts, 'base'>): Phase => ({
  answer({ api, route }) {
    if (route?.functionName === undefined || (route.lambdaMethod ?? 'POST') === 'POST') return undefined;
    const id = lambdaRequestId(base, base.next());
    return {
      status: 500,
      integrationMs: 6,
      fault: {
        name: 'method',
        status: 500,
        responseType: 'API_CONFIGURATION_ERROR',
        serviceStatus: 403,
        lines: () => [
          `Lambda invocation failed with status: 403. Lambda request id: ${id}`,
          'Execution failed due to configuration error: ',
        ],
      },
      received: () => (api.dataTrace ? [`Endpoint response body before transformations: ${body}`] : []),
    };
  },
});

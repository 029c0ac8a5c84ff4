// A route that leads nowhere: an address that a stage variable leaves open, or no integration at all.
import type { RouteSpec, ServedStage } from '../apis.ts';
import type { Phase } from './phase.ts';

/** The first stage variable of an address that the stage lacks or leaves empty. */
function openIn(api: ServedStage, route: RouteSpec): string | undefined {
  const texts = [route.functionName, route.qualifier, route.httpBackend?.uri].filter((text) => text?.includes('${'));
  if (texts.length === 0) return undefined;
  const names = texts.flatMap((text) => [...(text ?? '').matchAll(/\$\{stageVariables\.([A-Za-z0-9_]{1,64})\}/g)].map((m) => m[1] ?? ''));
  return names.find((name) => !api.variables[name]);
}

/** messages.md §9 (api-gateway-developer-guide#91): the gateway says which value it cannot use, not which variable. */
const invalidVariable =
  "Invalid stage variable value: null.  Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.";

export const nowhere = (): Phase => ({
  answer({ api, route }) {
    if (!route) return undefined;
    if (openIn(api, route) !== undefined)
      return {
        status: 500,
        fault: {
          name: 'stage-variable',
          status: 500,
          responseType: 'API_CONFIGURATION_ERROR',
          lines: () => [`Execution failed due to configuration error: ${invalidVariable}`],
        },
      };
    // No source gives an HTTP API's answer for certain (messages.md §6: 404 or 500); a REST deployment refuses such a method.
    return route.empty ? { status: 500, fault: { name: 'no-integration', status: 500, responseType: '-', lines: () => [] } } : undefined;
  },
});

// No deployed route fits: no failure of the stage, but a 4xx that looks like one to the caller.
import type { Phase } from './phase.ts';

export const noRoute = (): Phase => ({
  answer({ api, route }) {
    if (route) return undefined;
    const rest = api.apiType === 'REST';
    const status = rest ? 403 : 404;
    return { status, fault: { name: 'no-route', status, responseType: rest ? 'MISSING_AUTHENTICATION_TOKEN' : '-', lines: () => [] } };
  },
});

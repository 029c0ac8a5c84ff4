// A stage in front of one HTTPS backend, as the tests of HTTP causes write it, judged by the causes that are mistaken for each other.
import backendError from '../../lib/causes/backend-error.ts';
import tlsFailure from '../../lib/causes/backend-tls-failure.ts';
import unreachable from '../../lib/causes/backend-unreachable.ts';
import routeMismatch from '../../lib/causes/integration-route-mismatch.ts';
import integrationTimeout from '../../lib/causes/integration-timeout.ts';
import permissionMissing from '../../lib/causes/lambda-permission-missing.ts';
import type { Cause, Verdict } from '../../lib/model/cause.ts';
import { got, type Evidence, type Gathered } from '../../lib/model/evidence.ts';
import type { EndpointProbe, ProbedEndpoint } from '../../lib/model/kinds/backend.ts';
import type { Route } from '../../lib/model/kinds/api.ts';
import { diagnose } from '../../lib/stages/looking/diagnose.ts';
import { at, deployed, evidence, lacks, line, log, now, span } from './evidence.ts';

export const family: readonly Cause[] = [backendError, tlsFailure, unreachable, routeMismatch, integrationTimeout, permissionMissing];
export const say = (more: Gathered) => diagnose({ gathered: evidence(more), at, lines: [], now, causes: family });
export const ends = (more: Gathered): string => {
  const d = say(more);
  return `${d.certainty} ${d.cause}`;
};
export const verdictOf = (c: { readonly id: string }, more: Gathered): Verdict | undefined =>
  say(more).suspects.find((s) => s.id === c.id)?.verdict;

const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
export const executed = (text: string) => log(line('execution', `${rid}${text}`));
export const http = (uri: string, more: Partial<NonNullable<Route['integration']>> = {}): Route => ({
  method: 'GET',
  path: '/x',
  integration: { type: 'HTTP_PROXY', httpMethod: 'GET', uri, timeoutMs: 29_000, ...more },
});
export const origin = 'https://api.example.com:443';
export const probed = (one: Partial<ProbedEndpoint>): Evidence<EndpointProbe> =>
  got({ endpoints: { [origin]: { dns: 'found', path: '/orders', ...one } } }, span, 'aws');
/** A stage with one HTTPS backend that fails, and no functions. */
export const stage = (more: Gathered = {}): Gathered => ({
  deployedApi: deployed(http('https://api.example.com/orders')),
  functionMetrics: lacks('empty'),
  functionConfig: lacks('empty'),
  functionPolicy: lacks('empty'),
  ...more,
});
/** A probe that meets nothing wrong. */
export const good: Partial<ProbedEndpoint> = { connect: 'open', tls: {}, status: 200 };

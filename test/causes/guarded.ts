// A stage behind a Lambda authorizer, as the tests of both authorizer causes write it. What is not said is healthy.
import type { FunctionRef, StageRef } from '../../lib/model/api.ts';
import type { Verdict } from '../../lib/model/cause.ts';
import { got, type Evidence, type EvidenceKind, type Gathered } from '../../lib/model/evidence.ts';
import type { DeployedApi } from '../../lib/model/kinds/api.ts';
import type { AuthorizerFact, Authorizers } from '../../lib/model/kinds/authorizer.ts';
import { parsePolicy } from '../../lib/model/policy.ts';
import { diagnose, seen } from '../../lib/stages/looking/diagnose.ts';
import { at, deployed, evidence, key, lacks, line, log, metrics, minute, now, route, grant, span } from './evidence.ts';

export const guard: FunctionRef = { accountId: at.accountId, region: at.region, name: 'guard' };
export const guardUri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:guard/invocations';
export const ownArn = 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/authorizers/k3y123';

export const api = (): Evidence<DeployedApi> => {
  const base = deployed({ ...route('/orders'), authorizer: 'Guard' });
  return base.state === 'got'
    ? { ...base, value: { ...base.value, authorizers: [{ name: 'Guard', type: 'token', uri: guardUri, function: guard }] } }
    : base;
};
export const allowing = (...sources: readonly string[]): AuthorizerFact['policy'] => ({
  statements:
    parsePolicy(
      JSON.stringify({
        Statement: sources.map((s) => ({ ...grant(s), Resource: 'arn:aws:lambda:us-east-1:111122223333:function:guard' })),
      }),
    ) ?? [],
  sizeBytes: 200,
});
export const authorizers = (more: Partial<AuthorizerFact> = {}, also: Partial<Authorizers> = {}): Evidence<Authorizers> =>
  got(
    {
      authorizers: [
        {
          name: 'Guard',
          id: 'k3y123',
          type: 'token',
          uri: guardUri,
          function: guard,
          routes: ['GET /orders'],
          fact: { ref: guard, exists: true, timeoutSeconds: 5, state: 'Active', lastModifiedAt: now - 30 * 24 * 60 * minute },
          policy: allowing(ownArn) ?? 'absent',
          ...more,
        },
      ],
      ...also,
    },
    span,
    'aws',
  );
const unreached = metrics({ [key]: { invocations: [100, 0], durationMaxMs: [80, undefined] } });
export const invoked = (more: object = {}) => metrics({ guard: { invocations: [100, 100], ...more } });
export const silent = metrics({
  guard: { invocations: [100, undefined], errors: [0, undefined], throttles: [0, undefined], durationMaxMs: [5, undefined] },
});

/** No request comes past the authorizer. */
export const shut = (more: Gathered = {}): Gathered =>
  evidence({
    deployedApi: api(),
    functionMetrics: unreached,
    authorizers: authorizers(),
    authorizerMetrics: invoked(),
    authorizerLog: lacks('empty'),
    ...more,
  });
export const say = (more: Gathered = {}) => diagnose({ gathered: shut(more), at, lines: [], now });
export const ends = (more: Gathered = {}): string => {
  const d = say(more);
  return `${d.certainty} ${d.cause}`;
};
export const verdictOf = <F>(
  cause: { readonly looksAt: readonly EvidenceKind[]; confirm(evidence: never, at: StageRef): Verdict<F> },
  more: Gathered = {},
) => cause.confirm(seen(cause, shut(more)) as never, at);

export const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
export const barredLines = log(
  line('execution', `${rid}Execution failed due to configuration error: Invalid permissions on Lambda function`),
  line('execution', `${rid}Execution failed due to configuration error: Authorizer error`),
  line('execution', `${rid}Gateway response type: AUTHORIZER_CONFIGURATION_ERROR with status code: 500`),
);

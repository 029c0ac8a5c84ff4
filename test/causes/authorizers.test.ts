// The two authorizer causes, each the other's near miss and both of them that of a route's missing permission.
import { describe, expect, it } from 'vitest';
import authorizerError from '../../lib/causes/authorizer-error.ts';
import authorizerPermission from '../../lib/causes/authorizer-permission.ts';
import type { FunctionRef, StageRef } from '../../lib/model/api.ts';
import type { Verdict } from '../../lib/model/cause.ts';
import { authorizerPhase, besidesAuthorizer } from '../../lib/model/authorizer-lines.ts';
import { got, type Evidence, type EvidenceKind, type Gathered } from '../../lib/model/evidence.ts';
import type { DeployedApi } from '../../lib/model/kinds/api.ts';
import type { AuthorizerFact, Authorizers } from '../../lib/model/kinds/authorizer.ts';
import { parsePolicy } from '../../lib/model/policy.ts';
import { diagnose, seen } from '../../lib/stages/looking/diagnose.ts';
import {
  anyRoute,
  at,
  before,
  burst,
  deployed,
  evidence,
  gateway,
  grant,
  key,
  lacks,
  line,
  log,
  metrics,
  minute,
  now,
  policy,
  route,
  span,
} from './evidence.ts';

const guard: FunctionRef = { accountId: at.accountId, region: at.region, name: 'guard' };
const guardUri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:guard/invocations';
const ownArn = 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/authorizers/k3y123';

const api = (): Evidence<DeployedApi> => {
  const base = deployed({ ...route('/orders'), authorizer: 'Guard' });
  return base.state === 'got'
    ? { ...base, value: { ...base.value, authorizers: [{ name: 'Guard', type: 'token', uri: guardUri, function: guard }] } }
    : base;
};
const allowing = (...sources: readonly string[]): AuthorizerFact['policy'] => ({
  statements:
    parsePolicy(
      JSON.stringify({
        Statement: sources.map((s) => ({ ...grant(s), Resource: 'arn:aws:lambda:us-east-1:111122223333:function:guard' })),
      }),
    ) ?? [],
  sizeBytes: 200,
});
const authorizers = (more: Partial<AuthorizerFact> = {}, also: Partial<Authorizers> = {}): Evidence<Authorizers> =>
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
const invoked = (more: object = {}) => metrics({ guard: { invocations: [100, 100], ...more } });
const silent = metrics({
  guard: { invocations: [100, undefined], errors: [0, undefined], throttles: [0, undefined], durationMaxMs: [5, undefined] },
});

/** No request comes past the authorizer. */
const shut = (more: Gathered = {}): Gathered =>
  evidence({
    deployedApi: api(),
    functionMetrics: unreached,
    authorizers: authorizers(),
    authorizerMetrics: invoked(),
    authorizerLog: lacks('empty'),
    ...more,
  });
const say = (more: Gathered = {}) => diagnose({ gathered: shut(more), at, lines: [], now });
const ends = (more: Gathered = {}): string => {
  const d = say(more);
  return `${d.certainty} ${d.cause}`;
};
const verdictOf = <F>(
  cause: { readonly looksAt: readonly EvidenceKind[]; confirm(evidence: never, at: StageRef): Verdict<F> },
  more: Gathered = {},
) => cause.confirm(seen(cause, shut(more)) as never, at);

const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
const barredLines = log(
  line('execution', `${rid}Execution failed due to configuration error: Invalid permissions on Lambda function`),
  line('execution', `${rid}Execution failed due to configuration error: Authorizer error`),
  line('execution', `${rid}Gateway response type: AUTHORIZER_CONFIGURATION_ERROR with status code: 500`),
);

describe('authorizer-permission', () => {
  const lost = { authorizers: authorizers({ policy: 'absent' }), authorizerMetrics: silent };
  it('is confirmed by policy and metrics, without any log', () => {
    expect(ends(lost)).toBe('confirmed authorizer-permission');
  });
  it('names the source ARN a statement must carry, which has no stage', () => {
    const verdict = verdictOf(authorizerPermission, lost);
    expect(verdict).toMatchObject({ is: 'confirmed', facts: { authorizers: [{ name: 'Guard', sourceArn: ownArn, explicitDeny: false }] } });
    expect(authorizerPermission.advice(verdict.is === 'confirmed' ? verdict.facts : undefined, at).snippets[0]?.code).toBe(
      `aws lambda add-permission --function-name guard --region us-east-1 --statement-id authorizer-by-hand-1 --action lambda:InvokeFunction --principal apigateway.amazonaws.com --source-arn ${ownArn}`,
    );
  });
  it.each([
    ['a stage and a route, as for a route', 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/prod/GET/orders', 'confirmed'],
    ['another authorizer', 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/authorizers/0ther1', 'confirmed'],
    ['another API', 'arn:aws:execute-api:us-east-1:111122223333:zzzzzzzzzz/authorizers/k3y123', 'confirmed'],
    ['any authorizer', 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/authorizers/*', 'ruledOut'],
    ['the whole API', anyRoute, 'ruledOut'],
    ['this authorizer', ownArn, 'ruledOut'],
  ])('a statement for %s: %s is %s', (_, source, is) => {
    expect(verdictOf(authorizerPermission, { ...lost, authorizers: authorizers({ policy: allowing(source) ?? 'absent' }) }).is).toBe(is);
  });
  it('calls a Deny by its name and advises no new statement', () => {
    const policyWithDeny = parsePolicy(JSON.stringify({ Statement: [grant(ownArn, 'Deny')].map(({ Resource: _, ...s }) => s) })) ?? [];
    const verdict = verdictOf(authorizerPermission, {
      ...lost,
      authorizers: authorizers({ policy: { statements: policyWithDeny, sizeBytes: 1 } }),
    });
    expect(verdict).toMatchObject({ is: 'confirmed', facts: { authorizers: [{ explicitDeny: true }] } });
    expect(authorizerPermission.advice(verdict.is === 'confirmed' ? verdict.facts : undefined, at).snippets).toEqual([]);
  });
  it('is told in the burst’s first minute by an authorizer that was invoked less', () => {
    const one = (values: readonly number[], last: number) => ({ at: [...before, now - 5 * minute], values: [...values, last] });
    const first = (invocations: number) => ({
      ...lost,
      gatewayMetrics: got(
        {
          periodMs: minute,
          count: one(
            before.map(() => 100),
            100,
          ),
          serverErrors: one(
            before.map(() => 0),
            60,
          ),
          clientErrors: one([], 0),
          latencyMaxMs: one([], 0),
          integrationLatencyMaxMs: one([], 0),
        },
        span,
        'aws',
      ),
      functionMetrics: metrics({ [key]: { invocations: [100, 40] } }),
      authorizerMetrics: got(
        {
          periodMs: minute,
          functions: {
            guard: {
              invocations: one(
                before.map(() => 100),
                invocations,
              ),
              errors: one([], 0),
              throttles: one([], 0),
              durationMaxMs: one([], 5),
              concurrentMax: one([], 1),
            },
          },
        },
        span,
        'aws' as const,
      ),
    });
    expect(ends(first(40))).toBe('confirmed authorizer-permission');
    expect(ends(first(100))).not.toContain('confirmed');
  });
  it('is not the fault while the authorizer is invoked', () => {
    expect(verdictOf(authorizerPermission, { ...lost, authorizerMetrics: invoked() }).is).toBe('ruledOut');
  });
  it('is not confirmed by lines alone, nor by the edited authorizers', () => {
    expect(ends({ authorizers: lacks('denied'), authorizerMetrics: lacks('denied'), executionLog: barredLines })).toBe(
      'suspected authorizer-permission',
    );
    expect(verdictOf(authorizerPermission, { ...lost, authorizers: authorizers({ policy: 'absent' }, { edited: true }) }).is).toBe(
      'unproven',
    );
  });
  it('says what could not be read instead of calling it missing', () => {
    const unread = authorizers({}, { notHad: { Guard: { state: 'missing', why: 'denied', detail: 'lambda:GetPolicy: AccessDenied' } } });
    const without =
      unread.state === 'got'
        ? { ...unread, value: { ...unread.value, authorizers: unread.value.authorizers.map(({ policy: _, ...a }) => a) } }
        : unread;
    const verdict = verdictOf(authorizerPermission, { ...lost, authorizers: without });
    expect(verdict).toMatchObject({ is: 'unproven' });
    expect(JSON.stringify(verdict)).toContain('policy of guard could not be read');
  });
  it('takes a policy that names another authorizer as open while the id is not known', () => {
    const { id: _, ...nameless } = {
      id: 'x',
      policy: allowing('arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/authorizers/0ther1') ?? 'absent',
    };
    const known = authorizers(nameless as Partial<AuthorizerFact>);
    const unknown =
      known.state === 'got' ? { ...known, value: { authorizers: known.value.authorizers.map(({ id: __, ...a }) => a) } } : known;
    expect(verdictOf(authorizerPermission, { ...lost, authorizers: unknown }).is).toBe('unproven');
  });
  it('is no route’s missing permission, though the line is the same: a statement there would mend nothing', () => {
    const d = say({ ...lost, executionLog: barredLines });
    expect(d.cause).toBe('authorizer-permission');
    expect(d.suspects.find((s) => s.id === 'lambda-permission-missing')?.verdict.is).not.toBe('confirmed');
    // even where some other route really has no grant, the authorizer's line speaks for the authorizer only
    const other = { name: 'idle', accountId: at.accountId, region: at.region };
    const both = deployed({ ...route('/orders'), authorizer: 'Guard' }, route('/idle', other));
    const two = both.state === 'got' && {
      ...both,
      value: { ...both.value, authorizers: [{ name: 'Guard', type: 'token' as const, uri: guardUri, function: guard }] },
    };
    const verdicts = say({
      ...lost,
      deployedApi: two || both,
      functionPolicy: policy(),
      functionMetrics: metrics({ [key]: {}, idle: {} }),
      executionLog: barredLines,
    });
    expect(verdicts.suspects.find((s) => s.id === 'lambda-permission-missing')?.verdict.is).not.toBe('confirmed');
  });
  it('is healed by an invoked authorizer and requests that succeed, not by silence', () => {
    const facts = { authorizers: [{ name: 'Guard', ref: guard, id: 'k3y123', sourceArn: ownArn, explicitDeny: false }] };
    const after = (more: Gathered) =>
      authorizerPermission.healed(seen(authorizerPermission, shut(more)) as never, at, before[2] ?? 0, facts).is;
    expect(after(lost)).toBe('stillThere');
    expect(after({ authorizerMetrics: silent, gatewayMetrics: lacks('late') })).toBe('tooEarly');
    expect(after({ authorizerMetrics: lacks('empty') })).toBe('tooEarly');
    expect(after({ authorizerMetrics: invoked(), gatewayMetrics: gateway({ serverErrors: [0, 0] }) })).toBe('healed');
  });
});

describe('authorizer-error', () => {
  it('is confirmed by the errors of the authorizer’s function, without any log', () => {
    expect(ends({ authorizerMetrics: invoked({ errors: [0, 100] }) })).toBe('confirmed authorizer-error');
  });
  it('tells a function stopped at its limit, throttled, gone, not active, or called by a wrong path', () => {
    const trouble = (more: Gathered) => {
      const v = verdictOf(authorizerError, more);
      return v.is === 'confirmed' ? v.facts.authorizers.map((a) => a.trouble) : v.is;
    };
    expect(trouble({ authorizerMetrics: invoked({ errors: [0, 100], durationMaxMs: [5, 5000] }) })).toEqual(['too-slow']);
    expect(trouble({ authorizerMetrics: invoked({ throttles: [0, 100], invocations: [100, 0] }) })).toEqual(['throttled']);
    expect(
      trouble({
        authorizers: authorizers({ fact: { ref: guard, exists: false, notFound: 'Function not found' } }),
        authorizerMetrics: silent,
      }),
    ).toEqual(['not-found']);
    expect(
      trouble({ authorizers: authorizers({ fact: { ref: guard, exists: true, state: 'Failed' } }), authorizerMetrics: silent }),
    ).toEqual(['not-active']);
    expect(trouble({ authorizers: authorizers({ uri: guardUri.replace('03-31', '03-01') }), authorizerMetrics: silent })).toEqual([
      'bad-uri',
    ]);
  });
  it('is confirmed for an answer that is no policy by the gateway’s words and the numbers', () => {
    const words = log(
      line('execution', `${rid}Execution failed due to configuration error: Unable to parse given policy`),
      line('execution', `${rid}Execution failed due to configuration error: Authorizer error`),
    );
    expect(ends({ executionLog: words })).toBe('confirmed authorizer-error');
  });
  it('without logs, suspects a bad answer only where the function was changed shortly before', () => {
    const changed = authorizers({
      fact: { ref: guard, exists: true, timeoutSeconds: 5, state: 'Active', lastModifiedAt: (burst[0] ?? now) - 5 * minute },
    });
    expect(ends({ authorizers: changed })).toBe('suspected authorizer-error');
    expect(ends()).toBe('unknown unknown');
  });
  it('is not a caller turned away: thrown "Unauthorized" is an error to Lambda and a 401 to the caller', () => {
    const denied = {
      authorizerMetrics: invoked({ errors: [0, 60] }),
      gatewayMetrics: gateway({ clientErrors: [0, 60], serverErrors: [0, 40] }),
    };
    const verdict = verdictOf(authorizerError, denied);
    expect(verdict.is).not.toBe('confirmed');
  });
  it('is ruled out where the functions behind the routes account for every failure', () => {
    const crash = { functionMetrics: metrics({ [key]: { errors: [0, 100] } }) };
    expect(verdictOf(authorizerError, crash).is).toBe('ruledOut');
    expect(ends(crash)).not.toContain('authorizer');
  });
  it('is suspected by the deployed definition alone where its URI calls no function', () => {
    const wrong = api();
    const deployedApi =
      wrong.state === 'got'
        ? {
            ...wrong,
            value: {
              ...wrong.value,
              authorizers: [{ name: 'Guard', type: 'token' as const, uri: guardUri.replace('03-31', '03-01'), function: guard }],
            },
          }
        : wrong;
    expect(ends({ deployedApi, authorizers: lacks('denied'), authorizerMetrics: lacks('denied') })).toBe('suspected authorizer-error');
    expect(ends({ authorizers: lacks('denied'), authorizerMetrics: lacks('denied') })).toBe('unknown unknown');
  });
  it('is ruled out where the gateway says that it may not call, unless the function is not there', () => {
    expect(verdictOf(authorizerError, { authorizerMetrics: silent, executionLog: barredLines }).is).toBe('ruledOut');
    const gone = authorizers({ fact: { ref: guard, exists: false, notFound: 'Function not found' }, policy: 'absent' });
    expect(ends({ authorizers: gone, authorizerMetrics: silent, executionLog: barredLines })).toBe('confirmed authorizer-error');
  });
  it('is not confirmed from the edited authorizers', () => {
    expect(
      verdictOf(authorizerError, { authorizerMetrics: invoked({ errors: [0, 100] }), authorizers: authorizers({}, { edited: true }) }).is,
    ).toBe('unproven');
  });
  it('is healed by an authorizer that answers and requests that come through', () => {
    const facts = { authorizers: [{ name: 'Guard', ref: guard, trouble: 'crashes' as const, says: '' }] };
    const after = (more: Gathered) => authorizerError.healed(seen(authorizerError, shut(more)) as never, at, (burst[0] ?? 0) - 1, facts).is;
    expect(after({ authorizerMetrics: invoked({ errors: [0, 100] }) })).toBe('stillThere');
    expect(after({ authorizerMetrics: invoked(), gatewayMetrics: gateway({ serverErrors: [0, 0] }) })).toBe('healed');
    expect(after({ authorizerMetrics: lacks('empty'), gatewayMetrics: gateway({ serverErrors: [0, 0] }) })).toBe('tooEarly');
  });
});

describe('the authorizer’s phase of an execution log', () => {
  it('is told by request id: one request’s authorizer is not another’s route', () => {
    const other =
      '(11111111-2222-3333-4444-555555555555) Execution failed due to configuration error: Invalid permissions on Lambda function';
    const lines = [...(barredLines.state === 'got' ? barredLines.value.lines : []), line('execution', other)];
    expect(besidesAuthorizer(lines).map((l) => l.text)).toEqual([other]);
  });
  it('ends where the request passed its authorizer', () => {
    const lines = [
      line('execution', `${rid}Starting authorizer: k3y123 for request: 8d1f7a1c`),
      line('execution', `${rid}Successfully completed authorizer execution`),
      line('execution', `${rid}Starting execution for request: 8d1f7a1c`),
      line('execution', `${rid}Execution failed due to configuration error: Invalid permissions on Lambda function`),
    ];
    expect(authorizerPhase(lines)).toEqual([]);
    expect(verdictOf(authorizerPermission, { authorizers: lacks('notRecorded'), executionLog: log(...lines) })).toMatchObject({
      is: 'unproven',
    });
    expect(verdictOf(authorizerPermission, { authorizers: lacks('notRecorded'), executionLog: log(...lines) })).not.toHaveProperty('facts');
  });
  it('knows the short request ids of WebSocket APIs behind a copied timestamp, and lines without an id by their neighbours', () => {
    const pasted = [
      line(
        'execution',
        '2020-07-02T11:34:31.881-04:00 (PDS1PEC4oAMFpyA=) Execution failed due to configuration error: Invalid permissions on Lambda function',
      ),
      line('execution', '2020-07-02T11:34:31.882-04:00 (PDS1PEC4oAMFpyA=) Execution failed due to configuration error: Authorizer error'),
    ];
    expect(authorizerPhase(pasted)).toEqual(pasted);
    const bare = [
      line(
        'execution',
        'Sat Aug 06 06:47:36 UTC 2016 : Execution failed due to configuration error: Invalid permissions on Lambda function',
      ),
      line('execution', 'Sat Aug 06 06:47:36 UTC 2016 : AuthorizerConfigurationException'),
    ];
    expect(authorizerPhase(bare)).toEqual(bare);
  });
});

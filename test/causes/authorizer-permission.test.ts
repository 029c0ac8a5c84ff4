// The authorizer's missing permission, against a route's missing permission and against an authorizer that fails by itself.
import { describe, expect, it } from 'vitest';
import authorizerPermission from '../../lib/causes/authorizer-permission.ts';
import { got, type Gathered } from '../../lib/model/evidence.ts';
import type { AuthorizerFact } from '../../lib/model/kinds/authorizer.ts';
import { parsePolicy } from '../../lib/model/policy.ts';
import { seen } from '../../lib/stages/looking/diagnose.ts';
import { anyRoute, at, before, deployed, gateway, grant, key, lacks, metrics, minute, now, policy, route, span } from './evidence.ts';
import { allowing, authorizers, barredLines, ends, guard, guardUri, invoked, ownArn, say, shut, silent, verdictOf } from './guarded.ts';

const without = <K extends 'id' | 'policy' | 'fact'>(one: AuthorizerFact, key: K): Omit<AuthorizerFact, K> =>
  Object.fromEntries(Object.entries(one).filter(([name]) => name !== key)) as Omit<AuthorizerFact, K>;

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
    const policyWithDeny = parsePolicy(JSON.stringify({ Statement: [{ ...grant(ownArn, 'Deny'), Resource: '*' }] })) ?? [];
    const verdict = verdictOf(authorizerPermission, {
      ...lost,
      authorizers: authorizers({ policy: { statements: policyWithDeny, sizeBytes: 1 } }),
    });
    expect(verdict).toMatchObject({ is: 'confirmed', facts: { authorizers: [{ explicitDeny: true }] } });
    const { snippets } = authorizerPermission.advice(verdict.is === 'confirmed' ? verdict.facts : undefined, at);
    expect(snippets.map((s) => s.title)).toEqual(['See the policy of guard']);
    expect(JSON.stringify(snippets)).not.toContain('add-permission');
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
  it('is suspected of a policy that is not there, though whether the function is was not read', () => {
    const bare = authorizers({ policy: 'absent' });
    const unknown =
      bare.state === 'got'
        ? { ...bare, value: { ...bare.value, authorizers: bare.value.authorizers.map((a) => without(a, 'fact')) } }
        : bare;
    expect(verdictOf(authorizerPermission, { ...lost, authorizers: unknown })).toMatchObject({
      is: 'unproven',
      facts: { authorizers: [{ name: 'Guard' }] },
    });
  });
  it('says what could not be read instead of calling it missing', () => {
    const unread = authorizers({}, { notHad: { Guard: { state: 'missing', why: 'denied', detail: 'lambda:GetPolicy: AccessDenied' } } });
    const unreadable =
      unread.state === 'got'
        ? { ...unread, value: { ...unread.value, authorizers: unread.value.authorizers.map((a) => without(a, 'policy')) } }
        : unread;
    const verdict = verdictOf(authorizerPermission, { ...lost, authorizers: unreadable });
    expect(verdict).toMatchObject({ is: 'unproven' });
    expect(JSON.stringify(verdict)).toContain('policy of guard could not be read');
  });
  it('takes a policy that names another authorizer as open while the id is not known', () => {
    const known = authorizers({ policy: allowing('arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/authorizers/0ther1') ?? 'absent' });
    const unknown =
      known.state === 'got' ? { ...known, value: { authorizers: known.value.authorizers.map((a) => without(a, 'id')) } } : known;
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
    const after = (more: Gathered) => authorizerPermission.healed(seen(authorizerPermission, shut(more)), at, before[2] ?? 0, facts).is;
    expect(after(lost)).toBe('stillThere');
    expect(after({ authorizerMetrics: silent, gatewayMetrics: lacks('late') })).toBe('tooEarly');
    expect(after({ authorizerMetrics: lacks('empty') })).toBe('tooEarly');
    expect(after({ authorizerMetrics: invoked(), gatewayMetrics: gateway({ serverErrors: [0, 0] }) })).toBe('healed');
  });
});

// An authorizer that gives nothing usable, against denials, missing permissions and faults behind the routes; and the phase of a log it is told by.
import { describe, expect, it } from 'vitest';
import authorizerError from '../../lib/causes/authorizer-error.ts';
import authorizerPermission from '../../lib/causes/authorizer-permission.ts';
import { authorizerPhase, besidesAuthorizer } from '../../lib/causes/signs/authorizer-lines.ts';
import type { Gathered } from '../../lib/model/evidence.ts';
import { seen } from '../../lib/stages/looking/diagnose.ts';
import { at, burst, gateway, key, lacks, line, log, metrics, minute, now } from './evidence.ts';
import { api, authorizers, barredLines, ends, guard, guardUri, invoked, rid, shut, silent, verdictOf } from './guarded.ts';

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
  it('is suspected by its own log where its metrics are not known, and not by callers it turned away', () => {
    const wrote = (text: string) => ({ authorizerMetrics: lacks('notRecorded'), authorizerLog: log(line('authorizer', text)) });
    expect(ends(wrote('2026-11-20T10:00:00.000Z id ERROR Invoke Error {"errorType":"TypeError"}'))).toBe('suspected authorizer-error');
    expect(ends(wrote('2026-11-20T10:00:00.000Z id ERROR Invoke Error {"errorMessage":"Unauthorized"}'))).toBe('unknown unknown');
    expect(ends({ authorizerLog: log(line('authorizer', 'ERROR TypeError: x')) })).toBe('unknown unknown');
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
    const after = (more: Gathered) => authorizerError.healed(seen(authorizerError, shut(more)), at, (burst[0] ?? 0) - 1, facts).is;
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

// The gateway's own faults by verdict: each confirmed by what no caller can forge, and not confirmed by its look-alikes.
import { describe, expect, it } from 'vitest';
import awsIncident from '../../lib/causes/aws-incident.ts';
import customDomain from '../../lib/causes/custom-domain.ts';
import gatewayThrottled from '../../lib/causes/gateway-throttled.ts';
import integrationMissing from '../../lib/causes/integration-missing.ts';
import permissionMissing from '../../lib/causes/lambda-permission-missing.ts';
import stageVariable from '../../lib/causes/stage-variable-missing.ts';
import wafError from '../../lib/causes/waf-error.ts';
import type { StageRef } from '../../lib/model/api.ts';
import type { Cause, Healed, Verdict } from '../../lib/model/cause.ts';
import { got, type Evidence, type EvidenceKind, type Gathered } from '../../lib/model/evidence.ts';
import type { CustomDomainFacts, VariableFacts } from '../../lib/model/facts/gateway.ts';
import type { DeployedApi, Route } from '../../lib/model/kinds/api.ts';
import type { ApiChange, CustomDomain, Neighbours } from '../../lib/model/kinds/gateway.ts';
import { diagnose, seen } from '../../lib/stages/looking/diagnose.ts';
import {
  at,
  backend,
  before,
  burst,
  deployed,
  evidence,
  gateway,
  key,
  lacks,
  line,
  log,
  metrics,
  minute,
  now,
  route,
  span,
} from './evidence.ts';

const family = [
  awsIncident,
  customDomain,
  gatewayThrottled,
  integrationMissing,
  stageVariable,
  wafError,
  permissionMissing,
] as unknown as readonly Cause[];
const ends = (more: Gathered): string => {
  const d = diagnose({ gathered: evidence(more), at, lines: [], now, causes: family, widened: true });
  return `${d.certainty} ${d.cause}`;
};
interface Judging<F> {
  readonly looksAt: readonly EvidenceKind[];
  confirm(e: never, at: StageRef): Verdict<F>;
}
const verdict = <F>(c: Judging<F>, more: Gathered): Verdict<F> => c.confirm(seen(c, evidence(more)) as never, at);
const factsOf = <F>(v: Verdict<F>): F | undefined => (v.is === 'ruledOut' ? undefined : v.facts);
const healed = (c: unknown, more: Gathered, facts: unknown): Healed['is'] =>
  (c as Cause).healed(seen(c as Cause, evidence(more)), at, now - 9 * minute, facts).is;

const api = (routes: readonly Route[], more: Partial<DeployedApi> = {}): Evidence<DeployedApi> => {
  const base = deployed(...routes);
  return base.state === 'got' ? { ...base, value: { ...base.value, ...more } } : base;
};
/** No request reaches a function any more. */
const unreached = metrics({ [key]: { invocations: [100, undefined], durationMaxMs: [80, undefined], concurrentMax: [2, undefined] } });
const changes = (...list: readonly ApiChange[]) => got({ changes: list }, span, 'aws');
const works = { gatewayMetrics: gateway({ serverErrors: [0, 0] }) };

describe('stage-variable-missing', () => {
  const open: Route = { method: 'GET', path: '/orders', integration: { type: 'AWS_PROXY', timeoutMs: 29_000, unresolved: 'fn' } };
  const missing = { deployedApi: api([open]), functionMetrics: lacks('empty') };
  const removed: ApiChange = { at: now - 9 * minute, name: 'UpdateStage', by: 'alice', edits: [{ op: 'remove', path: '/variables/fn' }] };
  const set: ApiChange = {
    at: now - 90 * minute,
    name: 'UpdateStage',
    by: 'bob',
    edits: [{ op: 'replace', path: '/variables/fn', value: 'orders' }],
  };

  it('is confirmed without logs, when requests reach nothing', () => {
    expect(ends(missing)).toBe('confirmed stage-variable-missing');
  });
  it('tells who removed it, and the value before', () => {
    const facts = factsOf(verdict(stageVariable, { ...missing, apiTrail: changes(removed, set) }));
    expect(facts?.variables).toMatchObject([
      { name: 'fn', why: 'absent', before: 'orders', routes: ['GET /orders'], changed: { by: 'alice' } },
    ]);
    expect(stageVariable.advice(facts, at).snippets.at(-1)?.code).toContain('path=/variables/fn,value=orders');
  });
  it('does not take an older removal that was mended for the change', () => {
    const facts = factsOf(verdict(stageVariable, { ...missing, apiTrail: changes(set, { ...removed, at: now - 200 * minute }) }));
    expect(facts?.variables[0]?.changed).toBeUndefined();
  });
  it('is confirmed for a few failing requests, by a change of the stage just before', () => {
    const some = {
      deployedApi: api([open, route('/other')], { lastUpdatedAt: (burst[0] ?? 0) - minute }),
      gatewayMetrics: gateway({ serverErrors: [0, 10] }),
    };
    expect(ends(some)).toBe('confirmed stage-variable-missing');
  });
  it('is only suspected where another backend may be what fails', () => {
    const mixed = { deployedApi: api([open, backend('/x')]), gatewayMetrics: gateway({ serverErrors: [0, 10] }) };
    expect(ends(mixed)).toBe('suspected stage-variable-missing');
  });
  it('is not the burst when the functions account for every failure', () => {
    const others = { deployedApi: api([open, route('/other')]), functionMetrics: metrics({ [key]: { errors: [0, 100] } }) };
    expect(verdict(stageVariable, others).is).toBe('unproven');
    expect(ends(others)).not.toContain('confirmed');
  });
  it('is ruled out by the stage, whatever a log claims', () => {
    const said = log(line('execution', 'Execution failed due to configuration error: Invalid stage variable value: null.'));
    expect(verdict(stageVariable, { executionLog: said }).is).toBe('ruledOut');
  });
  it('is not called healed while the variable is open, nor before requests succeed', () => {
    const facts: VariableFacts = { variables: [{ name: 'fn', why: 'absent', routes: ['GET /orders'] }] };
    expect(healed(stageVariable, { ...missing, ...works }, facts)).toBe('stillThere');
    expect(healed(stageVariable, {}, facts)).toBe('tooEarly');
    expect(healed(stageVariable, works, facts)).toBe('healed');
  });
});

describe('integration-missing', () => {
  const none: Route = { method: 'GET', path: '/orders' };
  const drafted = (...routes: readonly { path: string; leadsTo?: string }[]) =>
    got({ routes: routes.map((r) => ({ method: 'GET', ...r })), cut: false }, span, 'aws');
  const empty = { deployedApi: api([none]), functionMetrics: lacks('empty'), draft: drafted({ path: '/orders' }) };

  it('is confirmed when the draft is empty there too and nothing is reached', () => {
    expect(ends(empty)).toBe('confirmed integration-missing');
  });
  it('is only suspected where the draft shows something: the export may be what we do not understand', () => {
    expect(ends({ ...empty, draft: drafted({ path: '/orders', leadsTo: 'arn' }) })).toBe('suspected integration-missing');
    expect(ends({ ...empty, draft: lacks('denied') })).toBe('suspected integration-missing');
  });
  it('is not confirmed by a forgotten route beside failing code', () => {
    const v = verdict(integrationMissing, {
      deployedApi: api([none, route('/other')]),
      draft: drafted({ path: '/orders' }),
      functionMetrics: metrics({ [key]: { errors: [0, 100] } }),
    });
    expect(v.is).not.toBe('confirmed');
  });
  it('suspects an edited route that is not deployed when callers get 4xx and nothing fails', () => {
    const refused = {
      draft: drafted({ path: '/orders', leadsTo: 'a' }, { path: '/new', leadsTo: 'b' }),
      gatewayMetrics: gateway({ serverErrors: [0, 0], clientErrors: [0, 300] }),
    };
    expect(ends(refused)).toBe('suspected integration-missing');
    expect(factsOf(verdict(integrationMissing, refused))?.undeployed).toEqual(['GET /new']);
  });
  it('never names an undeployed route for a 5xx', () => {
    const draft = drafted({ path: '/orders', leadsTo: 'a' }, { path: '/new', leadsTo: 'b' });
    expect(verdict(integrationMissing, { draft }).is).toBe('ruledOut');
  });
});

describe('gateway-throttled', () => {
  const zero = { throttling: { '*': { rate: 0, burst: 0 } } };
  const rewritten = { gatewayResponses: { THROTTLED: '503' } };
  const stage = (more: Partial<DeployedApi>) => api([route('/orders')], more);

  it('is confirmed by a limit of 0 that refuses everything, as 429 or rewritten', () => {
    expect(ends({ deployedApi: stage(zero), gatewayMetrics: gateway({ serverErrors: [0, 0], clientErrors: [0, 100] }) })).toBe(
      'confirmed gateway-throttled',
    );
    expect(ends({ deployedApi: stage({ ...zero, ...rewritten }), functionMetrics: unreached })).toBe('confirmed gateway-throttled');
  });
  it('is confirmed by the stage’s settings where the definition could not be read', () => {
    const settings = got({ stage: { variables: {}, tags: {}, executionLogging: 'OFF' as const, ...zero } }, span, 'aws');
    expect(ends({ deployedApi: lacks('denied'), apiSettings: settings, gatewayMetrics: lacks('denied') })).toBe(
      'confirmed gateway-throttled',
    );
  });
  it('is not the cause of a 5xx that nobody rewrote', () => {
    expect(verdict(gatewayThrottled, { deployedApi: stage(zero) }).is).toBe('unproven');
    expect(verdict(gatewayThrottled, { deployedApi: stage({ throttling: { '*': { rate: 1, burst: 1 } } }) }).is).toBe('ruledOut');
  });
  it('is confirmed at the limit when the failing requests reach no function', () => {
    const limit = { ...rewritten, throttling: { '*': { rate: 1, burst: 1 } } };
    const half = { gatewayMetrics: gateway({ serverErrors: [0, 40] }), functionMetrics: metrics({ [key]: { invocations: [100, 60] } }) };
    expect(ends({ deployedApi: stage(limit), ...half })).toBe('confirmed gateway-throttled');
    expect(ends({ deployedApi: stage(limit), gatewayMetrics: gateway({ serverErrors: [0, 40] }) })).not.toContain('confirmed');
  });
  it('takes -1 for no limit', () => {
    expect(verdict(gatewayThrottled, { deployedApi: stage({ ...rewritten, throttling: { '*': { rate: -1, burst: -1 } } }) }).is).toBe(
      'unproven',
    );
  });
  it('names the account’s limit', () => {
    const v = verdict(gatewayThrottled, {
      deployedApi: stage(rewritten),
      functionMetrics: unreached,
      accountLimits: got({ rate: 1 }, span, 'aws'),
    });
    expect(v).toMatchObject({ is: 'confirmed', facts: { of: 'account' } });
  });
  it('is still there while the limit is 0', () => {
    const facts = { limits: [{ route: '*', rate: 0, burst: 0 }], of: 'stage' };
    expect(healed(gatewayThrottled, { deployedApi: stage(zero), ...works }, facts)).toBe('stillThere');
    expect(healed(gatewayThrottled, works, facts)).toBe('healed');
  });
});

describe('custom-domain', () => {
  const domains = (...list: readonly Partial<CustomDomain>[]) =>
    got({ domains: list.map((d) => ({ name: 'api.example.com', status: 'AVAILABLE', ...d })), lookedAt: now, notLookedAt: 0 }, span, 'aws');
  const ours = [{ path: '', apiId: at.apiId, stage: at.stage }];
  const quiet = { gatewayMetrics: gateway({ serverErrors: [0, 0] }) };
  const deleted: ApiChange = {
    at: now - minute,
    name: 'DeleteBasePathMapping',
    by: 'alice',
    domainName: 'api.example.com',
    basePath: '(none)',
  };

  it('is suspected for a domain without a mapping, and confirmed when CloudTrail names who removed it', () => {
    expect(ends({ ...quiet, customDomains: domains({ mappings: [] }) })).toBe('suspected custom-domain');
    expect(ends({ ...quiet, customDomains: domains({ mappings: [] }), apiTrail: changes(deleted) })).toBe('confirmed custom-domain');
  });
  it('is confirmed when API Gateway says that our domain is not ready, not when it is another API’s', () => {
    const waiting = { status: 'PENDING_CERTIFICATE_REIMPORT' };
    expect(ends({ ...quiet, customDomains: domains({ ...waiting, mappings: ours }) })).toBe('confirmed custom-domain');
    expect(ends({ ...quiet, customDomains: domains({ ...waiting, mappings: [{ path: '', apiId: 'other', stage: 'x' }] }) })).toBe(
      'unknown unknown',
    );
  });
  it('is confirmed by a certificate that is over, of a domain that leads here', () => {
    const over = { certificateStatus: 'ISSUED', certificateUntil: now - minute };
    expect(ends({ ...quiet, customDomains: domains({ ...over, mappings: ours }) })).toBe('confirmed custom-domain');
    expect(ends({ ...quiet, customDomains: domains({ ...over, certificateUntil: now + minute, mappings: ours }) })).toBe('unknown unknown');
    expect(ends({ ...quiet, customDomains: domains({ certificateStatus: 'EXPIRED', mappings: ours }) })).toBe('confirmed custom-domain');
  });
  it('is confirmed when the API’s own address is off and no domain leads to it', () => {
    const apiSettings = got({ defaultEndpointDisabled: true }, span, 'aws');
    expect(ends({ ...quiet, customDomains: domains({}), apiSettings })).not.toContain('custom-domain');
    const none = got({ domains: [], lookedAt: now, notLookedAt: 0 }, span, 'aws');
    expect(factsOf(verdict(customDomain, { ...quiet, customDomains: none, apiSettings }))?.domains[0]?.what).toBe('ownAddressOff');
    expect(verdict(customDomain, { ...quiet, customDomains: domains({ mappings: ours }), apiSettings }).is).toBe('ruledOut');
  });
  it('explains no 5xx: those requests reached the stage', () => {
    expect(verdict(customDomain, { customDomains: domains({ mappings: [] }), apiTrail: changes(deleted) }).is).toBe('ruledOut');
  });
  it('leaves a domain alone that routes by rules', () => {
    expect(verdict(customDomain, { ...quiet, customDomains: domains({ mappings: [], routing: 'ROUTING_RULE_ONLY' }) }).is).toBe('ruledOut');
  });
  it('is healed only when the domain leads here again', () => {
    const facts: CustomDomainFacts = { domains: [{ name: 'api.example.com', what: 'noMapping', says: '' }] };
    expect(healed(customDomain, { customDomains: domains({ mappings: [] }) }, facts)).toBe('stillThere');
    expect(healed(customDomain, { customDomains: domains({ mappings: ours }) }, facts)).toBe('healed');
    expect(healed(customDomain, { customDomains: got({ domains: [], lookedAt: now, notLookedAt: 0 }, span, 'aws') }, facts)).toBe(
      'tooEarly',
    );
  });
});

describe('waf-error', () => {
  const guarded = api([route('/orders')], { webAclArn: 'arn:acl' });
  const judged = (quiet: number, failing: number) => ({
    at: [...before, ...burst],
    values: [...before.map(() => quiet), ...burst.map(() => failing)],
  });
  const acl = (more: object) => got({ arn: 'arn:acl', there: true, ...more }, { from: now, to: now }, 'aws');
  const failing = { deployedApi: guarded, functionMetrics: unreached };

  it('is confirmed when the failing requests were counted and never judged', () => {
    const more = { ...failing, webAcl: acl({ judged: judged(100, 0) }) };
    expect(ends(more)).toBe('confirmed waf-error');
    expect(factsOf(verdict(wafError, more))).toMatchObject({ gone: false, unjudged: 400 });
  });
  it('is ruled out when the web ACL judged them', () => {
    expect(verdict(wafError, { ...failing, webAcl: acl({ judged: judged(100, 100) }) }).is).toBe('ruledOut');
  });
  it('does not conclude from a web ACL that never saw the traffic, or whose numbers are not there yet', () => {
    expect(verdict(wafError, { ...failing, webAcl: acl({ judged: judged(1, 0) }) }).is).toBe('unproven');
    expect(verdict(wafError, { ...failing, webAcl: acl({}) }).is).toBe('unproven');
    const young = got(
      { arn: 'arn:acl', there: true, judged: judged(100, 0) },
      { from: burst[0] ?? 0, to: (burst[0] ?? 0) + minute },
      'aws',
    );
    expect(verdict(wafError, { ...failing, webAcl: young }).is).toBe('unproven');
  });
  it('is ruled out when the requests reach the function: they came through', () => {
    expect(verdict(wafError, { deployedApi: guarded, webAcl: acl({ judged: judged(100, 0) }) }).is).toBe('ruledOut');
  });
  it('is confirmed when AWS WAF has no such web ACL any more', () => {
    expect(ends({ ...failing, webAcl: acl({ there: false }) })).toBe('confirmed waf-error');
  });
  it('is ruled out without a web ACL, whatever a log claims', () => {
    expect(
      verdict(wafError, {
        executionLog: log(line('execution', 'There was an error evaluating the AWS WAF rules associated with this API')),
      }).is,
    ).toBe('ruledOut');
  });
});

describe('aws-incident', () => {
  const reported = (service: string, more: object = {}) =>
    got({ events: [{ service, region: at.region, from: now - 20 * minute, ...more }] }, span, 'aws');
  const others = (failing: number): Evidence<Neighbours> =>
    got(
      {
        apis: ['orders', 'a', 'b', 'c', 'd'].map((name, n) => ({
          name,
          type: 'REST' as const,
          requests: { at: burst, values: burst.map(() => 50) },
          serverErrors: { at: burst, values: burst.map(() => (n <= failing ? 50 : 0)) },
        })),
      },
      span,
      'aws',
    );

  it('is confirmed by AWS Health together with other APIs that fail', () => {
    const more = { awsHealth: reported('APIGATEWAY'), neighbours: others(1) };
    expect(ends(more)).toBe('confirmed aws-incident');
    expect(factsOf(verdict(awsIncident, more))?.neighbours).toEqual(['a']);
  });
  it('is confirmed by AWS Health together with the gateway’s own words', () => {
    const said = log(line('execution', '(r) Lambda invocation failed with status: 503. Lambda request id: x'));
    expect(ends({ awsHealth: reported('LAMBDA'), executionLog: said })).toBe('confirmed aws-incident');
  });
  it('is suspected by either alone, and by no single other API', () => {
    expect(ends({ awsHealth: reported('APIGATEWAY') })).toBe('suspected aws-incident');
    expect(ends({ neighbours: others(3), awsHealth: lacks() })).toBe('suspected aws-incident');
    expect(ends({ neighbours: others(1), awsHealth: lacks() })).toBe('unknown unknown');
  });
  it('takes no incident of another Region, of WAF, or one that was over', () => {
    expect(ends({ awsHealth: reported('APIGATEWAY', { region: 'eu-west-1' }), neighbours: others(1) })).toBe('unknown unknown');
    expect(ends({ awsHealth: reported('WAF'), neighbours: others(1) })).toBe('unknown unknown');
    expect(ends({ awsHealth: reported('APIGATEWAY', { to: now - 15 * minute }), neighbours: others(1) })).toBe('unknown unknown');
  });
  it('steps back behind an own cause that is proven', () => {
    const shut = got({ policies: { [key]: 'absent' as const } }, span, 'aws');
    expect(ends({ functionPolicy: shut, functionMetrics: unreached, awsHealth: reported('APIGATEWAY'), neighbours: others(1) })).toBe(
      'confirmed lambda-permission-missing',
    );
  });
  it('is still there while AWS Health says so', () => {
    expect(healed(awsIncident, { awsHealth: reported('LAMBDA'), ...works }, { events: [], neighbours: [] })).toBe('stillThere');
    expect(healed(awsIncident, { awsHealth: reported('LAMBDA', { to: now - 6 * minute }), ...works }, { events: [], neighbours: [] })).toBe(
      'healed',
    );
  });
});

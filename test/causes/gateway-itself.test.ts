// The gateway's own faults by verdict: each confirmed by what no caller can forge, and not confirmed by its look-alikes.
import { describe, expect, it } from 'vitest';
import customDomain from '../../lib/causes/custom-domain.ts';
import gatewayThrottled from '../../lib/causes/gateway-throttled.ts';
import integrationMissing from '../../lib/causes/integration-missing.ts';
import stageVariable from '../../lib/causes/stage-variable-missing.ts';
import { got } from '../../lib/model/evidence.ts';
import type { CustomDomainFacts, VariableFacts } from '../../lib/model/facts/gateway.ts';
import type { DeployedApi, Route } from '../../lib/model/kinds/api.ts';
import type { ApiChange, CustomDomain } from '../../lib/model/kinds/gateway.ts';
import { at, backend, burst, config, fact, gateway, key, lacks, line, log, metrics, minute, now, route, span } from './evidence.ts';
import { api, changes, ends, factsOf, healed, unreached, verdict, works } from './gateway-stage.ts';

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
    expect(
      stageVariable
        .advice(facts, at)
        .snippets.map((s) => s.code)
        .join('\n'),
    ).toContain('path=/variables/fn,value=orders');
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
  it('is confirmed by an address that came out wrong, and in a report told before the address', () => {
    const few = { ...missing, deployedApi: api([open, route('/other')]), gatewayMetrics: gateway({ serverErrors: [0, 10] }) };
    const said = log(line('execution', 'Execution failed due to configuration error: Invalid endpoint address'));
    expect(ends({ ...few, executionLog: said })).toBe('confirmed stage-variable-missing');
    const told = {
      deployedApi: api([open], { partial: true }),
      gatewayMetrics: lacks('notRecorded'),
      functionMetrics: lacks('notRecorded'),
    };
    expect(ends({ ...told, executionLog: said })).toBe('suspected stage-variable-missing');
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
  it('stands beside a function that is gone, when a variable names it: with the value from before', () => {
    const value = {
      deployedApi: api([route('/orders')], { variables: { alias: 'live' } }),
      functionConfig: config({ [key]: { ...fact(), exists: false } }),
    };
    const wrong: ApiChange = {
      at: now - 9 * minute,
      name: 'UpdateStage',
      by: 'alice',
      edits: [{ op: 'replace', path: '/variables/alias', value: 'live' }],
    };
    const right = { ...wrong, at: now - 90 * minute, edits: [{ op: 'replace', path: '/variables/alias', value: 'prod' }] };
    const v = verdict(stageVariable, { ...value, apiTrail: changes(wrong, right) });
    expect(v.is).toBe('unproven');
    expect(factsOf(v)?.variables).toMatchObject([
      { name: 'alias', why: 'leadsNowhere', value: 'live', before: 'prod', changed: { by: 'alice' } },
    ]);
    expect(verdict(stageVariable, { ...value, functionConfig: config() }).is).toBe('ruledOut');
  });
  it('doubts a canary that leaves a variable empty', () => {
    const canary = { percent: 10, variables: { fn: '' } };
    expect(factsOf(verdict(stageVariable, { deployedApi: api([route('/orders')], { canary }) }))?.variables).toMatchObject([
      { name: 'fn', why: 'empty' },
    ]);
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
  it('is suspected by an empty draft where the deployment is not known, or known in parts', () => {
    expect(ends({ ...empty, deployedApi: lacks('notRecorded') })).toBe('suspected integration-missing');
    expect(ends({ deployedApi: api([none], { partial: true }), draft: lacks('notRecorded') })).not.toContain('integration-missing');
  });
  it('tells of a newer deployment that the stage does not serve', () => {
    const deployments = got(
      {
        newest: [
          { id: 'new', at: now },
          { id: 'old', at: now - minute },
        ],
      },
      span,
      'aws',
    );
    const of = (deploymentId: string) =>
      factsOf(verdict(integrationMissing, { ...empty, deployedApi: api([none], { deploymentId }), deployments }));
    expect(of('old')?.newerDeployment).toBe('new');
    expect(of('new')?.newerDeployment).toBeUndefined();
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
  it('is not certain of a stage’s 0 where a route has a limit of its own and no metrics are seen', () => {
    const mixed = stage({ throttling: { '*': { rate: 0, burst: 0 }, 'GET /orders': { rate: 5, burst: 5 } } });
    expect(ends({ deployedApi: mixed, gatewayMetrics: lacks('denied') })).toBe('suspected gateway-throttled');
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
  const made = (mappedTo: string): ApiChange => ({
    at: now - 99 * minute,
    name: 'CreateBasePathMapping',
    by: 'bob',
    domainName: 'api.example.com',
    mappedTo,
  });
  const deleted: ApiChange = {
    at: now - minute,
    name: 'DeleteBasePathMapping',
    by: 'alice',
    domainName: 'api.example.com',
    basePath: '(none)',
  };

  it('is suspected for a domain without a mapping, and confirmed when CloudTrail names who removed it', () => {
    expect(ends({ gatewayMetrics: lacks('empty'), customDomains: domains({ mappings: [] }) })).toBe('suspected custom-domain');
    expect(ends({ ...quiet, customDomains: domains({ mappings: [] }), apiTrail: changes(deleted, made(at.apiId)) })).toBe(
      'confirmed custom-domain',
    );
  });
  it('is none of ours when the mapping was made for another API, or nobody knows for which', () => {
    expect(ends({ ...quiet, customDomains: domains({ mappings: [] }), apiTrail: changes(deleted, made('other')) })).toBe('unknown unknown');
    expect(ends({ ...quiet, customDomains: domains({ mappings: [] }), apiTrail: changes(deleted) })).toBe('unknown unknown');
    expect(
      ends({ customDomains: domains({ mappings: [] }), gatewayMetrics: lacks('empty'), apiTrail: changes(deleted, made('other')) }),
    ).toBe('unknown unknown');
  });
  it('leaves a domain without a mapping alone while requests arrive and are answered', () => {
    expect(ends({ ...quiet, customDomains: domains({ mappings: [] }) })).toBe('unknown unknown');
  });
  it('is suspected where the mappings of a domain that is not ready could not be read', () => {
    const unread = domains({ status: 'PENDING_OWNERSHIP_VERIFICATION' });
    expect(ends({ gatewayMetrics: lacks('denied'), customDomains: unread })).toBe('suspected custom-domain');
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

// Faults of AWS itself by verdict: WAF that cannot judge, an incident of the Region; told from each other and from own faults.
import { describe, expect, it } from 'vitest';
import awsIncident from '../../lib/causes/aws-incident.ts';
import wafError from '../../lib/causes/waf-error.ts';
import { got, type Evidence } from '../../lib/model/evidence.ts';
import type { Neighbours } from '../../lib/model/kinds/gateway.ts';
import { at, before, burst, key, lacks, line, log, minute, now, route, span } from './evidence.ts';
import { api, ends, factsOf, healed, unreached, verdict, works } from './gateway-stage.ts';

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

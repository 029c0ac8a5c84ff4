// AWS WAF could not judge the requests: the gateway's call to it failed, or the web ACL that the stage names is gone. A request that the web
// ACL *blocks* is 403 and another matter. Told by the requests that the gateway counted and no web ACL ever judged.
import { bash, shell } from '../model/advice.ts';
import { webAclInCode } from './signs/code-of-gateway.ts';
import type { StageRef } from '../model/api.ts';
import { burstOf, type Burst } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { gatewaySays } from './signs/clue-lines.ts';
import type { EvidenceSet } from '../model/evidence.ts';
import type { WafFacts } from '../model/facts/gateway.ts';
import type { DeployedApi, GatewayMetrics, Series } from '../model/kinds/api.ts';
import { metricLagMs, minuteMs, sum, sumIn } from '../model/series.ts';
import { gatewaySince, successesNeeded } from './signs/since.ts';
import { endedAtGateway, turnedAway, worksAgain } from './signs/turned-away.ts';

const looksAt = ['deployedApi', 'webAcl', 'gatewayMetrics', 'functionMetrics', 'awsHealth'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;

const rules = 'There was an error evaluating the AWS WAF rules';
const callTexts = ['WAF call got timed out', 'Failed to call WAF'];
const accessTexts = [rules, ...callTexts];

export default cause({
  id: 'waf-error',
  title: 'AWS WAF could not judge the requests',
  about: {
    is: 'The gateway’s call to AWS WAF fails or times out, or the web ACL that the stage names is gone: the client sees 500 before anything else is asked.',
    told: 'The stage has a web ACL, and the requests that failed were counted by the gateway but never judged by it, where before it judged them all; or AWS WAF has no such web ACL any more; or AWS Health reports WAF.',
    withoutLogs: 'Confirmed all the same where the web ACL publishes its metrics.',
  },
  looksAt,
  clues: [
    gatewaySays([rules], `(?:Execution failed due to [a-z ]{1,30}: )?${rules}`, 'messages.md §9'),
    gatewaySays(callTexts, `(?:wafError: )?(?:${callTexts.join('|')})`, 'messages.md §9'),
    { kind: 'line', in: ['access'], gates: accessTexts, line: new RegExp(accessTexts.join('|')), source: 'messages.md §9' },
    {
      kind: 'shape',
      in: 'deployedApi',
      shape: (api: DeployedApi) => api.webAclArn && `the web ACL ${api.webAclArn.slice(0, 200)} stands before the stage`,
      title: 'a web ACL stands before the stage',
      source: 'causes.md, waf-error (Confirm)',
    },
  ],
  confirm,
  healed,
  advice,
});

function confirm(e: Seen, at: StageRef): Verdict<WafFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  const api = e.deployedApi.value;
  if (api.webAclArn === undefined) return ruledOut(ref('deployedApi', e.deployedApi, 'no web ACL stands before the stage'));
  const burst = burstOf(api, e.gatewayMetrics, e.functionMetrics);
  if (!burst) return unproven(lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet'));
  if (burst.unexplained === 0)
    return ruledOut(ref('functionMetrics', e.functionMetrics, 'the functions account for every failure: the requests came through'));
  return judge(api, burst, e, at);
}

function judge(api: DeployedApi, burst: Burst, e: Seen, at: StageRef): Verdict<WafFacts> {
  const facts: WafFacts = { arn: api.webAclArn ?? '', gone: e.webAcl.state === 'got' && !e.webAcl.value.there };
  const away = turnedAway(api, burst, e.gatewayMetrics, e.functionMetrics);
  if (away !== undefined && away < burst.unexplained / 2)
    return ruledOut(ref('functionMetrics', e.functionMetrics, 'the requests that fail reach a function, so they came through the web ACL'));
  const reported = wafReported(e, at);
  if (reported !== undefined && endedAtGateway(api, burst, e.gatewayMetrics, e.functionMetrics))
    return confirmed(facts, [ref('awsHealth', e.awsHealth, reported)], burst.unexplained);
  if (e.webAcl.state === 'missing') return unproven(lacking('webAcl', e.webAcl));
  if (facts.gone)
    return away === undefined
      ? agreeing(facts, lacking('functionMetrics', e.functionMetrics, 'whether the requests that fail get past the gateway is not seen'))
      : confirmed(facts, [ref('webAcl', e.webAcl, `AWS WAF has no web ACL for the stage, which names ${facts.arn}`)], burst.unexplained);
  const unjudged = unjudgedIn(burst, e);
  if (unjudged === undefined) return unproven(lacking('webAcl', e.webAcl, 'how many requests the web ACL judged is not seen'));
  if (unjudged.requests < unjudged.failures / 2) return ruledOut(ref('webAcl', e.webAcl, 'the web ACL judged the requests that fail'));
  return confirmed(
    { ...facts, unjudged: unjudged.requests },
    [
      ref(
        'webAcl',
        e.webAcl,
        `the gateway counted ${unjudged.requests} requests in the failing minutes that the web ACL never judged; before, it judged them all`,
      ),
    ],
    burst.unexplained,
  );
}

/** An open event of AWS Health for WAF in this Region. */
function wafReported(e: Seen, at: StageRef): string | undefined {
  const event =
    e.awsHealth.state === 'got'
      ? e.awsHealth.value.events.find((h) => h.service === 'WAF' && h.to === undefined && (h.region ?? at.region) === at.region)
      : undefined;
  return (
    event &&
    `AWS Health reports an incident of AWS WAF in this Region since ${event.from === undefined ? 'some time' : new Date(event.from).toISOString()}`
  );
}

/** As much as this of the requests before the burst must have been judged: else the web ACL does not see them all anyway. */
const usually = 0.8;

/** Requests of the failing minutes that the web ACL never judged; undefined where its metrics do not tell, or not yet. */
function unjudgedIn(burst: Burst, e: Seen): { readonly requests: number; readonly failures: number } | undefined {
  if (e.webAcl.state === 'missing' || e.gatewayMetrics.state === 'missing') return undefined;
  const judged = e.webAcl.value.judged;
  const gateway = e.gatewayMetrics.value;
  const first = burst.minutes[0] ?? 0;
  if (!judged || !judgedBefore(judged, gateway, first)) return undefined;
  const complete = e.webAcl.to - metricLagMs - minuteMs;
  const minutes = burst.minutes.filter((minute) => minute < complete);
  if (minutes.length === 0) return undefined;
  return {
    requests: Math.max(0, sumIn(gateway.count, minutes) - sumIn(judged, minutes)),
    failures: sumIn(gateway.serverErrors, minutes),
  };
}

function judgedBefore(judged: Series, gateway: GatewayMetrics, first: number): boolean {
  const minutes = judged.at.filter((minute) => minute < first);
  return minutes.length >= 3 && sum(judged, -Infinity, first) >= usually * sumIn(gateway.count, minutes);
}

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: WafFacts): Healed {
  if (
    facts.gone &&
    e.webAcl.state === 'got' &&
    !e.webAcl.value.there &&
    e.deployedApi.state === 'got' &&
    e.deployedApi.value.webAclArn !== undefined
  )
    return { is: 'stillThere', by: [ref('webAcl', e.webAcl, 'AWS WAF still has no web ACL for the stage')] };
  const since = gatewaySince(e.gatewayMetrics, sinceAt);
  if (since && since.minutes >= 2 && since.failures >= successesNeeded && since.failures > since.requests / 2)
    return {
      is: 'stillThere',
      by: [ref('gatewayMetrics', e.gatewayMetrics, `${since.failures} of ${since.requests} requests failed since`)],
    };
  return worksAgain(
    e.gatewayMetrics,
    sinceAt,
    e.webAcl.state === 'got'
      ? ref('webAcl', e.webAcl, 'the web ACL is there')
      : ref('gatewayMetrics', e.gatewayMetrics, 'requests come through'),
  );
}

function advice(facts: WafFacts | undefined, at: StageRef): Advice {
  const stage = `arn:aws:apigateway:${at.region}::/restapis/${at.apiId}/stages/${at.stage}`;
  return {
    summary: facts?.gone
      ? 'The stage names a web ACL that AWS WAF does not have any more.'
      : 'AWS WAF cannot judge the requests to this stage, so the gateway answers 500 before it asks anything else.',
    steps: [
      'Look at the AWS Health Dashboard for AWS WAF in this Region: mostly it passes by itself.',
      ...(facts?.gone
        ? ['Associate the stage with a web ACL again (below), or deploy the code that does.']
        : ['If it lasts, associate the web ACL with the stage again.']),
      'Do not take the web ACL away to be quick: whatever it keeps out comes in.',
    ],
    snippets: [
      bash(
        'See what AWS WAF knows of the stage',
        `aws wafv2 get-web-acl-for-resource --resource-arn ${shell(stage)} --region ${shell(at.region)}`,
      ),
      bash(
        'Associate it again',
        `aws wafv2 associate-web-acl --web-acl-arn ${shell(facts && !facts.gone ? facts.arn : '<arn of the web ACL>')} --resource-arn ${shell(stage)} --region ${shell(at.region)}`,
      ),
      ...webAclInCode(stage, facts && !facts.gone ? facts.arn : 'ARN_OF_THE_WEB_ACL'),
    ],
  };
}

// A canary release takes a share of the stage's requests to a deployment and variables of its own. When just that share fails since it was set
// up, it is the canary: no export shows what it serves, so the numbers have to say it.
import { bash, stageArgs } from '../model/advice.ts';
import { canaryInCode } from './signs/code-of-gateway.ts';
import type { StageRef } from '../model/api.ts';
import { burstOf, type Burst } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import type { Evidence, EvidenceSet } from '../model/evidence.ts';
import type { CanaryFacts } from '../model/facts/gateway.ts';
import type { DeployedApi, GatewayMetrics } from '../model/kinds/api.ts';
import { wilson } from '../model/recovery.ts';
import { sumIn } from '../model/series.ts';
import { atOnset, changedBy, changeIn, worksAgain } from './signs/turned-away.ts';

const looksAt = ['deployedApi', 'gatewayMetrics', 'functionMetrics', 'apiTrail'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;

/** Fewer requests fit almost any share. */
const requestsNeeded = 30;
/** What nearly everybody meets cannot be told from the stage's own by its share. */
const mostPercent = 90;
/** A share from which on a sign is more than noise. */
const half = 0.5;

export default cause({
  id: 'canary-failing',
  title: 'The canary release of the stage fails',
  about: {
    is: 'A canary takes a share of the stage’s requests to a deployment and stage variables of its own, and those requests fail. The rest of the callers see nothing of it.',
    told: 'The stage has a canary, the share of the requests that fail is the canary’s share, no function of the stage itself accounts for them, and it began when the stage was changed. A canary of which only some routes fail is only suspected: its share is smaller.',
    withoutLogs: 'Confirmed all the same: the stage’s settings and the metrics are enough.',
  },
  looksAt,
  clues: [
    {
      kind: 'shape',
      in: 'deployedApi',
      shape: ({ canary }: DeployedApi) => (canary && canary.percent > 0 ? `a canary takes ${canary.percent} % of the requests` : undefined),
      title: 'a canary takes a share of the stage’s requests',
      source: 'fixes.md §6 (canary)',
    },
  ],
  confirm,
  healed,
  advice,
});

function confirm(e: Seen): Verdict<CanaryFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  const { canary } = e.deployedApi.value;
  if (!canary || canary.percent === 0) return ruledOut(ref('deployedApi', e.deployedApi, 'no canary takes any of the requests'));
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  if (!burst) return unproven(lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet'));
  if (burst.unexplained < half * burst.failures)
    return ruledOut(ref('functionMetrics', e.functionMetrics, 'the functions of the stage itself account for the failures'));
  return judge(e.deployedApi.value, canary, burst, e);
}

function judge(api: DeployedApi, canary: NonNullable<DeployedApi['canary']>, burst: Burst, e: Seen): Verdict<CanaryFacts> {
  const seen = shareIn(e.gatewayMetrics, burst);
  const changed = changeIn(e.apiTrail, (c) => (c.edits ?? []).some(({ path }) => path.startsWith('/canarySettings')));
  const facts: CanaryFacts = {
    percent: canary.percent,
    ...(canary.deploymentId === undefined ? {} : { deploymentId: canary.deploymentId }),
    variables: Object.keys(canary.variables),
    ...seen,
    ...(changed ? { changed } : {}),
  };
  if (seen.requests < requestsNeeded) return unproven(lacking('gatewayMetrics', e.gatewayMetrics, 'too few requests to tell a share by'));
  const { lower, upper } = wilson(seen.failed, seen.requests);
  const share = canary.percent / 100;
  if (lower > share)
    return ruledOut(ref('gatewayMetrics', e.gatewayMetrics, `${inWords(seen)} fail, more than the canary takes (${canary.percent} %)`));
  if (upper < share || canary.percent > mostPercent)
    return agreeing(
      facts,
      lacking(
        'gatewayMetrics',
        e.gatewayMetrics,
        `${inWords(seen)} fail, and the canary takes ${canary.percent} %: whether they are the canary’s is not seen`,
      ),
    );
  if (!atOnset(api.lastUpdatedAt, burst) && !atOnset(changed?.at, burst))
    return agreeing(
      facts,
      lacking('apiTrail', e.apiTrail, 'the canary’s share of the requests fails, but the stage was not changed just before'),
    );
  return confirmed(
    facts,
    [
      ref('gatewayMetrics', e.gatewayMetrics, `${inWords(seen)} fail: the share that the canary takes (${canary.percent} %)`),
      ref('deployedApi', e.deployedApi, `the stage was changed just before${changed ? `, ${changedBy(changed)}` : ''}`),
    ],
    burst.unexplained,
  );
}

/** Of whole minutes: the first one of a burst holds requests from before. */
function shareIn(gateway: Evidence<GatewayMetrics>, { minutes }: Burst): { readonly failed: number; readonly requests: number } {
  if (gateway.state === 'missing') return { failed: 0, requests: 0 };
  const whole = minutes.length > 1 ? minutes.slice(1) : minutes;
  return { failed: sumIn(gateway.value.serverErrors, whole), requests: sumIn(gateway.value.count, whole) };
}
const inWords = ({ failed, requests }: { readonly failed: number; readonly requests: number }): string =>
  `${failed} of ${requests} requests`;

function healed(e: Seen, _at: StageRef, sinceAt: number): Healed {
  if (e.deployedApi.state === 'missing') return { is: 'tooEarly', missing: [lacking('deployedApi', e.deployedApi)] };
  const { canary } = e.deployedApi.value;
  const right = ref('deployedApi', e.deployedApi, 'no request goes to the canary any more');
  if (!canary || canary.percent === 0) return worksAgain(e.gatewayMetrics, sinceAt, right);
  // with the canary still there it may have been mended: requests tell
  return worksAgain(e.gatewayMetrics, sinceAt, ref('deployedApi', e.deployedApi, `the canary still takes ${canary.percent} %`));
}

function advice(facts: CanaryFacts | undefined, at: StageRef): Advice {
  return {
    summary: facts
      ? `The canary of stage ${at.stage} fails: ${inWords(facts)} fail, and it takes ${facts.percent} %.${facts.changed ? ` It was set up ${changedBy(facts.changed)}.` : ''}`
      : 'The canary of the stage may be what fails.',
    steps: [
      'Take the canary’s share to 0: the stage’s own deployment serves everybody again, and the canary stays to be looked at.',
      ...(facts && facts.variables.length > 0
        ? [`See what its variables name (${facts.variables.join(', ')}): a function or alias that is missing, or may not be invoked.`]
        : []),
      'Read the canary’s own log group, API-Gateway-Execution-Logs_…/Canary, where the stage logs.',
      'Do not promote it before it works.',
    ],
    snippets: [
      bash('See the canary', `aws apigateway get-stage ${stageArgs(at)} --query canarySettings`),
      bash(
        'Take its share to 0',
        `aws apigateway update-stage ${stageArgs(at)} --patch-operations op=replace,path=/canarySettings/percentTraffic,value=0.0`,
      ),
      ...canaryInCode(at),
    ],
  };
}

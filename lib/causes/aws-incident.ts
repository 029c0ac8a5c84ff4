// AWS itself fails. AWS Health says so where the account may ask; the gateway's own words for a fault inside, and several other APIs failing
// in the same minutes, make it likely. There is nothing of the owner's to mend, and an own cause that is proven comes first.
import { bash, counted, listed, shell } from '../model/advice.ts';
import { agreeing, cause, confirmed, lacking, ref, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import type { EvidenceSet } from '../model/evidence.ts';
import type { IncidentFacts } from '../model/facts/gateway.ts';
import { incidentsIn, incidentText } from '../model/health-events.ts';
import type { AwsHealth, HealthEvent, Neighbours } from '../model/kinds/gateway.ts';
import { failingMinutes, minuteMs, sumIn } from '../model/series.ts';
import type { StageRef } from '../model/api.ts';
import { worksAgain } from './signs/turned-away.ts';

const looksAt = ['awsHealth', 'neighbours', 'gatewayMetrics', 'executionLog', 'accessLog', 'functionLog'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;

const inside = 'Execution failed due to an internal error';
/** 503: Lambda is not there; 500: ServiceException, Lambda's own fault (messages.md §2, §5). */
const lambdaDown = 'Lambda invocation failed with status: 50[03]';
const lambdaDownGates = ['failed with status: 503', 'failed with status: 500'];
const lambdaItself = 'Service: AWSLambdaInternal; Status Code: 5';
/** So many other APIs failing at once are no coincidence. */
const several = 3;

export default cause({
  id: 'aws-incident',
  title: 'AWS itself fails',
  about: {
    is: 'The gateway answers 5xx because something inside AWS is down. There is nothing of yours to mend; it passes.',
    told: 'AWS Health reports an incident in this Region (it answers accounts with a Business or Enterprise support plan), and either the gateway speaks of a fault inside or other APIs fail in the same minutes. One of these alone makes it suspected.',
    withoutLogs: 'The same, by AWS Health and the metrics of the other APIs. Many stages at once are told as one outage besides.',
  },
  looksAt,
  clues: [
    gatewaySays(lambdaDownGates, lambdaDown, 'messages.md §2, §5'),
    gatewaySays(['due to an internal error'], inside, 'messages.md §2 (unproven)'),
    accessSays([...lambdaDownGates, 'due to an internal error'], `${lambdaDown}|${inside}`, 'messages.md §2'),
    {
      kind: 'line',
      in: ['function', 'backend', 'access', 'execution'],
      gates: ['AWSLambdaInternal'],
      line: /Service: AWSLambdaInternal; Status Code: 5\d\d/,
      source: 'causes.md, aws-incident',
    },
    {
      kind: 'shape',
      in: 'awsHealth',
      shape: reported,
      title: 'AWS Health reports an incident in this Region',
      source: 'causes.md, aws-incident (Confirm)',
    },
    {
      kind: 'shape',
      in: 'neighbours',
      shape: manyFail,
      title: 'several other APIs fail at the same time',
      source: 'causes.md, aws-incident (Confirm)',
    },
  ],
  confirm,
  healed,
  advice,
});

function reported(health: AwsHealth, at: StageRef): string | undefined {
  const [first] = incidentsIn(health, at).filter((h) => h.to === undefined);
  return first && `AWS Health reports an incident: ${incidentText(first)}`;
}

/** The APIs beside this one that answered most requests of these minutes with 5xx. */
function failingOnes({ apis }: Neighbours, at: StageRef, minutes?: readonly number[]): readonly string[] {
  return apis
    .filter((a) => a.name !== at.apiId && !(a.type === 'REST' && a.name === at.apiName))
    .filter((a) => {
      const span = minutes ?? a.serverErrors.at.slice(-5);
      const [requests, failed] = [sumIn(a.requests, span), sumIn(a.serverErrors, span)];
      return failed > 0 && failed >= requests / 2;
    })
    .map((a) => a.name);
}

function manyFail(neighbours: Neighbours, at: StageRef): string | undefined {
  const failing = failingOnes(neighbours, at);
  return failing.length >= several ? `${listed(failing.slice(0, 5))} fail at the same time` : undefined;
}

function confirm(e: Seen, at: StageRef): Verdict<IncidentFacts> {
  const minutes = e.gatewayMetrics.state === 'got' ? failingMinutes(e.gatewayMetrics.value) : [];
  const events = e.awsHealth.state === 'got' ? incidentsIn(e.awsHealth.value, at).filter((h) => lasted(h, minutes)) : [];
  const neighbours = e.neighbours.state === 'got' ? failingOnes(e.neighbours.value, at, minutes.length > 0 ? minutes : undefined) : [];
  const facts: IncidentFacts = { events, neighbours };
  const words = [e.executionLog, e.accessLog, e.functionLog].some(
    (log) =>
      log.state === 'got' && log.value.lines.some((l) => [inside, ...lambdaDownGates, lambdaItself].some((text) => l.text.includes(text))),
  );
  if (events.length > 0 && minutes.length > 0 && (words || neighbours.length > 0))
    return confirmed(facts, [
      ref('awsHealth', e.awsHealth, `AWS Health reports ${listed(events.slice(0, 3).map(incidentText))}`),
      neighbours.length > 0
        ? ref(
            'neighbours',
            e.neighbours,
            `${listed(neighbours.slice(0, 5))} ${neighbours.length === 1 ? 'fails' : 'fail'} in the same minutes`,
          )
        : ref('gatewayMetrics', e.gatewayMetrics, 'the stage fails meanwhile, and the gateway speaks of a fault inside'),
    ]);
  const missing = [lacking('awsHealth', e.awsHealth, e.awsHealth.state === 'got' ? notSettled(events, neighbours) : undefined)];
  return events.length > 0 || neighbours.length >= several ? agreeing(facts, ...missing) : unproven(...missing);
}

const notSettled = (events: readonly HealthEvent[], neighbours: readonly string[]): string =>
  events.length > 0
    ? 'AWS Health reports an incident; that it is what fails here is not seen'
    : neighbours.length > 0
      ? `${counted(neighbours.length, 'other API')} fails too, and AWS Health reports nothing (it may be late)`
      : 'AWS Health reports nothing for this Region (it may be late)';

/** An incident that was over before the first failure explains nothing. */
const lasted = (h: HealthEvent, minutes: readonly number[]): boolean => h.to === undefined || h.to >= (minutes[0] ?? -Infinity) - minuteMs;

function healed(e: Seen, at: StageRef, sinceAt: number): Healed {
  const open = e.awsHealth.state === 'got' ? incidentsIn(e.awsHealth.value, at).filter((h) => h.to === undefined) : [];
  if (open.length > 0)
    return {
      is: 'stillThere',
      by: [ref('awsHealth', e.awsHealth, `AWS Health still reports ${listed(open.slice(0, 3).map(incidentText))}`)],
    };
  const kind = e.awsHealth.state === 'got' ? 'awsHealth' : 'gatewayMetrics';
  return worksAgain(e.gatewayMetrics, sinceAt, ref(kind, e[kind], 'requests succeed again'));
}

function advice(facts: IncidentFacts | undefined, at: StageRef): Advice {
  const [event] = facts?.events ?? [];
  const others = facts?.neighbours ?? [];
  return {
    summary: event
      ? `AWS reports an incident: ${incidentText(event)}.${others.length > 0 ? ` ${listed(others.slice(0, 5))} ${others.length === 1 ? 'fails' : 'fail'} as well.` : ''}`
      : others.length > 0
        ? `${listed(others.slice(0, 5))} fail at the same time: it looks like AWS itself, or something they share.`
        : 'The gateway speaks of a fault inside AWS.',
    steps: [
      'It passes by itself; nothing of yours is to be mended. Change nothing while it lasts.',
      'Look at the AWS Health Dashboard for API Gateway and Lambda in this Region.',
      ...(event ? [] : ['Ask whether the APIs that fail share something of your own: a function, a database, an authorizer, a deploy.']),
      'Fail over to another Region if you have prepared for it.',
    ],
    snippets: [
      bash(
        'Ask AWS Health (needs a Business or Enterprise support plan)',
        `aws health describe-events --region us-east-1 --filter services=APIGATEWAY,LAMBDA,regions=${shell(at.region)},eventStatusCodes=open`,
      ),
    ],
  };
}

// AWS itself fails. Nothing Gatemedic may read proves it (AWS Health needs a support plan), so it is only ever suspected: by
// the gateway's own words for a fault inside, or by an outage of many stages at once.
import { bash } from '../model/advice.ts';
import { cause, lacking, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, functionSays, gatewaySays } from '../model/clue-lines.ts';
import type { EvidenceSet } from '../model/evidence.ts';
import type { StageRef } from '../model/api.ts';

const looksAt = ['gatewayMetrics'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;

export default cause({
  id: 'aws-incident',
  title: 'AWS itself fails',
  about: {
    is: 'The gateway answers 5xx because something inside AWS is down. There is nothing of yours to mend.',
    told: 'Never confirmed: only AWS Health could prove it, and Gatemedic does not read it. The gateway’s own words for a fault inside make it a suspect.',
    withoutLogs: 'Unknown for a single stage; many stages at once are told as one outage all the same.',
  },
  looksAt,
  clues: [
    gatewaySays(['failed with status: 503'], 'Lambda invocation failed with status: 503', 'messages.md §2'),
    gatewaySays(['due to an internal error'], 'Execution failed due to an internal error', 'messages.md §2 (unproven)'),
    accessSays(
      ['failed with status: 503', 'due to an internal error'],
      'Lambda invocation failed with status: 503|Execution failed due to an internal error',
      'messages.md §2',
    ),
    functionSays(['ServiceUnavailableException'], 'Service: AWSLambdaInternal; Status Code: 503', 'causes.md, aws-incident'),
  ],
  confirm,
  healed: (): Healed => ({ is: 'tooEarly', missing: [{ kind: 'gatewayMetrics', why: 'empty', detail: 'what AWS mends, AWS says' }] }),
  advice,
});

function confirm(e: Seen): Verdict<never> {
  return unproven(
    lacking('gatewayMetrics', e.gatewayMetrics, 'whether AWS has an incident is told by AWS Health, which Gatemedic does not read'),
  );
}

function advice(_facts: unknown, at: Pick<StageRef, 'region'>): Advice {
  return {
    summary: 'Many things fail at once, or the gateway speaks of a fault inside AWS.',
    steps: [
      'Look at the AWS Health Dashboard for API Gateway and Lambda in this Region.',
      'Change nothing while it lasts; fail over if you have prepared for it.',
    ],
    snippets: [
      bash(
        'Ask AWS Health (needs a Business or Enterprise support plan)',
        `aws health describe-events --region us-east-1 --filter services=APIGATEWAY,LAMBDA,regions=${at.region},eventStatusCodes=open`,
      ),
    ],
  };
}

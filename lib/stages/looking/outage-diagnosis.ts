// What an outage of many stages is told as: AWS itself, suspected; confirmed when AWS Health reports an incident too. Nothing is gathered stage
// by stage.
import { confirmed, ref, type Diagnosis, type Verdict } from '../../model/cause.ts';
import type { Gathered, MissingRef } from '../../model/evidence.ts';
import type { IncidentFacts } from '../../model/facts/gateway.ts';
import type { Incident } from '../../model/incident.ts';
import { incidentsIn, incidentText } from '../../model/health-events.ts';

/** Stages named in a sentence. */
const namedAtMost = 10;

export function outageDiagnosis(incident: Pick<Incident, 'outageOf' | 'at'>, gathered: Gathered, now: number): Diagnosis {
  const stages = incident.outageOf ?? [];
  const quote = `${stages.length} stages failed within minutes: ${stages.slice(0, namedAtMost).join(', ')}${stages.length > namedAtMost ? ', …' : ''}`;
  const verdict = verdictOf(stages, gathered, incident);
  const missing = verdict.is === 'unproven' ? verdict.missing : [];
  return {
    cause: 'aws-incident',
    certainty: verdict.is === 'confirmed' ? 'confirmed' : 'suspected',
    at: now,
    suspects: [{ id: 'aws-incident', clues: [{ quote, in: 'gatewayMetrics', source: 'causes.md, aws-incident' }], verdict }],
    missing,
    ...(verdict.is === 'confirmed'
      ? {}
      : { nextProbe: 'look at the AWS Health Dashboard, and at what these stages share: an account limit, a network, a release' }),
  };
}

/** Many stages that fail at once, and AWS that says so itself: no caller can forge either. */
function verdictOf(stages: readonly string[], { awsHealth }: Gathered, { at }: Pick<Incident, 'at'>): Verdict<IncidentFacts> {
  const events = awsHealth?.state === 'got' ? incidentsIn(awsHealth.value, at).filter((event) => event.to === undefined) : [];
  if (awsHealth && events.length > 0)
    return confirmed({ events, neighbours: stages }, [
      ref('awsHealth', awsHealth, `AWS Health reports ${events.slice(0, 3).map(incidentText).join(', ')}`),
    ]);
  const noProof: MissingRef = {
    kind: 'gatewayMetrics',
    why: 'overBudget',
    detail: 'many stages fail at once: nothing is gathered stage by stage',
  };
  const health: readonly MissingRef[] =
    awsHealth?.state === 'missing'
      ? [{ kind: 'awsHealth', why: awsHealth.why, detail: awsHealth.detail }]
      : awsHealth?.state === 'got'
        ? [{ kind: 'awsHealth', why: 'empty', detail: 'AWS Health reports nothing for this Region (it may be late)' }]
        : [];
  return { is: 'unproven', missing: [noProof, ...health] };
}

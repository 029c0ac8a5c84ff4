// The last line of a headless run: what was found, what was done, how long it took and what it cost in calls.
import type { Certainty } from '../model/cause.ts';
import type { ChangeRecord, FixId, Outcome } from '../model/change.ts';
import { toldDiagnosis, type Incident } from '../model/incident.ts';
import type { Observed } from './observer.ts';
import type { Run } from './run.ts';
import type { Scenario } from './scenarios/scenario.ts';

export interface Summary extends Readonly<Record<string, unknown>> {
  readonly kind: 'summary';
  readonly scenario: string;
  readonly cause: string;
  readonly certainty: Certainty;
  readonly outcome: Outcome;
  readonly fix: FixId | null;
  readonly firstFailureToDiagnosisMs: number | null;
  readonly firstFailureToChangeMs: number | null;
  readonly firstFailureToProvenMs: number | null;
  readonly awsCalls: Readonly<Record<string, number>>;
  readonly messagesPosted: number;
  readonly executions: number;
  readonly changes: number;
}

export interface Told {
  readonly scenario: Scenario;
  readonly run: Run;
  readonly seen: readonly Observed[];
  readonly incidents: readonly Incident[];
  readonly changes: readonly ChangeRecord[];
  readonly zeroAt: number;
}

/** The incident a story is about: the outage's parent, else the one something was changed or asked in, else the last. */
function mainIncident(incidents: readonly Incident[]): Incident | undefined {
  return incidents.find((i) => i.outageOf) ?? incidents.find((i) => i.changes.length > 0 || i.question) ?? incidents.at(-1);
}

export function summarise({ scenario, run, seen, incidents, changes, zeroAt }: Told): Summary {
  const incident = mainIncident(incidents);
  const { cause, certainty } = (incident && toldDiagnosis(incident)) ?? { cause: 'unknown', certainty: 'unknown' as const };
  const since = (event: Observed | undefined): number | null => (event ? event.at - zeroAt : null);
  const named = seen.find((e) => e.kind === 'diagnosis' && e.fields['cause'] === cause);
  const { machines, own } = run.installed;
  return {
    kind: 'summary',
    scenario: scenario.id,
    cause,
    certainty,
    outcome: incident?.outcome ?? incident?.standing ?? 'none',
    fix: fixOf(incident, changes),
    firstFailureToDiagnosisMs: since(named),
    firstFailureToChangeMs: since(seen.find((e) => e.kind === 'change' && e.fields['step'] === 'applied')),
    firstFailureToProvenMs: since(seen.find((e) => e.kind === 'verified')),
    awsCalls: Object.fromEntries([...run.account.wire].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    messagesPosted: run.slack.messages.length,
    executions: machines.list(own.incidentMachine).length,
    changes: changes.filter((c) => c.appliedAt !== undefined).length,
  };
}

/** The fix that was carried out, or the one a person was asked about. */
function fixOf(incident: Incident | undefined, changes: readonly ChangeRecord[]): FixId | null {
  const done = changes.find((c) => c.incidentId === incident?.id && c.appliedAt !== undefined);
  return done?.plan.fix ?? incident?.question?.plan.fix ?? null;
}

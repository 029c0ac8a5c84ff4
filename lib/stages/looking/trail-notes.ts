// Notes for the incident's history when CloudTrail names who took a grant away. It comes late, so it is told when it comes.
import { functionKey } from '../../model/api.ts';
import type { Diagnosis } from '../../model/cause.ts';
import type { Gathered } from '../../model/evidence.ts';
import type { PermissionFacts } from '../../model/facts/lambda.ts';
import type { Note } from '../../model/incident.ts';
import type { TrailEvent } from '../../model/kinds/change.ts';
import { unlatest } from '../../model/policy.ts';

/** One note a removal of a statement from a function whose permission is missing; `key` makes it idempotent. */
export function trailNotes(gathered: Gathered, diagnosis: Diagnosis, at: number): readonly Note[] {
  const trail = gathered.changeTrail;
  if (trail?.state !== 'got') return [];
  const keys = missingGrants(diagnosis);
  const removals = trail.value.events.filter((e) => e.name === 'RemovePermission' && keys.has(e.functionKey));
  return removals
    .sort((a, b) => a.at - b.at)
    .map((e) => ({ key: `trail:${e.id ?? `${e.at}-${e.statementId ?? ''}`}`, at, says: sentence(e) }));
}

function missingGrants(diagnosis: Diagnosis): ReadonlySet<string> {
  const verdict = diagnosis.suspects.find((s) => s.id === 'lambda-permission-missing')?.verdict;
  const facts = verdict?.is === 'confirmed' ? (verdict.facts as PermissionFacts) : undefined;
  return new Set(facts?.functions.map((f) => functionKey(unlatest(f.ref))));
}

const sentence = (e: TrailEvent): string =>
  `${whoDid(e)} removed the statement ${e.statementId ?? '(unnamed)'} from ${e.functionKey} at ${new Date(e.at).toISOString()} (CloudTrail)`;
function whoDid(e: TrailEvent): string {
  const name = e.userName ?? e.principalArn.split('/').at(-1) ?? e.principalArn;
  return e.invokedBy === undefined ? name : `${e.invokedBy} for ${name}`;
}

// What the workflow leaves behind of warm environments whose lease is over: the setting itself, and the journal's row of it. A lease lasts two
// hours, so its beginning is written here; its end is the deployed functions' own.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetProvisionedConcurrencyConfigCommand, LambdaClient, PutProvisionedConcurrencyConfigCommand } from '@aws-sdk/client-lambda';
import { hashOf } from '../../lib/journal/hash.ts';
import { advance, gatemedic, plan } from '../../lib/journal/journal.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { dynamoStore } from '../../lib/store/dynamo.ts';
import { place } from './deploy.ts';
import type { Patient } from './patient.ts';

const lambda = new LambdaClient({});
const minute = 60_000;
const environments = 2;

/** Warm environments now, by Lambda's own answer. */
export async function warmOf({ name, qualifier }: Patient): Promise<number> {
  try {
    const answer = await lambda.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName: name, Qualifier: qualifier }));
    return answer.RequestedProvisionedConcurrentExecutions ?? 0;
  } catch (error) {
    if ((error as Error).name === 'ProvisionedConcurrencyConfigNotFoundException') return 0;
    throw error;
  }
}

/** Lends warm environments to the patient's alias, on a lease that ended some minutes ago. */
export async function lend(table: string, patient: Patient, incident: Incident): Promise<string> {
  const { name, qualifier = '' } = patient;
  await lambda.send(
    new PutProvisionedConcurrencyConfigCommand({ FunctionName: name, Qualifier: qualifier, ProvisionedConcurrentExecutions: environments }),
  );
  const target = { accountId: place.accountId, region: place.region, functionName: name, qualifier, memoryMb: 128 };
  const changes = [{ setting: 'provisioned-concurrency', target, from: 'absent', to: { environments } }];
  const fix = 'warm-concurrency';
  const store = dynamoStore({ client: new DynamoDBClient({}), table, id: () => 'emulator' });
  const endedAt = Date.now() - 6 * minute;
  const world = { store, now: () => endedAt - 120 * minute };
  const id = `chg-lease-${name}`;
  const preview = [`${name}:${qualifier}: no warm environments → ${environments} warm environments of 128 MB`];
  await plan(world, {
    id,
    incidentId: incident.id,
    at: incident.at,
    plan: { fix, cause: 'lambda-cold-start', changes, hash: hashOf(fix, changes), preview, leaseMs: 120 * minute, snippets: [] },
  });
  await advance(world, id, 'applying', gatemedic);
  await advance(world, id, 'applied', gatemedic, undefined, { appliedAt: world.now(), leaseEndsAt: endedAt });
  await advance(world, id, 'verified', gatemedic, 'proven');
  return id;
}

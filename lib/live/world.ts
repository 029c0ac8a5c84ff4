// The real World of one duty, from its environment: AWS, the table, the topic, the workflow, Slack. An edge the duty did not declare is
// there by type and throws by name: what a role does not allow fails here first, with the remedy.
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CallName } from '../aws/calls.ts';
import { awsClient } from '../aws/client.ts';
import { handedAttempt, handRoleArn } from '../aws/hands.ts';
import { gatewayLimiter } from '../aws/limiter.ts';
import { liveAttempt } from '../aws/live.ts';
import type { Credentials } from '../aws/live/assumed.ts';
import { ownSettings, watchedSettings, type ClientSettings } from '../aws/live/settings.ts';
import { redactValue } from '../aws/redact.ts';
import { duties, handed, type Duty, type DutyId, type Edge } from '../duties.ts';
import type { Clock } from '../model/clock.ts';
import { dynamoStore } from '../store/dynamo.ts';
import type { Store } from '../store/store.ts';
import type { DeadLetter, Identity, Log, Slack, Topic, Workflow, World } from '../world.ts';
import { readSettings, type Environment, type Settings } from './settings.ts';

const now = (): number => Date.now();
const clock: Clock = { now, sleep: (ms) => wait(ms) };
const id = (): string => randomUUID().replaceAll('-', '');

/** Whoever changes the account begins nothing that could be cut off. */
const changing: readonly DutyId[] = ['carry-out', 'farewell'];
/** Investigations look around within a budget; whoever carries out must not run out of calls half-way. */
const budgeted: readonly DutyId[] = ['investigate', 'prove'];

export type LiveWorld = World<CallName>;

/** The Worlds of a duty: clients are made once a process, `aws` for each event, since its budget is one round's. */
export async function liveWorlds(dutyId: DutyId, env: Environment): Promise<(timeLeftMs: () => number) => LiveWorld> {
  const duty = dutyOf(dutyId);
  const settings = readSettings(duty, env);
  const { installation } = settings;
  const own = ownSettings(installation.region);
  const edges = await liveEdges(duty, settings, own);
  const client = watchedSettings(installation.region);
  const as = (more: Partial<ClientSettings>) => liveAttempt({ ...client, ...more }, env['AWS_ENDPOINT_URL'], installation.probes);
  const attempt = handedAttempt(as({}), duty.edges.includes('hands') ? handed(installation) : new Map(), (hand) =>
    as({ credentials: credentialsOf(client, handRoleArn(installation, hand)) }),
  );
  const limiter = gatewayLimiter(edges.store, clock);
  const declared = duty.calls(installation);
  const budget = budgeted.includes(duty.id) ? { budget: installation.callBudget } : {};
  const rest = { ...edges, installation, now, id, log: logOf(duty.id) };
  const inTime = (timeLeftMs: () => number) => (changing.includes(duty.id) ? { timeLeftMs } : {});
  return (timeLeftMs) => ({
    ...rest,
    timeLeftMs,
    aws: awsClient<CallName>({ attempt, clock, random: chance, declared, limiter, duty: duty.id, ...budget, ...inTime(timeLeftMs) }),
  });
}

function dutyOf(dutyId: DutyId): Duty {
  const duty = duties.find((d) => d.id === dutyId);
  if (!duty) throw new Error(`no duty ${dutyId}; there are ${duties.map((d) => d.id).join(', ')}`);
  return duty;
}

/** STS's client is loaded when such a role is taken, and not before. */
function credentialsOf(client: ClientSettings, roleArn: string): () => Promise<Credentials> {
  let taken: Promise<() => Promise<Credentials>> | undefined;
  return async () => {
    taken ??= import('../aws/live/assumed.ts').then((m) => m.assumed(client, roleArn, now));
    return await (
      await taken
    )();
  };
}

interface Edges {
  readonly store: Store;
  readonly topic: Topic;
  readonly workflow: Workflow;
  readonly deadLetter: DeadLetter;
  readonly slack: Slack;
  readonly identity: Identity;
}

/** Each client is loaded only where the duty declares its edge, so that a cold start loads no more. */
async function liveEdges(duty: Duty, settings: Settings, client: ClientSettings): Promise<Edges> {
  const has = (...edges: Edge[]): boolean => edges.some((e) => duty.edges.includes(e));
  const store = has('store:read', 'store:write')
    ? dynamoStore({ client: new DynamoDBClient(client), table: settings.get('GATEMEDIC_TABLE'), id })
    : closed(duty, 'store:read');
  const [topic, workflow, deadLetter, slack, identity] = await Promise.all([
    has('topic') ? import('./topic.ts').then((m) => m.liveTopic(settings, client)) : Promise.resolve(closed(duty, 'topic')),
    has('workflow:start', 'workflow:undo', 'workflow:wake', 'workflow:schedule', 'workflow:status')
      ? import('./workflow.ts').then((m) => m.liveWorkflow(settings, client, now))
      : Promise.resolve(closed(duty, 'workflow:…')),
    has('dead-letter')
      ? import('./dead-letter.ts').then((m) => m.liveDeadLetter(settings, client))
      : Promise.resolve(closed(duty, 'dead-letter')),
    has('slack') ? slackOf(settings, client) : Promise.resolve(closed(duty, 'slack')),
    has('identity') ? import('./identity.ts').then((m) => m.liveIdentity()) : Promise.resolve(closed(duty, 'identity')),
  ]);
  return { store, topic, workflow, deadLetter, slack, identity };
}

async function slackOf(settings: Settings, client: ClientSettings): Promise<Slack> {
  const [{ liveSlack }, { liveSecret }] = await Promise.all([import('../slack/live.ts'), import('./secret.ts')]);
  const { slackApiUrl } = settings;
  return liveSlack(liveSecret(settings.get('GATEMEDIC_SLACK_TOKEN_SECRET_ARN'), client, now), slackApiUrl ? { slackApiUrl } : {});
}

/** An edge that is not declared: whatever is asked of it throws. */
function closed(duty: Duty, edge: string): Store & Topic & Workflow & DeadLetter & Slack & Identity {
  return new Proxy({} as ReturnType<typeof closed>, {
    get: (_, name) => {
      // A promise is recognised by its `then`; the edge is none.
      if (name === 'then') return undefined;
      throw new Error(
        `duty ${duty.id} used ${String(name)} of the edge ${edge}, which it does not declare; add it to the duty's edges in lib/duties.ts`,
      );
    },
  });
}

const chance = (): number => randomInt(0, 1_000_000) / 1_000_000;

/** One JSON line an event; Lambda's log group is where it lands. */
const logOf =
  (duty: DutyId): Log =>
  (event, fields) => {
    console.log(JSON.stringify({ at: new Date(now()).toISOString(), duty, event, ...(redactValue(fields ?? {}) as object) }));
  };

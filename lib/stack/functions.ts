// One Lambda function a duty: its role, its settings in the environment, a published version for the machines, an alias for events.
import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { handRoleArn, handRoleName } from '../aws/hands.ts';
import type { OwnArns } from '../aws/own.ts';
import { dutiesOf, type Duty, type DutyId, type Edge } from '../duties.ts';
import { packSettings, type Installation } from '../model/installation.ts';
import { functionName, liveAlias } from '../model/names.ts';
import { arnOf, incidentMachine, scheduleGroup, undoMachine } from './names.ts';
import { acceptWildcards } from './nag.ts';
import type { Own } from './own.ts';
import { handNeeds, needs, scopeOf, statement } from './roles.ts';

export interface DutyFunction {
  readonly duty: Duty;
  readonly fn: lambda.Function;
  readonly role: iam.Role;
  /** What the machines invoke: it stays when a newer one is published, so a running execution ends on the code it began with. */
  readonly version: lambda.IFunction;
  /** What events, schedules and the URL invoke: always the newest version. */
  readonly live: lambda.IFunction;
}
/** Without a receiver there is none that receives. */
export type Functions = Readonly<Record<Exclude<DutyId, 'receive'>, DutyFunction>> & { readonly receive?: DutyFunction };

export interface FunctionsInput {
  readonly installation: Installation;
  readonly own: Own;
  readonly schedulerRole: iam.Role;
  readonly code: lambda.Code;
  readonly logRetention: logs.RetentionDays;
  readonly reserveConcurrency: boolean;
}

/** Invoked asynchronously: what fails to the end goes to the dead-letter queue instead of nowhere. */
const asynchronous: ReadonlySet<DutyId> = new Set(['intake', 'answer', 'sweep', 'subscribe', 'digest', 'farewell']);

export function makeFunctions(scope: Construct, input: FunctionsInput): Functions {
  const own = ownArns(scope, input);
  const made = Object.fromEntries(
    dutiesOf(input.installation).map((duty) => [duty.id, makeFunction(scope, duty, input, own)] as const),
  ) as Functions;
  makeHands(scope, input.installation, made['carry-out'].role);
  return made;
}

function makeFunction(scope: Construct, duty: Duty, input: FunctionsInput, own: OwnArns): DutyFunction {
  const group = new logs.LogGroup(scope, `${duty.id}-log`, {
    logGroupName: `/aws/lambda/${functionName(duty.id)}`,
    retention: input.logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = makeRole(scope, duty, input, own, group);
  const fn = new lambda.Function(scope, duty.id, {
    functionName: functionName(duty.id),
    description: duty.title,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    code: input.code,
    handler: `${duty.id}.handler`,
    role,
    timeout: Duration.seconds(duty.timeoutSeconds),
    memorySize: duty.memoryMb,
    logGroup: group,
    environment: environment(scope, duty, input, own),
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN, description: duty.title },
    ...(input.reserveConcurrency ? { reservedConcurrentExecutions: duty.reservedConcurrency } : {}),
    ...(asynchronous.has(duty.id) ? { deadLetterQueue: input.own.undelivered } : {}),
  });
  return { duty, fn, role, version: callable(fn.currentVersion), live: callable(fn.addAlias(liveAlias)) };
}

/** CDK's own classes write `role: IRole | undefined` where its interface says `role?`: one type for the strict reader. */
const callable = (fn: lambda.Version | lambda.Alias): lambda.IFunction => fn as lambda.IFunction;

/** A role a hand: only carry-out may take it. */
function makeHands(scope: Construct, installation: Installation, by: iam.Role): void {
  for (const [hand, needed] of handNeeds(installation, scopeOf(installation))) {
    const role = new iam.Role(scope, `hand-${hand}`, {
      roleName: handRoleName(Stack.of(scope).region, hand),
      assumedBy: new iam.ArnPrincipal(by.roleArn),
      description: `Gatemedic: taken by carry-out for writes that cannot be narrowed (${hand})`,
    });
    for (const need of needed) role.addToPolicy(statement(need));
    acceptWildcards(role, needed);
  }
}

function makeRole(scope: Construct, duty: Duty, input: FunctionsInput, own: OwnArns, group: logs.LogGroup): iam.Role {
  const role = new iam.Role(scope, `${duty.id}-role`, {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    description: `Gatemedic: ${duty.title}`,
  });
  const needed = needs(duty, input.installation, scopeOf(input.installation), own);
  for (const need of needed) role.addToPolicy(statement(need));
  group.grantWrite(role);
  acceptWildcards(role, needed);
  return role;
}

/** Names and ARNs by formula where the thing is made later: functions and machines refer to each other. */
function ownArns(scope: Construct, input: FunctionsInput): OwnArns {
  const { own } = input;
  return {
    table: own.table.tableArn,
    topic: own.topic.topicArn,
    incidentMachine: arnOf(scope, 'states', `stateMachine:${incidentMachine}`),
    incidentExecutions: arnOf(scope, 'states', `execution:${incidentMachine}:*`),
    undoMachine: arnOf(scope, 'states', `stateMachine:${undoMachine}`),
    schedules: arnOf(scope, 'scheduler', `schedule/${scheduleGroup}/*`),
    schedulerRole: input.schedulerRole.roleArn,
    slackToken: own.slackToken.secretArn,
    ...(own.slackSigning ? { slackSigning: own.slackSigning.secretArn } : {}),
    deadLetterQueue: own.aside.queueArn,
    hands: [...handNeeds(input.installation, scopeOf(input.installation)).keys()].map((hand) =>
      handRoleArn({ accountId: Stack.of(scope).account, region: Stack.of(scope).region }, hand),
    ),
    answerFunction: `${arnOf(scope, 'lambda', `function:${functionName('answer')}`)}:${liveAlias}`,
  };
}

/** What each edge needs to know; a function is told of nothing it does not touch. */
function environment(scope: Construct, duty: Duty, input: FunctionsInput, own: OwnArns): Record<string, string> {
  const { own: things } = input;
  const table = { GATEMEDIC_TABLE: things.table.tableName };
  const undo = { GATEMEDIC_UNDO_MACHINE_ARN: own.undoMachine };
  const incident = { GATEMEDIC_INCIDENT_MACHINE_ARN: own.incidentMachine };
  const byEdge: Readonly<Record<Edge, Record<string, string>>> = {
    'store:read': table,
    'store:write': table,
    topic: { GATEMEDIC_TOPIC_ARN: own.topic },
    slack: { GATEMEDIC_SLACK_TOKEN_SECRET_ARN: own.slackToken },
    'slack:signing': own.slackSigning === undefined ? {} : { GATEMEDIC_SLACK_SIGNING_SECRET_ARN: own.slackSigning },
    'workflow:start': incident,
    'workflow:status': incident,
    'workflow:undo': undo,
    'workflow:wake': {},
    'workflow:schedule': { ...undo, GATEMEDIC_SCHEDULER_ROLE_ARN: own.schedulerRole, GATEMEDIC_SCHEDULE_GROUP: scheduleGroup },
    hands: {},
    'hand-on': { GATEMEDIC_ANSWER_FUNCTION: own.answerFunction },
    identity: {},
    'dead-letter': { GATEMEDIC_DEAD_LETTER_URL: things.aside.queueUrl },
  };
  return Object.assign({ GATEMEDIC_INSTALLATION: installationText(scope, input.installation) }, ...duty.edges.map((edge) => byEdge[edge]));
}

/** A function's environment holds 4 KB in all (AWS: Lambda quotas); a long list of stages is therefore packed, unless it holds tokens. */
const packAboveCharacters = 1_800;
const environmentLimitCharacters = 3_200;

function installationText(scope: Construct, installation: Installation): string {
  const plain = JSON.stringify(installation);
  if (plain.length <= packAboveCharacters) return Stack.of(scope).toJsonString(installation);
  const text = Token.isUnresolved(plain) ? plain : packSettings(plain);
  if (text.length <= environmentLimitCharacters) return text === plain ? Stack.of(scope).toJsonString(installation) : text;
  throw new Error(
    `gatemedic settings: they take ${text.length} characters of a function's environment, which holds 4 KB; give the stack its account and region and name stages by id, so that they can be packed, or list fewer stages and functions (tag functions gatemedic=allowed instead)`,
  );
}

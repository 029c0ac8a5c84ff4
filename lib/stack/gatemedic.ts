// Gatemedic as a construct for an owner's own CDK app: `new Gatemedic(this, 'Gatemedic', { mode: 'ask', … })`. Roles, machines and functions
// are read from the duties and the catalogues; nothing is listed here twice.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CfnOutput, Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Installation } from '../model/installation.ts';
import { makeFunctions, type Functions } from './functions.ts';
import { accept, acceptWildcards } from './nag.ts';
import { functionName } from '../model/names.ts';
import { arnOf, incidentMachine, undoMachine } from './names.ts';
import { makeOwn, type Own } from './own.ts';
import { functionUrl, httpApi } from './receiver.ts';
import { statement } from './roles.ts';
import { installationOf, type GatemedicProps } from './props.ts';
import { makeFarewell, makeFilters, makeOwnAlarms, makeSchedules, schedulerRole } from './upkeep.ts';
import { alarmRules, executionRule, logsMayInvoke, stageAlarms } from './watching.ts';
import { incidentChain, incidentTimeoutHours, undoChain, undoTimeoutHours, type Invoked } from './workflow.ts';

export type { GatemedicProps, Settings } from './props.ts';

/** The installation of Gatemedic in one account and Region. There can be one: its kill switch has a fixed name. */
export class Gatemedic extends Construct {
  /** The settings as every function gets them. */
  readonly installation: Installation;
  readonly functions: Functions;
  readonly own: Own;
  /** Where Slack sends clicks: the Request URL of the app's Interactivity. Undefined without a receiver. */
  readonly url: string | undefined;

  constructor(scope: Construct, id: string, props: GatemedicProps) {
    super(scope, id);
    this.installation = installationOf(this, props);
    this.own = makeOwn(this, this.installation);
    const leases = schedulerRole(this, 'LeasesRole', 'Gatemedic: starts the Undo execution at the end of a lease');
    this.functions = makeFunctions(this, {
      installation: this.installation,
      own: this.own,
      schedulerRole: leases,
      code: props.code ?? bundles(),
      logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
      reserveConcurrency: props.reserveConcurrency ?? true,
    });
    const farewell = makeFarewell(this, this.functions, [this.own.table, this.own.topic, this.own.undelivered]);
    const machines = this.#machines(leases);
    for (const machine of machines) machine.node.addDependency(farewell);
    this.#watch(props);
    this.#keep(props, machines);
    this.url = this.#receive();
    this.#outputs();
  }

  #machines(leases: iam.Role): readonly [sfn.StateMachine, sfn.StateMachine] {
    const invoked: Invoked = (duty) => ({
      version: this.functions[duty].version,
      timeoutSeconds: this.functions[duty].duty.timeoutSeconds,
    });
    const incident = makeMachine(new Construct(this, 'Incident'), incidentMachine, incidentTimeoutHours, (scope) =>
      incidentChain(scope, invoked),
    );
    const undo = makeMachine(new Construct(this, 'Undo'), undoMachine, undoTimeoutHours, (scope) => undoChain(scope, invoked));
    leases.addToPolicy(
      new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [arnOf(this, 'states', `stateMachine:${undoMachine}`)] }),
    );
    return [incident, undo];
  }

  #watch(props: GatemedicProps): void {
    const { intake, sweep } = this.functions;
    stageAlarms(this, this.installation.stages, props.failuresPerMinute ?? 5);
    alarmRules(this, intake.live, props.compositeAlarms ?? [], this.own.undelivered);
    executionRule(this, sweep.live, this.own.undelivered);
  }

  #keep(props: GatemedicProps, machines: readonly sfn.StateMachine[]): void {
    const leave = logsMayInvoke(this.functions.intake.live);
    makeSchedules(this, this.functions, this.own, {
      expression: props.digestSchedule ?? 'cron(0 9 ? * MON *)',
      timezone: props.digestTimezone ?? 'UTC',
    });
    makeFilters(this, this.functions, [this.own.table, this.own.topic, ...(leave ? [leave] : [])]);
    makeOwnAlarms(this, this.functions, machines, this.own);
  }

  #receive(): string | undefined {
    const { receive } = this.functions;
    if (!receive) return undefined;
    return this.installation.receiver === 'http-api' ? httpApi(this, receive.live) : functionUrl(receive.live);
  }

  #outputs(): void {
    // plain names, for a person reads them in a terminal: CDK would add the construct's path and a hash
    const output = (name: string, value: string, description: string): void =>
      new CfnOutput(this, name, { value, description }).overrideLogicalId(`Gatemedic${name}`);
    if (this.url !== undefined) output('SlackRequestUrl', this.url, 'The Request URL of the Slack app: gatemedic slack-manifest --url …');
    output('SlackTokenSecret', this.own.slackToken.secretArn, "Put the bot's token here");
    if (this.own.slackSigning) output('SlackSigningSecretArn', this.own.slackSigning.secretArn, "Put the app's signing secret here");
    output('TopicArn', this.own.topic.topicArn, 'Subscribe to be told without Slack');
    output('KillSwitchName', this.own.killSwitch.parameterName, 'Write "on" to stop every new change');
    output('TableName', this.own.table.tableName, 'Holds incidents, changes and their journal');
    output('IntakeArn', this.functions.intake.live.functionArn, 'Subscribe it to an SNS topic to hear alarms of your own');
  }
}

/** Runs versions, old ones too: after an upgrade a running execution still calls the version it began with. */
function makeMachine(scope: Construct, name: string, timeoutHours: number, chain: (scope: Construct) => sfn.IChainable): sfn.StateMachine {
  const machine = new sfn.StateMachine(scope, 'Machine', {
    stateMachineName: name,
    definitionBody: sfn.DefinitionBody.fromChainable(chain(scope)),
    timeout: Duration.hours(timeoutHours),
  });
  const duties =
    name === incidentMachine
      ? (['investigate', 'decide', 'tell', 'carry-out', 'prove', 'close'] as const)
      : (['carry-out', 'tell'] as const);
  const versions = {
    actions: ['lambda:InvokeFunction'],
    resources: duties.map((duty) => `${arnOf(scope, 'lambda', `function:${functionName(duty)}`)}:*`),
    because: 'The versions of exactly the functions this machine calls: a running execution calls the version it began with.',
  };
  machine.addToRolePolicy(statement(versions));
  acceptWildcards(machine.role, [versions]);
  accept(
    machine,
    'AwsSolutions-SF1',
    'A Standard machine keeps its history for 90 days; the functions log what they do, and a log of all events would hold task tokens.',
  );
  accept(
    machine,
    'AwsSolutions-SF2',
    'Each incident is in the table, in the history and in the logs by its id; a trace would add a grant on every resource.',
  );
  return machine;
}

/** dist/ beside lib/: built by one command, bundled by nothing at synth. */
function bundles(): lambda.Code {
  const folder = fileURLToPath(new URL('../../dist', import.meta.url));
  if (!existsSync(folder)) throw new Error(`gatemedic: ${folder} is missing; run \`npm run build\` first`);
  return lambda.Code.fromAsset(folder);
}

// What an owner writes: the construct's flat props, which are also the `gatemedic` key of cdk.json. Checked at synth, so that a mistake
// stops there with the key, the value seen and what to write, instead of in a function at night.
import { Duration, Stack, Token } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type Hours } from '../model/hours.ts';
import { defaults, readInstallation, type Installation, type WatchedStage } from '../model/installation.ts';
import { checkNumbers, checkSense, wrong } from './sense.ts';
import { watched, type StageConstruct } from './watched.ts';

/** The settings that can also be written in cdk.json. */
export interface Settings {
  /** `observe` tells only, `ask` asks a person before each change, `act` mends unasked what the fixes allow. Required: there is no safe guess. */
  readonly mode: 'observe' | 'ask' | 'act';
  /** The API stages to watch. */
  readonly stages: readonly WatchedStage[];
  /** Slack user ids that may approve, dismiss and undo. */
  readonly approvers: readonly string[];
  /**
   * What takes Slack's clicks: `function-url` (a Lambda Function URL), `http-api` (an HTTP API of API Gateway), or `none`: nothing is public,
   * messages show commands instead of buttons, and people decide by the command line (`approverArns`).
   * @default - function-url
   */
  readonly receiver?: 'function-url' | 'http-api' | 'none';
  /**
   * ARN patterns (`*` allowed) of IAM principals of this account that may approve, dismiss, undo, keep and settle by the command line, as STS
   * names them: `arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_oncall_*\/*`, `arn:aws:iam::111122223333:user/ada`. A role whose sessions
   * its users name themselves counts as one person where two must approve.
   * @default - nobody by the command line
   */
  readonly approverArns?: readonly string[];
  /** The Slack channel's id, such as C012AB3CD; the bot must be a member. */
  readonly slackChannel: string;
  /** The Slack workspace's id, such as T012AB3CD. */
  readonly slackTeamId: string;
  /** The Slack app's id, such as A012AB3CD; each installation needs an app of its own. */
  readonly slackAppId: string;
  /**
   * Lambda functions (unqualified ARNs) whose settings may be changed. Functions tagged `gatemedic=allowed` may be changed too.
   * @default - none by ARN: only tagged functions
   */
  readonly functions?: readonly string[];
  /**
   * What else may be changed, by ARN (`*` allowed): DynamoDB tables, roles, security groups, CodeDeploy deployment groups. API stages are
   * open by being listed in `stages`.
   * @default - nothing else
   */
  readonly resources?: readonly string[];
  /**
   * The permissions boundary, by the ARN of its policy, that a role must carry before one of its policies may be put back or attached again:
   * whatever a document says, the boundary still holds the role. Needed where a fix writes role policies (docs/fixes.md).
   * @default - none: no role's policies are written
   */
  readonly permissionsBoundary?: string;
  /**
   * Log groups with names of their own (not API-Gateway-Execution-Logs_…, /aws/apigateway/… or /aws/lambda/…) that may be read, and
   * subscribed where a watched stage writes its access log there. Groups tagged `gatemedic=allowed` may be too.
   * @default - none by name: only tagged groups
   */
  readonly logGroups?: readonly string[];
  /**
   * What may be tried out, because it acts. `hosts`: hosts of HTTP backends that Gatemedic may connect to (name, port, certificate, one HEAD
   * request), to tell a TLS fault, a closed port and a backend's own 5xx apart; one that leads to a private address is only reached when that
   * address is listed too. `methods`: REST methods (`GET /orders`) that it may call with API Gateway's own test, which reaches the real backend
   * and uses the edited configuration, not the deployed one: list methods that only read.
   * @default - none: nothing is connected to, nothing is called
   */
  readonly probes?: { readonly hosts?: readonly string[]; readonly methods?: readonly string[] };
  /**
   * Whether API stages that are not listed may be read (definition and settings). Any alarm of the account on 5xx of API Gateway is heard;
   * a stage that is not listed is looked at and advised on, never changed.
   * @default - false: what such a stage serves is answered denied, and the message says so
   */
  readonly readUnlisted?: boolean;
  /**
   * The fixes that are installed, by id, each with whether it may run unasked in mode `act` (where the fix lets it, docs/fixes.md), and whether
   * two different people must approve it. What is not listed is advice, and its calls are in no role.
   * @default - re-add-invoke-permission, and warm-concurrency after asking
   */
  readonly fixes?: readonly { readonly id: string; readonly unasked?: boolean; readonly twoPerson?: boolean }[];
  /**
   * ARN patterns (`*` allowed) of the principals that deploy: a permission one of them removed was removed by a deploy.
   * @default - CloudFormation's own record only
   */
  readonly deployPrincipals?: readonly string[];
  /**
   * ARNs of composite alarms that speak for a watched stage.
   * @default - none
   */
  readonly compositeAlarms?: readonly string[];
  /**
   * Failed requests in one minute at which the alarm of a stage goes off. Log lines, where logging is on, are heard before.
   * @default - 5
   */
  readonly failuresPerMinute?: number;
  /**
   * What one change may cost in US dollars an hour.
   * @default - 1
   */
  readonly usdPerHour?: number;
  /**
   * What all changes together may cost in US dollars a day.
   * @default - 10
   */
  readonly usdPerDay?: number;
  /**
   * The largest number of warm environments a change may ask for.
   * @default - 50
   */
  readonly warmEnvironments?: number;
  /**
   * More stages than this in trouble at once are one outage: one message, nothing unasked.
   * @default - 10
   */
  readonly outageStages?: number;
  /**
   * "At once", in minutes.
   * @default - 5
   */
  readonly outageWithinMinutes?: number;
  /**
   * AWS calls an incident may make for evidence in one round.
   * @default - 60
   */
  readonly callBudget?: number;
  /**
   * How long a question stays open, in minutes; it is asked again while the stage still fails.
   * @default - 60
   */
  readonly questionMinutes?: number;
  /**
   * How long Undo is offered, in hours.
   * @default - 24
   */
  readonly undoWindowHours?: number;
  /**
   * SSM Change Calendars, by name (of this account) or ARN (shared): while one is closed, or cannot be read, people are asked instead.
   * @default - none
   */
  readonly changeCalendars?: readonly string[];
  /**
   * When unasked changes may be made: `{ days: ['mon', …], from: '09:00', to: '17:00', timezone: 'Europe/Berlin' }`; outside of these
   * hours people are asked. A `to` before `from` runs over midnight.
   * @default - at any time
   */
  readonly unaskedHours?: Hours;
  /**
   * Changes made unasked in one hour, all stages together; more are asked for.
   * @default - 6
   */
  readonly changesPerHour?: number;
  /**
   * A function or other resource that more routes of a stage than this share is never changed unasked.
   * @default - 50
   */
  readonly sharedByRoutes?: number;
  /**
   * When the digest is sent: an EventBridge Scheduler expression.
   * @default - Mondays at nine
   */
  readonly digestSchedule?: string;
  /**
   * The time zone of the digest's schedule.
   * @default - UTC
   */
  readonly digestTimezone?: string;
  /**
   * Whether Gatemedic's functions reserve concurrency (43 in all), so that neither a storm nor its public URL can take the patient's. Turn
   * it off in an account whose limit is too small: AWS refuses a reservation that leaves fewer than 100 unreserved.
   * @default - true
   */
  readonly reserveConcurrency?: boolean;
}

export interface GatemedicProps extends Omit<Settings, 'stages'> {
  /** The API stages to watch: by id and name, or as the CDK construct of the stage. */
  readonly stages: readonly (WatchedStage | StageConstruct)[];
  /**
   * How long Gatemedic's own logs are kept.
   * @default - one month
   */
  readonly logRetention?: RetentionDays;
  /**
   * The functions' bundles.
   * @default - the bundles of this package, built by `npm run build` into dist/
   */
  readonly code?: Code;
}

const minuteMs = 60_000;

/** Reads the props into the installation every function gets; throws one error that says what to write. */
export function installationOf(scope: Construct, props: GatemedicProps): Installation {
  const stack = Stack.of(scope);
  checkNumbers(props);
  const installation = assembled(props, { accountId: stack.account, region: stack.region });
  readInstallation(concrete(installation));
  checkSense(installation, props);
  return installation;
}

function assembled(props: GatemedicProps, place: { accountId: string; region: string }): Installation {
  const { mode, approvers, slackChannel: channel, slackTeamId: teamId, slackAppId: appId } = props;
  return {
    ...place,
    mode,
    stages: list('stages', props.stages).map(watched),
    ...(props.readUnlisted === undefined ? {} : { readUnlisted: props.readUnlisted }),
    fixes: list('fixes', props.fixes ?? defaults.fixes).map((f) => ({ ...f })),
    functions: [...list('functions', props.functions ?? [])],
    ...(props.resources ? { resources: [...list('resources', props.resources)] } : {}),
    ...(props.permissionsBoundary === undefined ? {} : { permissionsBoundary: props.permissionsBoundary }),
    ...(props.logGroups ? { logGroups: [...list('logGroups', props.logGroups)] } : {}),
    ...probesOf(props),
    approvers: [...list('approvers', approvers)],
    ...(props.receiver === undefined ? {} : { receiver: props.receiver }),
    ...(props.approverArns ? { approverArns: [...list('approverArns', props.approverArns)] } : {}),
    slack: { channel, teamId, appId },
    deployPrincipals: [...list('deployPrincipals', props.deployPrincipals ?? defaults.deployPrincipals)],
    caps: {
      usdPerHour: props.usdPerHour ?? defaults.caps.usdPerHour,
      usdPerDay: props.usdPerDay ?? defaults.caps.usdPerDay,
      warmEnvironments: props.warmEnvironments ?? defaults.caps.warmEnvironments,
    },
    outage: {
      stages: props.outageStages ?? defaults.outage.stages,
      withinMs: props.outageWithinMinutes === undefined ? defaults.outage.withinMs : props.outageWithinMinutes * minuteMs,
    },
    callBudget: props.callBudget ?? defaults.callBudget,
    questionMs: props.questionMinutes === undefined ? defaults.questionMs : props.questionMinutes * minuteMs,
    undoWindowMs: props.undoWindowHours === undefined ? defaults.undoWindowMs : Duration.hours(props.undoWindowHours).toMilliseconds(),
    killSwitchParameter: defaults.killSwitchParameter,
    ...(props.changeCalendars ? { changeCalendars: [...list('changeCalendars', props.changeCalendars)] } : {}),
    ...(props.unaskedHours ? { unaskedHours: props.unaskedHours } : {}),
    changesPerHour: props.changesPerHour ?? defaults.changesPerHour,
    sharedByRoutes: props.sharedByRoutes ?? defaults.sharedByRoutes,
  };
}

function probesOf({ probes }: GatemedicProps): Pick<Installation, 'probes'> {
  if (probes === undefined) return {};
  return { probes: { hosts: [...list('probes.hosts', probes.hosts ?? [])], methods: [...list('probes.methods', probes.methods ?? [])] } };
}

function list<T>(key: string, value: readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : wrong(key, value, 'write a list');
}

/** What a token stands for is not known at synth: a value of the right shape takes its place for the check. */
function concrete(i: Installation): unknown {
  const known = (value: string, instead: string): string => (Token.isUnresolved(value) ? instead : value);
  return {
    ...i,
    accountId: known(i.accountId, '111122223333'),
    region: known(i.region, 'us-east-1'),
    stages: i.stages.map((s) => ({
      ...s,
      apiId: known(s.apiId, 'a1b2c3d4e5'),
      apiName: known(s.apiName, 'name'),
      stage: known(s.stage, 'stage'),
    })),
    functions: i.functions.map((arn) => known(arn, 'arn:aws:lambda:us-east-1:111122223333:function:name')),
    ...(i.resources ? { resources: i.resources.map((arn) => known(arn, 'arn:aws:dynamodb:us-east-1:111122223333:table/name')) } : {}),
    ...(i.permissionsBoundary === undefined
      ? {}
      : { permissionsBoundary: known(i.permissionsBoundary, 'arn:aws:iam::111122223333:policy/name') }),
  };
}

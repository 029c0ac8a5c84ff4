// The ARNs of Gatemedic's own resources, read out of the resolved template by type: the sandbox's edges ask the roles about exactly these.
import type { OwnArns } from '../aws/own.ts';
import type { ResolvedTemplate, Resource } from '../workflow/template.ts';

export function ownArns(template: ResolvedTemplate): OwnArns {
  const env: Readonly<Record<string, string>> = Object.assign({}, ...template.functions.map((f) => f.environment));
  const machine = (suffix: string): string =>
    arn(template.machines.find((m) => m.name.endsWith(suffix))?.arn, `a state machine …${suffix}`);
  const incidentMachine = machine('incident');
  const [, , , region = '', account = ''] = incidentMachine.split(':');
  return {
    table: arn(only(template, 'AWS::DynamoDB::Table').arn, 'a table'),
    topic: arn(env['GATEMEDIC_TOPIC_ARN'], 'GATEMEDIC_TOPIC_ARN'),
    incidentMachine,
    incidentExecutions: `${incidentMachine.replace(':stateMachine:', ':execution:')}:*`,
    undoMachine: machine('undo'),
    schedules: `arn:aws:scheduler:${region}:${account}:schedule/${env['GATEMEDIC_SCHEDULE_GROUP'] ?? 'default'}/*`,
    schedulerRole: arn(env['GATEMEDIC_SCHEDULER_ROLE_ARN'], 'GATEMEDIC_SCHEDULER_ROLE_ARN'),
    slackToken: arn(env['GATEMEDIC_SLACK_TOKEN_SECRET_ARN'], 'GATEMEDIC_SLACK_TOKEN_SECRET_ARN'),
    ...(env['GATEMEDIC_SLACK_SIGNING_SECRET_ARN'] ? { slackSigning: env['GATEMEDIC_SLACK_SIGNING_SECRET_ARN'] } : {}),
    deadLetterQueue: queueArn(arn(env['GATEMEDIC_DEAD_LETTER_URL'], 'GATEMEDIC_DEAD_LETTER_URL')),
    hands: handRoles(template).map((r) => r.arn ?? ''),
    answerFunction: arn(env['GATEMEDIC_ANSWER_FUNCTION'], 'GATEMEDIC_ANSWER_FUNCTION'),
  };
}

const handRoles = (template: ResolvedTemplate): readonly Resource[] =>
  Object.values(template.resources).filter((r) => r.type === 'AWS::IAM::Role' && r.logicalId.includes('hand'));

function only(template: ResolvedTemplate, type: string): Resource {
  const found = Object.values(template.resources).filter((r) => r.type === type);
  const [one] = found;
  if (!one || found.length > 1) throw new Error(`the template has ${found.length} resources of type ${type}; the sandbox wants one`);
  return one;
}

function arn(value: string | undefined, what: string): string {
  if (!value) throw new Error(`the template names no ${what}`);
  return value;
}

/** `https://sqs.{region}.amazonaws.com/{account}/{name}` → its ARN. */
function queueArn(url: string): string {
  const { hostname, pathname } = new URL(url);
  const [, account, name] = pathname.split('/');
  return `arn:aws:sqs:${hostname.split('.')[1]}:${account}:${name}`;
}

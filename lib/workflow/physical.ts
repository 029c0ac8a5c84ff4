// What CloudFormation would call each resource once it exists: what Ref and GetAtt answer, by type. Only the types of our own stack.
export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
}

export interface Identity {
  /** What `Ref` answers. */
  readonly ref: string;
  readonly arn?: string;
  /** What `Fn::GetAtt` answers, by attribute. */
  readonly attributes: Readonly<Record<string, string>>;
}

type Properties = Readonly<Record<string, unknown>>;
type Identify = (properties: Properties, made: string, place: Place) => Identity;

const arnFor = (service: string, resource: string, { region, accountId }: Place): string =>
  `arn:aws:${service}:${region}:${accountId}:${resource}`;
const name = (properties: Properties, key: string, made: string): string => (typeof properties[key] === 'string' ? properties[key] : made);
/** A resource whose Ref is its name and whose Arn is made from it. */
const byName =
  (service: string, key: string, resource: (name: string) => string): Identify =>
  (properties, made, place) => {
    const ref = name(properties, key, made);
    const arn = arnFor(service, resource(ref), place);
    return { ref, arn, attributes: { Arn: arn } };
  };
/** A resource whose Ref is its ARN. */
const byArn =
  (service: string, key: string, resource: (name: string) => string, nameAttribute = 'Name'): Identify =>
  (properties, made, place) => {
    const called = name(properties, key, made);
    const arn = arnFor(service, resource(called), place);
    return { ref: arn, arn, attributes: { Arn: arn, [nameAttribute]: called } };
  };
const qualified =
  (qualifier: (properties: Properties) => string): Identify =>
  (properties, _made, place) => {
    const of = String(properties['FunctionName']);
    const arn = `${of.startsWith('arn:') ? of : arnFor('lambda', `function:${of}`, place)}:${qualifier(properties)}`;
    return { ref: arn, arn, attributes: { Version: qualifier(properties), FunctionArn: arn, AliasArn: arn } };
  };

const types: Readonly<Record<string, Identify>> = {
  'AWS::Lambda::Function': byName('lambda', 'FunctionName', (n) => `function:${n}`),
  'AWS::Lambda::Version': qualified(() => '1'),
  'AWS::Lambda::Alias': qualified((p) => String(p['Name'])),
  'AWS::Lambda::Url': (p, made, place) => ({
    ref: String(p['TargetFunctionArn']),
    attributes: {
      FunctionArn: String(p['TargetFunctionArn']),
      FunctionUrl: `https://${made.toLowerCase().replace(/[^a-z0-9]/g, '')}.lambda-url.${place.region}.on.aws/`,
    },
  }),
  'AWS::IAM::Role': (p, made, { accountId }) => {
    const ref = name(p, 'RoleName', made);
    const arn = `arn:aws:iam::${accountId}:role/${ref}`;
    return { ref, arn, attributes: { Arn: arn } };
  },
  'AWS::DynamoDB::Table': byName('dynamodb', 'TableName', (n) => `table/${n}`),
  'AWS::SNS::Topic': (p, made, place) => {
    const ref = arnFor('sns', name(p, 'TopicName', made), place);
    return { ref, arn: ref, attributes: { TopicArn: ref, TopicName: name(p, 'TopicName', made) } };
  },
  'AWS::SQS::Queue': (p, made, place) => {
    const called = name(p, 'QueueName', made);
    const arn = arnFor('sqs', called, place);
    const ref = `https://sqs.${place.region}.amazonaws.com/${place.accountId}/${called}`;
    return { ref, arn, attributes: { Arn: arn, QueueName: called, QueueUrl: ref } };
  },
  'AWS::SecretsManager::Secret': byArn('secretsmanager', 'Name', (n) => `secret:${n}-a1b2c3`),
  'AWS::SSM::Parameter': byName('ssm', 'Name', (n) => `parameter/${n.replace(/^\//, '')}`),
  'AWS::StepFunctions::StateMachine': byArn('states', 'StateMachineName', (n) => `stateMachine:${n}`),
  'AWS::Logs::LogGroup': (p, made, place) => {
    const ref = name(p, 'LogGroupName', made);
    const arn = arnFor('logs', `log-group:${ref}:*`, place);
    return { ref, arn, attributes: { Arn: arn } };
  },
  'AWS::Events::Rule': byName('events', 'Name', (n) => `rule/${n}`),
  'AWS::Scheduler::ScheduleGroup': byName('scheduler', 'Name', (n) => `schedule-group/${n}`),
  'AWS::Scheduler::Schedule': (p, made, place) => {
    const ref = name(p, 'Name', made);
    const arn = arnFor('scheduler', `schedule/${name(p, 'GroupName', 'default')}/${ref}`, place);
    return { ref, arn, attributes: { Arn: arn } };
  },
  'AWS::CloudWatch::Alarm': byName('cloudwatch', 'AlarmName', (n) => `alarm:${n}`),
};

/** Identifies a resource; one without a known shape has a Ref of its own and no attributes. */
export function identify(type: string, logicalId: string, properties: Properties, place: Place): Identity {
  const made = `${place.stackName}-${logicalId}`;
  return types[type]?.(properties, made, place) ?? { ref: made, attributes: {} };
}

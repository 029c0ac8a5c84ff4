// Turns a synthesised CloudFormation template into the plain values an account would hold: the sandbox is built from what is
// deployed, its roles included. An intrinsic, attribute or parameter it does not know stops it.
import { isObject } from './paths.ts';
import { identify, type Identity, type Place } from './physical.ts';

export interface Resource extends Identity {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** An IAM statement, its lists always lists. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface ResolvedFunction {
  readonly name: string;
  readonly arn: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly reservedConcurrency?: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  /** What the function's role allows. */
  readonly statements: readonly Statement[];
}
export interface ResolvedMachine {
  readonly name: string;
  readonly arn: string;
  readonly definition: unknown;
  readonly statements: readonly Statement[];
}
export interface ResolvedRule {
  readonly name: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly targets: readonly { readonly arn: string; readonly input?: unknown }[];
}
export interface ResolvedSchedule {
  readonly name: string;
  readonly expression: string;
  readonly timezone?: string;
  readonly targetArn: string;
  readonly input?: unknown;
}
/** The properties of an AWS::CloudWatch::Alarm, with its name and ARN. */
export interface ResolvedAlarm {
  readonly name: string;
  readonly arn: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface ResolvedTemplate {
  readonly resources: Readonly<Record<string, Resource>>;
  readonly functions: readonly ResolvedFunction[];
  readonly machines: readonly ResolvedMachine[];
  readonly rules: readonly ResolvedRule[];
  readonly schedules: readonly ResolvedSchedule[];
  readonly alarms: readonly ResolvedAlarm[];
  /** What a role allows, by its ARN. */
  statementsOf(roleArn: string): readonly Statement[];
}

/** Resolves a template for an account. Names CloudFormation would make up are `<stack>-<logical id>`. */
export function resolveTemplate(template: unknown, place: Place): ResolvedTemplate {
  if (!isObject(template) || !isObject(template['Resources'])) throw new Error('a template must have Resources');
  const resources = new Resolver(template['Resources'], isObject(template['Parameters']) ? template['Parameters'] : {}, place).all();
  const statementsOf = statementsIn(resources);
  const of = (type: string): readonly Resource[] => Object.values(resources).filter((r) => r.type === type);
  return {
    resources,
    statementsOf,
    functions: of('AWS::Lambda::Function').map((r) => functionOf(r, statementsOf)),
    machines: of('AWS::StepFunctions::StateMachine').map((r) => ({
      name: text(r, 'StateMachineName'),
      arn: arnOf(r),
      definition: JSON.parse(text(r, 'DefinitionString')),
      statements: statementsOf(text(r, 'RoleArn')),
    })),
    rules: of('AWS::Events::Rule').map((r) => ({
      name: r.ref,
      pattern: record(r.properties['EventPattern']),
      targets: list(r.properties['Targets']).map(targetOf),
    })),
    schedules: of('AWS::Scheduler::Schedule').map(scheduleOf),
    alarms: of('AWS::CloudWatch::Alarm').map((r) => ({ name: r.ref, arn: arnOf(r), properties: r.properties })),
  };
}

class Resolver {
  readonly #raw: Record<string, unknown>;
  readonly #parameters: Record<string, unknown>;
  readonly #place: Place;
  readonly #done = new Map<string, Resource>();
  readonly #open = new Set<string>();

  constructor(raw: Record<string, unknown>, parameters: Record<string, unknown>, place: Place) {
    this.#raw = raw;
    this.#parameters = parameters;
    this.#place = place;
  }

  all(): Readonly<Record<string, Resource>> {
    return Object.fromEntries(Object.keys(this.#raw).map((id) => [id, this.#resource(id)]));
  }

  #resource(logicalId: string): Resource {
    const done = this.#done.get(logicalId);
    if (done) return done;
    const raw = this.#raw[logicalId];
    if (!isObject(raw) || typeof raw['Type'] !== 'string') throw new Error(`no resource ${logicalId} in the template`);
    if (this.#open.has(logicalId)) throw new Error(`resource ${logicalId} refers to itself`);
    this.#open.add(logicalId);
    const properties = record(this.#value(raw['Properties'] ?? {}));
    const resource = { logicalId, type: raw['Type'], properties, ...identify(raw['Type'], logicalId, properties, this.#place) };
    this.#done.set(logicalId, resource);
    return resource;
  }

  #value(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#value(item)).filter((item) => item !== undefined);
    if (!isObject(value)) return value;
    const [key, ...more] = Object.keys(value);
    if (key !== undefined && more.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) return this.#intrinsic(key, value[key]);
    return Object.fromEntries(
      Object.entries(value)
        .map(([k, item]) => [k, this.#value(item)] as const)
        .filter(([, item]) => item !== undefined),
    );
  }

  #intrinsic(name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument));
      case 'Fn::GetAtt':
        return this.#attribute(...pair(argument));
      case 'Fn::Join':
        return this.#join(argument);
      case 'Fn::Sub':
        return this.#sub(argument);
      case 'Fn::Select':
        return this.#select(argument);
      case 'Fn::Split':
        return this.#split(argument);
      default:
        throw new Error(`intrinsic ${name} is not resolved here`);
    }
  }

  #ref(name: string): unknown {
    const { accountId, region, stackName } = this.#place;
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::AccountId': accountId,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/0`,
    };
    if (name === 'AWS::NoValue') return undefined;
    const parameter = this.#parameters[name];
    if (isObject(parameter)) return parameter['Default'] ?? missing(`parameter ${name} has no default`);
    return pseudo[name] ?? this.#resource(name).ref;
  }

  #attribute(logicalId: string, attribute: string): unknown {
    const resource = this.#resource(logicalId);
    return (
      resource.attributes[attribute] ?? missing(`${resource.type} ${logicalId} has no attribute ${attribute} here; add it to physical.ts`)
    );
  }

  #join(argument: unknown): string {
    const [separator, parts] = argument as [string, unknown];
    return list(this.#value(parts)).map(String).join(separator);
  }

  #sub(argument: unknown): string {
    const [body, variables] = Array.isArray(argument) ? [String(argument[0]), record(argument[1])] : [String(argument), {}];
    return body.replace(/\$\{([^}!]{1,200})\}/g, (_, name: string) => {
      if (name in variables) return String(this.#value(variables[name]));
      return String(name.includes('.') ? this.#attribute(...pair(name)) : this.#ref(name));
    });
  }

  #select(argument: unknown): unknown {
    const [index, items] = argument as [string | number, unknown];
    return list(this.#value(items))[Number(index)] ?? missing(`Fn::Select ${index} is out of range`);
  }

  #split(argument: unknown): readonly string[] {
    const [separator, body] = argument as [string, unknown];
    return String(this.#value(body)).split(separator);
  }
}

function statementsIn(resources: Readonly<Record<string, Resource>>): (roleArn: string) => readonly Statement[] {
  // A managed policy is what the CDK moves the rest of a role's policy to when it grows too large: many stages.
  const policies = Object.values(resources).filter((r) => r.type === 'AWS::IAM::Policy' || r.type === 'AWS::IAM::ManagedPolicy');
  const roles = Object.values(resources).filter((r) => r.type === 'AWS::IAM::Role');
  return (roleArn) => {
    const role = roles.find((r) => r.arn === roleArn);
    if (!role) return [];
    const inline = list(role.properties['Policies']).map((p) => record(p)['PolicyDocument']);
    const attached = policies.filter((p) => list(p.properties['Roles']).includes(role.ref)).map((p) => p.properties['PolicyDocument']);
    return [...inline, ...attached].flatMap((document) => list(record(document)['Statement']).map((s) => statementOf(record(s))));
  };
}

function statementOf(raw: Readonly<Record<string, unknown>>): Statement {
  if ('NotAction' in raw || 'NotResource' in raw) throw new Error('NotAction and NotResource are not read here');
  const condition = raw['Condition'] as Statement['Condition'];
  return {
    Effect: raw['Effect'] === 'Deny' ? 'Deny' : 'Allow',
    Action: texts(raw['Action']),
    Resource: texts(raw['Resource']),
    ...(condition ? { Condition: condition } : {}),
  };
}

function functionOf(r: Resource, statementsOf: (roleArn: string) => readonly Statement[]): ResolvedFunction {
  const reserved = r.properties['ReservedConcurrentExecutions'];
  const environment = record(record(r.properties['Environment'] ?? {})['Variables'] ?? {}) as Record<string, string>;
  const roleArn = text(r, 'Role');
  return {
    name: r.ref,
    arn: arnOf(r),
    handler: text(r, 'Handler'),
    environment,
    roleArn,
    statements: statementsOf(roleArn),
    timeoutSeconds: Number(r.properties['Timeout'] ?? 3),
    memoryMb: Number(r.properties['MemorySize'] ?? 128),
    ...(reserved === undefined ? {} : { reservedConcurrency: Number(reserved) }),
  };
}

function scheduleOf(r: Resource): ResolvedSchedule {
  const target = record(r.properties['Target']);
  const timezone = r.properties['ScheduleExpressionTimezone'];
  return {
    name: r.ref,
    expression: text(r, 'ScheduleExpression'),
    targetArn: String(target['Arn']),
    ...(typeof timezone === 'string' ? { timezone } : {}),
    ...(typeof target['Input'] === 'string' ? { input: JSON.parse(target['Input']) as unknown } : {}),
  };
}

const targetOf = (raw: unknown): { arn: string; input?: unknown } => {
  const target = record(raw);
  return { arn: String(target['Arn']), ...(typeof target['Input'] === 'string' ? { input: JSON.parse(target['Input']) as unknown } : {}) };
};
const pair = (argument: unknown): [string, string] => {
  const [id = '', ...rest] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
  return [id, rest.join('.')];
};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
const texts = (value: unknown): readonly string[] => list(value).map(String);
const record = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});
const text = (r: Resource, key: string): string => {
  const value = r.properties[key];
  return typeof value === 'string' ? value : missing(`${r.type} ${r.logicalId} has no ${key}`);
};
const arnOf = (r: Resource): string => r.arn ?? missing(`${r.type} ${r.logicalId} has no ARN`);
function missing(what: string): never {
  throw new Error(what);
}

// What a function is told by its environment, checked by name: a duty needs only the variables of its edges, and a missing one is one clear error.
import * as v from 'valibot';
import { installedDuty, type Duty, type Edge } from '../duties.ts';
import { readInstallation, unpackSettings, type Installation } from '../model/installation.ts';

/**
 * The variables, and the form each must have. The stack sets those a duty's edges need (`variablesOf`).
 *
 * | variable | what it is |
 * |---|---|
 * | GATEMEDIC_INSTALLATION | the owner's settings, JSON (lib/model/installation.ts) |
 * | GATEMEDIC_TABLE | name of the table |
 * | GATEMEDIC_TOPIC_ARN | the topic each step is told to |
 * | GATEMEDIC_INCIDENT_MACHINE_ARN, GATEMEDIC_UNDO_MACHINE_ARN | the two state machines |
 * | GATEMEDIC_SCHEDULER_ROLE_ARN, GATEMEDIC_SCHEDULE_GROUP | who starts an Undo at the end of a lease, and where that schedule stands |
 * | GATEMEDIC_SLACK_TOKEN_SECRET_ARN, GATEMEDIC_SLACK_SIGNING_SECRET_ARN | secrets whose text is the bot token, the signing secret |
 * | GATEMEDIC_DEAD_LETTER_URL | queue for records that could not be read |
 * | GATEMEDIC_ANSWER_FUNCTION | name or ARN (with alias) of the function that takes clicks |
 * | GATEMEDIC_SLACK_API_URL | optional: another address than https://slack.com/api/, for an emulator |
 */
const forms = {
  GATEMEDIC_TABLE: /^[A-Za-z0-9_.-]{3,255}$/,
  GATEMEDIC_TOPIC_ARN: /^arn:aws[\w-]*:sns:/,
  GATEMEDIC_INCIDENT_MACHINE_ARN: /^arn:aws[\w-]*:states:[^:]+:\d{12}:stateMachine:/,
  GATEMEDIC_UNDO_MACHINE_ARN: /^arn:aws[\w-]*:states:[^:]+:\d{12}:stateMachine:/,
  GATEMEDIC_SCHEDULER_ROLE_ARN: /^arn:aws[\w-]*:iam::\d{12}:role\//,
  GATEMEDIC_SCHEDULE_GROUP: /^[\w.-]{1,64}$/,
  GATEMEDIC_SLACK_TOKEN_SECRET_ARN: /^arn:aws[\w-]*:secretsmanager:/,
  GATEMEDIC_SLACK_SIGNING_SECRET_ARN: /^arn:aws[\w-]*:secretsmanager:/,
  GATEMEDIC_DEAD_LETTER_URL: /^https?:\/\//,
  GATEMEDIC_ANSWER_FUNCTION: /^[\w:.-]{1,256}$/,
} as const;
export type Variable = keyof typeof forms;

const needs: { readonly [E in Edge]: readonly Variable[] } = {
  'store:read': ['GATEMEDIC_TABLE'],
  'store:write': ['GATEMEDIC_TABLE'],
  topic: ['GATEMEDIC_TOPIC_ARN'],
  slack: ['GATEMEDIC_SLACK_TOKEN_SECRET_ARN'],
  'slack:signing': ['GATEMEDIC_SLACK_SIGNING_SECRET_ARN'],
  'workflow:start': ['GATEMEDIC_INCIDENT_MACHINE_ARN'],
  'workflow:undo': ['GATEMEDIC_UNDO_MACHINE_ARN'],
  'workflow:wake': [],
  'workflow:schedule': ['GATEMEDIC_UNDO_MACHINE_ARN', 'GATEMEDIC_SCHEDULER_ROLE_ARN', 'GATEMEDIC_SCHEDULE_GROUP'],
  'workflow:status': ['GATEMEDIC_INCIDENT_MACHINE_ARN'],
  hands: [],
  'hand-on': ['GATEMEDIC_ANSWER_FUNCTION'],
  identity: [],
  'dead-letter': ['GATEMEDIC_DEAD_LETTER_URL'],
};

/** The variables a duty's function must have, GATEMEDIC_INSTALLATION apart, which every function has. */
export const variablesOf = (duty: Pick<Duty, 'edges'>): readonly Variable[] => [...new Set(duty.edges.flatMap((e) => needs[e]))].sort();

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Settings {
  readonly installation: Installation;
  /** For an emulator only. */
  readonly slackApiUrl?: string;
  /** The value of a variable; throws when the duty's edges do not need it. */
  get(name: Variable): string;
}

/** Reads and checks what the duty needs; throws one error that names the variable, the value seen and what to write. */
export function readSettings(duty: Pick<Duty, 'id' | 'edges'>, env: Environment): Settings {
  const installation = readInstallation(json(env['GATEMEDIC_INSTALLATION']));
  const values = new Map(variablesOf(installedDuty(duty, installation)).map((name) => [name, checked(name, env[name])]));
  return {
    installation,
    ...(env['GATEMEDIC_SLACK_API_URL'] ? { slackApiUrl: env['GATEMEDIC_SLACK_API_URL'] } : {}),
    get(name) {
      const value = values.get(name);
      if (value === undefined)
        throw new Error(`duty ${duty.id} asked for ${name}, which none of its edges needs; add the edge in lib/duties.ts`);
      return value;
    },
  };
}

function checked(name: Variable, value: string | undefined): string {
  const read = v.safeParse(v.pipe(v.string(), v.regex(forms[name])), value);
  if (read.success) return read.output;
  throw new Error(
    `environment variable ${name} is ${value === undefined ? 'missing' : JSON.stringify(value)}; it must match ${forms[name].source}; deploy the stack again, or set it as lib/live/settings.ts says`,
  );
}

function json(text: string | undefined): unknown {
  if (text === undefined) throw new Error('environment variable GATEMEDIC_INSTALLATION is missing; it must hold the settings as JSON');
  try {
    return JSON.parse(unpackSettings(text)) as unknown;
  } catch (error) {
    throw new Error(
      `environment variable GATEMEDIC_INSTALLATION is no JSON (${error instanceof Error ? error.message : 'unreadable'}); it must hold the settings as JSON`,
      { cause: error },
    );
  }
}

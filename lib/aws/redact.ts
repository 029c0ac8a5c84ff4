// Secrets are taken out at the AWS edge, before anything is stored, shown or reasoned about: headers in execution logs carry live tokens,
// configuration carries environment values (evidence.md §2, §4). Patterns are linear: bounded, and each begins where no other match can.
import { parseJson } from '../model/json.ts';
import type { CallError, CallName } from './calls.ts';

const gone = '[redacted]';

/** Longest line anybody sees, in characters. */
export const maxLineLength = 4_096;

interface Pattern {
  readonly gates: readonly string[];
  /** It begins with the name of a secret. */
  readonly named?: true;
  readonly find: RegExp;
  readonly put: string;
}

const secretName =
  '(?:proxy-)?authorization|(?:set-)?cookie2?|x-amz-security-token|x-api-key|api[_-]?key|x-[a-z]{1,20}-token|(?:access|refresh|id|session|auth|csrf|bearer|api)[_-]?token|passw(?:or)?d|(?:client|aws)?[_-]?secret(?:[_-]?(?:access[_-]?)?key)?|private[_-]?key|signature';

/** The same at the end of a longer name: `dbPassword`, `stripe_secret`, `userAccessToken`. */
const nameEnd = 'passw(?:or)?d|secret|api_?key|(?:access|refresh|session|auth|api)_?token';

/** A part of every secret's name: most lines hold none, and are spared the patterns that look for whole ones. */
const partOfName = /authorization|cookie|token|key|passw|secret|signature/i;

/** A named secret in the ways it is written, given what its name is, and what stands between it and its value in a plain text. */
const written = (name: string, separator: string): readonly Pattern[] => [
  // A JSON member: the value up to its closing quote; in JSON within JSON (quotes escaped) up to the next escape.
  { gates: [':'], named: true, find: new RegExp(`(${name}"\\s{0,4}:\\s{0,4}")(?:[^"\\\\]|\\\\.){1,8192}`, 'gi'), put: `$1${gone}` },
  {
    gates: [':'],
    named: true,
    find: new RegExp(`(${name}\\\\{1,3}"\\s{0,4}:\\s{0,4}\\\\{1,3}")[^"\\\\]{1,8192}`, 'gi'),
    put: `$1${gone}`,
  },
  // A header dump or a query: `Name=value, Next=…`, `Name: value`. Structures stay whole, so that documents still parse.
  {
    gates: ['=', ':'],
    named: true,
    find: new RegExp(`(${name}${separator})(?![\\s"{[\\]])[^",{}[\\]&\\r\\n\\\\]{1,8192}`, 'gi'),
    put: `$1${gone}`,
  },
];

const patterns: readonly Pattern[] = [
  { gates: ['PRIVATE KEY'], find: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{0,8192}/g, put: gone },
  ...written(`(?<![A-Za-z0-9])(?:${secretName})`, String.raw`\s{0,4}[=:]\s{0,4}`),
  ...written(`(?<=[A-Za-z0-9])(?:${nameEnd})`, '[=:] ?'),
  { gates: ['earer', 'EARER'], find: /(\bbearer\s{1,4})[A-Za-z0-9._~+/=-]{8,8192}/gi, put: `$1${gone}` },
  { gates: ['eyJ'], find: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,8192}(?:\.[A-Za-z0-9_-]{1,8192}){1,4}/g, put: gone },
  { gates: ['AKIA', 'ASIA', 'AROA', 'AIDA'], find: /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/g, put: gone },
  { gates: ['IQoJ', 'FwoG', 'FQoG'], find: /(?<![A-Za-z0-9+/])(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/=%]{40,8192}/g, put: gone },
  { gates: ['xox', 'xapp-'], find: /(?<![A-Za-z0-9])(?:xox[a-z]|xapp)-[A-Za-z0-9-]{8,512}/g, put: gone },
  { gates: ['hooks.slack.com'], find: /(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9/_-]{1,256}/g, put: `$1${gone}` },
  {
    gates: ['gh', 'sk_', 'rk_'],
    find: /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}|[sr]k_(?:live|test)_[A-Za-z0-9]{10,255})/g,
    put: gone,
  },
  { gates: ['://'], find: /(:\/\/)[^\s/:@"'<>]{1,128}:[^\s/@"'<>]{1,256}@/g, put: `$1${gone}@` },
];

const email: Pattern = {
  gates: ['@'],
  find: /(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g,
  put: '[e-mail]',
};
/** 14 to 19 digits in one run or in groups, as card numbers are written; no part of a decimal is one. */
const cardLike = /(?<![\w.-])[2-6](?:[ -]?\d){13,18}(?![\w-]|\.\d)/g;

/** Takes secrets, e-mail addresses and card numbers out of a text. Its length and its control characters stay: see `cutLine`. */
export const redactText = (text: string): string => cards(swap(secrets(text), email));

function secrets(text: string): string {
  const named = partOfName.test(text);
  return patterns.reduce((left, pattern) => (pattern.named && !named ? left : swap(left, pattern)), text);
}
const swap = (text: string, { gates, find, put }: Pattern): string =>
  gates.some((gate) => text.includes(gate)) ? text.replace(find, put) : text;
const cards = (text: string): string =>
  text.replace(cardLike, (digits, at: number) => (luhn(digits) ? (isJsonNumber(text, digits, at) ? '"[card]"' : '[card]') : digits));

/** A number of a JSON text: what takes its place must be a value too. */
const isJsonNumber = (text: string, digits: string, at: number): boolean =>
  /^\d+$/.test(digits) &&
  /[:[,]\s?$/.test(text.slice(Math.max(0, at - 2), at)) &&
  /^\s?[,\]}]/.test(text.slice(at + digits.length, at + digits.length + 2));

/** The check digit of card numbers (ISO/IEC 7812-1): spares the ids and sums that merely look like one. */
function luhn(text: string): boolean {
  const digits = Array.from(text.replace(/\D/g, ''), Number).reverse();
  const sum = digits.reduce((total, d, i) => total + (i % 2 === 0 ? d : d > 4 ? 2 * d - 9 : 2 * d), 0);
  return sum % 10 === 0;
}

/** A line fit to be kept: at most 4 KB, no control characters but tab and line break. */
export function cutLine(line: string): string {
  const short = line.length > maxLineLength ? `${line.slice(0, maxLineLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : line;
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return short.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '');
}

/** A log line as evidence: cut first, so that redaction costs no more than 4 KB. */
export function redactLine(line: string): string {
  const known = lines.get(line);
  if (known !== undefined) return known;
  if (lines.size >= mostLines) lines.clear();
  const clean = redactText(cutLine(line));
  if (line.length <= maxLineLength) lines.set(line, clean);
  return clean;
}
/** The lines of a burst come again at each look. */
const lines = new Map<string, string>();
const mostLines = 300;

/** A field's name is one of a few hundred, and each value of every answer asks about its own. */
function isSecretField(name: string): boolean {
  const known = fields.get(name) ?? isSecretName.test(name);
  if (fields.size < 1000) fields.set(name, known);
  return known;
}
const fields = new Map<string, boolean>();
/** The shortest text that can hold a secret has a name, a sign and a value. */
const shortest = 6;

const never = new Set(['ParameterValue', 'OutputValue']);
/** A field or header that is called a secret. */
const isSecretName = new RegExp(`^(?:${secretName})$`, 'i');
/** Maps whose names are the owner's own: stage variables, tags. */
const ownersMaps = new Set(['variables', 'StageVariables', 'stageVariables', 'stageVariableOverrides', 'Tags', 'tags']);
const endsAsSecret = /(?:passw(?:or)?d|secret|token|api[_-]?key|credentials?|private[_-]?key)$/i;
/** In letters that a stage variable may hold: a value that was taken out must not look like a wrong one. */
const goneFromMap = 'redacted';

/** Takes secrets out of any plain value: strings by pattern, environment values and stack parameters by their place. */
export const redactValue = (value: unknown): unknown => walk(value, redactText);

function walk(value: unknown, text: (s: string) => string, key = ''): unknown {
  if (typeof value === 'string') return never.has(key) || isSecretField(key) ? gone : value.length < shortest ? value : text(value);
  if (value instanceof Uint8Array) return new TextEncoder().encode(text(new TextDecoder().decode(value)));
  if (Array.isArray(value)) return value.map((one) => walk(one, text, key));
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [
      k,
      k === 'Environment' && v !== null && typeof v === 'object'
        ? environment(v, text)
        : ownersMaps.has(key) && typeof v === 'string' && endsAsSecret.test(k)
          ? goneFromMap
          : walk(v, text, k),
    ]),
  );
}

/** The names of environment variables stay, their values never: no pattern knows a secret by sight. */
function environment(value: unknown, text: (s: string) => string): unknown {
  const { Variables: variables, ...rest } = (value ?? {}) as { Variables?: object };
  const names = variables && Object.fromEntries(Object.keys(variables).map((name) => [name, gone]));
  return { ...(walk(rest, text) as object), ...(names ? { Variables: names } : {}) };
}

/** What differs by call: log lines are cut, stack events keep only permissions' properties, the trail keeps who did it. */
export function redactAnswer(name: CallName, value: unknown): unknown {
  if (name === 'logs:FilterLogEvents') return walk(value, redactLine);
  if (name === 'cloudformation:DescribeStackEvents') return walk(onlyPermissions(value), redactText);
  if (name === 'cloudformation:DescribeStackResource') return walk(onlyOwnersMarks(value), redactText);
  // Who removed a permission is the evidence, and is often an e-mail address.
  if (name === 'cloudtrail:LookupEvents') return walk(value, secrets);
  if (name === 'cloudtrail:LookupGlobalEvents') return walk(value, besidePolicies);
  // A document is written back, or given to the simulation, as it was read: nothing of it may be taken for a secret (a secret's ARN looks like one).
  if (name === 'iam:GetRolePolicy' || name === 'iam:GetPolicyVersion') return value;
  return redactValue(value);
}

/** A trail's record without secrets, its policy document as it was written: a policy names secrets and holds none, and what is put back must be exact. */
function besidePolicies(text: string): string {
  const record = recordOf(text);
  const policyDocument = record?.requestParameters?.policyDocument;
  if (typeof policyDocument !== 'string') return secrets(text);
  const { requestParameters, ...rest } = record ?? {};
  const clean = recordOf(secrets(JSON.stringify({ ...rest, requestParameters: { ...requestParameters, policyDocument: '' } })));
  return clean ? JSON.stringify({ ...clean, requestParameters: { ...clean.requestParameters, policyDocument } }) : secrets(text);
}
interface TrailRecord {
  readonly requestParameters?: { readonly policyDocument?: unknown };
}
function recordOf(text: string): TrailRecord | undefined {
  const parsed = text.startsWith('{') ? parseJson(text) : undefined;
  return parsed?.ok && typeof parsed.value === 'object' && parsed.value !== null ? parsed.value : undefined;
}

/** Properties of a stack's other resources hold anything, passwords too; only AWS::Lambda::Permission is ever looked at. */
function onlyPermissions(value: unknown): unknown {
  const answer = value as { StackEvents?: readonly { ResourceType?: string; ResourceProperties?: string }[] };
  if (!Array.isArray(answer.StackEvents)) return value;
  const events = answer.StackEvents as readonly { ResourceType?: string; ResourceProperties?: string }[];
  return {
    ...answer,
    StackEvents: events.map(({ ResourceProperties, ...event }) =>
      event.ResourceType === 'AWS::Lambda::Permission' && ResourceProperties !== undefined ? { ...event, ResourceProperties } : event,
    ),
  };
}

/** Whatever a template says of a resource, two marks tell who wrote it. */
function onlyOwnersMarks(value: unknown): unknown {
  const answer = value as { StackResourceDetail?: { Metadata?: string } };
  const { Metadata: text, ...detail } = answer.StackResourceDetail ?? {};
  const parsed = text === undefined ? undefined : parseJson(text);
  const of = (parsed?.ok ? parsed.value : undefined) as Readonly<Record<string, unknown>> | null | undefined;
  const marks = Object.fromEntries(
    ['aws:cdk:path', 'SamResourceId'].flatMap((key) => (typeof of?.[key] === 'string' ? [[key, of[key]]] : [])),
  );
  const kept = Object.keys(marks).length === 0 ? {} : { Metadata: JSON.stringify(marks) };
  return { ...answer, ...(answer.StackResourceDetail ? { StackResourceDetail: { ...detail, ...kept } } : {}) };
}

/** An error's words are shown to people and stored. */
export const redactError = (error: CallError): CallError => ({
  kind: error.kind,
  call: error.call,
  name: cutLine(error.name),
  message: redactLine(error.message).slice(0, 500),
});

/** Every pattern in use: a law holds them to linear time. */
export const secretPatterns: readonly RegExp[] = [...patterns.map((p) => p.find), email.find, cardLike];

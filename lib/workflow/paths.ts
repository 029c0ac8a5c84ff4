// The part of JSONPath that the machines use: `$`, `$.a.b`, `$.a[0]`, `$['a b']`, and the same on the context object (`$$.`).
// A path that leads nowhere is States.Runtime, which no Catch sees, exactly as in Step Functions.
import { ExecutionError } from './errors.ts';

type Step = string | number;
const stepPattern = /\.([A-Za-z_][\w-]{0,127})|\['([^'\\]{1,128})'\]|\[(\d{1,6})\]/y;

/** What is wrong with a path; undefined when it is one we read. */
export function checkPath(text: string): string | undefined {
  return parse(text) === undefined ? `${JSON.stringify(text)} is no path this interpreter reads` : undefined;
}

/** What is wrong with a payload template; undefined when nothing is. */
export function checkTemplate(template: unknown): string | undefined {
  if (Array.isArray(template)) return first(template.map(checkTemplate));
  if (!isObject(template)) return undefined;
  return first(Object.entries(template).map(([key, value]) => (key.endsWith('.$') ? checkReference(key, value) : checkTemplate(value))));
}
const first = (found: readonly (string | undefined)[]): string | undefined => found.find((f) => f !== undefined);
const checkReference = (key: string, value: unknown): string | undefined =>
  typeof value === 'string' ? checkPath(value) : `${key} must hold a path`;

/** The value at a path of the input, or of the context object when it begins with `$$`. */
export function readPath(text: string, input: unknown, context: unknown): unknown {
  const steps = parse(text);
  if (!steps) throw new Error(`unchecked path ${text}`);
  let at: unknown = text.startsWith('$$') ? context : input;
  for (const step of steps) {
    const has = Array.isArray(at) ? typeof step === 'number' && step < at.length : isObject(at) && Object.hasOwn(at, step);
    if (!has)
      throw new ExecutionError(
        'States.Runtime',
        `The JSONPath '${text}' could not be found in the input '${JSON.stringify(input)?.slice(0, 500)}'`,
      );
    at = (at as Record<Step, unknown>)[step];
  }
  return at;
}

/** Fills a payload template: a key `x.$` becomes `x` with the value at its path. */
export function fill(template: unknown, input: unknown, context: unknown): unknown {
  if (Array.isArray(template)) return template.map((item) => fill(item, input, context));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), readPath(String(value), input, context)] : [key, fill(value, input, context)],
    ),
  );
}

/** The input with `value` at a reference path; `$` replaces it, `null` drops the value. */
export function writePath(text: string | null, input: unknown, value: unknown): unknown {
  if (text === null) return input;
  const steps = parse(text);
  if (!steps || text.startsWith('$$')) throw new Error(`unchecked path ${text}`);
  return write(input, steps, value, text);
}

function write(at: unknown, steps: readonly Step[], value: unknown, text: string): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof step === 'number' || (at !== undefined && !isObject(at)))
    throw new ExecutionError('States.ResultPathMatchFailure', `Unable to apply ReferencePath ${text} to input`);
  const base = isObject(at) ? at : {};
  return { ...base, [step]: write(base[step], rest, value, text) };
}

function parse(text: string): readonly Step[] | undefined {
  const body = /^\$\$?(?=$|[.[])/.exec(text);
  if (!body || text === '$$') return undefined;
  const steps: Step[] = [];
  stepPattern.lastIndex = body[0].length;
  while (stepPattern.lastIndex < text.length) {
    const m = stepPattern.exec(text);
    if (!m) return undefined;
    steps.push(m[3] === undefined ? (m[1] ?? m[2] ?? '') : Number(m[3]));
  }
  return steps;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

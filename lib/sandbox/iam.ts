// IAM as AWS evaluates it, for the sandbox: a role's statements against one action, one resource and the keys of the call.
// Written apart from the product's own policy check, so that each tests the other.

export type Condition = Readonly<Record<string, Readonly<Record<string, string | boolean | readonly string[]>>>>;

/** One statement of an identity policy, as a synthesised template holds it. */
export interface IamStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Condition;
}

/** Who calls: a role with its statements, or an administrator whom nothing stops. */
export type Principal = { readonly name: string; readonly statements: readonly IamStatement[] } | 'admin';

/** What a call asks for. Keys of `context` are compared without regard to case, as IAM does. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export type Access = 'allowed' | 'implicitly denied' | 'explicitly denied';

const list = (value: string | boolean | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : typeof value === 'boolean' ? [String(value)] : value;

/** `*` matches any run of characters, `?` one. Two fingers, no backtracking explosion. */
export function glob(pattern: string, text: string): boolean {
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === text;
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** The first five parts by themselves, the sixth with all its colons: how ArnLike compares. */
function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** ArnLike and ArnEquals (which behave alike): each of an ARN's six parts is a glob of its own. */
export function arnLike(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const wanted = arnParts(pattern);
  const seen = arnParts(arn);
  return wanted.length === seen.length && wanted.every((part, i) => glob(part, seen[i] ?? ''));
}

const positive: Readonly<Record<string, (wanted: string, seen: string) => boolean>> = {
  StringEquals: (wanted, seen) => wanted === seen,
  StringEqualsIgnoreCase: (wanted, seen) => wanted.toLowerCase() === seen.toLowerCase(),
  StringLike: glob,
  ArnLike: arnLike,
  ArnEquals: arnLike,
  Bool: (wanted, seen) => wanted.toLowerCase() === seen.toLowerCase(),
};
const negative: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotLike: 'StringLike',
  ArnNotLike: 'ArnLike',
  ArnNotEquals: 'ArnEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
};

function valuesOf(context: Asked['context'], key: string): readonly string[] {
  const wanted = key.toLowerCase();
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === wanted);
  return found ? list(found[1]) : [];
}

/** One operator on one key. A key the call does not carry fails a positive operator and passes a negative one. */
function keyHolds(operator: string, wanted: readonly string[], seen: readonly string[]): boolean {
  if (operator === 'Null') return wanted.some((w) => (w.toLowerCase() === 'true') === (seen.length === 0));
  const [quantifier, named] = operator.includes(':')
    ? [operator.slice(0, operator.indexOf(':')), operator.slice(operator.indexOf(':') + 1)]
    : ['', operator];
  const optional = named.endsWith('IfExists');
  const name = optional ? named.slice(0, -'IfExists'.length) : named;
  if (seen.length === 0 && (optional || quantifier === 'ForAllValues')) return true;
  const opposite = negative[name];
  const test = positive[opposite ?? name];
  if (!test) throw new Error(`the sandbox's IAM does not know the condition operator ${operator}; add it to lib/sandbox/iam.ts`);
  const one = (value: string): boolean => wanted.some((w) => test(w, value)) !== (opposite !== undefined);
  if (seen.length === 0) return opposite !== undefined && quantifier !== 'ForAnyValue';
  return quantifier === 'ForAllValues' ? seen.every(one) : quantifier === 'ForAnyValue' ? seen.some(one) : seen.every(one);
}

/** Whether every operator and key of a condition block holds. */
export function conditionHolds(condition: Condition | undefined, context: Asked['context']): boolean {
  return Object.entries(condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => keyHolds(operator, list(wanted), valuesOf(context, key))),
  );
}

/** A statement's actions in lower case: each is compared with every call of a run. */
function actionsOf(statement: IamStatement): readonly string[] {
  const known = lowered.get(statement) ?? list(statement.NotAction ?? statement.Action).map((pattern) => pattern.toLowerCase());
  lowered.set(statement, known);
  return known;
}
const lowered = new WeakMap<IamStatement, readonly string[]>();

function applies(statement: IamStatement, asked: Asked): boolean {
  const action = asked.action.toLowerCase();
  const actions = actionsOf(statement).some((pattern) => glob(pattern, action)) !== (statement.NotAction !== undefined);
  if (!actions) return false;
  const resources = statement.NotResource
    ? !list(statement.NotResource).some((p) => glob(p, asked.resource))
    : list(statement.Resource).some((p) => glob(p, asked.resource));
  return resources && conditionHolds(statement.Condition, asked.context);
}

/** Explicit deny wins, then allow, then nothing: denied. */
export function evaluate(principal: Principal, asked: Asked): Access {
  if (principal === 'admin') return 'allowed';
  const found = principal.statements.filter((s) => applies(s, asked));
  if (found.some((s) => s.Effect === 'Deny')) return 'explicitly denied';
  return found.length > 0 ? 'allowed' : 'implicitly denied';
}

/** Whether the principal may do it. */
export const allows = (principal: Principal, asked: Asked): boolean => evaluate(principal, asked) === 'allowed';

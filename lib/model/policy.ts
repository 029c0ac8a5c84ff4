// May API Gateway call this function? The function's resource policy, really evaluated: statement, principal, action,
// resource, source ARN, account, explicit Deny. Pure, so that the cause, the setting and the fix all ask the same question.
import { functionArn, type FunctionRef, type StageRef } from './api.ts';
import { asObject, asText, asTexts, parseJson, type JsonObject } from './json.ts';
import type { PolicyStatement } from './kinds/function.ts';

/** Who API Gateway is to a resource policy (fixes.md §1). */
export const gatewayPrincipal = 'apigateway.amazonaws.com';
export const invokeAction = 'lambda:InvokeFunction';

/** `unclear`: a condition we cannot evaluate decides it; nobody may act on that. */
export type MayInvoke = 'allowed' | 'denied' | 'noStatement' | 'unclear';

export interface InvokeRequest {
  readonly sourceArn: string;
  /** The account of the API: `aws:SourceAccount`. */
  readonly accountId: string;
  /** The qualified ARN that is called; left out where a recorded policy has no resources. */
  readonly functionArn?: string;
}
export interface RouteOf {
  readonly method: string;
  readonly path: string;
}
type Policy = { readonly statements: readonly PolicyStatement[] } | 'absent';

/** `*` any run (it spans `/`), `?` one character; linear in the text, no regular expression. */
export function glob(pattern: string, text: string): boolean {
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

/** The six parts of an ARN; the last keeps its own colons. */
function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** IAM's ArnLike: each of the six parts by itself, so that a `*` never runs across a colon into the next part. A pattern of one `*` matches all. */
export function arnLike(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const want = arnParts(pattern);
  const have = arnParts(arn);
  return want.length === have.length && want.every((part, i) => glob(part, have[i] ?? ''));
}

/**
 * The source ARN API Gateway sends for a deployed route, in the form a statement should carry: path parameters and the ANY
 * method as `*` (fixes.md §1). The root resource ends in `/`; the default route of an HTTP API is `…/$default`.
 */
export const sourceArnOf = (at: StageRef, route: RouteOf): string => sourceArn(at, route, route.path.replace(/\{[^{}/]{1,128}\}/g, '*'));

function sourceArn(at: StageRef, route: RouteOf, path: string): string {
  const api = `arn:${partitionOf(at.region)}:execute-api:${at.region}:${at.accountId}:${at.apiId}/${at.stage}`;
  if (path === '$default' || path === '/$default') return `${api}/$default`;
  if (at.apiType === 'WEBSOCKET') return `${api}/${path}`;
  const method = route.method.toUpperCase() === 'ANY' ? '*' : route.method.toUpperCase();
  return `${api}/${method}/${path.replace(/^\//, '')}`;
}
const partitionOf = (region: string): string => (region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws');

/** Whether AWS compares a statement with `…/{id}` or with `…/*` is not proven (fixes.md §1): both forms are asked, so that no statement that works is called missing. */
export const sourceArnsOf = (at: StageRef, route: RouteOf): readonly string[] => [
  ...new Set([sourceArnOf(at, route), sourceArn(at, route, route.path)]),
];

/** Whether API Gateway may call a function for one deployed route. Denied if either form is denied, allowed if either is allowed. */
export function mayRoute(policy: Policy, at: StageRef, route: RouteOf, ref: FunctionRef): MayInvoke {
  const answers = sourceArnsOf(at, route).map((arn) =>
    mayInvoke(policy, { sourceArn: arn, accountId: at.accountId, functionArn: functionArn(unlatest(ref)) }),
  );
  return (['denied', 'allowed', 'unclear'] as const).find((one) => answers.includes(one)) ?? 'noStatement';
}
/** The source ARN API Gateway sends when it calls a function as an authorizer (fixes.md §1, arn-format-reference): no stage, no route. */
export const authorizerArnOf = (at: StageRef, authorizerId: string): string =>
  `arn:${partitionOf(at.region)}:execute-api:${at.region}:${at.accountId}:${at.apiId}/authorizers/${authorizerId}`;

/** Whether API Gateway may call a function as an authorizer. Without its id only a statement for any authorizer settles it. */
export function mayAuthorizer(policy: Policy, at: StageRef, authorizerId: string | undefined, ref: FunctionRef): MayInvoke {
  const may = mayInvoke(policy, {
    // no id is made of this character: only a pattern that takes any id fits
    sourceArn: authorizerArnOf(at, authorizerId ?? '_'),
    accountId: at.accountId,
    functionArn: functionArn(unlatest(ref)),
  });
  const none = policy === 'absent' || !policy.statements.some((s) => JSON.stringify(s.conditions).includes('/authorizers/'));
  return authorizerId === undefined && may !== 'allowed' && !none ? 'unclear' : may;
}
/** `$LATEST` cannot carry a policy of its own; the function's does the work. */
export const unlatest = (ref: FunctionRef): FunctionRef => {
  if (ref.qualifier !== '$LATEST') return ref;
  const { qualifier: _, ...plain } = ref;
  return plain;
};

/** Evaluates a function's resource policy for one call by API Gateway. An explicit Deny wins. */
export function mayInvoke(policy: Policy, request: InvokeRequest): MayInvoke {
  const statements = policy === 'absent' ? [] : policy.statements;
  const answers = statements.map((s) => ({ effect: s.effect, match: matches(s, request) }));
  const has = (effect: 'Allow' | 'Deny', match: Match): boolean => answers.some((a) => a.effect === effect && a.match === match);
  if (has('Deny', 'yes')) return 'denied';
  if (has('Deny', 'unclear')) return 'unclear';
  if (has('Allow', 'yes')) return 'allowed';
  return has('Allow', 'unclear') ? 'unclear' : 'noStatement';
}

type Match = 'yes' | 'no' | 'unclear';
const all = (parts: readonly Match[]): Match => (parts.includes('no') ? 'no' : parts.includes('unclear') ? 'unclear' : 'yes');

function matches(s: PolicyStatement, request: InvokeRequest): Match {
  if (!s.principals.some((p) => p === '*' || p === gatewayPrincipal)) return 'no';
  if (!s.actions.some((a) => glob(a.toLowerCase(), invokeAction.toLowerCase()))) return 'no';
  const { functionArn: called } = request;
  if (called !== undefined && s.resources.length > 0 && !s.resources.some((r) => glob(r, called))) return 'no';
  return all(
    Object.entries(s.conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => condition(operator, key.toLowerCase(), values, request)),
    ),
  );
}

/** The condition keys whose value in a call by API Gateway we know. */
function valueOf(key: string, request: InvokeRequest): string | undefined {
  if (key === 'aws:sourcearn') return request.sourceArn;
  if (key === 'aws:sourceaccount') return request.accountId;
  return undefined;
}

const comparisons: Readonly<Record<string, { test: (pattern: string, value: string) => boolean; not?: true }>> = {
  arnlike: { test: arnLike },
  arnequals: { test: arnLike }, // the same as ArnLike, says the IAM reference
  arnnotlike: { test: arnLike, not: true },
  arnnotequals: { test: arnLike, not: true },
  stringlike: { test: glob },
  stringnotlike: { test: glob, not: true },
  stringequals: { test: (a, b) => a === b },
  stringnotequals: { test: (a, b) => a === b, not: true },
  stringequalsignorecase: { test: (a, b) => a.toLowerCase() === b.toLowerCase() },
  stringnotequalsignorecase: { test: (a, b) => a.toLowerCase() === b.toLowerCase(), not: true },
};

function condition(operator: string, key: string, values: readonly string[], request: InvokeRequest): Match {
  const name = operator
    .toLowerCase()
    .replace(/^for(any|all)values?:/, '')
    .replace(/ifexists$/, '');
  const value = valueOf(key, request);
  const comparison = comparisons[name];
  if (value === undefined || !comparison) return 'unclear';
  const hit = values.some((pattern) => comparison.test(pattern, value));
  return hit !== (comparison.not ?? false) ? 'yes' : 'no';
}

/** A document as IAM answers it, URL-encoded (IAM API); SDKs and reports may have decoded it. Undefined where there is none. */
export function decodedPolicy(text: unknown): string | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    return text.trimStart().startsWith('{') ? text : decodeURIComponent(text);
  } catch {
    return undefined; // a stray percent sign: a document nobody can read
  }
}

/** Reads a policy document as GetPolicy gives it (JSON text). Undefined when it is no policy. */
export function parsePolicy(text: string): readonly PolicyStatement[] | undefined {
  const document = parseJson(text);
  const read = document.ok ? asObject(document.value) : undefined;
  if (!read || read['Statement'] === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(read['Statement']) ? read['Statement'] : [read['Statement']];
  return list.flatMap((one) => {
    const s = asObject(one);
    return s ? [parseStatement(s)] : [];
  });
}

function parseStatement(s: JsonObject): PolicyStatement {
  const sid = asText(s['Sid']);
  return {
    ...(sid === undefined ? {} : { sid }),
    effect: s['Effect'] === 'Deny' ? 'Deny' : 'Allow',
    actions: 'NotAction' in s ? ['*'] : asTexts(s['Action']),
    principals: 'NotPrincipal' in s ? ['*'] : principalsOf(s['Principal']),
    resources: asTexts(s['Resource'] ?? []),
    conditions: { ...conditionsOf(s['Condition']), ...unreadable(s) },
  };
}

/** NotAction, NotPrincipal and NotResource cannot be written by AddPermission: kept as a condition nobody can evaluate, so that the answer is `unclear`. */
const unreadable = (s: JsonObject): PolicyStatement['conditions'] =>
  'NotAction' in s || 'NotPrincipal' in s || 'NotResource' in s ? { Unreadable: { 'gatemedic:not-element': ['true'] } } : {};

function principalsOf(principal: unknown): readonly string[] {
  if (typeof principal === 'string') return [principal];
  return Object.values(asObject(principal) ?? {}).flatMap((value) => asTexts(value));
}

function conditionsOf(condition: unknown): PolicyStatement['conditions'] {
  const entries = Object.entries(asObject(condition) ?? {});
  return Object.fromEntries(
    entries.map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(asObject(keys) ?? {}).map(([key, value]) => [key.toLowerCase(), asTexts(value)])),
    ]),
  );
}

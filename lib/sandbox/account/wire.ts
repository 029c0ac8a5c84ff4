// One try of a call at the wire: counted, slowed, possibly struck by a fault, checked by IAM, throttled, answered. No retry lives here.
import type { Attempt, CallError, CallName, CallRow, In, Out } from '../../aws/calls.ts';
import { table } from '../../aws/table.ts';
import { err, type Result } from '../../model/result.ts';
import { evaluate, type Access, type Asked, type Principal } from '../iam.ts';
import type { Answers, Parts } from './answers/parts.ts';
import { type Answered, type Failure, SandboxCrash } from './failure.ts';
import type { Faults, FaultSpec } from './faults.ts';
import { readFunctionName } from './functions.ts';
import { createThrottle } from './throttle.ts';
import type { Caller } from './trail.ts';

/** Attempts by service, retries included; other edges add theirs. */
export interface WireCount extends Map<string, number> {
  add(service: string): void;
}
export interface Wired {
  (principal: Principal): Attempt;
  /** What a call would answer, for witnesses: at once, with no role, limit or fault, and counted nowhere. Reads only. */
  readonly peek: Attempt;
}

export function createWireCount(): WireCount {
  const counts = new Map<string, number>();
  return Object.assign(counts, { add: (service: string) => void counts.set(service, (counts.get(service) ?? 0) + 1) });
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const field = (input: object, name: string): string | undefined => text(Reflect.get(input, name));

/** The tags of what a call touches, as condition keys. */
function tagsOf(
  parts: Parts,
  tags: ReadonlyMap<string, Readonly<Record<string, string>>>,
  input: object,
  resource: string,
): Record<string, string> {
  const at = readFunctionName(field(input, 'FunctionName') ?? field(input, 'Resource'));
  const own = parts.functions.all.get(at.name)?.tags ?? tags.get(resource) ?? tags.get(resource.replace(/:\*$/, '')) ?? {};
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
}

/** RemovePermission: AWS reads the principal from the stored statement, not from the call. */
function removedPrincipal(parts: Parts, input: object): Record<string, string> | undefined {
  const policy = parts.permissions.policy(readFunctionName(field(input, 'FunctionName'), field(input, 'Qualifier')));
  if (!policy.ok) return undefined;
  const principal = policy.value.statements.find((s) => s.Sid === field(input, 'StatementId'))?.Principal;
  const name = typeof principal === 'string' ? principal : (principal?.Service ?? principal?.AWS);
  return name === undefined ? undefined : { 'lambda:Principal': name };
}

/** The permissions boundary of the role a call is about. */
function boundaryOf(parts: Parts, input: object): Record<string, string> | undefined {
  const arn = parts.services.roles.get(field(input, 'RoleName') ?? '')?.boundary?.arn;
  return arn === undefined ? undefined : { 'iam:PermissionsBoundary': arn };
}

function denial(parts: Parts, principal: Exclude<Principal, 'admin'>, action: string, resource: string, explicit: boolean): Failure {
  const arn = `arn:aws:sts::${parts.base.here.accountId}:assumed-role/${principal.name}/${principal.name}`;
  const why = explicit
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  return {
    kind: 'denied',
    name: 'AccessDeniedException',
    message: `User: ${arn} is not authorized to perform: ${action}${resource === '*' ? '' : ` on resource: ${resource}`} ${why}`,
  };
}

export interface WireOptions {
  /** Stands around each write at the moment it happens: witnesses look there. */
  readonly around: <T>(input: object, write: () => T) => T;
  readonly parts: Parts;
  readonly answers: Answers;
  readonly faults: Faults;
  readonly counts: WireCount;
  readonly latency: boolean;
  readonly tags: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** A role is asked the same again and again: by its statements, and by what was asked. */
function judged(principal: Exclude<Principal, 'admin'>, asked: Asked): Access {
  const known = verdicts.get(principal.statements) ?? new Map<string, Access>();
  verdicts.set(principal.statements, known);
  const key = `${asked.action} ${asked.resource} ${JSON.stringify(asked.context)}`;
  const access = known.get(key) ?? evaluate(principal, asked);
  known.set(key, access);
  return access;
}
const verdicts = new WeakMap<object, Map<string, Access>>();

export function createWire({ parts, answers, faults, counts, latency, tags, around }: WireOptions): Wired {
  const { base } = parts;
  const throttled = createThrottle(base);
  const random = base.stream('wire');
  const rest = async (ms: number): Promise<void> => {
    if (latency || ms > 1000) await base.clock.sleep(ms);
  };
  const refused = <N extends CallName>(name: N, input: In<N>, principal: Principal): Failure | undefined => {
    if (principal === 'admin') return undefined;
    const row: CallRow<N> = table[name];
    const own = name === 'lambda:RemovePermission' ? removedPrincipal(parts, input) : boundaryOf(parts, input);
    for (const resource of row.resource(input, base.here))
      for (const action of row.iam) {
        const context = {
          'aws:RequestedRegion': base.here.region,
          'aws:PrincipalAccount': base.here.accountId,
          ...row.conditions?.(input),
          ...tagsOf(parts, tags, input, resource),
          ...own,
        };
        const access = judged(principal, { action, resource, context });
        if (access !== 'allowed') return denial(parts, principal, action, resource, access === 'explicitly denied');
      }
    return undefined;
  };
  const struck = (fault: FaultSpec | undefined, name: CallName): Failure | undefined => {
    if (fault?.kind === 'throttled') return { kind: 'throttled', name: 'ThrottlingException', message: 'Rate exceeded' };
    if (fault?.kind === 'down') return { kind: 'down', name: 'InternalServerException', message: 'An internal error occurred.' };
    return fault?.kind === 'denied'
      ? {
          kind: 'denied',
          name: 'AccessDeniedException',
          message: `User: arn:aws:sts::${base.here.accountId}:assumed-role/sandbox/sandbox is not authorized to perform: ${name} with an explicit deny in a service control policy`,
        }
      : undefined;
  };
  const answer = <N extends CallName>(name: N, input: In<N>, principal: Principal, fault: FaultSpec | undefined): Answered<N> => {
    const denied = struck(fault, name) ?? refused(name, input, principal);
    if (denied) return err(denied);
    const slow = throttled(name);
    if (slow) return err({ kind: 'throttled', ...slow });
    const by: Caller = principal === 'admin' ? { kind: 'role', name: 'admin' } : { kind: 'role', name: principal.name };
    const handler: (input: In<N>, by: Caller) => Answered<N> = answers[name];
    return table[name].effect === 'write' ? around(input, () => handler(input, by)) : handler(input, by);
  };
  const peek = async <N extends CallName>(name: N, input: In<N>): Promise<Result<Out<N>, CallError>> => {
    if (table[name].effect === 'write') throw new Error(`${name} writes; a witness only reads`);
    const handler: (input: In<N>, by: Caller) => Answered<N> = answers[name];
    const answered = handler(input, { kind: 'role', name: 'witness' });
    return answered.ok ? answered : err({ ...answered.error, call: name });
  };
  const wired =
    (principal: Principal): Attempt =>
    async <N extends CallName>(name: N, input: In<N>): Promise<Result<Out<N>, CallError & { readonly retryAfterMs?: number }>> => {
      counts.add(name.slice(0, name.indexOf(':')));
      const fault = faults.strikes(name);
      if (fault?.kind === 'crash-before') throw new SandboxCrash('before', name);
      if (fault?.kind === 'latency') await rest(fault.ms ?? 10_000);
      // 20 to 80 ms there and back, as control planes take.
      await rest(10 + Math.round(30 * random()));
      const answered = answer(name, input, principal, fault);
      await rest(10 + Math.round(30 * random()));
      if (fault?.kind === 'crash-after') throw new SandboxCrash('after', name);
      return answered.ok ? answered : err({ ...answered.error, call: name });
    };
  return Object.assign(wired, { peek });
}

// What was taken from a function's role just before it began to fail: confirmed by AWS's own records where nothing speaks against it, and by no
// line at all.
import { describe, expect, it } from 'vitest';
import { got, type Gathered } from '../../lib/model/evidence.ts';
import type { DependencyFacts } from '../../lib/model/facts/code.ts';
import type { ExecutionRole } from '../../lib/model/kinds/removal.ts';
import { before, burst, config, fact, gateway, key, lacks, line, log, metrics, minute, now, span } from './evidence.ts';
import { crashing, ends, factsOf, inLog, ownError, verdictOf } from './failing-code.ts';

const role = 'arn:aws:iam::111122223333:role/orders-role';
const table = 'arn:aws:dynamodb:us-east-1:111122223333:table/orders';
const [first = now] = burst;
const allow = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource });
const doc = (...Statement: readonly object[]): string => JSON.stringify({ Statement });
const need = { action: 'dynamodb:PutItem', resource: table };

interface Given {
  /** When it was taken. */
  readonly at?: number;
  readonly need?: typeof need;
  readonly statement?: object;
  readonly more?: Partial<ExecutionRole>;
  readonly modifiedAt?: number;
}
/** All calls of the one function fail, and something was taken from its role. */
const removed = ({ at = first - 20_000, need: one = need, statement, more = {}, modifiedAt }: Given = {}): Gathered => ({
  ...crashing,
  functionLog: lacks('denied'),
  functionConfig: config({ [key]: fact({ role, ...(modifiedAt === undefined ? {} : { lastModifiedAt: modifiedAt }) }) }),
  executionRoles: got(
    {
      roles: {
        [role]: {
          functions: [key],
          writes: [
            { at, by: 'alice', what: 'deleted', policy: 'access' },
            { at: now - 86_400_000, by: 'ann', what: 'put', policy: 'access', document: doc(statement ?? allow(one.action, one.resource)) },
          ],
          tried: [{ policy: 'access', ...one, decision: 'allowed' }],
          fact: { exists: true, boundary: 'arn', may: [{ ...one, decision: 'implicitDeny' }] },
          ...more,
        },
      },
    },
    span,
    'aws',
  ),
});
const taken = (gathered: Gathered) => {
  const verdict = verdictOf('lambda-dependency-failure', gathered);
  return verdict.is === 'ruledOut' ? undefined : (verdict.facts as DependencyFacts | undefined)?.taken;
};
const saysDenied = (action: string) =>
  inLog(`[ERROR] ClientError: User: arn:aws:sts::111122223333:assumed-role/orders-role/orders is not authorized to perform: ${action}`);

describe('without a log', () => {
  it('is confirmed, and says who took what', () => {
    expect(ends(removed())).toBe('confirmed lambda-dependency-failure');
    expect(factsOf('lambda-dependency-failure', removed())).toMatchObject({
      what: 'denied',
      taken: [{ role, policy: 'access', ...need, by: 'alice', at: first - 20_000 }],
    });
  });
  it.each<[string, Gathered]>([
    ['it was taken long before', removed({ at: first - 12 * minute })],
    ['it was taken when the function failed already', removed({ at: first + 3 * minute })],
    ['the code was released at the same time', removed({ modifiedAt: first - minute })],
    ['it was taken of a pattern of resources', removed({ need: { ...need, resource: `${table}*` } })],
    ['a log tells of another error', { ...removed(), ...inLog(ownError) }],
    [
      'the gateway tells of another error',
      {
        ...removed(),
        executionLog: log(line('execution', '(r) Lambda execution failed with status 200 due to customer function error: boom.')),
      },
    ],
  ])('is no more than suspected where %s', (_, gathered) => {
    expect(ends(gathered)).not.toBe('confirmed lambda-dependency-failure');
    expect(taken(gathered)).toBeUndefined();
  });
  it.each<[string, Gathered]>([
    ['IAM allows it now', removed({ more: { fact: { exists: true, may: [{ ...need, decision: 'allowed' }] } } })],
    ['the boundary denies it', removed({ more: { fact: { exists: true, may: [{ ...need, decision: 'implicitDeny', by: 'boundary' }] } } })],
    ['an organization denies it', removed({ more: { fact: { exists: true, may: [{ ...need, decision: 'explicitDeny' }] } } })],
    ['it would not help', removed({ more: { tried: [{ policy: 'access', ...need, decision: 'implicitDeny' }] } })],
    ['IAM was not asked', removed({ more: { tried: [] } })],
    ['nothing was taken', removed({ more: { writes: [] } })],
    ['another role lost it', { ...removed(), functionConfig: config({ [key]: fact({ role: `${role}-2` }) }) }],
    ['the function does not fail', { ...removed(), functionMetrics: metrics({ [key]: {} }) }],
    ['its errors are few of the failures', { ...removed(), functionMetrics: metrics({ [key]: { errors: [0, 30] } }) }],
    ['CloudTrail could not be asked', { ...removed(), executionRoles: lacks('denied') }],
    ['CloudTrail is late', { ...removed(), executionRoles: lacks('late') }],
  ])('is not told where %s', (_, gathered) => {
    expect(ends(gathered)).not.toContain('lambda-dependency-failure');
    expect(taken(gathered)).toBeUndefined();
  });
  it('is not the onset where the function had errors before', () => {
    const noisy = { ...removed(), functionMetrics: metrics({ [key]: { errors: [5, 100] } }), gatewayMetrics: gateway() };
    expect(before.length).toBeGreaterThan(0);
    expect(taken(noisy)).toBeUndefined();
  });
});

describe('beside a log that says denied', () => {
  it.each<[string, string, Given, boolean]>([
    ['of what was taken', 'dynamodb:PutItem', {}, true],
    ['of what a taken pattern held', 'dynamodb:Query', { statement: allow('dynamodb:*', table) }, true],
    ['of something else', 'sqs:SendMessage', {}, false],
    ['of what was taken long before', 'dynamodb:PutItem', { at: first - 12 * minute }, false],
    ['and a release at the same time', 'dynamodb:PutItem', { modifiedAt: first - minute }, true],
    ['and a pattern of resources', 'dynamodb:PutItem', { need: { ...need, resource: '*' } }, true],
  ])('%s', (_, action, given, told) => {
    const gathered = { ...removed(given), ...saysDenied(action) };
    expect(ends(gathered)).toBe('confirmed lambda-dependency-failure');
    expect(factsOf('lambda-dependency-failure', gathered)).toMatchObject({ what: 'denied', action });
    expect(taken(gathered) !== undefined).toBe(told);
  });
  it('a refused connection is no denial', () => {
    expect(taken({ ...removed(), ...inLog('Error: connect ECONNREFUSED 10.0.0.1:5432') })).toBeUndefined();
  });
});

describe('beside traces', () => {
  const traced = (name: string, more: object): Gathered => ({
    ...removed(),
    traces: got(
      { traces: [1, 2, 3].map((n) => ({ id: String(n), at: first, durationMs: 90, calls: [{ name, ms: 40, error: true, ...more }] })) },
      span,
      'aws',
    ) as Gathered['traces'] & object,
  });
  it('a denial of the same service agrees', () => {
    expect(taken(traced('DynamoDB', { status: 403 }))).toMatchObject([need]);
  });
  it.each([
    ['of another service', 'SQS', { status: 403 }],
    ['that is none', 'DynamoDB', { throttled: true }],
  ])('a refusal %s does not', (_, name, more) => {
    expect(ends(traced(name, more))).toBe('confirmed lambda-dependency-failure');
    expect(taken(traced(name, more))).toBeUndefined();
  });
});

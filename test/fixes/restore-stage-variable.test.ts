// restore-stage-variable: which value is put back, when nothing is, what speaks against doing it unasked, and the whole way.
import { describe, expect, test } from 'vitest';
import fix from '../../lib/fixes/restore-stage-variable.ts';
import type { UnaskedInput } from '../../lib/model/change.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import type { ApiChange } from '../../lib/model/kinds/gateway.ts';
import { ok } from '../../lib/model/result.ts';
import { now } from '../collectors/fake-aws.ts';
import { planInput } from './plan-input.ts';
import { wholeWay } from './whole-way.ts';

const span = { from: now, to: now };
const cloudFormation = 'cloudformation.amazonaws.com';
const change = (agoMs: number, op: string, value?: string, more: Partial<ApiChange> = {}): ApiChange => ({
  at: now - agoMs,
  name: 'UpdateStage',
  by: 'ada',
  edits: [{ op, path: '/variables/alias', ...(value === undefined ? {} : { value }) }],
  ...more,
});
const trail = (...changes: readonly ApiChange[]) => ({ apiTrail: got({ changes }, span, 'aws') });
const facts = { variables: [{ name: 'alias', why: 'absent', routes: ['GET /orders'] }] };
const planned = (over: object) => fix.plan(planInput({ facts, ...over }));
const reason = async (over: object): Promise<string> => {
  const plan = await planned(over);
  return plan.ok ? `planned ${JSON.stringify(plan.value)}` : plan.error.reason;
};

describe('plan', () => {
  test('the newest value that is recorded', async () => {
    const evidence = trail(change(60_000, 'remove'), change(600_000, 'replace', 'live'), change(900_000, 'replace', 'old'));
    expect(await planned({ evidence })).toMatchObject({
      value: [{ setting: 'stage-variable', target: { name: 'alias' }, from: 'absent', to: { value: 'live' } }],
    });
    expect(await planned({ evidence, read: async () => ok({ value: { value: '' } }) })).toMatchObject({ value: [{ from: { value: '' } }] });
  });
  test.each([
    ['no record of a value', { evidence: trail(change(60_000, 'remove')) }, /no record of the value that alias had/],
    ['a trail that is late', { evidence: { apiTrail: missing('late', 'CloudTrail is behind') } }, /CloudTrail is behind/],
    [
      'a variable that is set again',
      { evidence: trail(change(600_000, 'replace', 'live')), read: async () => ok({ value: { value: 'x' } }) },
      /set already, to x/,
    ],
    ['a value with bad characters', { facts: { variables: [{ name: 'alias', why: 'badCharacters', routes: [] }] } }, /does not say which/],
  ])('steps aside for %s', async (_what, over, says) => expect(await reason(over)).toMatch(says));
});

describe('unasked', () => {
  const input = (changes: readonly ApiChange[], over: Partial<UnaskedInput<'apiTrail'>> = {}) => ({
    ...planInput<'deployedApi' | 'apiTrail' | 'gatewayMetrics'>({ evidence: trail(...changes) }),
    changes: [
      {
        setting: 'stage-variable',
        target: { accountId: '1', region: 'r', apiType: 'REST', apiId: 'a', stage: 'p', name: 'alias' },
        from: 'absent',
        to: { value: 'live' },
      },
    ],
    firstFailureAt: now - 120_000,
    lastFailureAt: now,
    deployPrincipals: ['arn:aws:iam::111122223333:role/deployer'],
    returned: 0,
    ...over,
  });
  const ids = (changes: readonly ApiChange[], over: object = {}) => fix.unasked?.(input(changes, over) as never).map((o) => o.id);
  test('nothing speaks against it where a deploy lost it', () => {
    expect(ids([change(130_000, 'remove', undefined, { invokedBy: cloudFormation })])).toEqual([]);
    expect(ids([change(130_000, 'remove', undefined, { principalArn: 'arn:aws:iam::111122223333:role/deployer' })])).toEqual([]);
  });
  test.each([
    ['a person', [change(130_000, 'remove')], {}, ['person-changed']],
    ['nobody that is known', [change(600_000, 'replace', 'live')], {}, ['no-proof']],
    ['a deploy of yesterday', [change(86_400_000, 'remove', undefined, { invokedBy: cloudFormation })], {}, ['no-proof']],
    [
      'a burst of seconds',
      [change(30_000, 'remove', undefined, { invokedBy: cloudFormation })],
      { firstFailureAt: now - 20_000 },
      ['settling'],
    ],
    [
      'calm',
      [change(800_000, 'remove', undefined, { invokedBy: cloudFormation })],
      { firstFailureAt: now - 790_000, lastFailureAt: now - 400_000 },
      ['not-seen-failing'],
    ],
  ])('%s', (_what, changes, over, expected) => expect(ids(changes, over)).toEqual(expected));
  test('a change of another kind', () =>
    expect(ids([], { changes: [{ setting: 'x', target: {}, from: 1, to: 2 }] })).toEqual(['not-understood']));
});

test('lost by a deploy: set back unasked once CloudTrail tells, proven, and taken back exactly', async () => {
  const way = await wholeWay('stage-variable-lost-by-deploy', { fix: 'restore-stage-variable', approves: false });
  expect((await way.change()).approvedBy).toBeUndefined();
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
  expect(await way.undo()).toBe('undone');
  expect(way.broken.shop.account.snapshot()).toEqual(way.before);
});

test('removed by a person: asked', async () => {
  const way = await wholeWay('stage-variable-removed', { fix: 'restore-stage-variable' });
  expect((await way.change()).approvedBy).toMatchObject({ kind: 'person' });
  expect(way.proof).toBe('close');
});

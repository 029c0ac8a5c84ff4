// restore-base-path-mapping: only what is on record as this stage's, and the whole way.
import { describe, expect, test } from 'vitest';
import fix from '../../lib/fixes/restore-base-path-mapping.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import type { ApiChange, CustomDomain } from '../../lib/model/kinds/gateway.ts';
import { ok } from '../../lib/model/result.ts';
import { http, now, rest } from '../collectors/fake-aws.ts';
import { planInput } from './plan-input.ts';
import { wholeWay } from './whole-way.ts';

const span = { from: now, to: now };
const domainName = 'api.example.com';
const removed: ApiChange = { at: now - 60_000, name: 'DeleteBasePathMapping', by: 'alice', domainName, basePath: 'v1' };
const made: ApiChange = {
  at: now - 900_000,
  name: 'CreateBasePathMapping',
  by: 'ada',
  domainName,
  basePath: 'v1',
  mappedTo: rest.apiId,
  mappedStage: 'prod',
};
const evidence = (changes: readonly ApiChange[], domain: Partial<CustomDomain> = {}) => ({
  apiTrail: got({ changes }, span, 'aws'),
  customDomains: got({ domains: [{ name: domainName, mappings: [], ...domain }], lookedAt: now, notLookedAt: 0 }, span, 'aws'),
});
const facts = { domains: [{ name: domainName, what: 'noMapping', says: '' }] };
const planned = (over: object = {}) => fix.plan(planInput({ facts, evidence: evidence([removed, made]), ...over }));
const reason = async (over: object): Promise<string> => {
  const plan = await planned(over);
  return plan.ok ? 'planned' : plan.error.reason;
};

describe('plan', () => {
  test('as it was made', async () => {
    expect(await planned()).toMatchObject({
      value: [{ target: { domainName, basePath: 'v1' }, from: 'absent', to: { apiId: rest.apiId, stage: 'prod' } }],
    });
  });
  test.each([
    ['a removal whose making is not on record', { evidence: evidence([removed]) }, /no record/],
    ['no removal', { evidence: evidence([made]) }, /no record/],
    ['another path', { evidence: evidence([removed, { ...made, basePath: 'v2' }]) }, /no record/],
    ['another API’s mapping', { evidence: evidence([removed, { ...made, mappedTo: 'other' }]) }, /no record/],
    ['another stage’s mapping', { evidence: evidence([removed, { ...made, mappedStage: 'dev' }]) }, /no record/],
    ['a domain that goes by rules', { evidence: evidence([removed, made], { routing: 'ROUTING_RULE_ONLY' }) }, /rules decide/],
    ['a path that leads somewhere again', { read: async () => ok({ value: { apiId: 'x', stage: 'y' } }) }, /leads somewhere again/],
    ['a trail that is late', { evidence: { ...evidence([]), apiTrail: missing('late', 'behind') } }, /behind/],
    [
      'another fault of the domain',
      { facts: { domains: [{ name: domainName, what: 'certificateExpired', says: '' }] } },
      /no domain is known/,
    ],
    ['another kind of API', { at: http }, /by hand/],
  ])('steps aside for %s', async (_what, over, says) => expect(await reason(over)).toMatch(says));
});

test('a removed mapping is made again, proven, and removed by an undo', async () => {
  const resources = ['arn:aws:apigateway:us-east-1::/domainnames/api.shop.example.com/*'];
  const way = await wholeWay('domain-mapping-removed', { fix: 'restore-base-path-mapping', installation: { resources } });
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
  expect(await way.undo()).toBe('undone');
  expect(way.broken.shop.account.snapshot()).toEqual(way.before);
});

test('a domain that the owner did not list is left alone', async () => {
  await expect(wholeWay('domain-mapping-removed', { fix: 'restore-base-path-mapping', decidedWithinMs: 300_000 })).rejects.toThrow(
    /was not decided/,
  );
});

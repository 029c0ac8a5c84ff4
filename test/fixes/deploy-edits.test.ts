// deploy-edits: only where the edits touch what fails, all of them shown, and the whole way.
import { describe, expect, test } from 'vitest';
import fix from '../../lib/fixes/deploy-edits.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import { api, http, now } from '../collectors/fake-aws.ts';
import { planInput } from './plan-input.ts';
import { wholeWay } from './whole-way.ts';

const span = { from: now, to: now };
const edit = (route: string) => ({ route, field: 'uri', says: `uri of ${route}: a is deployed, b is edited` });
const draft = (undeployed?: readonly object[]) => got({ routes: [], cut: false, ...(undeployed ? { undeployed } : {}) }, span, 'aws');
const evidence = (more: object = {}) => ({
  deployedApi: got(api([]), span, 'aws'),
  draft: draft([edit('GET /orders'), edit('GET /x')]),
  ...more,
});
const planned = (over: object = {}) =>
  fix.plan(planInput({ facts: { functions: [{ routes: ['GET /orders'] }] }, evidence: evidence(), ...over }));
const reason = async (over: object): Promise<string> => {
  const plan = await planned(over);
  return plan.ok ? 'planned' : plan.error.reason;
};

describe('plan', () => {
  test('everything that would be published is expected and shown', async () => {
    expect(await planned()).toMatchObject({
      value: [
        {
          setting: 'api-deployment',
          target: {
            token: 'inc-1',
            expects: ['GET /orders uri', 'GET /x uri'],
            differs: [expect.stringMatching(/GET \/orders/), expect.stringMatching(/GET \/x/)],
          },
          from: 'absent',
          to: { token: 'inc-1' },
        },
      ],
    });
    expect((await planned({ facts: { routes: ['GET /orders'], functions: [] } })).ok).toBe(true);
  });
  test.each([
    ['nothing that was edited', { evidence: evidence({ draft: draft([]) }) }, /nothing was edited/],
    ['edits of other routes', { evidence: evidence({ draft: draft([edit('GET /x')]) }) }, /do not touch GET \/orders/],
    [
      'more than anybody reads',
      { evidence: evidence({ draft: draft(Array.from({ length: 13 }, (_, n) => edit(`GET /${n}`))) }) },
      /13 edits/,
    ],
    ['what could not be compared', { evidence: evidence({ draft: draft() }) }, /could not be compared/],
    ['what could not be read', { evidence: evidence({ draft: missing('denied', 'GetResources denied') }) }, /GetResources denied/],
    ['a canary', { evidence: evidence({ deployedApi: got(api([], { canary: { percent: 1, variables: {} } }), span, 'aws') }) }, /canary/],
    ['another kind of API', { at: http }, /REST APIs/],
    ['facts of another kind', { facts: {} }, /does not say which routes/],
  ])('steps aside for %s', async (_what, over, says) => expect(await reason(over)).toMatch(says));
});

test('what was mended and forgotten is deployed, and proven', async () => {
  const way = await wholeWay('mended-not-deployed', { fix: 'deploy-edits' });
  expect((await way.change()).plan.oneWay).toHaveLength(1);
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
});

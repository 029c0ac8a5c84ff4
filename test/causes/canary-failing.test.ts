// canary-failing: confirmed by its share and its onset, never by its being there, nor where the stage's own functions fail.
import { describe, expect, it } from 'vitest';
import canaryFailing from '../../lib/causes/canary-failing.ts';
import type { ApiChange } from '../../lib/model/kinds/gateway.ts';
import { at, burst, gateway, key, lacks, metrics, minute, now, route } from './evidence.ts';
import { api, changes, factsOf, healed, verdict, works } from './gateway-stage.ts';

const onset = { lastUpdatedAt: (burst[0] ?? 0) - minute };
const canary = (percent: number, more: object = onset) =>
  api([route('/orders')], { canary: { percent, deploymentId: 'd2', variables: { alias: 'next' } }, ...more });
/** A fifth of a hundred requests a minute fails. */
const fifth = gateway({ serverErrors: [0, 20] });
const is = (more: Parameters<typeof verdict>[1]) => verdict(canaryFailing, { gatewayMetrics: fifth, ...more }).is;

describe('canary-failing', () => {
  it('is confirmed where its share fails since the stage was changed', () => {
    const v = verdict(canaryFailing, { deployedApi: canary(20), gatewayMetrics: fifth });
    expect(v.is).toBe('confirmed');
    expect(factsOf(v)).toMatchObject({ percent: 20, deploymentId: 'd2', variables: ['alias'] });
    expect(v.is === 'confirmed' && v.by.every((b) => b.trust === 'aws')).toBe(true);
  });
  it('is confirmed by the record of its making, where the stage does not say when', () => {
    const made: ApiChange = {
      at: (burst[0] ?? 0) - minute,
      name: 'CreateDeployment',
      by: 'ada',
      edits: [{ op: 'add', path: '/canarySettings' }],
    };
    const v = verdict(canaryFailing, { deployedApi: canary(20, {}), gatewayMetrics: fifth, apiTrail: changes(made) });
    expect(v.is).toBe('confirmed');
    expect(canaryFailing.advice(factsOf(v), at).summary).toMatch(/by ada/);
  });
  it.each([
    ['more fails than it takes', { deployedApi: canary(5) }, 'ruledOut'],
    ['less fails than it takes', { deployedApi: canary(60) }, 'unproven'],
    ['it takes as good as everything', { deployedApi: canary(95), gatewayMetrics: gateway({ serverErrors: [0, 95] }) }, 'unproven'],
    ['the stage was not changed just before', { deployedApi: canary(20, { lastUpdatedAt: now - 900 * minute }) }, 'unproven'],
    ['too few requests', { deployedApi: canary(20), gatewayMetrics: gateway({ count: [100, 3], serverErrors: [0, 1] }) }, 'unproven'],
    [
      'the stage’s own function fails as often',
      { deployedApi: canary(20), functionMetrics: metrics({ [key]: { errors: [0, 20] } }) },
      'ruledOut',
    ],
    ['it takes nothing', { deployedApi: canary(0) }, 'ruledOut'],
    ['there is none', { deployedApi: api([route('/orders')]) }, 'ruledOut'],
    ['the stage could not be read', { deployedApi: lacks('denied') }, 'unproven'],
    ['the metrics are not there yet', { deployedApi: canary(20), gatewayMetrics: lacks('late') }, 'unproven'],
  ] as const)('is not where %s', (_what, more, expected) => expect(is(more)).toBe(expected));
  it('is healed once requests succeed, with the canary at 0, gone or mended', () => {
    const facts = factsOf(verdict(canaryFailing, { deployedApi: canary(20), gatewayMetrics: fifth }));
    for (const deployedApi of [canary(0), api([route('/orders')]), canary(20)])
      expect(healed(canaryFailing, { ...works, deployedApi }, facts)).toBe('healed');
    expect(healed(canaryFailing, { deployedApi: canary(20), gatewayMetrics: fifth }, facts)).toBe('tooEarly');
  });
});

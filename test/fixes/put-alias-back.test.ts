// put-alias-back and stop-codedeploy-deployment: which version they go back to, on what proof, and every doubt that makes them step aside.
import { describe, expect, test } from 'vitest';
import putBack from '../../lib/fixes/put-alias-back.ts';
import stop from '../../lib/fixes/stop-codedeploy-deployment.ts';
import { missing, type Evidence } from '../../lib/model/evidence.ts';
import type { GatewayMetrics } from '../../lib/model/kinds/api.ts';
import type { AliasFact, CodeDeployments } from '../../lib/model/kinds/release.ts';
import { err, ok } from '../../lib/model/result.ts';
import { at } from '../laws/workshop.ts';
import { deployments, fact, now, ref, served, shifting, stack, stage, versionsOf } from './releases.ts';

interface Given {
  facts?: unknown;
  alias?: AliasFact;
  gateway?: Evidence<GatewayMetrics>;
  running?: Evidence<CodeDeployments>;
  deploying?: boolean;
  there?: unknown;
}
const input = (g: Given) => ({
  id: 'inc-1',
  at,
  diagnosis: { cause: 'lambda-unhandled-error', certainty: 'confirmed' as const, at: now, suspects: [], missing: [] },
  facts: g.facts ?? { functions: [{ ref, errors: 99 }] },
  evidence: {
    aliasVersions: versionsOf(g.alias ?? fact()),
    codeDeployments: g.running ?? deployments(),
    stackEvents: stack(g.deploying),
    gatewayMetrics: g.gateway ?? stage(0, 100),
  },
  caps: { usdPerHour: 1, usdPerDay: 10, warmEnvironments: 50 },
  now,
});
const plan = (g: Given = {}) => {
  const { version, weights } = g.alias ?? fact();
  return putBack.plan({ ...input(g), read: async () => ok({ value: g.there ?? { version, weights } }) });
};

describe('put-alias-back', () => {
  test('goes back to the version that served until the release, with the proof in words', async () => {
    expect(await plan()).toEqual(
      ok([
        {
          setting: 'alias-version',
          target: {
            accountId: ref.accountId,
            region: ref.region,
            functionName: 'orders',
            alias: 'live',
            because: 'it served clean until version 7 came at 12:00 UTC',
          },
          from: { version: '7', weights: {} },
          to: { version: '6', weights: {} },
        },
      ]),
    );
  });
  test('takes the newer one’s share away where the alias gives it one', async () => {
    const alias = fact({ version: '6', weights: { 7: 0.1 }, served: { 6: served(-20, 5, 90), 7: served(0, 5, 10, 10) } });
    expect(await plan({ alias, gateway: stage(0, 10) })).toMatchObject({
      ok: true,
      value: [{ from: { version: '6', weights: { 7: 0.1 } }, to: { version: '6', weights: {} } }],
    });
  });
  test('of several that served, the last one before the release', async () => {
    const alias = fact({ served: { 5: served(-20, -10, 100), 6: served(-10, 1, 100), 7: served(0, 5, 100, 100) } });
    expect(await plan({ alias })).toMatchObject({ ok: true, value: [{ to: { version: '6' } }] });
  });
  test('answers that Lambda counts no error for are seen by the stage’s own failures', async () => {
    const alias = fact({ served: { 6: served(-20, 1, 100), 7: served(0, 5, 100) } });
    expect(await plan({ alias, facts: { functions: [ref] } })).toMatchObject({ ok: true, value: [{ to: { version: '6' } }] });
  });
  test('one in a hundred is noise', async () => expect((await plan({ gateway: stage(1, 100) })).ok).toBe(true));

  const { 6: before, 7: release } = fact().served;
  const versions = { 7: { exists: true } };
  test.each<[string, Given, RegExp]>([
    ['facts of another shape', { facts: { routes: [] } }, /does not say which function/],
    ['no alias', { facts: { functions: [{ ref: { ...ref, qualifier: '7' } }] } }, /without an alias/],
    ['another account', { facts: { functions: [{ ref: { ...ref, accountId: '999999999999' } }] } }, /not this one/],
    ['CodeDeploy shifts it', { running: deployments(shifting) }, /d-1 of CodeDeploy shifts orders:live from version 6 to 7/],
    ['CodeDeploy unreadable', { running: missing('denied', 'no') }, /could not be read/],
    ['its stack is being updated', { deploying: true }, /stack orders-stack is being updated/],
    ['the old version is gone', { alias: fact({ versions: { ...versions, 6: { exists: false } } }) }, /version 6 of orders.* is gone/],
    ['the old version not looked at', { alias: fact({ versions }) }, /was not looked at/],
    ['no other served', { alias: fact({ served: release ? { 7: release } : {} }) }, /no other version served/],
    ['what runs is not seen yet', { alias: fact({ served: before ? { 6: before } : {} }) }, /not seen yet/],
    [
      'the other served long ago',
      { alias: fact({ served: { 6: served(-100, -70, 100), 7: served(0, 5, 100) } }) },
      /no other version served/,
    ],
    ['too few served', { alias: fact({ served: { 6: served(-20, 0, 1), 7: served(0, 5, 100) } }) }, /20 requests .* too few/],
    ['the old one had errors', { alias: fact({ served: { 6: served(-20, 0, 100, 5), 7: served(0, 5, 100) } }) }, /it was not clean/],
    [
      'both versions fail',
      { alias: fact({ version: '6', weights: { 7: 0.1 }, served: { 6: served(-20, 5, 90, 9), 7: served(0, 5, 10) } }) },
      /version 6 of orders:live fails as well/,
    ],
    ['the stage failed before', { gateway: stage(5, 100) }, /50 of 1000 requests failed before version 7/],
    ['the stage is not failing', { gateway: stage(0, 0) }, /not seen failing/],
    ['no traffic before', { gateway: stage(0, 100, 0) }, /too few to say/],
    ['metrics missing', { gateway: missing('late', 'no datapoint yet') }, /could not be read \(no datapoint yet\)/],
    ['it stands elsewhere by now', { there: { version: '8', weights: {} } }, /moved since it was looked at/],
    ['it is gone by now', { there: 'absent' }, /is gone/],
  ])('steps aside: %s', async (_, given, reason) => {
    expect(await plan(given)).toMatchObject({ ok: false, error: { reason: expect.stringMatching(reason) } });
  });
  test('steps aside: it served well for longer than half an hour', async () => {
    const alias = fact({ served: { 6: served(-60, -40, 100), 7: served(-40, 5, 100) } });
    expect(await plan({ alias, gateway: stage(0, 100, -50) })).toMatchObject({
      ok: false,
      error: { reason: expect.stringMatching(/served well from 11:20 UTC until 12:00 UTC/) },
    });
  });
  test('steps aside where the value cannot be read', async () => {
    const planned = await putBack.plan({ ...input({}), read: async () => err({ reason: 'denied' }) });
    expect(planned).toEqual(err({ reason: 'denied' }));
  });
  test('is always asked, never beside a one-way act', () => expect([putBack.consent, stop.consent]).toEqual(['asked', 'asked']));
});

describe('stop-codedeploy-deployment', () => {
  const shared = fact({ version: '6', weights: { 7: 0.1 }, served: { 6: served(-20, 5, 90), 7: served(0, 5, 10, 10) } });
  const stopping = (g: Given = {}, there: unknown = 'absent') =>
    stop.plan({
      ...input({ alias: shared, running: deployments(shifting), gateway: stage(0, 10), ...g }),
      read: async () => ok({ value: there }),
    });
  test('stops the deployment that shifts the failing alias, and says which and why', async () => {
    expect(await stopping()).toEqual(
      ok([
        {
          setting: 'codedeploy-deployment',
          target: {
            accountId: ref.accountId,
            region: ref.region,
            deploymentId: 'd-1',
            application: 'shop',
            group: 'orders',
            shifts: 'orders:live from version 6 to 7; it served clean until version 7 came at 12:00 UTC',
          },
          from: 'absent',
          to: { stopped: true },
        },
      ]),
    );
  });
  test.each<[string, Given, RegExp]>([
    ['none shifts it', { running: deployments({ ...shifting, alias: 'beta' }) }, /no deployment of CodeDeploy shifts orders:live/],
    ['CodeDeploy unreadable', { running: missing('denied', 'no') }, /could not be read/],
    ['it is a rollback', { running: deployments({ ...shifting, rollsBack: true }) }, /itself a rollback/],
    ['the stage failed before', { gateway: stage(5, 10) }, /failed before version 7/],
    ['the version it leaves failed', { alias: { ...shared, served: { 6: served(-20, 5, 90, 9) } } }, /not clean/],
    ['another account', { facts: { functions: [{ ref: { ...ref, region: 'eu-west-1' } }] } }, /not this one/],
  ])('steps aside: %s', async (_, given, reason) => {
    expect(await stopping(given)).toMatchObject({ ok: false, error: { reason: expect.stringMatching(reason) } });
  });
  test('steps aside: stopped already', async () =>
    expect(await stopping({}, { stopped: true })).toMatchObject({
      ok: false,
      error: { reason: expect.stringMatching(/stopped already/) },
    }));
});

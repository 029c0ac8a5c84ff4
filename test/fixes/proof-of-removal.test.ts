// A deploy that removed a statement is proof only of a gap it made: not when another statement was known to do the same work, and not
// when requests went on succeeding after it. Each of these once let a person's late-told removal be undone unasked.
import { describe, expect, test } from 'vitest';
import '../../lib/collectors/index.ts';
import fix from '../../lib/fixes/re-add-invoke-permission.ts';
import { got, missing, type Evidence } from '../../lib/model/evidence.ts';
import type { ChangeTrail, StackPermission } from '../../lib/model/kinds/change.ts';
import type { DeployedApi, GatewayMetrics } from '../../lib/model/kinds/api.ts';
import { accountId, at, barred, region, sourceArn } from '../laws/workshop.ts';

const minute = 60_000;
const firstFailureAt = 100 * minute;
const now = firstFailureAt + 2 * minute;
const window = { from: 0, to: now };
const principal = 'apigateway.amazonaws.com';
const grant = { functionName: 'orders:live', action: 'lambda:InvokeFunction', principal, sourceArn };
const permission = (what: StackPermission['what'], statementId: string, msBefore: number): StackPermission => ({
  at: firstFailureAt - msBefore,
  what,
  statementId,
  ...grant,
});
/** `calls` requests in each of these minutes, `bad` of them failing. */
const metrics = (minutes: readonly number[], calls: number, bad: number): Evidence<GatewayMetrics> => {
  const series = (n: number) => ({ at: minutes, values: minutes.map(() => n) });
  return got(
    {
      periodMs: minute,
      count: series(calls),
      serverErrors: series(bad),
      clientErrors: series(0),
      latencyMaxMs: series(0),
      integrationLatencyMaxMs: series(0),
    },
    window,
    'aws',
  );
};
const noTrail: Evidence<ChangeTrail> = missing('late', 'nothing yet');
interface Known {
  readonly permissions: readonly StackPermission[];
  readonly gatewayMetrics?: Evidence<GatewayMetrics>;
  readonly changeTrail?: Evidence<ChangeTrail>;
  readonly deployedApi?: Evidence<DeployedApi>;
  /** How long after the newest failure it is looked at. */
  readonly laterMs?: number;
}
const against = ({ permissions, gatewayMetrics, changeTrail, deployedApi, laterMs = 0 }: Known) =>
  fix
    .unasked?.({
      at,
      facts: { functions: [] },
      evidence: {
        deployedApi: deployedApi ?? missing('empty', ''),
        functionPolicy: missing('empty', ''),
        stackEvents: got(
          { stacks: { 'orders:live': { stack: 'orders-stack', status: 'UPDATE_COMPLETE', inProgress: false, permissions } } },
          window,
          'aws',
        ),
        changeTrail: changeTrail ?? noTrail,
        gatewayMetrics: gatewayMetrics ?? missing('empty', 'no datapoint'),
      },
      changes: [
        {
          setting: 'invoke-permission',
          target: { accountId, region, functionName: 'orders', qualifier: 'live', statementId: 'gatemedic-x' },
          from: 'absent',
          to: { action: 'lambda:InvokeFunction', principal, sourceArn: barred('GET').sourceArn },
        },
      ],
      now: now + laterMs,
      firstFailureAt,
      lastFailureAt: now,
      deployPrincipals: [],
      returned: 0,
    })
    .map((o) => `${o.id}→${o.lowersTo}`);

describe('a statement the deploy made and nobody is known to have removed', () => {
  test('a deploy that replaced the statement is no proof: somebody else took the new one', () => {
    const permissions = [permission('created', 'new', 41_000), permission('deleted', 'old', 40_000)];
    expect(against({ permissions })).toEqual(['no-proof→ask']);
  });
  test('the statement it removed itself, made long ago, is proof', () => {
    const permissions = [permission('created', 'old', 90 * minute), permission('deleted', 'old', 40_000)];
    expect(against({ permissions })).toEqual([]);
  });
  test('a statement made again after it was removed', () => {
    const permissions = [permission('deleted', 'old', 40_000), permission('created', 'old', 20_000)];
    expect(against({ permissions })).toEqual(['no-proof→ask']);
  });
  test('a statement added by hand, told by CloudTrail', () => {
    const changeTrail = got<ChangeTrail>(
      {
        events: [
          {
            at: firstFailureAt - 80 * minute,
            name: 'AddPermission',
            functionKey: 'orders:live',
            principalArn: 'arn:aws:iam::111122223333:user/alice',
            statementId: 'by-hand',
            grant: { action: 'lambda:InvokeFunction', principal, sourceArn, qualifier: 'live' },
          },
        ],
      },
      window,
      'aws',
    );
    expect(against({ permissions: [permission('deleted', 'old', 40_000)], changeTrail })).toEqual(['no-proof→ask']);
  });
  test('one that would not have let these requests through does not matter', () => {
    const other = { ...permission('created', 'other', 50_000), sourceArn: barred('POST').sourceArn };
    expect(against({ permissions: [other, permission('deleted', 'old', 40_000)] })).toEqual([]);
  });
});

test('a failure nobody has seen again for five minutes is not failing still: it waits', () => {
  const permissions = [permission('deleted', 'old', 40_000)];
  expect(against({ permissions, laterMs: 6 * minute })).toEqual(['not-seen-failing→wait']);
  expect(against({ permissions, laterMs: minute })).toEqual([]);
});

test('routes that are known as last edited only are asked about, whatever proof there is', () => {
  const permissions = [permission('deleted', 'old', 40_000)];
  const api = { routes: [], variables: {}, tags: {}, executionLogging: 'OFF' } as const;
  expect(against({ permissions, deployedApi: got(api, window, 'aws') })).toEqual([]);
  expect(against({ permissions, deployedApi: got({ ...api, edited: true }, window, 'aws') })).toEqual(['edited-routes→ask']);
});

describe('requests after the removal', () => {
  const permissions = [permission('deleted', 'old', 9.5 * minute)];
  const between = [4, 3, 2].map((n) => firstFailureAt - n * minute);
  test('went on succeeding for minutes: it was not this removal', () =>
    expect(against({ permissions, gatewayMetrics: metrics(between, 50, 0) })).toEqual(['no-proof→ask']));
  test('there were none until the first that failed: it was', () =>
    expect(against({ permissions, gatewayMetrics: metrics([firstFailureAt], 50, 50) })).toEqual([]));
  test('the minute of the removal and the one it takes to be in force say nothing', () =>
    expect(
      against({
        permissions: [permission('deleted', 'old', 90_000)],
        gatewayMetrics: metrics([firstFailureAt - 2 * minute, firstFailureAt - minute], 50, 0),
      }),
    ).toEqual([]));
  test('cannot be seen: then only a removal right before the burst is proof', () => {
    expect(against({ permissions })).toEqual(['no-proof→ask']);
    expect(against({ permissions: [permission('deleted', 'old', 4 * minute)] })).toEqual([]);
  });
});

// An alarm of the account on a stage nobody listed: heard by the one rule, looked at, advised on, and nothing of it is changed.
import { expect, test } from 'vitest';
import { openRun } from '../../lib/demo/run.ts';
import type { Shop } from '../../lib/demo/shop.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { rows } from '../../lib/store/rows.ts';

const minute = 60_000;
const legacy = { apiId: 'legacy9000', stage: 'prod' };
const statementId = 'legacy-invoke';

/** A stage of the same account, with an alarm of its owner's own. */
function openLegacy({ account }: Shop): void {
  account.putFunction({
    name: 'legacy',
    timeoutSeconds: 10,
    memoryMb: 512,
    initMs: 200,
    work: { outcome: 'ok', ms: 20 },
    tags: { gatemedic: 'allowed' },
  });
  account.putApi({
    ...legacy,
    apiType: 'REST',
    name: 'legacy',
    routes: [{ method: 'GET', path: '/legacy', functionName: 'legacy' }],
    executionLogging: 'ERROR',
  });
  account.grant({ functionName: 'legacy', statementId, sourceArn: `arn:aws:execute-api:us-east-1:111122223333:${legacy.apiId}/*` });
  account.traffic({ ...legacy, perSecond: 3 });
  account.putAlarm({
    AlarmName: 'LegacyFails',
    Namespace: 'AWS/ApiGateway',
    MetricName: '5XXError',
    Dimensions: [
      { Name: 'ApiName', Value: 'legacy' },
      { Name: 'Stage', Value: legacy.stage },
    ],
    Threshold: 5,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Period: 60,
    EvaluationPeriods: 1,
    Statistic: 'Sum',
    TreatMissingData: 'notBreaching',
  });
}

test.each([
  ['is named without its definition, which the message says was denied', false],
  ['is diagnosed from its configuration where the owner lets it be read', true],
])('a stage nobody listed %s; nothing is changed', async (_, readUnlisted) => {
  const run = await openRun({ seed: 5, logs: true, prepare: openLegacy, owner: { readUnlisted }, onEvent: () => undefined });
  run.account.revoke({
    functionName: 'legacy',
    statementId,
    by: { kind: 'person', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' },
  });
  const before = run.account.snapshot();
  await run.clock.runUntil(run.clock.now() + 15 * minute);
  const found = (await rows.incident.list(run.installed.store, 'open-incidents')).map((row): Incident => row.value);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ at: { ...legacy, apiType: 'REST' }, watched: false, changes: [], decision: { do: 'advise' } });
  const { diagnosis } = found[0] ?? {};
  expect(diagnosis?.cause).toBe('lambda-permission-missing');
  expect(diagnosis?.certainty).toBe(readUnlisted ? 'confirmed' : 'suspected');
  if (!readUnlisted) expect(diagnosis?.missing.find((m) => m.kind === 'deployedApi')).toMatchObject({ why: 'denied' });
  if (readUnlisted) expect(JSON.stringify(found[0]?.decision)).toContain('not listed');
  expect(run.slack.messages.length).toBeGreaterThan(0);
  expect(run.account.snapshot()).toEqual(before);
});

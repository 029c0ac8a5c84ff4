// The next step that is named: what costs least to have, never a support plan while a log is off.
import { expect, it } from 'vitest';
import type { StageRef } from '../../lib/model/api.ts';
import type { MissingRef } from '../../lib/model/evidence.ts';
import { probeFor } from '../../lib/stages/looking/probe.ts';

const at: StageRef = { accountId: '111122223333', region: 'us-east-1', apiType: 'REST', apiId: 'a1', stage: 'prod' };
const health: MissingRef = { kind: 'awsHealth', why: 'notEnabled', detail: 'AWS Health answers only with a support plan' };

it('asks for the log before a support plan', () => {
  expect(probeFor([health, { kind: 'executionLog', why: 'notEnabled', detail: 'off' }], at)).toBe(
    'turn on execution logging (level ERROR) of a1/prod',
  );
  expect(probeFor([health, { kind: 'apiTrail', why: 'late', detail: 'x' }], at)).toContain('look again in a few minutes');
});
it('sends a person to the dashboard where nothing else is missing', () => {
  expect(probeFor([health], at)).toMatch(/^look at the AWS Health Dashboard of us-east-1/);
});

// Rows for the tests of close and the sweeper.
import type { ChangeRecord, Plan, Step } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';

export const at = {
  accountId: '123456789012',
  region: 'us-east-1',
  apiType: 'REST',
  apiId: 'a1b2c3d4e5',
  stage: 'prod',
  apiName: 'orders',
} as const;
export const key = 'a1b2c3d4e5/prod';
export const t = 1_700_000_000_000;

export const incidentRow = (change: Partial<Incident> = {}): Incident => ({
  id: 'inc-1',
  at,
  watched: true,
  phase: 'live',
  openedAt: t - 300_000,
  firstFailureAt: t - 310_000,
  lastFailureAt: t - 200_000,
  failures: 5,
  signals: 1,
  from: 'log',
  lines: [],
  rounds: 1,
  changes: [],
  notes: [],
  ...change,
});

export const plan: Plan = {
  fix: 're-add-invoke-permission',
  cause: 'lambda-permission-missing',
  changes: [{ setting: 'lambda-invoke-permission', target: { function: 'orders' }, from: 'absent', to: { sid: 'x' } }],
  hash: 'h',
  preview: ['orders: absent → allowed'],
  snippets: [],
};

export const changeRow = (steps: readonly Step[], change: Partial<ChangeRecord> & { lastAt?: number } = {}): ChangeRecord => {
  const { lastAt = t - 100_000, ...rest } = change;
  return {
    id: 'chg-1',
    incidentId: 'inc-1',
    at,
    plan,
    step: steps.at(-1) ?? 'planned',
    entries: steps.map((step, n) => ({
      n: n + 1,
      step,
      at: n === steps.length - 1 ? lastAt : lastAt - 1000 * (steps.length - n),
      by: { kind: 'gatemedic' },
    })),
    ...rest,
  };
};

export const closeDecision = (atMs: number) => ({ at: atMs, because: ['it works again'], do: 'close', outcome: 'none' }) as const;
